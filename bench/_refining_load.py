"""Drafts from pairs in a fresh studio with an engine of a fixed delay; prints how long both took."""

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

from bench import _letters, _refinement_load

WORDS = 60
GOOD = "Greets the reader by name."


def main() -> None:
    """The number of pairs, the delay in seconds and how often it is drafted come as arguments."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_drafted(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))))


def _drafted(pairs: int, delay: float, turns: int) -> dict[str, Any]:
    from apps.accounts.permissions import Actor, Role
    from apps.core import gateway
    from apps.jobs import leases, runners
    from apps.refinement import services
    from apps.refinement.models import Draft

    workspace, user, version, judge, rows = _letters.scene(2 * pairs, 1, prompts=pairs, words=WORDS)
    dataset = _refinement_load.filled(workspace, version, judge, rows)
    by = Actor(user, workspace, Role.ADMIN)
    engine, calls = _slow(delay)
    gateway.engine_for = lambda _: engine  # type: ignore[assignment]
    found = []
    for turn in range(turns):
        calls.clear()
        wanted = services.Wanted("pairs", version, judge, inputs={"dataset": dataset.slug}, seed=turn)
        begun = time.perf_counter()
        draft = services.start_draft(by=by, wanted=wanted)
        while (lease := leases.claim()) is not None:
            runners.run(lease)
        wall = time.perf_counter() - begun
        assert Draft.objects.get(pk=draft.pk).done_at is not None
        found.append({"wall": wall, "busy": _busy(calls), "calls": len(calls)})
    return {"turns": found}


def _slow(delay: float) -> tuple[Any, list[tuple[float, float]]]:
    """An engine that takes a fixed time for every request, and when it was at work."""
    from engines.scripted import Ask, ScriptedEngine

    calls: list[tuple[float, float]] = []
    written = json.dumps({"criteria": [{"difference": "One does.", "criterion": GOOD, "kind": "hard rule"}]})

    def script(ask: Ask) -> Any:
        if not ask.labels:
            return written
        first, second = (int(number) for number in re.findall(r"(\d+) word0", ask.shared)[:2])
        right = " P" if first < second else " T"
        return {label: 0.9 if label == right else 0.05 for label in ask.labels}

    class Slow(ScriptedEngine):
        def label_distributions(self, request: Any, *, deadline: float | None = None) -> Any:
            with _timed(calls, delay):
                return super().label_distributions(request, deadline=deadline)

        def complete(self, request: Any, *, deadline: float | None = None) -> Any:
            with _timed(calls, delay):
                return super().complete(request, deadline=deadline)

    return Slow(script), calls


@contextmanager
def _timed(calls: list[tuple[float, float]], delay: float) -> Iterator[None]:
    begun = time.perf_counter()
    time.sleep(delay)
    yield
    calls.append((begun, time.perf_counter()))


def _busy(calls: list[tuple[float, float]]) -> float:
    """For how long at least one call was under way."""
    total, until = 0.0, 0.0
    for begun, ended in sorted(calls):
        total += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return total


if __name__ == "__main__":
    main()

"""Puts the questions of a loop to models, several at once within a budget; threads touch no database."""

import dataclasses
import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from django.conf import settings

from apps.judging.models import JudgeVersion
from apps.refinement import queries
from apps.refinement.models import Draft, DraftStep
from domain import errors
from domain.ports import FailureKind, LabelBatch, LabelRequest, TextBatch, TextRequest, text_of
from domain.refinement.loop import Alike, Ask, Role
from engines.protocol import Engine

TICK_SECONDS = 1.0
_AGAIN = (FailureKind.UNAVAILABLE, FailureKind.TIMEOUT)
Request = TextRequest | LabelRequest
Store = Callable[[list[DraftStep]], None]


def request_for(judge: JudgeVersion, request: TextRequest | LabelRequest | Alike) -> Request:
    """The request as this model is asked: held to a form only where its settings let it be."""
    assert not isinstance(request, Alike)
    if isinstance(request, TextRequest) and not judge.settings.get("hold_to_form", True):
        return dataclasses.replace(request, forms=())
    return request


def rows_of(draft: Draft, asks: Sequence[Ask], *, first: int) -> list[DraftStep]:
    """The rows of new questions; those that an equal one in the workspace answered before are answered by it."""
    judges = {Role.WRITER: draft.writer, Role.JUDGE: draft.judge}
    rows = []
    for place, ask in enumerate(asks, start=first):
        judge = judges.get(ask.role)
        asked = ask.request if judge is None else request_for(judge, ask.request)
        question = text_of(_words(ask)) if ask.role is Role.PERSON else ""
        rows.append(
            DraftStep(
                draft=draft,
                batch=draft.batch + 1,
                position=place,
                key=ask.key,
                role=ask.role,
                purpose=ask.purpose[:80],
                question=question,
                digest=_digest(asked),
                who=judge.fingerprint if judge else "",
            )
        )
    steady = [row for row, ask in zip(rows, asks, strict=True) if row.who and _is_steady(ask.request)]
    known = _answered(draft, steady)
    for row in steady:
        if reply := known.get((row.digest, row.who)):
            row.reply, row.state, row.cached = reply, DraftStep.State.DONE, True
    return rows


class Putting:
    """Questions under way; whoever began them stores what came."""

    def __init__(
        self, engines: Mapping[Role, Engine], requests: Mapping[str, Request], budget: Mapping[str, int],
        spent: queries.Cost,
    ) -> None:  # fmt: skip
        self._engines = engines
        self._requests = requests
        self._budget = budget
        self._spent = spent
        self._under_way: dict[Future[LabelBatch | TextBatch], list[DraftStep]] = {}
        self._at_once = max(1, settings.STUDIO_ANSWERS_IN_FLIGHT)
        self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix="drafting")
        self._away: errors.Unavailable | None = None
        self._ready: list[DraftStep] = []

    def run(self, steps: Sequence[DraftStep], store: Store, tick: Callable[[], bool]) -> None:
        """Put them all; `tick` says every second whether to go on. What the budget leaves out is skipped."""
        queue = deque(self._groups(steps))
        go_on = True
        while queue or self._under_way or self._ready:
            while queue and go_on and self._away is None and len(self._under_way) < self._at_once:
                if self._over():
                    break
                self._begin(queue.popleft())
            self._keep(store)
            if not self._under_way:
                break
            ended, _ = wait(self._under_way, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for future in ended:
                self._take(future)
            if not ended:
                go_on = tick()
        if self._away is not None:
            raise self._away
        if queue and go_on and (used := self._over()):
            self._skip([step for group in queue for step in group], used, store)

    def close(self, store: Store) -> None:
        """Wait for the threads and keep what they found, also where one met a fault."""
        self._pool.shutdown(wait=True)
        for future in [future for future in self._under_way if future.exception() is None]:
            self._take(future)
        self._keep(store)

    def _keep(self, store: Store) -> None:
        """Store what was written down; the next questions are under way meanwhile."""
        if self._ready:
            store(self._ready)
            self._ready = []

    def _groups(self, steps: Sequence[DraftStep]) -> list[list[DraftStep]]:
        """Equal questions to one model together; those drawn by chance are never equal."""
        found: dict[tuple[str, ...], list[DraftStep]] = {}
        for step in steps:
            steady = _is_steady(self._requests[step.key])
            found.setdefault((step.role, step.digest) if steady else (step.key,), []).append(step)
        return list(found.values())

    def _begin(self, group: list[DraftStep]) -> None:
        request = self._requests[group[0].key]
        engine = self._engines[Role(group[0].role)]
        ask: Callable[[], LabelBatch | TextBatch]
        if isinstance(request, LabelRequest):
            asked = request
            ask = lambda: engine.label_distributions(asked)  # noqa: E731
        else:
            written = request
            ask = lambda: engine.complete(written)  # noqa: E731
        self._under_way[self._pool.submit(ask)] = group

    def _over(self) -> str:
        """Which part of the budget is used up, with all that is under way."""
        begun = sum(len(self._requests[group[0].key].suffixes) for group in self._under_way.values())
        return queries.over_budget(dataclasses.replace(self._spent, calls=self._spent.calls + begun), self._budget)

    def _take(self, future: "Future[LabelBatch | TextBatch]") -> None:
        """Write down what a reply answers; nothing where the model went away."""
        group = self._under_way.pop(future)
        first, others = group[0], group[1:]
        try:
            _write_down(first, future.result())
        except errors.Unavailable as away:
            self._away = self._away or away
            return
        except errors.Invalid as problem:
            first.state, first.reason = DraftStep.State.FAILED, problem.message[:300]
        for step in others:
            step.state, step.reason, step.reply, step.cached = first.state, first.reason, first.reply, True
        used = first.usage or {"calls": 0, "tokens": 0, "seconds": 0.0}
        self._spent = queries.Cost(
            self._spent.calls + used["calls"],
            self._spent.tokens + used["tokens"],
            self._spent.seconds + used["seconds"],
        )
        self._ready += group

    def _skip(self, steps: list[DraftStep], used: str, store: Store) -> None:
        for step in steps:
            step.state, step.reason = DraftStep.State.SKIPPED, f"The budget of {used} is used up."
        store(steps)


def _write_down(step: DraftStep, batch: LabelBatch | TextBatch) -> None:
    """What came of a question; raises Unavailable where it is to be put again."""
    if isinstance(batch, TextBatch):
        failures = list(batch.failures)
        step.reply = {"texts": [None if text is None else _clean(text) for text in batch.texts]}
    else:
        failures = [reply.failure for reply in batch.replies]
        told = [dict(reply.probabilities) if reply.failure is None and reply.label_mass > 0 else None
                for reply in batch.replies]  # fmt: skip
        step.reply = {"labels": told}
    failed = [one for one in failures if one is not None]
    for failure in failed:
        if failure.kind in _AGAIN:
            raise errors.Unavailable(failure.detail, code="judge_away")
    usage = batch.usage
    step.usage = {
        "calls": usage.calls, "tokens": usage.prompt_tokens + usage.completion_tokens,
        "seconds": round(usage.seconds, 3),
    }  # fmt: skip
    step.state = DraftStep.State.DONE
    if all(one is None for values in step.reply.values() for one in values):
        step.state = DraftStep.State.FAILED
        step.reason = failed[0].detail[:300] if failed else "The model answered with none of the letters on offer."


def _answered(draft: Draft, rows: Sequence[DraftStep]) -> dict[tuple[str, str], Any]:
    if not rows:
        return {}
    found = DraftStep.objects.filter(
        digest__in={row.digest for row in rows}, who__in={row.who for row in rows}, state=DraftStep.State.DONE,
        draft__workspace=draft.workspace_id,
    ).exclude(reply={})  # fmt: skip
    return {(digest, who): reply for digest, who, reply in found.order_by("-pk").values_list("digest", "who", "reply")}


def _is_steady(request: TextRequest | LabelRequest | Alike) -> bool:
    """Whether the same model gives the same reply again."""
    return isinstance(request, LabelRequest) or (isinstance(request, TextRequest) and request.temperature == 0)


def _words(ask: Ask) -> Any:
    assert isinstance(ask.request, TextRequest)
    return (*ask.request.shared, *(part for suffix in ask.request.suffixes for part in suffix))


def _digest(request: TextRequest | LabelRequest | Alike) -> str:
    plain = request._asdict() if isinstance(request, Alike) else dataclasses.asdict(request)
    return hashlib.sha256(json.dumps([type(request).__name__, plain], sort_keys=True).encode()).hexdigest()


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()

"""The process that bench/authoring_editor.py starts: fills a studio with long rubrics and times their Edit page."""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

WORDS = (
    "states", "dose", "drug", "patient", "return", "hospital", "names", "explains", "reason", "warns", "interaction",
    "letter", "dates", "follow", "clear", "plain", "words", "allergy", "kidney", "blood", "pressure", "value", "nurse",
    "family", "question", "doctor", "home", "week", "tablet",
)  # fmt: skip
TIERS = ("essential", "important", "optional", None)


def main(calls: int, sizes: list[int]) -> None:
    """The number of calls and the sizes come as arguments; the middle size is the one that is reported in full."""
    from rubricstudio import warming

    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    # As the web server does before its first request.
    warming.load_views()
    warming.compile_templates()
    print(json.dumps(_measure(calls, sizes)))


def _measure(calls: int, sizes: list[int]) -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    from apps.accounts.models import Membership, User, Workspace
    from apps.accounts.permissions import Actor, Role
    from apps.rubrics import services

    settings.ALLOWED_HOSTS = ["*"]
    workspace = Workspace.objects.create(slug="bench", name="Bench")
    user = User.objects.create(username="bench", tour_seen=True)
    Membership.objects.create(workspace=workspace, user=user, role="admin")
    by = Actor(user, workspace, Role.ADMIN)
    client = Client(headers={"Accept-Encoding": "gzip"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    told: dict[str, Any] = {"sizes": {}, "session": client.cookies[settings.SESSION_COOKIE_NAME].value}
    for size in sizes:
        slug = f"long-{size}"
        version = services.create_rubric(by=by, document=_document(size), slug=slug)
        keys = list(version.criteria.order_by("position").values_list("pk", flat=True))
        told["sizes"][str(size)] = _timed(client, slug, keys, calls)
    told["cookie"] = settings.SESSION_COOKIE_NAME
    return told


def _document(size: int) -> dict[str, Any]:
    rng = random.Random(size)
    groups = [{"id": f"g_{n}", "title": f"Group {n}", "weight": 1.0 + n % 3} for n in range(max(1, size // 50))]
    criteria = [
        {
            "id": f"c_{n}", "text": f"The letter {' '.join(rng.choices(WORDS, k=12))} in part {n}.",
            "weight": float(1 + n % 5), "tier": TIERS[n % 4], "group": groups[n * len(groups) // size]["id"],
            "polarity": "negative" if n % 7 == 3 else "positive", "tags": {"dimension": WORDS[n % 9]},
        }
        for n in range(size)
    ]  # fmt: skip
    return {"format": "rubricstudio/1", "title": f"{size} criteria", "groups": groups, "criteria": criteria}


def _timed(client: Any, slug: str, keys: list[int], calls: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    page = reverse("rubrics:edit", args=["bench", slug, 1])
    cell = reverse("rubrics:criterion-cell", args=["bench", slug, 1, keys[len(keys) // 2]])
    saving = {"X-Autosave": "1", "HX-Request": "true"}
    counter = iter(range(10_000))

    def store() -> Any:
        return client.post(cell, {"text": f"States the dose in line {next(counter)}."}, headers=saving)

    first = _milliseconds(lambda: client.get(page), 1)[0]
    opened = _milliseconds(lambda: client.get(page), calls)
    stored = _milliseconds(store, calls)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page)
    reads = len(queries)
    with CaptureQueriesContext(connection) as queries:
        store()
    writes = len(queries)
    begun = time.process_time()
    client.get(page)
    return {
        "first_ms": first,
        "open_ms": statistics.median(opened),
        "open_least_ms": min(opened),
        "open_cpu_ms": (time.process_time() - begun) * 1000,
        "store_ms": statistics.median(stored),
        "queries": reads,
        "store_queries": writes,
        "page_bytes": len(answer.content),
    }


def _milliseconds(call: Callable[[], Any], times: int) -> list[float]:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = call()
        found.append((time.perf_counter() - begun) * 1000)
        if answer.status_code not in {200, 204}:
            raise RuntimeError(f"{answer.status_code}: {answer.content[:300]!r}")
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(size) for size in sys.argv[2:]])

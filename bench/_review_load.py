"""The processes that bench/review.py starts: fill a studio with a long queue, ask for items, look for lost work."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import psycopg

FOLDER = Path(__file__).resolve().parent
CRITERIA = 5
SAMPLES = 5
ANSWER = (
    "Dear colleague, we discharged your patient in good general condition. Metoprolol was raised to 95 mg because of a "
    "resting rate of 118. Acetylsalicylic acid was stopped since apixaban was begun. Please come back at once if you "
    "faint, your heart races for more than ten minutes at rest, or you see black stools. The next control of kidney "
    "values is due in two weeks. We thank you for the continued care and remain available for questions. "
)


def main(what: str, *numbers: int) -> None:
    """`fill answers people done seats`, `ask queue calls` or `check queue`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    steps: dict[str, Callable[..., dict[str, Any]]] = {"fill": _fill, "ask": _ask, "check": _check}
    print(json.dumps(steps[what](*numbers)))


def _fill(answers: int, people: int, done: int, seats: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from apps.accounts.models import User
    from apps.accounts.permissions import Role
    from apps.review.models import Queue
    from tests import factories

    settings.ALLOWED_HOSTS = ["*"]
    author = factories.make_actor(Role.AUTHOR, workspace=factories.make_workspace(slug="bench"))
    texts = [f"States when to return to hospital in words the patient can act on, part {n}." for n in range(CRITERIA)]
    document = factories.make_document(criteria=[{"id": f"c_{n}", "text": text} for n, text in enumerate(texts)])
    version = factories.make_version(workspace=author.workspace, status="approved", document=document)
    judge = factories.make_judge(workspace=author.workspace)
    queue = Queue.objects.create(workspace=author.workspace, name="Bench", overlap=seats, created_by=author.user)
    keys = {"workspace": author.workspace.pk, "judge": judge.pk, "version": version.pk, "queue": queue.pk}
    sizes = {"answers": answers, "criteria": CRITERIA, "samples": SAMPLES, "seats": seats}
    names: dict[str, Any] = {**keys, **sizes, "mark": judge.fingerprint, "text": ANSWER * 2}
    dataset = factories.make_dataset(workspace=author.workspace)
    actors = [factories.make_actor(Role.ANNOTATOR, workspace=author.workspace) for _ in range(people)]
    with connection.cursor() as cursor:
        cursor.execute(
            (FOLDER / "_review_rows.sql").read_text(encoding="utf-8"),
            names | {"dataset": dataset.pk},
        )
        cursor.execute(
            (FOLDER / "_review_far.sql").read_text(encoding="utf-8"),
            {"queue": queue.pk, "user": actors[0].user.pk, "done": done},
        )
    with psycopg.connect(os.environ["STUDIO_MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE")
    User.objects.update(tour_seen=True)
    sessions = []
    for actor in actors:
        client = Client()
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return {"queue": queue.pk, "sessions": sessions, "cookie": settings.SESSION_COOKIE_NAME, **_sizes()}


def _sizes() -> dict[str, int]:
    from apps.judging.models import Verdict
    from apps.review.models import ReviewItem

    return {"verdicts": Verdict.objects.count(), "items": ReviewItem.objects.count()}


def _ask(queue: int, calls: int) -> dict[str, Any]:
    """The person who is far into the queue decides `calls` items: what the next one takes, as the desk's script asks.

    `whole_ms` is the median of a page opened by hand, with head and navigation: claim, redirection, page.
    """
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from apps.accounts.models import User
    from apps.review.models import Claim
    from rubricstudio import warming

    settings.ALLOWED_HOSTS = ["*"]
    warming.load_views()
    warming.compile_templates()
    person = User.objects.get(pk=Claim.objects.filter(queue=queue).values_list("user", flat=True)[0])
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    start, main = f"/w/bench/review/{queue}/next", {"X-Part": "main"}

    def place_of(answer: Any) -> str:
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code}: {answer.content[:300]!r}")
        return str(answer["Content-Location"])

    def decide(place: str) -> None:
        decided = client.post(place, {"choice": "0", "evidence": "[]"})
        if decided.status_code != 302:
            raise RuntimeError(f"{decided.status_code}: {decided.content[:300]!r}")

    def opened() -> tuple[float, str]:
        begun = time.perf_counter()
        place = client.get(start)["Location"]
        client.get(place)
        return (time.perf_counter() - begun) * 1000, place

    def following(place: str) -> tuple[float, float, str]:
        begun, computed = time.perf_counter(), time.process_time()
        answer = client.post(f"/w/bench/review/{queue}/ahead", {"beside": place.rsplit("/", 1)[1]}, headers=main)
        taken = (time.perf_counter() - begun) * 1000, (time.process_time() - computed) * 1000
        decide(place)
        return *taken, place_of(answer)

    whole = []
    for _ in range(20):
        taken, place = opened()
        whole.append(taken)
        decide(place)
    _, place = opened()
    times, computing = [], []
    for number in range(10 + calls):
        taken, computed, place = following(place)
        if number >= 10:
            times.append(taken)
            computing.append(computed)
    with CaptureQueriesContext(connection) as queries:
        client.post(f"/w/bench/review/{queue}/ahead", {"beside": place.rsplit("/", 1)[1]}, headers=main)
    return {
        "p50_ms": statistics.median(times),
        "p95_ms": statistics.quantiles(times, n=20)[-1],
        "most_ms": max(times),
        "whole_ms": statistics.median(whole),
        "cpu_ms": statistics.median(computing),
        "queries": len(queries),
    }


def _check(queue: int) -> dict[str, Any]:
    """Seats given twice, and every decision that is stored, by claim."""
    from django.db.models import Count, F, Q

    from apps.review.models import Claim, Review, ReviewItem

    live = ("leased", "answered")
    items = ReviewItem.objects.filter(queue=queue).annotate(
        people=Count("claims", filter=Q(claims__state__in=live)),
        different=Count("claims__user", filter=Q(claims__state__in=live), distinct=True),
    )
    double = items.filter(Q(people__gt=F("seats")) | ~Q(people=F("different")) | ~Q(people=F("taken"))).count()
    stored = Review.objects.filter(item__queue=queue, claim__created_at__gt=_began(queue))
    return {
        "double": double,
        "reviews": [list(row) for row in stored.values_list("claim_id", "value")],
        "claims": Claim.objects.filter(queue=queue).count(),
    }


def _began(queue: int) -> Any:
    from apps.review.models import Claim

    return Claim.objects.filter(queue=queue).order_by("pk").values_list("created_at", flat=True)[0]


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

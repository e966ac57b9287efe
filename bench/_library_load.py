"""The process that bench/authoring_library.py starts: fills a library with rubrics and times its page."""

import json
import os
import random
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

import django
import psycopg

CRITERIA = 10
BATCH = 1000
TAGS = ("safety", "letters", "triage", "style", "facts", "maths", "code", "law")
WORDS = (
    "states", "dose", "drug", "patient", "return", "hospital", "names", "explains", "reason", "warns", "interaction",
    "letter", "dates", "follow", "clear", "plain", "allergy", "kidney", "blood", "pressure", "value", "nurse",
    "family", "question", "doctor", "home", "week", "tablet", "discharge", "summary", "referral", "consent",
)  # fmt: skip
ASKED = {
    "list": {}, "last page": {"page": "200"}, "word": {"q": "allergy"}, "two words": {"q": "kidney pressure"},
    "typo": {"q": "dischrage"}, "rare word": {"q": "part4711"}, "nothing": {"q": "zebra"}, "tag": {"tag": "law"},
    "state": {"status": "approved"}, "by title": {"sort": "title"}, "mine": {"show": "mine"},
    "language": {"language": "en"}, "favourites": {"show": "favourites"},
    "all three": {"q": "nurse", "tag": "law", "status": "draft"},
}  # fmt: skip


def main(rubrics: int, calls: int) -> None:
    """The number of rubrics and of calls come as arguments."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measure(rubrics, calls)))


def _measure(rubrics: int, calls: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from apps.accounts.models import Membership, User, Workspace
    from apps.accounts.permissions import Actor, Role
    from apps.rubrics.queries import Wanted, library_size

    settings.ALLOWED_HOSTS = ["*"]
    workspace = Workspace.objects.create(slug="bench", name="Bench")
    user = User.objects.create(username="bench")
    Membership.objects.create(workspace=workspace, user=user, role="admin")
    by = Actor(user, workspace, Role.ADMIN)
    _fill(workspace, user, rubrics)
    # As autovacuum does within a minute; only the owner may.
    with psycopg.connect(settings.STUDIO_MIGRATION_DATABASE_URL, autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    client = Client(headers={"Accept-Encoding": "gzip"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("rubrics:list", args=["bench"])
    told: dict[str, Any] = {}
    client.get(page)
    for name, wanted in ASKED.items():
        times = []
        for _ in range(calls):
            begun = time.perf_counter()
            answer = client.get(page, wanted)
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.status_code}")
        with CaptureQueriesContext(connection) as queries:
            client.get(page, wanted)
        found = library_size(by, Wanted(**{name: said for name, said in wanted.items() if name != "page"}))
        slowest = max(queries.captured_queries, key=lambda query: float(query["time"]))
        told[name] = {
            "ms": statistics.median(times), "least_ms": min(times), "found": found, "queries": len(queries),
            "slowest_ms": float(slowest["time"]) * 1000, "sql": slowest["sql"][:4000],
        }  # fmt: skip
    return told


def _fill(workspace: Any, user: Any, rubrics: int) -> None:
    """Rubrics in every state, most of them approved, a fifth with a draft beside it."""
    from django.utils import timezone

    from apps.rubrics.models import Criterion, Rubric, RubricVersion, VersionStatus

    rng, now = random.Random(7), timezone.now()
    for start in range(0, rubrics, BATCH):
        rows = Rubric.objects.bulk_create(
            Rubric(
                workspace=workspace, slug=f"rubric-{n}", title=f"{' '.join(rng.sample(WORDS, 3)).title()} {n}",
                tags=rng.sample(TAGS, 2), created_by=user, created_at=now - timedelta(minutes=n),
            )
            for n in range(start, start + BATCH)
        )  # fmt: skip
        versions = RubricVersion.objects.bulk_create(
            RubricVersion(
                rubric=row, number=number, title=row.title, created_by=user, edited_at=now - timedelta(minutes=n),
                digest=f"sha256:{n:064d}", document={"title": row.title},
            )
            for n, row in enumerate(rows)
            for number in range(1, 3 if n % 5 == 0 else 2)
        )  # fmt: skip
        Criterion.objects.bulk_create(
            Criterion(
                version=version, criterion_id=f"c_{n}", position=n, weight=float(1 + n % 5),
                text=f"The letter {' '.join(rng.choices(WORDS, k=12))} in part{rng.randrange(20_000)}.",
            )
            for version in versions
            for n in range(CRITERIA)
        )  # fmt: skip
        first = RubricVersion.objects.filter(pk__in=[v.pk for v in versions if v.number == 1 and v.pk % 4])
        first.update(status=VersionStatus.IN_REVIEW)
        RubricVersion.objects.filter(pk__in=[v.pk for v in versions], status=VersionStatus.IN_REVIEW).update(
            status=VersionStatus.APPROVED
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""The process that bench/audit.py starts: fills a studio with answers and findings, and audits what is stored."""

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
VERSIONS, JUDGES = 30, 8


def main(what: str, *numbers: int) -> None:
    """`fill prompts each criteria`, then `audit`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    steps: dict[str, Callable[..., dict[str, Any]]] = {"fill": _fill, "audit": _audit}
    print(json.dumps(steps[what](*numbers)))


def _fill(prompts: int, each: int, criteria: int) -> dict[str, Any]:
    """One long run with labels and pairs; as many versions and judges as the audit home shows, with every finding."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from apps.accounts.models import User
    from apps.accounts.permissions import Role
    from apps.datasets.models import Rater
    from apps.judging.models import Run
    from tests import factories

    settings.ALLOWED_HOSTS = ["*"]
    author = factories.make_actor(Role.AUTHOR, workspace=factories.make_workspace(slug="bench"))
    texts = [f"States when to return to hospital in words the patient can act on, part {n}." for n in range(criteria)]
    document = factories.make_document(criteria=[{"id": f"c_{n}", "text": text} for n, text in enumerate(texts)])
    version = factories.make_version(workspace=author.workspace, status="approved", document=document)
    judge = factories.make_judge(workspace=author.workspace)
    dataset = factories.make_dataset(workspace=author.workspace)
    run = Run.objects.create(workspace=author.workspace, name="Bench", dataset=dataset, created_by=author.user)
    run.judges.add(judge)
    run.versions.add(version)
    rater = Rater.objects.create(workspace=author.workspace, name="bench")
    names: dict[str, Any] = {
        "workspace": author.workspace.pk, "dataset": dataset.pk, "version": version.pk, "judge": judge.pk,
        "run": str(run.pk), "mark": judge.fingerprint, "digest": version.digest, "rater": rater.pk,
        "prompts": prompts, "each": each, "criteria": criteria,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute((FOLDER / "_audit_rows.sql").read_text(encoding="utf-8"), names)
    found = _find(author, version, judge)
    with psycopg.connect(os.environ["STUDIO_MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    User.objects.update(tour_seen=True)
    client = Client()
    client.force_login(author.user, backend="django.contrib.auth.backends.ModelBackend")
    return {
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value, "cookie": settings.SESSION_COOKIE_NAME,
        "rubric": version.rubric.slug, "judge": judge.judge.name, "audit": found,
    }  # fmt: skip


def _find(author: Any, first: Any, judge: Any) -> str:
    """Findings of every audit about versions × judges, as the small run of each left them."""
    from django.utils import timezone

    from apps.audit import services
    from apps.audit.models import Audit
    from apps.judging.models import Run
    from domain import audits
    from tests import factories
    from tests.apps.audit.conftest import inputs_of, judged_run, make_answers

    letters = make_answers(author)
    versions = [
        first,
        *(factories.make_version(workspace=author.workspace, status="approved") for _ in range(VERSIONS - 1)),
    ]
    judges = [judge, *(factories.make_judge(workspace=author.workspace, name=f"reader-{n}") for n in range(JUDGES - 1))]
    small = judged_run(author, letters, versions[1], judges[1], lambda _, place, __: place / 2)
    made = services.run_audit(by=author, kind="length_bias", inputs=inputs_of(small), seed=7)
    for version in versions[2:]:
        run = Run.objects.create(
            workspace=author.workspace, name="Letters", dataset=letters, created_by=author.user, purpose="run"
        )
        run.judges.add(*judges)
        run.versions.add(version)
    kept = {
        "workspace": author.workspace, "number": 1, "inputs": made.inputs, "seed": 7, "dataset": letters,
        "digest": made.digest, "input_digests": made.input_digests, "result": made.result, "places": made.places,
        "done_at": timezone.now(), "created_by": author.user,
    }  # fmt: skip
    Audit.objects.bulk_create(
        Audit(kind=kind, version=version, judge_version=one, band=band, **kept)
        for version in versions
        for one, band in zip(judges[:3], ("poor", "watch", "good"), strict=True)
        for kind in audits.AUDITS
    )
    return str(made.pk)


def _audit() -> dict[str, Any]:
    """Every audit that the long run allows, each from the database to its finding, and what it refused."""
    from apps.accounts.models import Membership
    from apps.accounts.permissions import Actor, Role
    from apps.audit import queries, runners
    from apps.judging.models import Run
    from domain import audits, errors
    from domain.audits import Need

    run = Run.objects.get(name="Bench")
    member = Membership.objects.get(workspace=run.workspace, role="author")
    actor = Actor(member.user, run.workspace, Role.AUTHOR)
    named = queries.read_inputs(actor, {"scores": [{"run": str(run.pk)}]})
    begun = time.perf_counter()
    gathered = queries.gather(named, Need)
    reading = time.perf_counter() - begun
    taken: dict[str, float] = {}
    for kind, lacking in audits.possible(gathered.inputs).items():
        if lacking:
            continue
        begun = time.perf_counter()
        audit = runners.begun(actor, named, kind, 7)
        try:
            runners.fill(audit, queries.gather(named, audits.entry(kind).needs))
        except errors.Invalid:
            continue
        taken[kind] = round(time.perf_counter() - begun, 2)
    return {"taken": taken, "reading": round(reading, 2), "median": statistics.median(taken.values())}


if __name__ == "__main__":
    main(sys.argv[1], *(int(one) for one in sys.argv[2:]))

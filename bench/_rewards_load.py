"""Fills a fresh studio for bench/rewards.py, or counts what came of it; a process of its own that prints JSON."""

import json
import os
import sys
from typing import Any

import django

CRITERIA = 10
RUBRICS = 10_000
ROWS = 1_000


def main() -> None:
    """Fill with a judge at an address, or check that nothing is lost or doubled."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_fill(*sys.argv[2:]) if sys.argv[1] == "fill" else _check()))


def _fill(base_url: str, *parts: str) -> dict[str, Any]:
    from apps.accounts.permissions import Role
    from apps.accounts.services import issue_token
    from apps.judging import services as judging
    from tests import factories

    by = factories.make_actor(Role.ADMIN)
    document = factories.make_document(criteria=_criteria("letters"))
    rubric = factories.make_rubric(workspace=by.workspace, slug="letters")
    factories.make_version(rubric=rubric, document=document, status="approved")
    engine = {"kind": "served", "base_url": base_url, "model": "fake-judge"}
    judging.create_judge(by=by, name="fake", engine=engine, make_default=True)
    scopes = ["rubrics:read", "rewards:write"]
    token = issue_token(by=by, name="bench", scopes=scopes, expires_at=None, requests_per_minute=1_000_000)
    if "release" in parts:
        _release(by)
    return {"token": token.secret, "criteria": CRITERIA, "rubrics": RUBRICS}


def _criteria(name: str) -> list[dict[str, Any]]:
    return [
        {"id": f"c_{n}", "text": f"The answer to {name} states fact number {n} in plain words.", "weight": 1.0}
        for n in range(CRITERIA)
    ]


def _release(by: Any) -> None:
    """A release of very many rubrics, each bound to a prompt."""
    from django.utils import timezone

    from apps.rubrics.models import Rubric, RubricVersion
    from apps.training.models import Release, ReleaseEntry
    from domain import rubric as rubrics

    release = Release.objects.create(workspace=by.workspace, name="many", digest=f"sha256:{0:064d}", created_by=by.user)
    for start in range(0, RUBRICS, ROWS):
        names = [f"prompt-{n}" for n in range(start, start + ROWS)]
        rows = Rubric.objects.bulk_create(
            [Rubric(workspace=by.workspace, slug=name, title=name, created_by=by.user) for name in names]
        )
        versions = []
        for row in rows:
            said = rubrics.parse({"format": rubrics.FORMAT, "title": row.slug, "criteria": _criteria(row.slug)})
            whole = rubrics.document(said, slug=row.slug, version=1, status="approved")
            form = {key: value for key, value in whole.items() if key not in _LEFT_OUT}
            versions.append(
                RubricVersion(
                    rubric=row, number=1, status="approved", title=row.slug, document=form, digest=whole["digest"],
                    judged_digest=whole["judged_digest"], approved_at=timezone.now(), created_by=by.user,
                )
            )  # fmt: skip
        made = RubricVersion.objects.bulk_create(versions)
        ReleaseEntry.objects.bulk_create(
            ReleaseEntry(
                release=release, position=start + n, version=version, prompt_id_text=names[n], digest=version.digest
            )
            for n, version in enumerate(made)
        )


_LEFT_OUT = {"slug", "version", "status", "digest", "judged_digest"}


def _check() -> dict[str, int]:
    """What a soak left behind: rewards, those without one, verdicts, and calls that asked for the same twice."""
    from django.db import connection

    from apps.judging.models import Verdict
    from apps.training.models import RewardItem

    items = RewardItem.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(jsonb_array_length(reply)), 0) FROM judging_call")
        (asked,) = cursor.fetchone()
    return {
        "items": items.count(), "unserved": items.filter(result__isnull=True).count(),
        "unscored": items.filter(result__isnull=False, result__reward=None).count(),
        "verdicts": Verdict.objects.count(), "asked": int(asked),
    }  # fmt: skip


if __name__ == "__main__":
    main()

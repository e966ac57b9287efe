"""Stored verdicts as the domain reads them."""

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from apps.judging import models
from apps.judging.queries import keys
from domain import verdicts

if TYPE_CHECKING:
    from apps.datasets.models import Subject
    from apps.judging.models import JudgeVersion
    from apps.rubrics.models import RubricVersion

_BY_KEY = "SELECT * FROM judging_verdict WHERE key = ANY(%s::uuid[])"
DECIDED = (models.VerdictStatus.OK, models.VerdictStatus.NOT_APPLICABLE)


def as_domain(row: models.Verdict, criterion_id: str) -> verdicts.Verdict:
    """A stored verdict as a value, for the criterion of this id."""
    return verdicts.Verdict(
        criterion_id=criterion_id,
        status=verdicts.Status(row.status),
        value=row.value,
        probability=row.probability,
        label_mass=row.label_mass,
        distribution=tuple((label, share) for label, share in row.distribution),
        evidence=tuple(verdicts.Span(span["start"], span["end"], span["text"]) for span in row.evidence),
        rationale=row.rationale,
        reason=row.reason,
        detail=row.detail,
    )


def rows_by_key(wanted: Iterable[uuid.UUID], *, decided: bool = False) -> dict[uuid.UUID, models.Verdict]:
    """The stored verdicts under these keys; with `decided` only those that are never asked again."""
    keys_text = "{" + ",".join(sorted(map(str, wanted))) + "}"
    if keys_text == "{}":
        return {}
    rows = models.Verdict.objects.raw(_BY_KEY, [keys_text])
    return {row.key: row for row in rows if not decided or row.status in DECIDED}


def by_criterion(
    of_version: Mapping[str, uuid.UUID], rows: Mapping[uuid.UUID, models.Verdict]
) -> dict[str, verdicts.Verdict]:
    """Verdict values by criterion id, for those that are stored."""
    return {name: as_domain(rows[key], name) for name, key in of_version.items() if key in rows}


def verdicts_for(
    subject: "Subject", version: "RubricVersion", judge: "JudgeVersion", sample: int = 0
) -> dict[str, models.Verdict | None]:
    """The stored verdict of each criterion of a version on a subject by a judge."""
    of_version = keys.verdict_keys(version, judge, subject, sample)
    rows = rows_by_key(of_version.values())
    return {name: rows.get(key) for name, key in of_version.items()}

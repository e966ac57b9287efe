"""What an import would make, before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.permissions import Actor
from apps.rubrics import permissions
from apps.rubrics.models import Rubric
from apps.rubrics.services import imports, rows
from domain import errors, formats


@dataclass(frozen=True)
class Planned:
    """One rubric of the file: how large it is and what would become of it."""

    title: str
    slug: str
    criteria: int
    groups: int
    becomes: str


@dataclass(frozen=True)
class Preview:
    """All that a file would make, with the report by level."""

    format: str
    reason: str
    rubrics: list[Planned]
    criteria: int
    groups: int
    as_set: bool
    report: list[formats.Note]
    levels: dict[str, int]


def preview_import(*, by: Actor, format: str, data: bytes, name: str = "", slug: str | None = None) -> Preview:  # noqa: A002
    """Read the file as an import would and say what it would make; nothing is written."""
    permissions.check_may_write(by, by.workspace)
    token, reason = imports.format_of(format, data, name)
    read = formats.read(token, data)
    if not read.rubrics:
        raise errors.Invalid("The file holds no rubrics.", code="nothing_to_import")
    for item in read.rubrics:
        rows.check_fits(item.rubric)
    together = {id(item) for item in imports.together(read.rubrics)}
    names = [slug if slug and len(read.rubrics) == 1 else item.slug for item in read.rubrics]
    known = set(Rubric.objects.filter(workspace=by.workspace, slug__in=names).values_list("slug", flat=True))
    planned = [
        Planned(
            title=item.rubric.title or wanted,
            slug=wanted,
            criteria=len(item.rubric.criteria),
            groups=len(item.rubric.groups),
            becomes=_becomes(in_set=id(item) in together, known=wanted in known),
        )
        for item, wanted in zip(read.rubrics, names, strict=True)
    ]
    report = sorted(read.report, key=lambda note: ("error", "warning", "info").index(note.level))
    return Preview(
        format=token,
        reason=reason,
        rubrics=planned,
        criteria=sum(item.criteria for item in planned),
        groups=sum(item.groups for item in planned),
        as_set=bool(together),
        report=report,
        levels=_levels(report),
    )


def _becomes(*, in_set: bool, known: bool) -> str:
    if in_set:
        return "a new version in the set, unless it says the same" if known else "a member of the set"
    return "a new draft of the rubric of this name, unless it says the same" if known else "a new rubric"


def _levels(report: Sequence[formats.Note]) -> dict[str, int]:
    return {level: sum(note.level == level for note in report) for level in ("error", "warning", "info")}

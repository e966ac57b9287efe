"""Takes over rubrics from files: into the library, or as a rubric set where they belong to prompts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions
from apps.rubrics.models import Rubric, RubricSetVersion, RubricVersion
from apps.rubrics.services import creation, members, rows
from domain import errors, formats

MOST_LOOSE = 25
AUTO = "auto"


@dataclass(frozen=True)
class ImportResult:
    """What an import made: versions, the set version they belong to where there is one, and the report."""

    versions: list[RubricVersion]
    set_version: RubricSetVersion | None
    report: list[formats.Note]


@transaction.atomic
def import_rubrics(
    *,
    by: Actor,
    format: str,  # noqa: A002
    data: bytes,
    slug: str | None = None,
    name: str = "",
) -> ImportResult:
    """Import a file; several prompt-bound rubrics, or very many, become one set that stays out of the library."""
    permissions.check_may_write(by, by.workspace)
    token, _ = format_of(format, data, name)
    read = formats.read(token, data)
    if not read.rubrics:
        raise errors.Invalid("The file holds no rubrics.", code="nothing_to_import")
    return store_rubrics(by=by, items=read.rubrics, source=token, slug=slug, report=read.report)


def format_of(format: str, data: bytes, name: str) -> tuple[str, str]:  # noqa: A002
    """The format asked for, or the one that the file certainly has; refuses where that is not certain."""
    if format != AUTO:
        return format, ""
    guess = formats.detect(data, name)
    if guess.token is not None:
        return guess.token, guess.reason
    likely = f" It may be {' or '.join(guess.likely)}." if guess.likely else ""
    raise errors.Invalid(f"The format is not certain: {guess.reason}{likely} Say which it is.", code="format_unknown")


@transaction.atomic
def store_rubrics(
    *,
    by: Actor,
    items: Sequence[formats.ImportedRubric],
    source: str,
    slug: str | None = None,
    report: Sequence[formats.Note] = (),
) -> ImportResult:
    """Store rubrics that were read from a file of rubrics or came along with a data set."""
    permissions.check_may_write(by, by.workspace)
    notes = list(report)
    found = [_storable(by, item, f"/{n}", notes) for n, item in enumerate(items)]
    as_set = together(found)
    versions: list[RubricVersion] = []
    set_version = None
    if as_set:
        versions, set_version = members.import_set(by=by, items=as_set, name=slug, source=source, report=notes)
    taken = {id(item) for item in as_set}
    for item in (item for item in found if id(item) not in taken):
        name = slug if slug and len(found) == 1 else item.slug
        versions.append(_into_library(by, item, name, notes))
    history.record(
        by=by,
        workspace=by.workspace,
        action="rubric.imported",
        target=set_version,
        detail={"format": source, "rubrics": len(versions), "digests": [v.digest for v in versions[:20]]},
    )
    return ImportResult(versions, set_version, notes)


def together(items: Sequence[formats.ImportedRubric]) -> list[formats.ImportedRubric]:
    """Those that become a set."""
    if len(items) > MOST_LOOSE:
        return list(items)
    bound = [item for item in items if item.rubric.scope.kind == "prompt"]
    return bound if len(bound) > 1 else []


def _storable(
    by: Actor, item: formats.ImportedRubric, pointer: str, report: list[formats.Note]
) -> formats.ImportedRubric:
    """The rubric as the tables can hold it; a translation's source that is not here is kept in `extensions`."""
    said = item.rubric
    rows.check_fits(said)
    try:
        rows.translation_source(said.translation_of, by.workspace)
    except errors.Invalid as error:
        report.append(formats.Note("warning", f"{pointer}/translation_of", error.message))
        kept = {**said.extensions, "translation_of": said.translation_of}
        said = said.model_copy(update={"translation_of": None, "extensions": kept})
    return formats.ImportedRubric(said, item.slug, item.prompt)


def _into_library(by: Actor, item: formats.ImportedRubric, slug: str, report: list[formats.Note]) -> RubricVersion:
    """A new rubric, or another draft of the one that has this name."""
    present = Rubric.objects.filter(workspace=by.workspace, slug=slug, rubric_set=None).first()
    if present is None:
        free = slug if not Rubric.objects.filter(workspace=by.workspace, slug=slug).exists() else None
        return creation.store_rubric(by=by, said=item.rubric, slug=free)
    newest = present.versions.select_related("rubric").order_by("-number")[0]
    draft = creation.draft_of(by=by, row=present, said=item.rubric, parent=newest)
    if draft is None:
        report.append(formats.Note("info", "", f"{newest} says the same already; nothing was added."))
        return newest
    report.append(formats.Note("info", "", f"{slug} was here before; the file became its draft {draft.number}."))
    return draft

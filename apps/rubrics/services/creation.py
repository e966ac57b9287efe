"""Opens rubrics and drafts, replaces and discards drafts."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Origin, Rubric, RubricVersion, VersionEnd, VersionStatus
from apps.rubrics.services import drafts, parts, rows, texts
from domain import errors, rubric

MAX_SLUG = 120
EMPTY: dict[str, Any] = {"format": rubric.FORMAT}


class SlugTaken(errors.Conflict):
    """Another rubric of the workspace has this name."""

    default_code = "slug_taken"


@transaction.atomic
def create_rubric(
    *,
    by: Actor,
    document: dict[str, Any] | None = None,
    slug: str | None = None,
    title: str | None = None,
    tags: list[str] | None = None,
    source: str = "",
) -> RubricVersion:
    """Make a rubric with its first draft, empty or from a document; `source` tells the history where that is from."""
    permissions.check_may_write(by, by.workspace)
    given = document if document is not None else EMPTY
    said = rubric.parse({**given, "title": title} if title else given)
    name = slug or (given.get("slug") if isinstance(given.get("slug"), str) else None)
    return store_rubric(by=by, said=said, slug=name, tags=tags, source=source)


@transaction.atomic
def store_rubric(
    *, by: Actor, said: rubric.Rubric, slug: str | None = None, tags: list[str] | None = None, source: str = ""
) -> RubricVersion:
    """Make a rubric with its first draft from one that was read already."""
    permissions.check_may_write(by, by.workspace)
    rows.check_fits(said)
    row = Rubric(
        workspace=by.workspace,
        slug=_checked_slug(by, slug) if slug else free_slug(by, said.title),
        title=said.title or slug or "Untitled rubric",
        tags=clean_tags(tags or []),
        created_by=by.user,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise SlugTaken(f"There already is a rubric named {row.slug}.", details={"slug": row.slug}) from error
    version = opened(by, row, said, parent=None, author=by.user)
    _record(by, version, "rubric.created", {"from": source} if source else {})
    return version


@transaction.atomic
def new_draft(*, by: Actor, rubric: Rubric, source: RubricVersion | None = None) -> RubricVersion:
    """Open another draft of a rubric: a copy of `source`, or of its latest version."""
    permissions.check_may_write(by, rubric.workspace_id)
    latest = rubric.versions.select_related("rubric__workspace").order_by("-number").first()
    version = copied(by=by, row=rubric, source=source or latest)
    _record(by, version, "rubric.draft_opened")
    return version


def copied(*, by: Actor, row: Rubric, source: RubricVersion | None, author: Any = None) -> RubricVersion:
    """The new draft itself, inside the caller's transaction; `author` stands as its maker."""
    if source is not None and source.rubric_id != row.pk:
        raise errors.Invalid("A draft can only be made from a version of the same rubric.", code="other_rubric")
    said = queries.domain_rubric(source) if source else rubric.parse({**EMPTY, "title": row.title})
    version = opened(by, row, said, parent=source, author=author or by.user)
    if source is not None and source.is_draft:
        document = queries.draft_document(source)
        Origin.objects.create(version=version, other=source, way=Origin.Way.COPIED, document=document, by=by.user)
    return version


def draft_of(*, by: Actor, row: Rubric, said: rubric.Rubric, parent: RubricVersion) -> RubricVersion | None:
    """A draft that says what an imported rubric says; none where `parent` already does."""
    digest = rubric.digest(said)
    if parent.digest == digest:
        return None
    version = opened(by, row, said, parent=parent, author=by.user, digest=digest)
    _record(by, version, "rubric.draft_opened")
    return version


def replace_draft(
    *, by: Actor, version: RubricVersion, document: dict[str, Any], expected_revision: int | None
) -> RubricVersion:
    """Put another document in the place of a draft's."""

    def put(current: dict[str, Any]) -> None:
        current.clear()
        current.update(document)

    return drafts.change(
        by=by, version=version, what="replaced the whole draft", edit=put, expected_revision=expected_revision
    )


@transaction.atomic
def discard(*, by: Actor, version: RubricVersion) -> RubricVersion:
    """End a draft that nobody needs; it stays readable and never comes back."""
    row = drafts.locked(by=by, version=version)
    row.status, row.ended = VersionStatus.RETIRED, VersionEnd.DISCARDED
    freeze(row, queries.domain_rubric(row))
    row.save(update_fields=["status", "ended", "document", "digest", "judged_digest"])
    _record(by, row, "rubric.draft_discarded")
    return row


@transaction.atomic
def set_tags(*, by: Actor, rubric: Rubric, tags: list[str]) -> Rubric:
    """Name the library tags of a rubric; they belong to no version."""
    permissions.check_may_write(by, rubric.workspace_id)
    rubric.tags = clean_tags(tags)
    rubric.save(update_fields=["tags"])
    history.record(by=by, workspace=by.workspace, action="rubric.tagged", target=rubric, detail={"tags": len(tags)})
    return rubric


def freeze(row: RubricVersion, said: rubric.Rubric) -> None:
    """Set the canonical document and its digests on the row; the caller saves it with the change of status."""
    whole = rubric.document(said)
    row.digest, row.judged_digest = whole.pop("digest"), whole.pop("judged_digest")
    row.document = whole


def next_number(row: Rubric) -> int:
    """The number of the next version; the rubric's row is locked so that two drafts never get the same."""
    Rubric.objects.select_for_update(no_key=True).get(pk=row.pk)
    last: int | None = row.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def free_slug(by: Actor, title: str) -> str:
    """A name made from the title that no rubric of the workspace has yet."""
    base = slugify(title)[: MAX_SLUG - 6].strip("-_") or "rubric"
    taken = set(Rubric.objects.filter(workspace=by.workspace, slug__startswith=base).values_list("slug", flat=True))
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def clean_tags(tags: list[str]) -> list[str]:
    """Tags without blanks and repetitions, in the order given."""
    return list(dict.fromkeys(texts.storable(tag, 60, "tag") for tag in tags if tag.strip()))


def _checked_slug(by: Actor, slug: str) -> str:
    if slug != slugify(slug) or len(slug) > MAX_SLUG:
        problem = errors.Problem("/slug", f"A name has lower-case letters, digits and hyphens, at most {MAX_SLUG}.")
        raise errors.Invalid(problem.message, code="slug_invalid", problems=[problem])
    if Rubric.objects.filter(workspace=by.workspace, slug=slug).exists():
        raise SlugTaken(f"There already is a rubric named {slug}.", details={"slug": slug})
    return slug


def opened(
    by: Actor,
    row: Rubric,
    said: rubric.Rubric,
    *,
    parent: RubricVersion | None,
    author: Any,
    digest: str | None = None,
) -> RubricVersion:
    """A new draft with its rows, inside the caller's transaction; `author` stands as its maker."""
    version = RubricVersion(rubric=row, number=next_number(row), title=row.title, parent=parent, created_by=author)
    version.weighting = parent.weighting if parent else {}
    rows.fill_columns(version, said, by.workspace, digest=digest)
    version.save(force_insert=True)
    Rubric.objects.filter(pk=row.pk).update(last_edit=version.created_at)
    parts.store_new([(version, said)])
    return version


def _record(by: Actor, version: RubricVersion, action: str, more: dict[str, str] | None = None) -> None:
    history.record(
        by=by,
        workspace=by.workspace,
        action=action,
        target=version,
        detail={"number": version.number, "digest": version.digest, **(more or {})},
    )

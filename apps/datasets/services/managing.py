"""Making data sets and changing what is said about them."""

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.history import services as history
from domain import errors

MOST = {"title": 200, "description": 20_000, "language": 16, "licence": 80, "consent": 200, "source": 300}
RESERVED = {"import", "rollouts", "scratch"}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@transaction.atomic
def create_dataset(
    *, by: Actor, slug: str, title: str = "", description: str = "", language: str = "", licence: str = "",
    consent: str = "", source: str = "",
) -> Dataset:  # fmt: skip
    """Make an empty data set."""
    by.require(Role.AUTHOR, "make data sets")
    by.require_scope("data:write")
    check_slug(slug)
    about = {
        "title": title.strip() or slug.replace("-", " ").capitalize(), "description": description,
        "language": language, "licence": licence, "consent": consent, "source": source,
    }  # fmt: skip
    _check_lengths(about)
    try:
        with transaction.atomic():
            dataset = Dataset.objects.create(workspace=by.workspace, slug=slug, created_by=by.user, **about)
    except IntegrityError:
        raise errors.Conflict(f"There is a data set “{slug}” already.", code="dataset_exists") from None
    history.record(by=by, workspace=by.workspace, action="dataset.created", target=dataset)
    return dataset


@transaction.atomic
def edit_dataset(*, by: Actor, dataset: Dataset, changes: Mapping[str, str]) -> Dataset:
    """Change title, description, language, licence, consent or source."""
    by.require(Role.AUTHOR, "change data sets")
    by.require_scope("data:write")
    unknown = sorted(set(changes) - set(MOST))
    if unknown:
        raise errors.Invalid(f"A data set has no setting “{unknown[0]}”.", code="setting_unknown")
    if not changes.get("title", dataset.title).strip():
        raise errors.Invalid("A data set needs a title.", code="title_missing")
    _check_lengths(changes)
    changed = [name for name, value in changes.items() if getattr(dataset, name) != value]
    for name in changed:
        setattr(dataset, name, changes[name])
    if changed:
        dataset.save(update_fields=changed)
        history.record(
            by=by, workspace=by.workspace, action="dataset.changed", target=dataset, detail={"fields": changed}
        )
    return dataset


@transaction.atomic
def archive_dataset(*, by: Actor, dataset: Dataset) -> Dataset:
    """Take a data set out of the list; runs that used it keep it."""
    by.require(Role.AUTHOR, "archive data sets")
    by.require_scope("data:write")
    if dataset.purpose != Dataset.Purpose.LIBRARY:
        raise errors.Conflict("The studio fills this data set itself, so it stays.", code="dataset_needed")
    if dataset.archived_at is None:
        dataset.archived_at = timezone.now()
        dataset.save(update_fields=["archived_at"])
        history.record(by=by, workspace=by.workspace, action="dataset.archived", target=dataset)
    return dataset


@transaction.atomic
def restore_dataset(*, by: Actor, dataset: Dataset) -> Dataset:
    """Put an archived data set back into the list."""
    by.require(Role.AUTHOR, "restore data sets")
    by.require_scope("data:write")
    if dataset.archived_at is not None:
        dataset.archived_at = None
        dataset.save(update_fields=["archived_at"])
        history.record(by=by, workspace=by.workspace, action="dataset.restored", target=dataset)
    return dataset


def check_slug(slug: str) -> None:
    """Refuse names that cannot stand in an address."""
    if slug in RESERVED:
        raise errors.Invalid(f"“{slug}” is kept for the studio; choose another name.", code="slug_reserved")
    if not _SLUG.fullmatch(slug):
        raise errors.Invalid(
            "A data set's name has small letters, digits and hyphens, at most 80 of them.", code="slug_invalid"
        )


def check_free(*, by: Actor, slug: str) -> None:
    """Refuse a name that another data set of the workspace has."""
    check_slug(slug)
    if by.workspace.datasets.filter(slug=slug).exists():
        raise errors.Conflict(
            f"There is a data set “{slug}” already. Choose another name, or open that one and import more into it.",
            code="dataset_exists",
        )


def slug_for(title: str) -> str:
    """A name made of a title."""
    return slugify(title)[:80].strip("-") or "data"


def _check_lengths(about: Mapping[str, str]) -> None:
    for name, value in about.items():
        most = MOST[name]
        if len(value) > most:
            raise errors.Invalid(f"The {name} has {len(value):,} characters; at most {most:,} fit.", code="too_long")
        if "\x00" in value:
            raise errors.Invalid(f"The {name} holds a null character.", code="null_character")

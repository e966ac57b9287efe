"""What is known of releases: the list, the manifest, the stream of documents."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from apps.accounts.models import Token
from apps.accounts.permissions import Actor
from apps.history.models import PullCount
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion, VersionStatus
from apps.training.models import Deprecation, Release, ReleaseEntry
from domain import errors


def releases(actor: Actor) -> QuerySet[Release]:
    """The workspace's releases with their number of rubrics."""
    found = Release.objects.filter(workspace=actor.workspace).select_related("created_by", "deprecation")
    return found.annotate(size=Count("entries")).order_by("-created_at")


def get_release(actor: Actor, name: str) -> Release:
    """A release by its name."""
    found = releases(actor).filter(name=name).first()
    if found is None:
        raise errors.NotFound(f"There is no release called {name}.", code="release_unknown")
    return found


def deprecation_of(release: Release) -> Deprecation | None:
    """Why it should no longer be pinned, if so."""
    return Deprecation.objects.filter(release=release).select_related("by").first()


def manifest(release: Release) -> dict[str, Any]:
    """The release as REST shows it."""
    gone = deprecation_of(release)
    entries = release.entries.select_related("version__rubric")
    return {
        "name": release.name,
        "digest": release.digest,
        "notes": release.notes,
        "created_at": release.created_at,
        "created_by": release.created_by.name,
        "count": release.entries.count(),
        "deprecated": {"reason": gone.reason, "at": gone.created_at} if gone else None,
        "rubrics": [
            {
                "prompt_id": entry.prompt_id_text or None,
                "slug": entry.version.rubric.slug,
                "version": entry.version.number,
                "digest": entry.digest,
            }
            for entry in entries.iterator(chunk_size=2000)
        ],
    }


def document_of(entry: ReleaseEntry) -> dict[str, Any]:
    """The document as it was released: approved, whatever became of the version since."""
    return {**rubric_queries.document(entry.version), "status": VersionStatus.APPROVED.value}


def versions_by_prompt(release: Release) -> tuple[RubricVersion | None, Mapping[str, RubricVersion]]:
    """The general rubric of a release, if it has just one, and those bound to prompts."""
    general: list[RubricVersion] = []
    bound: dict[str, RubricVersion] = {}
    for entry in release.entries.select_related("version__rubric"):
        if entry.prompt_id_text:
            bound[entry.prompt_id_text] = entry.version
        else:
            general.append(entry.version)
    return (general[0] if len(general) == 1 else None), bound


def versions_of(release: Release) -> list[RubricVersion]:
    """All versions of a release."""
    return [entry.version for entry in release.entries.select_related("version__rubric")]


def pulls(actor: Actor, kind: str = "", ref: str = "") -> QuerySet[PullCount]:
    """Who pulled what, by token and day, latest first; of one kind, of one thing."""
    found = PullCount.objects.filter(workspace=actor.workspace).select_related("actor")
    if kind:
        found = found.filter(kind=kind)
    return (found.filter(ref=ref) if ref else found).order_by("-day", "-last_at", "-pk")


def token_names(rows: Iterable[PullCount]) -> dict[int, str]:
    """The names of the tokens that pulled."""
    keys = {row.token_id for row in rows if row.token_id}
    return dict(Token.objects.filter(pk__in=keys).values_list("pk", "name"))


def pull_told(actor: Actor) -> Callable[[PullCount], dict[str, Any]]:
    """What shows a pull, with the names of the workspace's tokens."""
    names = dict(Token.objects.filter(workspace=actor.workspace).values_list("pk", "name"))

    def told(row: PullCount) -> dict[str, Any]:
        return {
            "by": row.actor.name if row.actor else None,
            "token": names.get(row.token_id) if row.token_id else None,
            "day": row.day,
            "times": row.count,
            "rubrics": row.items,
            "last_at": row.last_at,
        }

    return told


class Place(NamedTuple):
    """What a release is about at one place: a rubric for all prompts, or for one."""

    prompt_id: str
    slug: str


class Held(NamedTuple):
    """The version that a release holds at a place."""

    number: int
    digest: str


@dataclass(frozen=True)
class ReleaseDiff:
    """What changed between two releases, by place."""

    old: Release
    new: Release
    added: list[tuple[Place, Held]]
    removed: list[tuple[Place, Held]]
    changed: list[tuple[Place, Held, Held]]
    same: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for REST."""
        return {
            "from": self.old.name,
            "to": self.new.name,
            "same": self.same,
            "added": [{**_place(place), **held._asdict()} for place, held in self.added],
            "removed": [{**_place(place), **held._asdict()} for place, held in self.removed],
            "changed": [
                {**_place(place), "before": before._asdict(), "after": after._asdict()}
                for place, before, after in self.changed
            ],
        }


def _place(place: Place) -> dict[str, Any]:
    return {"prompt_id": place.prompt_id or None, "slug": place.slug}


def release_diff(old: Release, new: Release) -> ReleaseDiff:
    """What came, went and changed; a version whose content is the same under another number has not changed."""
    before, after = _held(old), _held(new)
    both = [place for place in after if place in before]
    changed = [(place, before[place], after[place]) for place in both if before[place].digest != after[place].digest]
    return ReleaseDiff(
        old, new,
        added=[(place, held) for place, held in after.items() if place not in before],
        removed=[(place, held) for place, held in before.items() if place not in after],
        changed=changed,
        same=len(both) - len(changed),
    )  # fmt: skip


def _held(release: Release) -> dict[Place, Held]:
    rows = release.entries.order_by("position").values_list(
        "prompt_id_text", "version__rubric__slug", "version__number", "digest"
    )
    return {Place(prompt, slug): Held(number, digest) for prompt, slug, number, digest in rows}

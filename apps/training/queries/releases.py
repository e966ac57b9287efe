"""What is known of releases: the list, the manifest, the stream of documents."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db.models import Count, QuerySet

from apps.accounts.permissions import Actor
from apps.history.models import PullCount
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion, VersionStatus
from apps.training.models import Deprecation, Release, ReleaseEntry
from domain import errors

BATCH = 200


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


def lines(release: Release, after: int = 0) -> Iterator[bytes]:
    """The documents as NDJSON, from line `after` on; the last line counts and hashes all lines since the first."""
    sha, count = hashlib.sha256(), 0
    entries = release.entries.select_related("version__rubric").order_by("position")
    for start in range(0, entries.count(), BATCH):
        for entry in entries[start : start + BATCH]:
            line = orjson.dumps(document_of(entry)) + b"\n"
            sha.update(line)
            count += 1
            if count > after:
                yield line
    yield orjson.dumps({"_end": True, "count": count, "sha256": sha.hexdigest()}) + b"\n"


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


def pulls(actor: Actor, kind: str, ref: str) -> QuerySet[PullCount]:
    """Who pulled it, by day, latest first."""
    found = PullCount.objects.filter(workspace=actor.workspace, kind=kind, ref=ref).select_related("actor")
    return found.order_by("-day", "-last_at")[:20]

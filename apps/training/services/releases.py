"""Releases: made once of approved versions, never changed, deprecated with a reason."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.rubrics.models import RubricSetVersion, RubricVersion, VersionStatus
from apps.training.models import Deprecation, Release, ReleaseEntry
from apps.training.services import suspending, telling
from domain import errors
from domain import rubric as rubrics


class NotApproved(errors.Conflict):
    """Only approved versions are released."""

    default_code = "not_approved"


class NameTaken(errors.Conflict):
    """A release never changes, so its name is used once."""

    default_code = "release_exists"


def create_release(
    *, by: Actor, name: str, versions: Sequence[RubricVersion] = (), set_version: RubricSetVersion | None = None,
    notes: str = "",
) -> Release:  # fmt: skip
    """Freeze approved versions, or a whole approved set, under a name with a manifest digest."""
    by.require(Role.APPROVER, "make releases")
    chosen = _chosen(versions, set_version)
    suspending.check_none_suspended([version for _, version in chosen])
    manifest = manifest_of(chosen)
    with transaction.atomic():
        try:
            release = Release.objects.create(
                workspace=by.workspace, name=name, notes=notes, digest=manifest["digest"], created_by=by.user
            )
        except IntegrityError as taken:
            raise NameTaken(
                f"There is a release called {name} already. Releases never change: choose another name."
            ) from taken
        ReleaseEntry.objects.bulk_create(
            [
                ReleaseEntry(
                    release=release, position=index, version=version, prompt_id_text=prompt_id, digest=version.digest
                )
                for index, (prompt_id, version) in enumerate(chosen)
            ],
            batch_size=2000,
        )
        history.record(
            by=by, workspace=by.workspace, action="release.created", target=release,
            detail={"digest": release.digest, "rubrics": len(chosen)},
        )  # fmt: skip
        telling.release_published(release, rubrics=len(chosen))
    return release


def deprecate(*, by: Actor, release: Release, reason: str) -> Deprecation:
    """Say why a release should no longer be pinned; runs pinned to it go on."""
    by.require(Role.APPROVER, "deprecate releases")
    if not reason.strip():
        raise errors.Invalid("Say why, for those who have pinned it.", problems=[errors.Problem("/reason", "is empty")])
    with transaction.atomic():
        try:
            done = Deprecation.objects.create(release=release, reason=reason.strip(), by=by.user)
        except IntegrityError as again:
            raise errors.Conflict("This release is deprecated already.", code="deprecated") from again
        history.record(by=by, workspace=by.workspace, action="release.deprecated", target=release)
        telling.release_deprecated(done)
    return done


def manifest_of(chosen: Sequence[tuple[str, RubricVersion]]) -> dict[str, Any]:
    """The entries that a release's digest covers, and that digest (sha256 over RFC 8785)."""
    entries = [
        {
            "prompt_id": prompt_id or None,
            "slug": version.rubric.slug,
            "version": version.number,
            "digest": version.digest,
        }
        for prompt_id, version in chosen
    ]
    digest = "sha256:" + hashlib.sha256(rubrics.canonical({"rubrics": entries})).hexdigest()
    return {"digest": digest, "rubrics": entries}


def _chosen(versions: Sequence[RubricVersion], set_version: RubricSetVersion | None) -> list[tuple[str, RubricVersion]]:
    chosen = [("", version) for version in versions]
    if set_version is not None:
        if set_version.status != VersionStatus.APPROVED:
            raise NotApproved(f"{set_version} is {set_version.get_status_display()}; only approved sets are released.")
        members = set_version.members.select_related("version__rubric")
        chosen += [(member.prompt_id_text, member.version) for member in members]
    if not chosen:
        raise errors.Invalid(
            "A release needs at least one approved rubric.", problems=[errors.Problem("/rubrics", "is empty")]
        )
    for _, version in chosen:
        if version.status != VersionStatus.APPROVED:
            raise NotApproved(f"{version} is {version.get_status_display()}; only approved versions are released.")
    chosen.sort(key=lambda pair: (pair[0], pair[1].rubric.slug, pair[1].number))
    if len({(prompt_id, version.pk) for prompt_id, version in chosen}) < len(chosen):
        problem = errors.Problem("/rubrics", "names a version twice")
        raise errors.Invalid("The same version is named twice.", problems=[problem])
    return chosen

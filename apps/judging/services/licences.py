"""Licences of judges: granted by passed exams, taken back by approvers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.judging import permissions
from apps.judging.models import JudgeVersion, Licence
from domain import errors


@transaction.atomic
def grant_licence(
    *, by: Actor, version: JudgeVersion, exam: str, figures: Mapping[str, Any], expires_at: datetime
) -> Licence:
    """Let a judge version serve as one that passed an exam; it holds for its fingerprint, until then."""
    permissions.check_may_license(by, version)
    licence = Licence.objects.create(
        version=version, exam=exam[:200], figures=dict(figures), expires_at=expires_at, granted_by=by.user
    )
    history.record(
        by=by, workspace=by.workspace, action="judge.licensed", target=version.judge,
        detail={"version": version.number, "fingerprint": version.fingerprint, "until": expires_at.isoformat()},
    )  # fmt: skip
    return licence


@transaction.atomic
def revoke_licence(*, by: Actor, licence: Licence) -> Licence:
    """Take a licence back before it ends."""
    permissions.check_may_license(by, licence.version)
    if licence.revoked_at is not None:
        raise errors.Conflict("This licence was taken back before.", code="licence_revoked")
    licence.revoked_at = timezone.now()
    licence.save(update_fields=["revoked_at"])
    history.record(
        by=by, workspace=by.workspace, action="judge.licence_revoked", target=licence.version.judge,
        detail={"version": licence.version.number, "licence": licence.pk},
    )  # fmt: skip
    return licence

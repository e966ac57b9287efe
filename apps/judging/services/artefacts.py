"""Freezing what was fitted, so that its digest says what it is."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics.models import FittedArtefact
from domain import rubric as rubrics


def freeze(*, by: Actor, kind: str, payload: Mapping[str, Any], inputs: Mapping[str, Any]) -> FittedArtefact:
    """Store something fitted under the digest of its kind and payload; the same once, whoever fits it again."""
    digest = rubrics.sha256({"kind": kind, "payload": dict(payload)})
    found, made = FittedArtefact.objects.get_or_create(
        workspace=by.workspace, digest=digest,
        defaults={"kind": kind, "payload": dict(payload), "inputs": dict(inputs), "created_by": by.user},
    )  # fmt: skip
    if made:
        history.record(by=by, workspace=by.workspace, action=f"{kind}.fitted", target=found, detail={"digest": digest})
    return found

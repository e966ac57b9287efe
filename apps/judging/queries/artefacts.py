"""Fitted and frozen: juries, cascades and calibrations, by their digest."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apps.judging.models import JudgeVersion
from apps.rubrics.models import FittedArtefact
from domain import calibration, cascades, errors, juries, verdicts

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor

CALIBRATION, JURY, CASCADE, WEIGHTS = "calibration", "jury", "cascade", "weights"
Curves = Mapping[tuple[str, str], calibration.Curve]
"""By the fingerprint of a judge and the digest of a criterion as the protocol `isolated` shows it."""


def get_artefact(actor: "Actor", digest: str, *, kind: str) -> FittedArtefact:
    """A frozen artefact of the actor's workspace by its digest; another kind is as if it were not there."""
    found = FittedArtefact.objects.filter(workspace=actor.workspace, digest=digest, kind=kind).first()
    if found is None:
        raise errors.NotFound(f"There is no {kind} with the digest {digest[:80]} here.", code=f"{kind}_unknown")
    return found


def calibrations_of(judge: JudgeVersion) -> list[FittedArtefact]:
    """The calibrations of a judge version (and of all with its fingerprint), newest first."""
    rows = FittedArtefact.objects.filter(
        workspace=judge.judge.workspace_id, kind=CALIBRATION, payload__judge=judge.fingerprint
    )
    return list(rows.select_related("created_by").order_by("-id"))


def curves_of(artefacts: Iterable[FittedArtefact]) -> dict[tuple[str, str], calibration.Curve]:
    """All curves of calibrations; where two are about the same judge and criterion, the later one holds."""
    return {
        (artefact.payload["judge"], digest): calibration.from_plain(curve)
        for artefact in artefacts
        for digest, curve in artefact.payload["curves"].items()
    }


def calibrated(verdict: verdicts.Verdict, curve: calibration.Curve | None) -> verdicts.Verdict:
    """The verdict with the value that the curve gives; unscored ones, and those without a curve, stay as they are."""
    if curve is None or verdict.value is None:
        return verdict
    said = verdict.value if verdict.probability is None else verdict.probability
    return dataclasses.replace(verdict, value=curve(said), detail={**verdict.detail, "uncalibrated": verdict.value})


def jury_of(artefact: FittedArtefact) -> juries.Jury:
    """The jury that an artefact describes."""
    given = artefact.payload
    return juries.Jury(tuple(given["judges"]), juries.Rule(given["rule"]), given["quorum"], given.get("weights") or {})


def rules_of(artefact: FittedArtefact) -> cascades.Rules:
    """The rules of a cascade."""
    return cascades.rules_from(artefact.payload["rules"])


def show_artefact(artefact: FittedArtefact) -> dict[str, Any]:
    """An artefact as REST shows it."""
    return {
        "digest": artefact.digest, "kind": artefact.kind, "payload": artefact.payload, "inputs": artefact.inputs,
        "created_at": artefact.created_at,
    }  # fmt: skip


def stages(artefact: FittedArtefact | None) -> Sequence[str]:
    """The fingerprints of a cascade's judges in their order; none for anything else."""
    return tuple(artefact.payload["stages"]) if artefact is not None and artefact.kind == CASCADE else ()

"""Moves versions along: submit, approve, request changes, withdraw, retire."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.gates import GateState
from apps.rubrics.models import Decision, Rubric, RubricVersion, VersionEnd, VersionStatus
from apps.rubrics.services import creation, drafts, rows, texts
from domain import errors

FROZEN = ("document", "digest", "judged_digest")


class WrongState(errors.Conflict):
    """The version is not in the state that this step starts from."""

    default_code = "wrong_state"


class GatesOpen(errors.Conflict):
    """Something that approval needs is missing."""

    default_code = "gates_open"


def gates_open(what: str, states: Sequence[GateState]) -> GatesOpen:
    """The refusal that names every gate that is not met, with its title and where to meet it."""
    missing = [state.told() for state in states if not state.met]
    more = "" if len(missing) == 1 else f" And {len(missing) - 1} more."
    return GatesOpen(f"{what} cannot be approved yet: {missing[0]['sentence']}{more}", details={"open_gates": missing})


class AlreadyApproved(errors.Conflict):
    """One person's approval counts once."""

    default_code = "already_approved"


@transaction.atomic
def submit(*, by: Actor, version: RubricVersion, note: str = "") -> RubricVersion:
    """Freeze a draft with its canonical document and digests, and ask for approval."""
    row = drafts.locked(by=by, version=version)
    _check_stands_alone(row)
    said = queries.domain_rubric(row)
    if not said.criteria:
        raise errors.Invalid("A rubric without criteria cannot be submitted; add at least one.", code="rubric_empty")
    rows.bind_prompt(row, said, rows.bound_prompts(row.rubric.workspace, [said]))
    creation.freeze(row, said)
    row.status, row.submitted_by, row.submitted_at, row.note = (
        VersionStatus.IN_REVIEW,
        by.user,
        timezone.now(),
        texts.note_of(note),
    )
    row.save(update_fields=[*FROZEN, "prompt", "status", "submitted_by", "submitted_at", "note"])
    _decide(by, row, Decision.Verb.SUBMIT, note)
    return row


@transaction.atomic
def approve(*, by: Actor, version: RubricVersion, note: str = "") -> RubricVersion:
    """Approve a version in review; the last approval needed retires what was approved before in the same moment."""
    row = _locked(version)
    permissions.check_may_approve(by, row)
    _check_stands_alone(row)
    _check_state(row, VersionStatus.IN_REVIEW, "approved")
    states = queries.gate_states(row)
    if any(not state.met for state in states):
        raise gates_open(f"{row}", states)
    so_far = queries.approvals(row, states)
    if by.user.pk in so_far.by and len(so_far.by) < so_far.needed:
        raise AlreadyApproved(f"You have approved {row}; it waits for another person: {so_far.sentence}.")
    given = len(so_far.by | {by.user.pk})
    evidence = {"approval": given, "of": so_far.needed, "gates": [evidence_of(state) for state in states]}
    if given >= so_far.needed:
        for earlier in row.rubric.versions.select_for_update().filter(status=VersionStatus.APPROVED):
            _end(earlier, VersionEnd.SUPERSEDED)
            _decide(by, earlier, Decision.Verb.SUPERSEDE, note, {"by_version": row.number})
        row.status, row.approved_at = VersionStatus.APPROVED, timezone.now()
        row.save(update_fields=["status", "approved_at"])
        Rubric.objects.filter(pk=row.rubric_id).update(title=row.title)
    _decide(by, row, Decision.Verb.APPROVE, note, evidence)
    return row


@transaction.atomic
def take_back(*, by: Actor, version: RubricVersion, note: str = "") -> RubricVersion:
    """Take back one's own approval while the version still waits for others."""
    row = _locked(version)
    permissions.check_may_decide(by, row.rubric.workspace_id, "take back an approval")
    _check_stands_alone(row)
    _check_state(row, VersionStatus.IN_REVIEW, "left without an approval")
    if by.user.pk not in queries.approvals(row).by:
        raise WrongState(f"You have not approved {row}, so there is nothing to take back.", code="not_approved_by_you")
    _decide(by, row, Decision.Verb.TAKE_BACK, note)
    return row


@transaction.atomic
def request_changes(*, by: Actor, version: RubricVersion, note: str = "") -> RubricVersion:
    """End a version in review and open a new draft from it for its author."""
    row = _locked(version)
    permissions.check_may_decide(by, row.rubric.workspace_id, "request changes")
    return _send_back(by, row, VersionEnd.CHANGES_REQUESTED, Decision.Verb.REQUEST_CHANGES, note)


@transaction.atomic
def withdraw(*, by: Actor, version: RubricVersion, note: str = "") -> RubricVersion:
    """End one's own version in review and open a new draft from it."""
    row = _locked(version)
    permissions.check_may_withdraw(by, row)
    return _send_back(by, row, VersionEnd.WITHDRAWN, Decision.Verb.WITHDRAW, note)


@transaction.atomic
def retire(*, by: Actor, version: RubricVersion, note: str = "") -> RubricVersion:
    """Take an approved version out of service; `note` says why, what was judged with it stays."""
    row = _locked(version)
    permissions.check_may_decide(by, row.rubric.workspace_id, "retire a version")
    _check_stands_alone(row)
    _check_state(row, VersionStatus.APPROVED, "retired")
    _end(row, VersionEnd.RETIRED)
    _decide(by, row, Decision.Verb.RETIRE, note)
    return row


def _send_back(by: Actor, row: RubricVersion, ended: VersionEnd, verb: Decision.Verb, note: str) -> RubricVersion:
    _check_stands_alone(row)
    _check_state(row, VersionStatus.IN_REVIEW, "sent back")
    _end(row, ended)
    draft = creation.copied(by=by, row=row.rubric, source=row, author=row.created_by or row.submitted_by)
    _decide(by, row, verb, note, {"new_draft": draft.number})
    return draft


def _locked(version: RubricVersion) -> RubricVersion:
    """The version, locked after its rubric, so that two decisions on one rubric wait for each other."""
    Rubric.objects.select_for_update(no_key=True).get(pk=version.rubric_id)
    return RubricVersion.objects.select_for_update(of=("self",)).select_related("rubric__workspace").get(pk=version.pk)


def evidence_of(state: GateState) -> dict[str, Any]:
    """A gate as it is stored with a decision."""
    return {"name": state.name, "met": state.met, "sentence": state.sentence, **state.figures}


def _end(row: RubricVersion, ended: VersionEnd) -> None:
    row.status, row.ended = VersionStatus.RETIRED, ended
    row.save(update_fields=["status", "ended"])


def _check_state(row: RubricVersion, wanted: VersionStatus, what: str) -> None:
    if row.status != wanted:
        raise WrongState(
            f"{row} is {row.get_status_display()}; only a version that is {wanted.label} can be {what}.",
            details={"status": row.status, "ended": row.ended},
        )


def _check_stands_alone(row: RubricVersion) -> None:
    if row.rubric.rubric_set_id is not None:
        raise WrongState(f"{row} belongs to a rubric set and is decided on with the set.", code="in_set")


def _decide(
    by: Actor, row: RubricVersion, verb: Decision.Verb, note: str, evidence: dict[str, Any] | None = None
) -> None:
    said, evidence = texts.note_of(note), evidence or {}
    Decision.objects.create(version=row, verb=verb, by=by.user, note=said, evidence=evidence)
    more: dict[str, Any] = {name: evidence[name] for name in ("by_version",) if name in evidence}
    if row.status == VersionStatus.RETIRED and said:
        more["reason"] = said
    history.record(
        by=by,
        workspace=row.rubric.workspace,
        action=f"rubric.{verb}",
        target=row,
        detail={"number": row.number, "digest": row.digest, "judged_digest": row.judged_digest, **more},
    )

"""Moves whole rubric sets along; all members change state in one transaction."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.gates import GateState
from apps.rubrics.models import Decision, RubricSet, RubricSetVersion, RubricVersion, VersionEnd, VersionStatus
from apps.rubrics.services import creation, members, rows, set_samples, texts, workflow
from domain import errors

BATCH = 500


@transaction.atomic
def submit_set(
    *, by: Actor, set_version: RubricSetVersion, sample_size: int | None = None, note: str = ""
) -> RubricSetVersion:
    """Freeze every draft of the set, draw the sample of declared size, and ask for approval of the whole."""
    row = _locked(set_version)
    permissions.check_may_write(by, row.rubric_set.workspace_id)
    _check_state(row, VersionStatus.DRAFT, "submitted")
    drafts = list(_versions(row, VersionStatus.DRAFT).prefetch_related("groups", "criteria", "guidelines"))
    said = [queries.domain_rubric(version) for version in drafts]
    prompts = rows.bound_prompts(by.workspace, said)
    now = timezone.now()
    for version, rubric in zip(drafts, said, strict=True):
        if not rubric.criteria:
            raise errors.Invalid(f"{version} has no criteria, so the set cannot be submitted.", code="rubric_empty")
        rows.bind_prompt(version, rubric, prompts)
        creation.freeze(version, rubric)
        version.status, version.submitted_by, version.submitted_at = VersionStatus.IN_REVIEW, by.user, now
    columns = [*workflow.FROZEN, "prompt", "status", "submitted_by", "submitted_at"]
    RubricVersion.objects.bulk_update(drafts, columns, batch_size=BATCH)
    set_samples.draw(row, sample_size)
    row.status, row.submitted_by, row.digest = VersionStatus.IN_REVIEW, by.user, queries.set_digest(row)
    row.save(update_fields=["status", "submitted_by", "digest", "sample_size", "sample_seed"])
    _decide(by, row, drafts, Decision.Verb.SUBMIT, note)
    return row


@transaction.atomic
def approve_set(*, by: Actor, set_version: RubricSetVersion, note: str = "") -> RubricSetVersion:
    """Approve a set whose sample is read and within the policy's limit; earlier versions are retired."""
    row = _locked(set_version)
    permissions.check_may_approve_set(by, row)
    _check_state(row, VersionStatus.IN_REVIEW, "approved")
    states = queries.set_gates(row, queries.sample_result(row))
    if any(not state.met for state in states):
        raise workflow.gates_open(f"{row}", states)
    waiting = list(_versions(row, VersionStatus.IN_REVIEW).defer("document"))
    _supersede(by, row, note)
    now = timezone.now()
    waiting_rows = RubricVersion.objects.filter(set_memberships__set_version=row, status=VersionStatus.IN_REVIEW)
    waiting_rows.update(status=VersionStatus.APPROVED, approved_at=now)
    row.status, row.approved_by, row.approved_at = VersionStatus.APPROVED, by.user, now
    row.save(update_fields=["status", "approved_by", "approved_at"])
    _decide(by, row, waiting, Decision.Verb.APPROVE, note, states=states)
    return row


@transaction.atomic
def retire_set(*, by: Actor, set_version: RubricSetVersion, note: str = "") -> RubricSetVersion:
    """End a set version, in review or approved, with all members that no other living set version needs."""
    row = _locked(set_version)
    permissions.check_may_decide(by, row.rubric_set.workspace_id, "retire a rubric set")
    if row.status not in {VersionStatus.IN_REVIEW, VersionStatus.APPROVED}:
        _check_state(row, VersionStatus.APPROVED, "retired")
    ending = [*_versions(row, VersionStatus.IN_REVIEW), *_versions(row, VersionStatus.APPROVED)]
    row.status = VersionStatus.RETIRED
    row.save(update_fields=["status"])
    living = RubricSetVersion.objects.filter(rubric_set=row.rubric_set).exclude(status=VersionStatus.RETIRED)
    kept = set(RubricVersion.objects.filter(set_memberships__set_version__in=living).values_list("pk", flat=True))
    ended = [version for version in ending if version.pk not in kept]
    RubricVersion.objects.filter(pk__in=[v.pk for v in ended]).update(
        status=VersionStatus.RETIRED, ended=VersionEnd.RETIRED
    )
    _decide(by, row, ended, Decision.Verb.RETIRE, note)
    return row


@transaction.atomic
def request_changes_to_set(*, by: Actor, set_version: RubricSetVersion, note: str = "") -> RubricSetVersion:
    """End a set version in review and open the next one with drafts of the same rubrics for its author."""
    row = _locked(set_version)
    permissions.check_may_decide(by, row.rubric_set.workspace_id, "request changes")
    return _send_back(by, row, VersionEnd.CHANGES_REQUESTED, Decision.Verb.REQUEST_CHANGES, note)


@transaction.atomic
def withdraw_set(*, by: Actor, set_version: RubricSetVersion, note: str = "") -> RubricSetVersion:
    """End one's own set version in review and open the next one with drafts of the same rubrics."""
    row = _locked(set_version)
    permissions.check_may_withdraw_set(by, row)
    return _send_back(by, row, VersionEnd.WITHDRAWN, Decision.Verb.WITHDRAW, note)


def _send_back(by: Actor, row: RubricSetVersion, ended: VersionEnd, verb: Decision.Verb, note: str) -> RubricSetVersion:
    _check_state(row, VersionStatus.IN_REVIEW, "sent back")
    ending = list(_versions(row, VersionStatus.IN_REVIEW))
    fresh = members.reopened(row, ending, author=row.submitted_by or by.user)
    row.status = VersionStatus.RETIRED
    row.save(update_fields=["status"])
    RubricVersion.objects.filter(pk__in=[v.pk for v in ending]).update(status=VersionStatus.RETIRED, ended=ended)
    _decide(by, row, ending, verb, note)
    return fresh


def _locked(set_version: RubricSetVersion) -> RubricSetVersion:
    RubricSet.objects.select_for_update().get(pk=set_version.rubric_set_id)
    return (
        RubricSetVersion.objects.select_for_update(of=("self",))
        .select_related("rubric_set__workspace")
        .get(pk=set_version.pk)
    )


def _versions(row: RubricSetVersion, status: VersionStatus) -> QuerySet[RubricVersion]:
    """The members' versions in this state, locked when they are read."""
    return (
        RubricVersion.objects.filter(set_memberships__set_version=row, status=status)
        .select_for_update(of=("self",))
        .select_related("rubric__workspace", "translation_of__rubric")
        .order_by("pk")
    )


def _supersede(by: Actor, row: RubricSetVersion, note: str) -> None:
    """Retire the set version approved before, and the approved versions that the new members replace."""
    for earlier in row.rubric_set.versions.filter(status=VersionStatus.APPROVED):
        detail = {"number": earlier.number, "digest": earlier.digest, "by_version": row.number}
        if said := texts.note_of(note):
            detail["reason"] = said
        workspace = row.rubric_set.workspace
        history.record(by=by, workspace=workspace, action="rubric_set.supersede", target=earlier, detail=detail)
    row.rubric_set.versions.filter(status=VersionStatus.APPROVED).update(status=VersionStatus.RETIRED)
    RubricVersion.objects.filter(rubric__rubric_set=row.rubric_set, status=VersionStatus.APPROVED).exclude(
        pk__in=row.members.values("version")
    ).update(status=VersionStatus.RETIRED, ended=VersionEnd.SUPERSEDED)


def _check_state(row: RubricSetVersion, wanted: VersionStatus, what: str) -> None:
    if row.status != wanted:
        raise workflow.WrongState(
            f"{row} is {row.get_status_display()}; only a set that is {wanted.label} can be {what}.",
            details={"status": row.status},
        )


def _decide(
    by: Actor, row: RubricSetVersion, versions: Sequence[RubricVersion], verb: Decision.Verb, note: str, *,
    states: Sequence[GateState] = (),
) -> None:  # fmt: skip
    """One decision for each member, one entry in the history for the whole."""
    said = texts.note_of(note)
    gates = [workflow.evidence_of(state) for state in states]
    evidence = {"set_version": row.pk, "sample_size": row.sample_size, "gates": gates}
    Decision.objects.bulk_create(
        [Decision(version=version, verb=verb, by=by.user, note=said, evidence=evidence) for version in versions],
        batch_size=BATCH,
    )
    history.record(
        by=by,
        workspace=row.rubric_set.workspace,
        action=f"rubric_set.{verb}",
        target=row,
        detail={
            "number": row.number,
            "digest": row.digest,
            "members": len(versions),
            "sample": row.sample_size,
            "seed": row.sample_seed,
            "gates": gates,
            **({"reason": said} if said and row.status == VersionStatus.RETIRED else {}),
        },
    )

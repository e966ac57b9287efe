"""Proposed edits of a rubric and where they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.accounts.permissions import Actor, Role
from apps.rubrics.models import Hunk, Proposal, Rubric, RubricVersion
from apps.rubrics.queries.documents import draft_document
from apps.rubrics.queries.sections import fingerprint
from domain import errors, rubric

TAKEN_BACK = "taken back by the proposer"
"""The reason that a rejected edit carries where nobody but its proposer turned it down."""


@dataclass(frozen=True)
class HunkView:
    """A hunk with what it does and where the draft goes against it."""

    hunk: Hunk
    change: rubric.ItemChange | None
    clashes: tuple[rubric.Clash, ...]

    @property
    def setting(self) -> rubric.FieldChange:
        """What it makes of a setting of the version."""
        return rubric.FieldChange(self.hunk.pointer, rubric.shown(self.hunk.before), rubric.shown(self.hunk.after))


def proposals_of(wanted: Rubric) -> list[Proposal]:
    """All proposals with counts, open ones first, newest first."""
    counts = {name: Count("hunks", filter=Q(hunks__decision=name)) for name in ("open", "accepted", "rejected")}
    rows = wanted.proposals.select_related("created_by", "base").annotate(
        **{f"n_{name}": count for name, count in counts.items()}
    )
    return sorted(rows, key=lambda row: (row.state != Proposal.State.OPEN, -row.pk))


def open_proposal_count(wanted: Rubric) -> int:
    """How many proposals wait for a decision."""
    return wanted.proposals.filter(state=Proposal.State.OPEN).count()


def get_proposal(actor: Actor, key: int) -> Proposal:
    """The proposal of this key."""
    rows = Proposal.objects.select_related(
        "rubric__workspace", "base__rubric__workspace", "result__rubric__workspace", "created_by"
    )
    found = rows.filter(rubric__workspace=actor.workspace, pk=key).first() if key < 2**63 else None
    if found is None:
        raise errors.NotFound("There is no such proposal.", code="proposal_unknown")
    return found


def hunks_of(proposal: Proposal) -> list[HunkView]:
    """The hunks by position; open ones are tried on the draft that they would go into, in the order of their needs."""
    version = proposal.result if proposal.result and proposal.result.is_draft else proposal.base
    document = draft_document(version)
    hunks = list(proposal.hunks.select_related("decided_by"))
    waiting = {(hunk.op, hunk.pointer): as_edit(hunk) for hunk in hunks if hunk.decision == "open"}
    clashes = {
        (edit.op, edit.pointer): rubric.apply_edit(document, edit) for edit in rubric.in_order(list(waiting.values()))
    }
    return [
        HunkView(hunk, _change(hunk), clashes[hunk.op, hunk.pointer] if hunk.decision == "open" else ())
        for hunk in hunks
    ]


def as_edit(hunk: Hunk) -> rubric.Edit:
    """What a hunk does."""
    return rubric.Edit(hunk.op, hunk.pointer, hunk.before, hunk.after)


def hunks_seen(hunks: Iterable[Hunk]) -> str:
    """A short name for what hunks say, to notice that somebody changed them after a page was made."""
    return fingerprint([[hunk.position, hunk.op, hunk.pointer, hunk.before, hunk.after] for hunk in hunks])


def suggested_on(version: RubricVersion, actor: Actor) -> list[HunkView]:
    """Open edits of the criteria that a version has: one's own, and for authors everybody's."""
    rows = open_hunks(version, actor, everybodys=actor.can(Role.AUTHOR)).filter(pointer__startswith="criteria/")
    return [HunkView(hunk, _change(hunk), ()) for hunk in rows]


def open_hunks(version: RubricVersion, actor: Actor, *, everybodys: bool = False) -> QuerySet[Hunk]:
    """Edits that wait for a decision on a version, one's own or everybody's, proposal by proposal."""
    about = Q(proposal__base=version) | Q(proposal__result=version)
    rows = Hunk.objects.filter(about, decision="open", proposal__state="open")
    if not everybodys:
        rows = rows.filter(proposal__created_by=actor.user)
    return rows.select_related("proposal__created_by").order_by("proposal_id", "position")


def own_suggestion(version: RubricVersion, actor: Actor) -> Proposal | None:
    """The suggestion for a version that this person can go on with: some of it waits for a decision."""
    rows = Proposal.objects.filter(base=version, created_by=actor.user, method="suggestion", state=Proposal.State.OPEN)
    return rows.filter(hunks__decision="open").order_by("-pk").first()


def open_edits(proposal: Proposal) -> list[rubric.Edit]:
    """The edits that nobody decided on yet, in the order in which they can be applied."""
    return rubric.in_order([as_edit(hunk) for hunk in proposal.hunks.all() if hunk.decision == "open"])


def suggested_document(version: RubricVersion, proposal: Proposal) -> dict[str, Any]:
    """What a version would say with all of a suggestion that waits; edits that no longer fit are left out.

    What lay in a group that is gone meanwhile lies in none.
    """
    document = draft_document(version)
    for edit in open_edits(proposal):
        rubric.apply_edit(document, edit)
    rubric.settle_groups(document)
    return document


def proposal_body(proposal: Proposal) -> dict[str, Any]:
    """The proposal as REST answers it."""
    result = proposal.result
    return {
        "id": proposal.pk,
        "rubric": str(proposal.base),
        "method": proposal.method,
        "state": str(proposal.state),
        "title": proposal.title,
        "note": proposal.inputs.get("note", ""),
        "result": str(result) if result else None,
        "cost": proposal.cost,
        "provenance": proposal.provenance,
        "hunks": [
            {
                "position": hunk.position, "op": str(hunk.op), "pointer": hunk.pointer, "before": hunk.before,
                "after": hunk.after, "evidence": hunk.evidence, "decision": hunk.decision, "reason": hunk.reason,
            }
            for hunk in proposal.hunks.all()
        ],
    }  # fmt: skip


def _change(hunk: Hunk) -> rubric.ItemChange | None:
    if hunk.op == Hunk.Op.MOVE or "/" not in hunk.pointer:
        return None
    return rubric.item_change(None if hunk.op == Hunk.Op.ADD else hunk.before, hunk.after)

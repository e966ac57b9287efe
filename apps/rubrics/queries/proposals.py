"""Proposed edits of a rubric and where they stand."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from apps.accounts.permissions import Actor, Role
from apps.rubrics.models import Hunk, Proposal, Rubric, RubricVersion
from apps.rubrics.queries.documents import draft_document
from domain import errors, rubric


@dataclass(frozen=True)
class HunkView:
    """A hunk with what it does and where the draft goes against it."""

    hunk: Hunk
    change: rubric.ItemChange | None
    clashes: tuple[rubric.Clash, ...]

    @property
    def what(self) -> str:
        """What it touches, in words."""
        return self.hunk.pointer.replace("/", " ").replace("criteria ", "criterion ").rstrip("s")


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
    """The hunks in order; open ones are tried on the draft that they would go into."""
    version = proposal.result if proposal.result and proposal.result.is_draft else proposal.base
    document = draft_document(version)
    found = []
    for hunk in proposal.hunks.select_related("decided_by"):
        clashes: tuple[rubric.Clash, ...] = ()
        if hunk.decision == "open":
            clashes = rubric.apply_edit(document, rubric.Edit(hunk.op, hunk.pointer, hunk.before, hunk.after))
        found.append(HunkView(hunk, _change(hunk), clashes))
    return found


@dataclass(frozen=True)
class Suggested:
    """An edit that waits for a decision, beside the row of the criterion that it is about."""

    hunk: Hunk
    row: int
    change: rubric.ItemChange | None


def suggested_on(version: RubricVersion, actor: Actor) -> list[Suggested]:
    """Open edits of the criteria that a version has: one's own, and for authors everybody's."""
    about = Q(proposal__base=version) | Q(proposal__result=version)
    rows = Hunk.objects.filter(about, decision="open", pointer__startswith="criteria/", proposal__state="open")
    if not actor.can(Role.AUTHOR):
        rows = rows.filter(proposal__created_by=actor.user)
    keys = dict(version.criteria.values_list("criterion_id", "pk"))
    return [
        Suggested(hunk, keys[name], _change(hunk))
        for hunk in rows.select_related("proposal__created_by").order_by("proposal_id", "position")
        if (name := hunk.pointer.removeprefix("criteria/")) in keys
    ]


def own_suggestion(version: RubricVersion, actor: Actor) -> Proposal | None:
    """The suggestion for a version that this person can go on with: nothing of it is decided yet."""
    rows = Proposal.objects.filter(base=version, created_by=actor.user, method="suggestion", state=Proposal.State.OPEN)
    return rows.exclude(hunks__decision__in=["accepted", "rejected"]).order_by("-pk").first()


def suggested_document(version: RubricVersion, proposal: Proposal) -> dict[str, Any]:
    """What a version would say with all of a suggestion; edits that no longer fit are left out.

    A criterion whose group is gone meanwhile stands in none.
    """
    document = draft_document(version)
    for hunk in proposal.hunks.all():
        rubric.apply_edit(document, rubric.Edit(hunk.op, hunk.pointer, hunk.before, hunk.after))
    groups = {group["id"] for group in document["groups"]}
    for criterion in document["criteria"]:
        criterion["group"] = criterion["group"] if criterion["group"] in groups else None
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

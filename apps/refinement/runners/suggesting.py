"""Makes a proposal of what a loop came to: a hunk for each suggestion that is kept, with its evidence."""

from collections.abc import Sequence
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.refinement import queries
from apps.refinement.models import Draft
from apps.rubrics import queries as rubrics
from apps.rubrics import services as rubric_services
from apps.rubrics.models import Proposal
from domain import rubric
from domain.refinement.loop import Op, Suggestion
from domain.refinement.registry import METHODS

_KINDS: dict[str, dict[str, str]] = {
    "hard rule": {"role": rubric.Role.HARD_RULE}, "principle": {"role": rubric.Role.PRINCIPLE},
    "nugget": {"kind": rubric.Kind.NUGGET}, "pitfall": {"polarity": rubric.Polarity.NEGATIVE},
}  # fmt: skip


def plain(one: Suggestion) -> dict[str, Any]:
    """A suggestion in values that can be stored."""
    return {
        **one._asdict(), "op": str(one.op), "parents": list(one.parents), "evidence": dict(one.evidence),
        "drop": one.drop[:200], "kind": str(one.kind),
    }  # fmt: skip


def propose(draft: Draft, kept: Sequence[Suggestion]) -> Proposal:
    """A proposal by whoever began the draft. Raises Invalid where the rubric would not hold with it."""
    assert draft.created_by is not None
    method = METHODS[draft.method]
    return rubric_services.propose_hunks(
        by=Actor(draft.created_by, draft.workspace, Role.AUTHOR), base=draft.version, hunks=_hunks(draft, kept),
        title=_title(draft)[:200], method=draft.method,
        note=f"Written by {draft.writer}, checked by {draft.judge}. {draft.reason}"[:2000],
        provenance={
            "draft": draft.pk, "judge": str(draft.judge), "fingerprint": draft.judge.fingerprint,
            "writer": str(draft.writer), "writer_fingerprint": draft.writer.fingerprint,
            "meta_rubrics": queries.governed_by(draft),
            "dataset": draft.dataset.slug if draft.dataset else None, "cost": draft.figures["cost"],
            "source": method.source, "seed": draft.seed, "params": draft.params,
        },
    )  # fmt: skip


def _title(draft: Draft) -> str:
    where = f", {draft.dataset.title}" if draft.dataset else ""
    return f"{METHODS[draft.method].title}{where}"


def _hunks(draft: Draft, kept: Sequence[Suggestion]) -> list[dict[str, Any]]:
    said = rubrics.domain_rubric(draft.version)
    items = {item["id"]: item for item in said.model_dump(mode="json")["criteria"]}
    taken = set(items)
    gone = {one.target for one in kept if one.op is Op.REMOVE}
    behind = next((one.id for one in reversed(said.criteria) if one.id not in gone), None)
    hunks: list[dict[str, Any]] = []
    for one in kept:
        evidence = {**one.evidence, "key": one.key, "round": one.round, "parents": list(one.parents)}
        fields: dict[str, Any] = {} if one.weight is None else {"weight": one.weight}
        if one.op is Op.ADD:
            name = _free(taken, one.text)
            fields |= {field: str(value) for field, value in _KINDS.get(one.kind, {}).items()}
            hunks.append(
                {
                    "op": "add", "pointer": f"criteria/{name}", "before": {"after": behind},
                    "after": {"id": name, "text": one.text, **fields}, "evidence": evidence,
                }
            )  # fmt: skip
            behind = name
        else:
            before = items.get(one.target, {"id": one.target})
            after = None if one.op is Op.REMOVE else {**before, "text": one.text, **fields}
            hunks.append(
                {"op": str(one.op), "pointer": f"criteria/{one.target}", "before": before, "after": after,
                 "evidence": evidence}
            )  # fmt: skip
    return hunks


def _free(taken: set[str], text: str) -> str:
    place = len(taken)
    while (name := rubric.criterion_id(place, text)) in taken:
        place += 1
    taken.add(name)
    return name

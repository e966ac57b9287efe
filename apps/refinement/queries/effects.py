"""What proposed edits would do: the wordings to compare, the pairs that are held out, and what was predicted last."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.datasets.models import Response
from apps.jobs.models import Shard
from apps.judging.models import JudgeVersion
from apps.refinement.models import Draft, Prediction
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Proposal, RubricVersion
from domain import errors, rubric

MOST_ALONE = 40
BEFORE = "before_"
_WRITTEN_FROM = ("write", "choose")
_PAIR = re.compile(r"(?:write|choose) (\d+) (\d+)(?: [01])?")
_RELATED = ("dataset", "judge__judge", "run__job", "job", "created_by")


@dataclass(frozen=True)
class Wording:
    """A rubric as it would be with one open edit, or the reason why that edit cannot stand alone."""

    position: int
    said: rubric.Rubric | None
    reason: str = ""


@dataclass(frozen=True)
class Wordings:
    """A version as it is, with all open edits, and with each of the first of them alone."""

    version: RubricVersion
    present: rubric.Rubric
    whole: rubric.Rubric
    alone: tuple[Wording, ...]
    seen: str
    left_out: int


@dataclass(frozen=True)
class PredictionState:
    """The prediction that was asked for last, and why it has not come."""

    prediction: Prediction
    reason: str

    @property
    def is_live(self) -> bool:
        """Whether something may still happen."""
        row = self.prediction
        jobs = [one for one in (row.job, row.run.job if row.run else None) if one is not None]
        return row.done_at is None and any(job.is_open for job in jobs)


def wordings_of(proposal: Proposal) -> Wordings:
    """What the version says that the open edits would go into, and would say with them.

    Raises Conflict where nothing waits, or where all of it together makes no valid rubric.
    """
    version = _target(proposal)
    document = rubrics.draft_document(version)
    hunks = list(proposal.hunks.filter(decision="open").order_by("position"))
    if not hunks:
        raise errors.Conflict("Every edit is decided, so there is nothing to predict.", code="proposal_decided")
    edits = {hunk.position: rubrics.as_edit(hunk) for hunk in hunks}
    try:
        whole = _with(document, list(edits.values()), ())
    except errors.Invalid as problem:
        raise errors.Conflict(f"All edits together make no valid rubric: {problem.message}", code="unfit") from problem
    alone = tuple(_alone(document, position, edits) for position in list(edits)[:MOST_ALONE])
    return Wordings(
        version, rubric.parse(document), whole, alone, rubrics.hunks_seen(hunks), max(0, len(edits) - MOST_ALONE)
    )


def supposed(found: Wordings, judge: JudgeVersion) -> dict[str, Any]:
    """The rubric to judge by, so that as many wordings as can be have their verdicts.

    It is the one with all edits; where a judge is shown one criterion at a time, what they reword or remove is added.
    """
    criteria = list(found.whole.criteria)
    if judge.protocol != "rubric_context":
        named = {one.id: one for one in criteria}
        for one in found.present.criteria:
            if one.id not in named:
                criteria.append(one)
            elif one != named[one.id]:
                criteria.append(one.model_copy(update={"id": _free(f"{BEFORE}{one.id}", criteria)}))
    groups = {group.id for group in found.whole.groups}
    kept = [one if one.group in groups else one.model_copy(update={"group": None}) for one in criteria]
    return found.whole.model_copy(update={"criteria": tuple(kept)}).model_dump(mode="json")


def prompts_written_from(proposal: Proposal) -> set[int]:
    """The prompts whose answers a draft was written from or chosen by, so that they cannot tell what it is worth.

    Where a method does not say which of its answers it wrote from, that is all of them.
    """
    found = set[int]()
    for draft in Draft.objects.filter(proposal=proposal):
        keys = draft.steps.filter(purpose__in=_WRITTEN_FROM).values_list("key", flat=True)
        named = [match for match in map(_PAIR.fullmatch, keys) if match]
        found |= {int(key) for match in named for key in match.groups()} if named else set(draft.responses)
    return set(Response.objects.filter(pk__in=found).values_list("prompt", flat=True))


def answers_by_text(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Response]:
    """The first answer of each prompt and text."""
    rows = Response.objects.filter(prompt__in={key for key, _ in keys}, hash__in={text for _, text in keys})
    return {(row.prompt_id, row.hash): row for row in rows.select_related("prompt").order_by("-pk")}


def newest_prediction(proposal: Proposal) -> PredictionState | None:
    """The prediction for a proposal that was asked for last."""
    row = Prediction.objects.filter(proposal=proposal).select_related(*_RELATED).order_by("-pk").first()
    return None if row is None else _state(row)


def still_fits(prediction: Prediction) -> bool:
    """Whether the edits that wait say what they said when it was made."""
    rows = prediction.proposal.hunks.filter(decision="open").order_by("position")
    return rubrics.hunks_seen(rows) == prediction.seen


def prediction_body(proposal: Proposal) -> dict[str, Any] | None:
    """The prediction that was asked for last, as REST answers it."""
    found = newest_prediction(proposal)
    if found is None:
        return None
    row = found.prediction
    state = "done" if row.done_at else "working" if found.is_live else "failed"
    return {
        "id": row.pk, "state": state, "reason": found.reason, "current": still_fits(row), "dataset": row.dataset.slug,
        "judge": str(row.judge), "run": str(row.run_id) if row.run_id else None, "at": row.done_at,
        "whole": row.figures.get("whole"), "cost": row.figures.get("cost"),
        "held_back": row.figures.get("held_back", 0), "hunks": row.hunks,
    }  # fmt: skip


def _state(row: Prediction) -> PredictionState:
    if row.done_at is not None:
        return PredictionState(row, "")
    shard = Shard.objects.filter(job=row.job_id).order_by("index").first() if row.job_id else None
    if shard is not None:
        return PredictionState(row, shard.error)
    state = row.run.job.get_state_display() if row.run and row.run.job else "gone"
    return PredictionState(row, f"Its judgements are {state}.")


def _target(proposal: Proposal) -> RubricVersion:
    result = proposal.result
    return result if result is not None and result.is_draft else proposal.base


def _alone(document: Mapping[str, Any], position: int, edits: Mapping[int, rubric.Edit]) -> Wording:
    others = [edit for place, edit in edits.items() if place != position]
    try:
        return Wording(position, _with(document, [edits[position]], others))
    except errors.Invalid as problem:
        return Wording(position, None, f"Alone it makes no valid rubric: {problem.message}"[:300])


def _with(document: Mapping[str, Any], chosen: list[rubric.Edit], others: Sequence[rubric.Edit]) -> rubric.Rubric:
    """The document with some edits; those that no longer fit are left out, as when a person accepts them."""
    said = copy.deepcopy(dict(document))
    for edit in rubric.with_needed(said, chosen, others):
        rubric.apply_edit(said, edit)
    rubric.settle_groups(said)
    return rubric.parse(said)


def _free(name: str, criteria: Sequence[rubric.Criterion]) -> str:
    taken = {one.id for one in criteria}
    while name in taken:
        name = f"{name}_"
    return name

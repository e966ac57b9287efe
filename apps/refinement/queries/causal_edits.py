"""Edits that a model made of answers: sets of them, what they cost, and how verdicts answer to them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from apps.accounts.permissions import Actor
from apps.datasets.models import Response, SubjectMember
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion
from apps.refinement.models import CausalEdit, CausalSet
from apps.refinement.queries.drafts import Cost
from apps.rubrics.models import RubricVersion
from domain import errors, rubric
from domain.probes import causal
from domain.refinement import moved

LISTED = 20
_RELATED = ("version__rubric", "dataset", "writer__judge", "job", "stored", "created_by")


@dataclass(frozen=True)
class Moved:
    """How a criterion answers to edits, by one judge."""

    criterion: rubric.Criterion
    found: moved.Answers


def sets_of(version: RubricVersion) -> list[CausalSet]:
    """The sets for any version of the rubric, the newest first."""
    rows = CausalSet.objects.filter(version__rubric=version.rubric_id).select_related(*_RELATED)
    return list(rows.order_by("-pk")[:LISTED])


def get_set(actor: Actor, key: int) -> CausalSet:
    """A set of the workspace."""
    rows = CausalSet.objects.select_related(*_RELATED).filter(workspace=actor.workspace)
    found = rows.filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise errors.NotFound("There are no such edits here.", code="edits_unknown")
    return found


def edits_of(made: CausalSet) -> list[CausalEdit]:
    """Its edits with their answers, in their order."""
    return list(made.edits.select_related("response__prompt"))


def edits_cost(made: CausalSet) -> Cost:
    """What the model was asked so far."""
    told = [one for one in made.edits.values_list("usage", flat=True) if one]
    calls, tokens, seconds = (sum(one[name] for one in told) for name in ("calls", "tokens", "seconds"))
    return Cost(calls, tokens, seconds)


def edit_counts(made: CausalSet) -> Counter[str]:
    """How many edits wait, are written, and were refused."""
    return Counter(made.edits.values_list("state", flat=True))


def moved_by(made: CausalSet, judge: JudgeVersion) -> list[Moved]:
    """How each criterion of the version answers to the stored edits, from verdicts that a judge gave on them.

    Empty where nothing is stored, or the judge judged no edit beside the answer that it was made from.
    """
    if made.stored_id is None:
        return []
    edits = [
        (one, told)
        for one in Response.objects.filter(prompt__dataset=made.stored_id, parent__isnull=False).order_by("pk")
        if (told := causal.causal(one.edit)) is not None
    ]
    wanted = {key for one, _ in edits for key in (one.pk, one.parent_id) if key is not None}
    members = SubjectMember.objects.filter(response__in=wanted, position=0, subject__kind="response")
    subjects = {one.response_id: one.subject for one in members.select_related("subject__prompt")}
    known = [
        (subjects[one.pk], subjects[one.parent_id], told)
        for one, told in edits
        if one.pk in subjects and one.parent_id in subjects
    ]
    said = rubric.parse(made.said)
    values = judging.values_by_subject(made.version, judge, [one for pair in known for one in pair[:2]], said)
    columns = {causal.name_of(causal.Causal.UPGRADE, one.id): place for place, one in enumerate(said.criteria)}
    aimed, rows = [], []
    for after, before, told in known:
        column = columns.get(causal.name_of(causal.Causal.UPGRADE, told.criterion), -1) if told.criterion else -1
        aimed.append(moved.Aimed(told.kind, column, after.prompt_id))
        rows.append(values[after.pk] - values[before.pk])
    deltas = np.array(rows) if rows else np.empty((0, len(said.criteria)))
    if not rows or np.isnan(deltas).all():
        return []
    return [Moved(one, found) for one, found in zip(said.criteria, moved.answers(deltas, aimed), strict=True)]

"""Labelled pairs with what a judge said of both answers: what weights are fitted on, and the fits that were frozen."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.datasets.models import Dataset, PreferenceMember, SubjectMember
from apps.jobs import queries as jobs
from apps.jobs.models import Job, Shard
from apps.judging.models import JudgeVersion, RunItem
from apps.judging.queries import artefacts, keys, tables
from apps.rubrics.models import FittedArtefact
from domain import errors, refinement, rubric, scoring, weighing
from domain.scoring import table

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor
    from apps.rubrics.models import RubricVersion

FIT = "weight-fit"
MOST_MEMBERS = 100_000
Key = tuple[int, str]
"""A prompt and the hash of a text: answers of equal text are judged as one."""


@dataclass(frozen=True, eq=False)
class Collected:
    """Pairs with verdicts on both answers; how many were left out for want of them, and criteria never judged."""

    pairs: weighing.Pairs
    unjudged: int
    same_text: int
    silent: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class JudgedPairs:
    """Pairs with a better answer, whatever of them is judged; how many are ties, of equal texts, or not judged."""

    given: refinement.Labelled
    ties: int
    same_text: int
    unjudged: int
    silent: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PairsUnder:
    """Pairs with a better answer by prompt and hash of the text, and (n by 2) their scores under some wordings.

    A score is NaN where the judge has not said enough, or the wording gives none.
    """

    better: tuple[Key, ...]
    worse: tuple[Key, ...]
    groups: np.ndarray
    scores: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class FitState:
    """Where a fit stands: under way, refused or failed with its reason, or done with what was frozen."""

    job: Job
    reason: str
    artefact: FittedArtefact | None

    @property
    def is_live(self) -> bool:
        """Whether something may still happen."""
        return self.job.is_open


def labelled_pairs(version: "RubricVersion", dataset: Dataset, judge: JudgeVersion) -> Collected:
    """All ordered and tied pairs of a data set whose answers a judge judged on every criterion that it judges.

    A criterion that does not apply to one of them tells nothing of the pair. Strengths are divided by their mean.
    """
    ordered = list(_ordered(dataset))
    answers = _answers(dataset)
    reader = keys.Reader()
    found = tables.cells(list(answers.values()), [version], judge, reader).table(reader, version, judge)
    said = reader.rubric(version)
    judged = (found.codes == table.OK).any(axis=0)
    known = np.isin(found.codes, (table.OK, table.NOT_APPLICABLE)) | ~judged
    place = {key: row for row, key in enumerate(answers)}
    there = known.all(axis=1)
    usable = [one for one in ordered if one.better != one.worse]
    rows = [one for one in usable if _both(one, place, there)]
    sign = np.array([-1.0 if criterion.is_pitfall else 1.0 for criterion in said.criteria])
    value, applies = np.where(found.codes == table.OK, found.values, 0.0), found.codes == table.OK
    better = np.array([place[one.better] for one in rows], dtype=np.intp)
    worse = np.array([place[one.worse] for one in rows], dtype=np.intp)
    both = applies[better] & applies[worse]
    names = [criterion.id for criterion in said.criteria]
    chosen = np.flatnonzero(judged)
    differences = np.where(both, (value[better] - value[worse]) * sign, 0.0)[:, chosen]
    strengths = np.array([one.strength for one in rows])
    return Collected(
        weighing.Pairs(
            tuple(names[at] for at in chosen), differences, np.array([one.tie for one in rows], dtype=bool),
            strengths / strengths.mean() if len(strengths) else strengths, tuple(one.better[0] for one in rows),
        ),
        unjudged=len(usable) - len(rows),
        same_text=len(ordered) - len(usable),
        silent=tuple(name for name, able in zip(names, judged, strict=True) if not able),
    )  # fmt: skip


def judged_pairs(version: "RubricVersion", dataset: Dataset, judge: JudgeVersion) -> JudgedPairs:
    """The pairs of a data set of which one answer is better, with what a judge said of both as far as it did.

    A pair of which no criterion is judged on either side is left out; single gaps stay gaps.
    """
    ordered = list(_ordered(dataset))
    answers = _answers(dataset)
    reader = keys.Reader()
    found = tables.cells(list(answers.values()), [version], judge, reader).table(reader, version, judge)
    said = reader.rubric(version)
    pitfalls = [criterion.is_pitfall for criterion in said.criteria]
    there = found.codes == table.OK
    values = np.where(there, weighing.oriented(found.values, pitfalls), np.nan)
    scores = scoring.scores_of(said, found, groups=[one.prompt for one in answers.values()]).raw
    place = {key: row for row, key in enumerate(answers)}
    untied = [one for one in ordered if not one.tie]
    usable = [one for one in untied if one.better != one.worse]
    rows = [one for one in usable if _both(one, place, there.any(axis=1))]
    better = np.array([place[one.better] for one in rows], dtype=np.intp)
    worse = np.array([place[one.worse] for one in rows], dtype=np.intp)
    return JudgedPairs(
        refinement.Labelled(
            tuple(criterion.id for criterion in said.criteria), values[better], values[worse],
            np.array([one.better[0] for one in rows], dtype=np.int64),
            np.column_stack([found.lengths["words"][side] for side in (better, worse)]),
            np.array(list(rubric.shares(said).values()), dtype=np.float64),
            np.column_stack([scores[side] for side in (better, worse)]),
        ),
        ties=len(ordered) - len(untied), same_text=len(untied) - len(usable), unjudged=len(usable) - len(rows),
        silent=tuple(one.id for one, any_ in zip(said.criteria, there.any(axis=0), strict=True) if not any_),
    )  # fmt: skip


def pairs_under(
    version: "RubricVersion", dataset: Dataset, judge: JudgeVersion, wordings: Sequence[rubric.Rubric]
) -> PairsUnder:
    """The pairs with a better answer, with the scores of both under each wording of a version, from stored verdicts.

    An answer has a score under a wording where a verdict is stored on every criterion of it; how failed ones count is
    for the wording to say.
    """
    usable = [one for one in _ordered(dataset) if not one.tie and one.better != one.worse]
    answers = _answers(dataset)
    place = {key: row for row, key in enumerate(answers)}
    better, worse = (np.array([place.get(key, -1) for key in side], dtype=np.intp) for side in _sides(usable))
    readers = []
    for said in wordings:
        reader = keys.Reader()
        reader.suppose(version, said)
        readers.append(reader)
    asked = [digest for reader in readers for digest in reader.asked_digests(version, judge).values()]
    found = tables.cells_of(list(answers.values()), asked, judge)
    prompts = [one.prompt for one in answers.values()]
    scores = []
    for reader, said in zip(readers, wordings, strict=True):
        columns = found.table(reader, version, judge)
        known = found.given[:, found.columns(reader, version, judge)].all(axis=1) | columns.degenerate
        raw = np.where(known, scoring.scores_of(said, columns, groups=prompts).raw, np.nan)
        raw = np.append(raw, np.nan)
        scores.append(np.column_stack([raw[better], raw[worse]]))
    return PairsUnder(
        tuple(one.better for one in usable), tuple(one.worse for one in usable),
        np.array([one.better[0] for one in usable], dtype=np.int64), tuple(scores),
    )  # fmt: skip


def fits_of(version: "RubricVersion", *, most: int = 20) -> list[FittedArtefact]:
    """Weights fitted on preferences under any version of the rubric, newest first."""
    rows = FittedArtefact.objects.filter(
        workspace=version.rubric.workspace_id, kind=artefacts.WEIGHTS, inputs__slug=version.rubric.slug
    ).filter(payload__method__isnull=True)
    return list(rows.select_related("created_by").order_by("-pk")[:most])


def fit_state(actor: "Actor", job: str) -> FitState:
    """Where a fit of the person's workspace stands."""
    row = jobs.get_job(actor, job)
    if row.kind != FIT:
        raise errors.NotFound("There is no such fit in this workspace.", code="fit_unknown")
    return _state(row)


def fit_judges(version: "RubricVersion", *, most: int = 20) -> list[JudgeVersion]:
    """The judges with verdicts under any version of the rubric, the newest first."""
    used = RunItem.objects.filter(version__rubric=version.rubric_id, state=RunItem.State.DONE, sample=0)
    rows = JudgeVersion.objects.filter(pk__in=used.values("judge_version")).select_related("judge")
    return list(rows.order_by("-pk")[:most])


def last_fit(version: "RubricVersion") -> FitState | None:
    """The fit of this version that was asked for last."""
    row = Job.objects.filter(workspace=version.rubric.workspace_id, kind=FIT, params__version=version.pk)
    newest = row.order_by("-created_at").first()
    return _state(newest) if newest else None


def _state(row: Job) -> FitState:
    shard = Shard.objects.filter(job=row).order_by("index").first()
    digest = shard.result.get("artefact") if shard else None
    made = None
    if digest:
        made = FittedArtefact.objects.filter(workspace=row.workspace_id, digest=digest).first()
    return FitState(row, shard.error if shard and made is None else "", made)


@dataclass(frozen=True)
class _Ordered:
    better: Key
    worse: Key
    tie: bool
    strength: float


def _ordered(dataset: Dataset) -> Iterator[_Ordered]:
    """Every pair that somebody ordered; of ties the first comes first."""
    rows = PreferenceMember.objects.filter(preference__dataset=dataset, preference__criterion=None)
    listed = rows.order_by("preference_id", "rank", "pk").values_list(
        "preference_id", "preference__strength", "response__prompt_id", "response__hash", "rank"
    )
    members = list(listed[: MOST_MEMBERS + 1])
    if len(members) > MOST_MEMBERS:
        raise weighing.Refused(
            f"This data set orders more than {MOST_MEMBERS:,} answers; fit on a smaller one.", code="too_many_pairs"
        )
    for _, group in itertools.groupby(members, key=lambda row: row[0]):
        ranked = list(group)
        strength = abs(ranked[0][1] or 1.0) if len(ranked) == 2 else 1.0
        for one, other in itertools.combinations(ranked, 2):
            yield _Ordered((one[2], one[3]), (other[2], other[3]), one[4] == other[4], strength)


def _answers(dataset: Dataset) -> dict[Key, tables.Answer]:
    """The judged form of each ordered answer."""
    rows = SubjectMember.objects.filter(
        subject__kind="response", position=0, response__prompt__dataset=dataset,
        response__prompt__preferences__isnull=False,
    ).values_list(
        "response__prompt_id", "response__hash", "subject_id", "subject__hash",
        "subject__prompt__context_hash",
    )  # fmt: skip
    return {
        (prompt, text): tables.Answer(subject, digest, prompt, context)
        for prompt, text, subject, digest, context in rows.distinct()
    }


def _sides(pairs: Sequence[_Ordered]) -> tuple[list[Key], list[Key]]:
    return [one.better for one in pairs], [one.worse for one in pairs]


def _both(one: _Ordered, place: Mapping[Key, int], there: Sequence[bool] | np.ndarray) -> bool:
    return all(key in place and bool(there[place[key]]) for key in (one.better, one.worse))

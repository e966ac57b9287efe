"""Answers ranked anew while weights move: stored verdicts as columns, no judge call."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from apps.datasets.models import Label, PreferenceMember, Prompt, Subject, SubjectMember
from apps.judging.models import JudgeVersion
from apps.judging.queries import estimates, keys, pins, tables
from apps.rubrics import queries as rubric_queries
from domain import rubric, scoring, subjects, weighing
from domain.scoring.table import Floats

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

SAMPLE = 1000
TOP = 10
MOST_TOP = 100
COSTED = 40
EXCERPT = 140


@dataclass(frozen=True)
class Place:
    """An answer at its place: `climbed` places won against the present weights, negative where it fell."""

    rank: int
    subject: int
    title: str
    excerpt: str
    score: float | None
    before: float | None
    climbed: int


@dataclass(frozen=True)
class Ranking:
    """The first answers of one prompt under other weights, and what these weights do to all prompts.

    `ndcg` and `ndcg_before` are means over the prompts with a labelled order, None where there is none.
    """

    judge: JudgeVersion
    prompt: int
    answers: int
    places: tuple[Place, ...]
    of_prompt: int
    movement: scoring.Movement
    ndcg: float | None
    ndcg_before: float | None
    labelled: int


@dataclass(frozen=True)
class Compactness:
    """What the weighing criteria cost, and those that may go while every order inside a prompt stays the same.

    `answers` have a score; of them `pairs` belong to one prompt, and without any nothing can be said to go.
    """

    weighing: int
    criteria: int
    tokens_a_criterion: float
    cost: estimates.AnswerCost | None
    droppable: tuple[str, ...]
    cost_after: estimates.AnswerCost | None
    answers: int
    pairs: int


@dataclass(frozen=True, eq=False)
class _Known:
    """The answers judged last with their verdicts."""

    judge: JudgeVersion
    rubric: rubric.Rubric
    answers: list[tables.Answer]
    table: scoring.Table
    prompts: list[int]

    def raw(self, weights: Mapping[str, float] | None) -> Floats:
        """Scores under these weights."""
        return scoring.scores_of(self.rubric, self.table, weights=weights, groups=self.prompts).raw


def prompts_judged(version: "RubricVersion", *, most: int = 100) -> list[tuple[int, str, int]]:
    """Prompts with judged answers: key, name and how many answers, those with most first."""
    judge = pins.judge_of(version)
    counts: dict[int, int] = {}
    for one in tables.judged_answers(version, judge, SAMPLE) if judge else ():
        counts[one.prompt] = counts.get(one.prompt, 0) + 1
    chosen = sorted(counts, key=lambda key: -counts[key])[:most]
    names = dict(Prompt.objects.filter(pk__in=chosen).values_list("pk", "external_id"))
    return [(key, names[key], counts[key]) for key in chosen]


def ranking_of(
    version: "RubricVersion", weights: Mapping[str, float], *, prompt: int | None = None, top: int = TOP
) -> Ranking | None:
    """Rank the answers judged last under other weights; of the given prompt, else of that with most answers.

    Nothing where none was judged.
    """
    known = _known(version)
    if known is None:
        return None
    before, after = known.raw(None), known.raw(weights)
    shown = prompt if prompt in known.prompts else Counter(known.prompts).most_common(1)[0][0]
    rows = [row for row, one in enumerate(known.prompts) if one == shown]
    gold = _gold(known)
    return Ranking(
        judge=known.judge,
        prompt=shown,
        answers=len(known.answers),
        places=_places(known, rows, before, after, min(top, MOST_TOP)),
        of_prompt=len(rows),
        movement=scoring.compare(before, after, known.prompts),
        ndcg=_fidelity(gold, after),
        ndcg_before=_fidelity(gold, before),
        labelled=len(gold),
    )


def compactness_of(version: "RubricVersion", weights: Mapping[str, float]) -> Compactness:
    """The meter: criteria that weigh, their length, cost of an answer, and what may go."""
    said = rubric_queries.domain_rubric(version)
    shares = rubric.effective_weights(said, weights)
    names = [one.id for one in said.criteria if shares[one.id] > 0 or one.gate is not None]
    texts = [len(one.text) for one in said.criteria if one.id in names]
    known = _known(version)
    gone: tuple[str, ...] = ()
    cost = after = None
    answers = pairs = 0
    if known is not None:
        raw = known.raw(weights)
        answers, pairs = int(np.count_nonzero(~np.isnan(raw))), weighing.comparable(raw, known.prompts)
        gone = weighing.droppable(known.rubric, known.table, known.prompts, dict(weights))
        chosen = list(Subject.objects.filter(pk__in=[one.subject for one in known.answers[:COSTED]]))
        cost = estimates.cost_of_answer(said, known.judge, chosen, names)
        after = estimates.cost_of_answer(said, known.judge, chosen, [name for name in names if name not in gone])
    return Compactness(
        weighing=len(names), criteria=len(said.criteria),
        tokens_a_criterion=fmean(texts) / estimates.CHARACTERS_A_TOKEN if texts else 0.0,
        cost=cost, droppable=gone, cost_after=after, answers=answers, pairs=pairs,
    )  # fmt: skip


def _known(version: "RubricVersion") -> _Known | None:
    judge = pins.judge_of(version)
    answers = tables.judged_answers(version, judge, SAMPLE) if judge else []
    if judge is None or not answers:
        return None
    reader = keys.Reader()
    table = tables.cells(answers, [version], judge, reader).table(reader, version, judge)
    return _Known(judge, reader.rubric(version), answers, table, [one.prompt for one in answers])


def _places(known: _Known, rows: Sequence[int], before: Floats, after: Floats, top: int) -> tuple[Place, ...]:
    old, new = _ranks(before[rows]), _ranks(after[rows])
    order = sorted(range(len(rows)), key=lambda at: (new[at] or len(rows) + 1, rows[at]))[:top]
    texts = _texts([known.answers[rows[at]].subject for at in order])
    return tuple(
        Place(
            rank=new[at], subject=known.answers[rows[at]].subject, title=texts[known.answers[rows[at]].subject][0],
            excerpt=texts[known.answers[rows[at]].subject][1], score=_number(after[rows[at]]),
            before=_number(before[rows[at]]), climbed=old[at] - new[at] if old[at] and new[at] else 0,
        )
        for at in order
    )  # fmt: skip


def _ranks(raw: Floats) -> list[int]:
    """Places from 1, ties sharing the better one; 0 without a score."""
    there = np.sort(raw[~np.isnan(raw)])
    above = len(there) - np.searchsorted(there, raw + scoring.SAME, side="right")
    return [0 if np.isnan(value) else int(count) + 1 for value, count in zip(raw, above, strict=True)]


def _texts(chosen: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = SubjectMember.objects.filter(subject__in=chosen, position=0).values_list(
        "subject", "response__external_id", "response__parts"
    )
    return {key: (name, " ".join(subjects.text_of(parts).split())[:EXCERPT]) for key, name, parts in rows}


def _gold(known: _Known) -> list[tuple[list[int], list[float]]]:
    """Rows and gains of each prompt with a labelled order: overall labels, else shares of comparisons won."""
    place = {one.subject: row for row, one in enumerate(known.answers)}
    values: dict[int, list[float]] = {}
    labels = Label.objects.filter(subject__in=list(place), criterion=None, value__isnull=False)
    for subject, value in labels.values_list("subject", "value"):
        if value is not None:
            values.setdefault(place[subject], []).append(value)
    ordered = {row for row, given in values.items() if given}
    if not ordered:
        values = _won(known)
    by_prompt: dict[int, list[int]] = {}
    for row in sorted(values):
        by_prompt.setdefault(known.prompts[row], []).append(row)
    means = {row: fmean(given) for row, given in values.items()}
    return [
        (rows, weighing.gains_of([means[row] for row in rows]))
        for rows in by_prompt.values()
        if len({means[row] for row in rows}) > 1
    ]


def _won(known: _Known) -> dict[int, list[float]]:
    """By row, 1 for each comparison won, ½ for a tie, 0 for one lost."""
    prompts = set(known.prompts)
    members = PreferenceMember.objects.filter(preference__prompt__in=prompts, preference__criterion=None)
    ranked: dict[int, list[tuple[tuple[int, str], int]]] = {}
    for preference, prompt, text, rank in members.values_list(
        "preference", "response__prompt", "response__hash", "rank"
    ):
        ranked.setdefault(preference, []).append(((prompt, text), rank))
    if not ranked:
        return {}
    rows = SubjectMember.objects.filter(subject__in=[one.subject for one in known.answers], position=0)
    subject = {one.subject: row for row, one in enumerate(known.answers)}
    place = {
        (prompt, text): subject[key]
        for key, prompt, text in rows.values_list("subject", "response__prompt", "response__hash")
    }
    found: dict[int, list[float]] = {}
    for group in ranked.values():
        here = [(place[key], rank) for key, rank in group if key in place]
        for row, rank in here:
            won = [0.5 + 0.5 * np.sign(other - rank) for at, other in here if at != row]
            found.setdefault(row, []).extend(map(float, won))
    return {row: given for row, given in found.items() if given}


def _fidelity(gold: Sequence[tuple[list[int], list[float]]], raw: Floats) -> float | None:
    """The mean NDCG over prompts whose labelled answers all have a score."""
    found = [
        value
        for rows, gains in gold
        if not np.isnan(raw[rows]).any() and (value := weighing.ndcg(raw[rows].tolist(), gains)) is not None
    ]
    return fmean(found) if found else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

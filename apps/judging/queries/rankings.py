"""Answers ranked by how they fared in the comparisons of a run, and scores smoothed over near-identical answers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

import numpy as np
from django.db.models import Exists

from apps.datasets.models import Prompt, Response, SubjectKind, SubjectMember
from apps.judging.models import JudgeVersion, Run
from apps.judging.queries import rescoring
from apps.judging.queries.rescoring import Line, Rescoring, Span
from apps.rubrics.models import RubricVersion
from domain import errors, subjects
from domain.scoring import fusion, rankings
from domain.scoring.rankings import Method, Ties

OWN = Rescoring()
PROMPTS = 20
MOST_ANSWERS = 500
COMPARING = (SubjectKind.PAIR, SubjectKind.LIST)
SINGLE = (SubjectKind.RESPONSE, SubjectKind.LIST, SubjectKind.TRAJECTORY)


@dataclass(frozen=True)
class Settings:
    """How comparisons become scores, and which answers are near-identical."""

    method: Method = Method.BRADLEY_TERRY
    ties: Ties = Ties.HALF
    room: float = 0.0
    neighbours: int = fusion.NEIGHBOURS
    alike: float = fusion.NEAREST

    def __post_init__(self) -> None:
        if not 0 <= self.room < 1:
            said = "The room for a tie is a difference of scores from 0 to below 1."
            raise errors.Invalid(said, code="room_invalid", problems=[errors.Problem("/room", said)])


class Neighbour(NamedTuple):
    """A near-identical answer to the same prompt, with its own score."""

    response: Response
    score: float | None
    similarity: float


@dataclass(frozen=True)
class Ranked:
    """An answer: its score and rank by comparisons, how often it won, drew and lost, and its smoothed score."""

    response: Response
    score: float | None
    rank: int | None
    part: int
    won: float
    tied: int
    compared: int
    smoothed: float | None
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True)
class PromptRanking:
    """The answers to one prompt by the comparisons of one judge, or of all of them.

    `parts` counts the groups that no comparison joins: ranks hold within one. `unscored` comparisons have no score and
    are left out, `ties` are those without a winner, `left_out` those of them that were not counted; `cycles` counts
    threes that beat each other in a circle.
    """

    prompt: Prompt
    version: RubricVersion
    judge: JudgeVersion | None
    sample: int
    answers: tuple[Ranked, ...] = field(repr=False)
    comparisons: int
    unscored: int
    ties: int
    left_out: int
    parts: int
    cycles: int
    missing: int

    @property
    def connected(self) -> bool:
        """Whether each answer can be held against each other one."""
        return self.parts <= 1


@dataclass(frozen=True)
class Smoothed:
    """One answer with its own score and the one smoothed over near-identical answers to the same prompt."""

    line: Line
    response: Response
    prompt: Prompt
    judge: JudgeVersion
    score: float | None
    smoothed: float | None
    neighbours: tuple[Neighbour, ...]

    @property
    def trace(self) -> list[dict[str, object]]:
        """The step that gives the smoothed score again."""
        return [
            fusion.step(self.score, [(one.response.external_id, one.score, one.similarity) for one in self.neighbours])
        ]


class Page(NamedTuple):
    """Some prompts of a run, by their ids, and the last of them where more come after."""

    span: Span | None
    next: int | None


class _Comparison(NamedTuple):
    first: int
    second: int
    value: float | None


class Judged(NamedTuple):
    """Whether a run judged pairs or lists, and whether it gave scores to single answers that can be smoothed."""

    compares: bool
    judges_answers: bool


def judged_kinds(run: Run) -> Judged:
    """What a run judged, by one query."""
    found = [Exists(run.items.filter(subject__kind__in=kinds)) for kinds in (COMPARING, SINGLE)]
    return Judged(*Run.objects.values_list(*found).get(pk=run.pk))


def prompts_from(run: Run, after: int, count: int = PROMPTS) -> Page:
    """The next prompts of a run that have judged answers."""
    found = rescoring.items_of(run, OWN).filter(subject__prompt__gt=after)
    ids = list(found.order_by("subject__prompt").values_list("subject__prompt", flat=True).distinct()[: count + 1])
    if not ids:
        return Page(None, None)
    chosen = ids[:count]
    return Page(Span(chosen[0], chosen[-1]), chosen[-1] if len(ids) > count else None)


def rankings_of(run: Run, span: Span, settings: Settings) -> list[PromptRanking]:
    """Rankings of the answers to each prompt of a span, by each judge, and by all where there are several."""
    given = _given(run, span)
    found: dict[tuple[int, int, int], dict[int, list[int]]] = {}
    for row, line in enumerate(given.lines):
        if line.kind in COMPARING:
            of_judges = found.setdefault((line.prompt, line.version, line.sample), {})
            of_judges.setdefault(line.judge, []).append(row)
    near: dict[int, _Near] = {}
    ranked = []
    for (prompt, version, sample), of_judges in sorted(found.items()):
        if prompt not in near:
            near[prompt] = _near(given, prompt, settings)
        compared = {judge: list(_comparisons(given, rows)) for judge, rows in sorted(of_judges.items())}
        about = (given.prompts[prompt], given.known.versions[version], sample)
        for judge, own in compared.items():
            ranked.append(_ranking(about, given.known.judges[judge], own, near[prompt], settings))
        if len(compared) > 1:
            pooled = [one for own in compared.values() for one in own]
            ranked.append(_ranking(about, None, pooled, near[prompt], settings))
    return ranked


def smoothed_of(run: Run, span: Span, settings: Settings) -> list[Smoothed]:
    """Each answer of a span with its score smoothed over near-identical answers to the same prompt.

    Neighbours are looked for among what the same judge judged under the same version in the same sample.
    """
    given = _given(run, span)
    chosen: dict[tuple[int, int, int, int], list[int]] = {}
    for row, line in enumerate(given.lines):
        if line.kind in SINGLE:
            chosen.setdefault((line.prompt, line.version, line.judge, line.sample), []).append(row)
    found: list[Smoothed] = []
    for (prompt, _, judge, _), rows in chosen.items():
        own = [given.responses[given.judged[given.lines[row].subject]] for row in rows]
        near = _alike(own, settings)
        smooth = fusion.fused(_column([given.scores[row] for row in rows]), near).tolist()
        for place, row in enumerate(rows):
            others = tuple(Neighbour(own[other], given.scores[rows[other]], alike) for other, alike in near.of(place))
            found.append(
                Smoothed(
                    given.lines[row], own[place], given.prompts[prompt], given.known.judges[judge], given.scores[row],
                    _number(smooth[place]), others,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.line.place)


class _Given(NamedTuple):
    """The judged answers of a span: their scores, the responses of each subject, and which of them is judged."""

    lines: list[Line]
    scores: list[float | None]
    known: rescoring.Known
    members: dict[int, list[int]]
    judged: dict[int, int]
    responses: dict[int, Response]
    prompts: dict[int, Prompt]


class _Near(NamedTuple):
    """The answers to a prompt that were compared, and which of them are near-identical."""

    responses: list[Response]
    neighbours: fusion.Neighbours


def _given(run: Run, span: Span) -> _Given:
    lines: list[Line] = []
    scores: list[float | None] = []
    for sheet in rescoring.sheets(run, OWN, span):
        made = rescoring.scored(sheet, OWN)
        lines += sheet.lines
        scores += [
            None if lacks else _number(raw)
            for raw, lacks in zip(made.raw.tolist(), sheet.lacking.tolist(), strict=True)
        ]
    members: dict[int, list[int]] = {}
    judged: dict[int, int] = {}
    rows = SubjectMember.objects.filter(subject__in={line.subject for line in lines}).order_by("subject", "position")
    for subject, response, position, kind, step in rows.values_list(
        "subject", "response", "position", "subject__kind", "subject__step"
    ):
        members.setdefault(subject, []).append(response)
        if position == (step or 0 if kind == SubjectKind.LIST else 0):
            judged[subject] = response
    responses = Response.objects.in_bulk({one for of_subject in members.values() for one in of_subject})
    prompts = Prompt.objects.in_bulk({line.prompt for line in lines})
    return _Given(lines, scores, rescoring.Known.of(lines), members, judged, responses, prompts)


def _comparisons(given: _Given, rows: Sequence[int]) -> Iterator[_Comparison]:
    """What was compared: the two of a pair, and each two of a list that were judged side by side."""
    listed: dict[tuple[int, ...], list[tuple[int, float | None]]] = {}
    for row in rows:
        line, score = given.lines[row], given.scores[row]
        if line.kind == SubjectKind.PAIR:
            first, second = given.members[line.subject][:2]
            yield _Comparison(first, second, score)
        else:
            together = tuple(given.members[line.subject])
            listed.setdefault(together, []).append((given.judged[line.subject], score))
    for judged in listed.values():
        for (one, first_score), (other, second_score) in combinations(judged, 2):
            whole = first_score is not None and second_score is not None
            value = rankings.of_scores(first_score, second_score) if whole else None  # type: ignore[arg-type]
            yield _Comparison(one, other, value)


def _near(given: _Given, prompt: int, settings: Settings) -> _Near:
    """The answers to a prompt that were compared, by their ids, and which are near-identical."""
    ids = {
        response
        for line in given.lines
        if line.prompt == prompt and line.kind in COMPARING
        for response in given.members[line.subject]
    }
    responses = [given.responses[one] for one in sorted(ids)]
    return _Near(responses, _alike(responses, settings))


def _alike(responses: Sequence[Response], settings: Settings) -> fusion.Neighbours:
    if len(responses) > MOST_ANSWERS:
        raise errors.Conflict(
            f"A prompt has {len(responses):,} answers; up to {MOST_ANSWERS} are held against each other.",
            code="too_many",
        )
    texts = [subjects.text_of(one.parts) for one in responses]
    return fusion.neighbours(texts, most=settings.neighbours, least=settings.alike)


def _ranking(
    about: tuple[Prompt, RubricVersion, int], judge: JudgeVersion | None, compared: Sequence[_Comparison], near: _Near,
    settings: Settings,
) -> PromptRanking:  # fmt: skip
    place = {response.pk: number for number, response in enumerate(near.responses)}
    games: list[tuple[int, int, float]] = []
    tied = np.zeros(len(place), dtype=np.int64)
    ties = left_out = unscored = 0
    for one in compared:
        if one.value is None:
            unscored += 1
            continue
        first, second = place[one.first], place[one.second]
        if rankings.counted(one.value, Ties.LEFT_OUT, room=settings.room) is None:
            ties += 1
            tied[[first, second]] += 1
        value = rankings.counted(one.value, settings.ties, room=settings.room)
        if value is None:
            left_out += 1
        else:
            games.append((first, second, value))
    table = rankings.wins(len(place), games)
    made = rankings.rank(table, settings.method)
    smooth = fusion.fused(made.scores, near.neighbours).tolist()
    ranks, played = rankings.places(made), (table + table.T).sum(axis=1)
    scores = made.scores.tolist()
    answers = [
        Ranked(
            response, _number(scores[n]), ranks[n], int(made.parts[n]), float(table[n].sum()), int(tied[n]),
            round(float(played[n])), _number(smooth[n]),
            tuple(Neighbour(near.responses[other], _number(scores[other]), alike)
                  for other, alike in near.neighbours.of(n)),
        )
        for n, response in enumerate(near.responses)
    ]  # fmt: skip
    met = {tuple(sorted(pair[:2])) for pair in games}
    count = len(place)
    prompt, version, sample = about
    return PromptRanking(
        prompt, version, judge, sample, tuple(sorted(answers, key=_order)), len(games), unscored, ties, left_out,
        len(set(made.parts.tolist())), len(rankings.cycles_of_three(table)), count * (count - 1) // 2 - len(met),
    )  # fmt: skip


def _order(one: Ranked) -> tuple[int, float, int]:
    """Part by part, the best first; what was never compared comes last."""
    return (one.part, math.inf, one.response.pk) if one.score is None else (one.part, -one.score, one.response.pk)


def _column(scores: Sequence[float | None]) -> fusion.Floats:
    return np.array([math.nan if one is None else one for one in scores], dtype=np.float64)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

"""Scores of answers judged before, under the rubric as it stands now: stored verdicts, no judge call."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from apps.datasets.models import Prompt, Subject
from apps.judging.models import JudgeVersion, PinnedAnswer, RunItem
from apps.judging.queries import keys, pins, stored, tables
from apps.rubrics import queries as rubric_queries
from domain import scoring, subjects, verdicts, words
from domain.rubric import NOTHING, Mode, Rubric, read_supposed, suppose
from domain.scoring import table

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

SHOWN = 8
WIDE = 1000
BINS = 5
FEW = 5
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class PinnedScore:
    """A judged answer, its score under the present weights, and the score under the version the draft began from.

    `missing` names the criteria without a stored verdict; `item` is where it was judged last, `pin` who pinned it.
    """

    subject: Subject
    title: str
    excerpt: str
    score: scoring.Score | None
    before: scoring.Score | None
    missing: tuple[str, ...]
    item: RunItem | None = None
    pin: PinnedAnswer | None = None
    rank: int = 0
    climbed: int = 0

    @property
    def raw(self) -> float | None:
        """The raw score, or nothing."""
        return self.score.raw if self.score else None

    @property
    def was(self) -> float | None:
        """The raw score under the version the draft began from, or nothing."""
        return self.before.raw if self.before else None

    @property
    def change(self) -> float | None:
        """How far the score moved since then; nothing where it stayed or cannot be compared."""
        if self.raw is None or self.was is None or abs(self.raw - self.was) <= scoring.SAME:
            return None
        return self.raw - self.was

    @property
    def is_clamped(self) -> bool:
        """Whether the score lies outside the range that is shown."""
        return self.score is not None and self.score.raw != self.score.display


@dataclass(frozen=True)
class PromptScores:
    """The answers of one prompt, best first, and what made their scores equal, if anything did."""

    prompt: str
    answers: tuple[PinnedScore, ...]
    flat: scoring.Flat | None


@dataclass(frozen=True)
class VersionScores:
    """Pinned or judged answers by prompt; the judge whose verdicts they rest on; the version they are compared with.

    `typed` counts the changes that are not stored yet.
    """

    judge: JudgeVersion | None
    groups: tuple[PromptScores, ...]
    criteria: tuple[str, ...]
    before: "RubricVersion | None" = None
    typed: int = 0
    wide: "WideScores | None" = None

    @property
    def answers(self) -> tuple[PinnedScore, ...]:
        """All answers, those of one prompt together."""
        return tuple(answer for group in self.groups for answer in group.answers)

    @property
    def pinned(self) -> bool:
        """Whether authors chose the answers."""
        return any(answer.pin for answer in self.answers)

    @property
    def missing(self) -> tuple[str, ...]:
        """Criteria that some answer has no verdict for."""
        return tuple(dict.fromkeys(name for answer in self.answers for name in answer.missing))


@dataclass(frozen=True)
class Separation:
    """How the verdicts on one criterion lie over the judged answers: counts of values in equal bins from 0 to 1."""

    criterion: str
    bins: tuple[int, ...]
    met: float | None

    @property
    def count(self) -> int:
        """Answers with a value."""
        return sum(self.bins)

    @property
    def separates(self) -> bool:
        """Whether the values differ enough to tell answers apart: none of the bins holds nearly all."""
        return self.count < FEW or max(self.bins) < NEARLY_ALL * self.count


@dataclass(frozen=True)
class WideScores:
    """All answers judged last, scored at once: what moved since the version began, and what each criterion tells."""

    answers: int
    unscored: int
    mean: float | None
    movement: scoring.Movement | None
    separations: tuple[Separation, ...]


def wide_scores(
    version: "RubricVersion", judge: JudgeVersion, reader: keys.Reader, *, most: int = WIDE
) -> WideScores | None:
    """Score up to `most` answers judged under this rubric with what the version says to the reader."""
    answers = tables.judged_answers(version, judge, most)
    if not answers:
        return None
    compared = [version, version.parent] if version.parent else [version]
    cells = tables.cells(answers, compared, judge, reader)
    now = cells.table(reader, version, judge)
    rubric = reader.rubric(version)
    prompts = [one.prompt for one in answers]
    raw = scoring.scores_of(rubric, now, groups=prompts).raw
    moved = None
    if version.parent:
        old = cells.table(reader, version.parent, judge)
        before = scoring.scores_of(reader.rubric(version.parent), old, groups=prompts).raw
        moved = scoring.compare(before, raw, prompts)
    there = ~np.isnan(raw)
    return WideScores(
        answers=len(answers),
        unscored=int((~there).sum()),
        mean=float(raw[there].mean()) if there.any() else None,
        movement=moved,
        separations=tuple(
            _separation(criterion.id, now.values[:, place][now.codes[:, place] == table.OK])
            for place, criterion in enumerate(rubric.criteria)
        ),
    )


def _separation(name: str, values: table.Floats) -> Separation:
    counts, _ = np.histogram(values, bins=BINS, range=(0.0, 1.0))
    return Separation(name, tuple(counts.tolist()), float(values.mean()) if len(values) else None)


def version_scores(
    version: "RubricVersion", *, typed: str = "", supposed: Rubric | None = None, limit: int = SHOWN
) -> VersionScores:
    """Score the pinned answers, or else those judged last under this rubric, with what the version says now.

    `typed` holds changes that are not stored yet, as JSON of the shape of `rubric.Supposed`; `supposed` is what
    somebody suggests in the place of what is stored.
    """
    judge = pins.judge_of(version)
    reader, said = keys.Reader(), NOTHING
    if supposed is not None:
        reader.suppose(version, supposed)
    if typed:
        stored_now = supposed or rubric_queries.domain_rubric(version)
        said = read_supposed(typed, stored_now)
        by_tier = rubric_queries.weighting_mode(version) == Mode.TIER
        tiers = rubric_queries.tier_weights(version) if by_tier else None
        reader.suppose(version, suppose(stored_now, said, tiers=tiers))
    criteria = tuple(criterion.id for criterion in reader.rubric(version).criteria)
    shown = pins.in_view(version, judge, limit)
    before = version.parent
    compared = [version, before] if before else [version]
    wanted = [[_keys(reader, each, judge, one.subject) for each in compared] for one in shown]
    rows = stored.rows_by_key({key for of_item in wanted for of_version in of_item for key in of_version.values()})
    by_prompt: dict[Prompt, list[PinnedScore]] = {}
    texts = [subjects.text_of(one.subject.members.all()[0].response.parts) for one in shown]
    prompts = [one.subject.prompt_id for one in shown]
    columns = [
        scored(reader.rubric(each), [stored.by_criterion(of_item[place], rows) for of_item in wanted], texts, prompts)
        for place, each in enumerate(compared)
    ]
    for place, (one, text) in enumerate(zip(shown, texts, strict=True)):
        response = one.subject.members.all()[0].response
        by_version = [column[place] for column in columns]
        now, missing = by_version[0]
        answer = PinnedScore(
            subject=one.subject,
            title=response.external_id,
            excerpt=" ".join(text.split())[:160],
            score=now,
            before=by_version[1][0] if before else None,
            missing=missing,
            item=one.item,
            pin=one.pin,
        )
        by_prompt.setdefault(one.subject.prompt, []).append(answer)
    groups = tuple(_group(prompt.external_id, answers) for prompt, answers in by_prompt.items())
    wide = wide_scores(version, judge, reader) if judge else None
    return VersionScores(judge, groups, criteria, before, said.count, wide)


def _keys(
    reader: keys.Reader, version: "RubricVersion", judge: JudgeVersion | None, subject: Subject
) -> dict[str, uuid.UUID]:
    return reader.verdict_keys(version, judge, subject) if judge else {}


def scored(
    rubric: Rubric, known: Sequence[dict[str, verdicts.Verdict]], texts: Sequence[str], prompts: Sequence[int]
) -> list[tuple[scoring.Score | None, tuple[str, ...]]]:
    """Scores among the answers of each prompt, or the criteria whose verdicts they lack."""
    reasons = [verdicts.content_gate(rubric, text) for text in texts]
    missing = [
        () if reason else tuple(c.id for c in rubric.criteria if c.id not in given)
        for reason, given in zip(reasons, known, strict=True)
    ]
    found: list[scoring.Score | None] = [None] * len(texts)
    for prompt in set(prompts):
        rows = [row for row, one in enumerate(prompts) if one == prompt and not missing[row]]
        scores = scoring.score_group(
            rubric, [known[row] for row in rows], content_reasons=[reasons[row] for row in rows],
            lengths=[words.sizes(texts[row]) for row in rows],
        )  # fmt: skip
        for row, score in zip(rows, scores, strict=True):
            found[row] = score
    return list(zip(found, missing, strict=True))


def _group(prompt: str, answers: list[PinnedScore]) -> PromptScores:
    """Answers of one prompt with their ranks, and the ranks they won or lost among those comparable."""
    now = [answer.raw for answer in answers if answer.raw is not None]
    both = [(answer.raw, answer.was) for answer in answers if answer.raw is not None and answer.was is not None]
    ranked = [
        replace(
            answer,
            rank=_rank(answer.raw, now),
            climbed=_rank(answer.was, [was for _, was in both]) - _rank(answer.raw, [raw for raw, _ in both])
            if answer.raw is not None and answer.was is not None
            else 0,
        )
        for answer in answers
    ]
    ranked.sort(key=lambda answer: (answer.raw is None, -(answer.raw or 0.0), answer.subject.pk))
    return PromptScores(prompt, tuple(ranked), scoring.flattened([a.score for a in answers if a.score]))


def _rank(value: float | None, among: list[float]) -> int:
    """The place of a value among others, ties sharing the better one; 0 where there is none."""
    return 0 if value is None else 1 + sum(other > value + scoring.SAME for other in among)

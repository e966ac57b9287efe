"""Scores of answers judged before, under the rubric as it stands now: stored verdicts, no judge call."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from apps.datasets.models import Prompt, Subject
from apps.judging.models import JudgeVersion, RunItem
from apps.judging.queries import keys, stored
from domain import scoring, subjects, verdicts
from domain.rubric import Rubric

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

PINNED = 8
LOOKED_AT = 400


@dataclass(frozen=True)
class PinnedScore:
    """A judged answer, its score under the present weights, and the score under the version the draft began from.

    `missing` names the criteria without a stored verdict.
    """

    subject: Subject
    title: str
    excerpt: str
    score: scoring.Score | None
    before: scoring.Score | None
    missing: tuple[str, ...]
    item: RunItem
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
    """Judged answers by prompt; the judge whose verdicts they rest on; the version they are compared with."""

    judge: JudgeVersion | None
    groups: tuple[PromptScores, ...]
    criteria: tuple[str, ...]
    before: "RubricVersion | None" = None

    @property
    def answers(self) -> tuple[PinnedScore, ...]:
        """All answers, those of one prompt together."""
        return tuple(answer for group in self.groups for answer in group.answers)

    @property
    def missing(self) -> tuple[str, ...]:
        """Criteria that some answer has no verdict for."""
        return tuple(dict.fromkeys(name for answer in self.answers for name in answer.missing))


def version_scores(version: "RubricVersion", *, limit: int = PINNED) -> VersionScores:
    """Score the answers judged last under this rubric with what the version says now."""
    judge = _judge_of(version)
    reader = keys.Reader()
    criteria = tuple(criterion.id for criterion in reader.rubric(version).criteria)
    if judge is None:
        return VersionScores(None, (), criteria)
    before = version.parent
    compared = [version, before] if before else [version]
    items = _pinned(version, judge, limit)
    wanted = [[reader.verdict_keys(each, judge, item.subject) for each in compared] for item in items]
    rows = stored.rows_by_key({key for of_item in wanted for of_version in of_item for key in of_version.values()})
    by_prompt: dict[Prompt, list[PinnedScore]] = {}
    for item, of_item in zip(items, wanted, strict=True):
        response = item.subject.members.all()[0].response
        text = subjects.text_of(response.parts)
        scored = [
            _scored(reader.rubric(each), stored.by_criterion(of_version, rows), text)
            for each, of_version in zip(compared, of_item, strict=True)
        ]
        now, missing = scored[0]
        answer = PinnedScore(
            subject=item.subject,
            title=response.external_id,
            excerpt=" ".join(text.split())[:160],
            score=now,
            before=scored[1][0] if before else None,
            missing=missing,
            item=item,
        )
        by_prompt.setdefault(item.subject.prompt, []).append(answer)
    groups = tuple(_group(prompt.external_id, answers) for prompt, answers in by_prompt.items())
    return VersionScores(judge, groups, criteria, before)


def _scored(
    rubric: Rubric, known: dict[str, verdicts.Verdict], text: str
) -> tuple[scoring.Score | None, tuple[str, ...]]:
    """A score, or the criteria whose verdicts it lacks."""
    content_reason = verdicts.content_gate(rubric, text)
    missing = () if content_reason else tuple(c.id for c in rubric.criteria if c.id not in known)
    return (None if missing else scoring.score(rubric, known, content_reason=content_reason)), missing


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
    ranked.sort(key=lambda answer: (answer.raw is None, -(answer.raw or 0.0), answer.item.pk))
    return PromptScores(prompt, tuple(ranked), scoring.flattened([a.score for a in answers if a.score]))


def _rank(value: float | None, among: list[float]) -> int:
    """The place of a value among others, ties sharing the better one; 0 where there is none."""
    return 0 if value is None else 1 + sum(other > value + scoring.SAME for other in among)


def _judge_of(version: "RubricVersion") -> JudgeVersion | None:
    """The judge that judged under this rubric last."""
    latest = RunItem.objects.filter(version__rubric=version.rubric_id, state=RunItem.State.DONE).order_by("-id").first()
    return JudgeVersion.objects.select_related("judge").get(pk=latest.judge_version_id) if latest else None


def _pinned(version: "RubricVersion", judge: JudgeVersion, limit: int) -> list[RunItem]:
    """The newest item of each of the answers judged last, those of one prompt together."""
    judged = RunItem.objects.filter(
        version__rubric=version.rubric_id, judge_version=judge, state=RunItem.State.DONE, sample=0,
        subject__kind="response",
    )  # fmt: skip
    by_prompt: dict[int, dict[int, int]] = {}
    for pk, subject, prompt in judged.order_by("-pk").values_list("pk", "subject", "subject__prompt")[:LOOKED_AT]:
        by_prompt.setdefault(prompt, {}).setdefault(subject, pk)
    fullest = sorted(by_prompt.values(), key=len, reverse=True)
    chosen = [pk for answers in fullest for pk in answers.values()][:limit]
    items = RunItem.objects.filter(pk__in=chosen).select_related("subject__prompt")
    return list(items.prefetch_related("subject__members__response"))

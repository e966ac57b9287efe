"""Scores of answers judged before, under the rubric as it stands now: stored verdicts, no judge call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.datasets.models import Subject
from apps.judging.models import JudgeVersion, RunItem
from apps.judging.queries import keys, stored
from domain import scoring, subjects, verdicts

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

PINNED = 8
LOOKED_AT = 400


@dataclass(frozen=True)
class PinnedScore:
    """A judged answer and its score under the present weights; `missing` criteria were edited since."""

    subject: Subject
    title: str
    excerpt: str
    score: scoring.Score | None
    missing: int
    item: RunItem

    @property
    def raw(self) -> float | None:
        """The raw score, or nothing."""
        return self.score.raw if self.score else None


@dataclass(frozen=True)
class VersionScores:
    """Pinned answers, best first; the judge whose verdicts they rest on."""

    judge: JudgeVersion | None
    answers: tuple[PinnedScore, ...]
    criteria: int

    @property
    def missing(self) -> int:
        """Criteria that some pinned answer has no verdict for."""
        return max((answer.missing for answer in self.answers), default=0)


def version_scores(version: "RubricVersion", *, limit: int = PINNED) -> VersionScores:
    """Score the answers judged last under this rubric with what the version says now."""
    judge = _judge_of(version)
    reader = keys.Reader()
    rubric = reader.rubric(version)
    if judge is None:
        return VersionScores(None, (), len(rubric.criteria))
    items = _pinned(version, judge, limit)
    of_items = [reader.verdict_keys(version, judge, item.subject) for item in items]
    rows = stored.rows_by_key({key for of_item in of_items for key in of_item.values()})
    answers = []
    for item, of_item in zip(items, of_items, strict=True):
        response = item.subject.members.all()[0].response
        text = subjects.text_of(response.parts)
        content_reason = verdicts.content_gate(rubric, text)
        known = stored.by_criterion(of_item, rows)
        missing = 0 if content_reason else len(rubric.criteria) - len(known)
        score = None if missing else scoring.score(rubric, known, content_reason=content_reason)
        answers.append(
            PinnedScore(item.subject, response.external_id, " ".join(text.split())[:160], score, missing, item)
        )
    answers.sort(key=lambda answer: (answer.raw is None, -(answer.raw or 0.0), answer.item.pk))
    return VersionScores(judge, tuple(answers), len(rubric.criteria))


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

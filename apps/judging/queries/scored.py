"""Which rule makes a score of the verdicts on a subject."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from apps.datasets.models import SubjectKind
from domain import pipeline, scoring, strategies, subjects, words
from domain.rubric import Rubric
from domain.verdicts import Verdict

if TYPE_CHECKING:
    from apps.datasets.models import Subject
    from apps.judging.models import JudgeVersion


def score_of(
    subject: "Subject", judge: "JudgeVersion", rubric: Rubric, verdicts: Mapping[str, Verdict | None], *,
    weights: Mapping[str, float] | None = None, content_reason: str | None = None,
) -> scoring.Score:  # fmt: skip
    """The score of one answer by the rubric, or of a pair by the rule for pairs that the judge's strategy asks for."""
    if subject.kind != SubjectKind.PAIR:
        sizes = sizes_of(subject, rubric) if content_reason is None else None
        return scoring.score(rubric, verdicts, weights=weights, content_reason=content_reason, lengths=sizes)
    first = hard_rules_first(judge)
    return scoring.score_pair(rubric, verdicts, weights=weights, content_reason=content_reason, hard_rules_first=first)


def sizes_of(subject: "Subject", rubric: Rubric) -> dict[str, float] | None:
    """How long the answer is, where the scoring looks at it."""
    if not pipeline.needs_length(rubric.scoring):
        return None
    member = subject.members.all()[subject.judged_member or 0]
    return words.sizes(subjects.text_of(member.response.parts))


def hard_rules_first(judge: "JudgeVersion") -> bool:
    """Whether hard rules alone decide a pair that this judge compared, where they prefer an answer."""
    return judge.strategy in strategies.NAMES and strategies.get(judge.strategy).about.hard_rules_first

"""What stored verdicts say of given answers under a version; no judge is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.datasets.models import Subject
from apps.judging.models import JudgeVersion
from apps.judging.queries import keys, live, stored
from domain import scoring, subjects, verdicts

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion


@dataclass(frozen=True)
class Standing:
    """The score of an answer, its verdicts by criterion, and the criteria that have none stored."""

    score: scoring.Score | None
    verdicts: dict[str, verdicts.Verdict]
    missing: tuple[str, ...]


def standings(version: "RubricVersion", judge: JudgeVersion, answers: Sequence[Subject]) -> dict[int, Standing]:
    """By the subject's key; subjects come with their prompts and responses, scored among those of one prompt."""
    reader = keys.Reader()
    wanted = [reader.verdict_keys(version, judge, one) for one in answers]
    rows = stored.rows_by_key({key for of_answer in wanted for key in of_answer.values()})
    known = [stored.by_criterion(of_answer, rows) for of_answer in wanted]
    texts = [subjects.text_of(one.members.all()[0].response.parts) for one in answers]
    found = live.scored(reader.rubric(version), known, texts, [one.prompt_id for one in answers])
    return {
        one.pk: Standing(score, said, missing)
        for one, said, (score, missing) in zip(answers, known, found, strict=True)
    }

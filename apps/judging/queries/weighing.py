"""Which weight moves the scores and ranks of the answers in view."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.judging.models import JudgeVersion
from apps.judging.queries import keys, pins, tables
from domain import rubric as rubrics
from domain import scoring
from domain.scoring import sensitivity

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

SHOWN = 12
LEAST_REACH = 4.0


@dataclass(frozen=True)
class Sensitivity:
    """The answers by title, the swing of each weight, and the curves over one of them."""

    judge: JudgeVersion
    rubric: rubrics.Rubric
    titles: tuple[str, ...]
    prompts: tuple[str, ...]
    swings: tuple[sensitivity.Swing, ...]
    curves: sensitivity.Curves | None


def sensitivity_of(version: "RubricVersion", criterion: str = "") -> Sensitivity | None:
    """Half and double of every weight, and all scores over the weight of one criterion: the named, else the first.

    Nothing where no answer in view can be scored.
    """
    judge = pins.judge_of(version)
    shown = pins.in_view(version, judge, SHOWN)
    if judge is None or not shown:
        return None
    reader = keys.Reader()
    rubric = reader.rubric(version)
    cells = tables.cells(tables.answers_of([one.subject for one in shown]), [version], judge, reader)
    table = cells.table(reader, version, judge)
    prompts = [one.subject.prompt_id for one in shown]
    if np.isnan(scoring.scores_of(rubric, table, groups=prompts).raw).all():
        return None
    swings = sensitivity.tornado(rubric, table, prompts)
    chosen = rubric.criterion(criterion) or (rubric.criterion(swings[0].criterion) if swings else None)
    curves = None
    if chosen is not None:
        most = max(LEAST_REACH, 2 * chosen.weight, *(one.weight for one in rubric.criteria))
        curves = sensitivity.curves(rubric, table, chosen.id, prompts, most=min(most, rubrics.MAX_WEIGHT))
    return Sensitivity(
        judge,
        rubric,
        tuple(one.subject.members.all()[0].response.external_id for one in shown),
        tuple(one.subject.prompt.external_id for one in shown),
        tuple(swings),
        curves,
    )

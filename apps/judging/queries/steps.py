"""What the scoring steps of a version do to answers judged before: stored verdicts, no judge call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.datasets.models import Prompt
from apps.judging.models import JudgeVersion
from apps.judging.queries import effects, keys, pins, tables
from domain import rubric, scoring
from domain.scoring import diagnostics

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

PARENT, PLAIN = "parent", "plain"
BINS = 20


@dataclass(frozen=True)
class Histogram:
    """Counts of scores between edges, before and after."""

    edges: tuple[float, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class StepsEffect:
    """Scores with the steps as they are, against those of the version before (`parent`) or of weighted points alone.

    `level` names some of the prompts whose answers all score alike.
    """

    judge: JudgeVersion
    pinned: bool
    against: str
    said: rubric.Rubric
    movement: scoring.Movement
    movers: tuple[effects.Mover, ...]
    histogram: Histogram | None
    diagnostics: diagnostics.Diagnostics
    level: tuple[str, ...]


def steps_effect(
    version: "RubricVersion", *, supposed: rubric.Rubric | None = None, against: str = ""
) -> StepsEffect | None:
    """Look at the pinned answers, else at the newest judged ones; nothing where none was judged."""
    judge = pins.judge_of(version)
    if judge is None:
        return None
    pinned = pins.pins_of(version.rubric)
    answers = (
        tables.answers_of([pin.subject for pin in pinned])
        if pinned
        else tables.judged_answers(version, judge, effects.SAMPLE)
    )
    if not answers:
        return None
    reader = keys.Reader()
    if supposed is not None:
        reader.suppose(version, supposed)
    parent = version.parent if version.parent_id and against != PLAIN else None
    cells = tables.cells(answers, [version, parent] if parent else [version], judge, reader)
    prompts = [one.prompt for one in answers]
    said, now = reader.rubric(version), cells.table(reader, version, judge)
    after = scoring.scores_of(said, now, groups=prompts)
    if parent:
        before = scoring.scores_of(reader.rubric(parent), cells.table(reader, parent, judge), groups=prompts)
    else:
        plain = said.model_copy(update={"scoring": (rubric.WeightedStep(),)})
        before = scoring.scores_of(plain, now, groups=prompts)
    found = diagnostics.diagnose(said, now, after, prompts)
    return StepsEffect(
        judge=judge,
        pinned=bool(pinned),
        against=PARENT if parent else PLAIN,
        said=said,
        movement=scoring.compare(before.raw, after.raw, prompts),
        movers=effects.movers(answers, before.raw, after.raw),
        histogram=_histogram(before.raw, after.raw),
        diagnostics=found,
        level=_names(found.level_prompts),
    )


def _histogram(before: scoring.table.Floats, after: scoring.table.Floats) -> Histogram | None:
    old, new = before[~np.isnan(before)], after[~np.isnan(after)]
    both = np.concatenate([old, new])
    if not both.size:
        return None
    low, high = float(both.min()), float(both.max())
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    counts = [tuple(np.histogram(one, edges)[0].tolist()) for one in (old, new)]
    return Histogram(tuple(edges.tolist()), counts[0], counts[1])


def _names(prompts: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(Prompt.objects.filter(pk__in=prompts).order_by("pk").values_list("external_id", flat=True))

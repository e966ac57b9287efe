"""What one version of a rubric does against another on the same answers: verdicts, scores, ranks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.datasets.models import Prompt, SubjectMember
from apps.judging.models import JudgeVersion
from apps.judging.queries import keys, pins, tables
from domain import scoring
from domain.scoring import table

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion

SAMPLE = 1000
MOVERS = 10
TRUE_FROM = 0.5


@dataclass(frozen=True)
class Flips:
    """Verdicts on a criterion whose wording changed: `both` have a value under either, `flipped` changed sides.

    A verdict changes sides where its value crosses one half. `lacking` answers have no value under the new wording.
    """

    criterion: str
    both: int
    flipped: int
    mean_before: float | None
    mean_after: float | None
    lacking: int


@dataclass(frozen=True)
class Mover:
    """An answer whose score moved, or that has a score under one version only."""

    subject: int
    title: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Effect:
    """What the second version does on a sample of answers; `pinned` says whether authors chose them."""

    judge: JudgeVersion
    pinned: bool
    movement: scoring.Movement
    flips: tuple[Flips, ...]
    movers: tuple[Mover, ...]
    flattened: tuple[str, ...]


def effect_of(before: "RubricVersion", after: "RubricVersion") -> Effect | None:
    """Compare two versions on the pinned answers, else on the newest judged ones; nothing where none was judged."""
    judge = pins.judge_of(after)
    if judge is None:
        return None
    pinned = pins.pins_of(after.rubric)
    answers = (
        tables.answers_of([pin.subject for pin in pinned]) if pinned else tables.judged_answers(after, judge, SAMPLE)
    )
    if not answers:
        return None
    reader = keys.Reader()
    cells = tables.cells(answers, [before, after], judge, reader)
    prompts = [one.prompt for one in answers]
    old, new = (
        scoring.scores_of(reader.rubric(one), cells.table(reader, one, judge), groups=prompts).raw
        for one in (before, after)
    )
    moved = scoring.compare(old, new, prompts)
    names = dict(Prompt.objects.filter(pk__in=moved.flattened).values_list("pk", "external_id"))
    return Effect(
        judge=judge,
        pinned=bool(pinned),
        movement=moved,
        flips=_flips(before, after, judge, cells, reader),
        movers=movers(answers, old, new),
        flattened=tuple(names[prompt] for prompt in moved.flattened),
    )


def _flips(
    before: "RubricVersion", after: "RubricVersion", judge: JudgeVersion, cells: tables.Cells, reader: keys.Reader
) -> tuple[Flips, ...]:
    old, new = (reader.asked_digests(one, judge) for one in (before, after))
    places = {digest: place for place, digest in enumerate(cells.digests)}
    found = []
    for name, digest in new.items():
        if name not in old or old[name] == digest:
            continue
        first, second = places[old[name]], places[digest]
        had, has = cells.codes[:, first] == table.OK, cells.codes[:, second] == table.OK
        both = had & has
        one, other = cells.values[both, first], cells.values[both, second]
        found.append(
            Flips(
                criterion=name,
                both=int(both.sum()),
                flipped=int(((one >= TRUE_FROM) != (other >= TRUE_FROM)).sum()),
                mean_before=float(one.mean()) if both.any() else None,
                mean_after=float(other.mean()) if both.any() else None,
                lacking=int((had & ~has).sum()),
            )
        )
    return tuple(found)


def movers(answers: list[tables.Answer], old: table.Floats, new: table.Floats) -> tuple[Mover, ...]:
    """Answers that lost or won a score first, then by how far they moved."""
    change = np.where(np.isnan(old) & np.isnan(new), 0.0, np.abs(new - old))
    change = np.where(np.isnan(change), np.inf, change)
    order = [int(place) for place in np.argsort(-change, kind="stable")[:MOVERS] if change[place] > scoring.SAME]
    members = SubjectMember.objects.filter(subject__in=[answers[place].subject for place in order], position=0)
    titles = {
        subject: f"{prompt} / {response}"
        for subject, prompt, response in members.values_list(
            "subject", "response__prompt__external_id", "response__external_id"
        )
    }
    return tuple(
        Mover(answers[place].subject, titles.get(answers[place].subject, ""), _number(old[place]), _number(new[place]))
        for place in order
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

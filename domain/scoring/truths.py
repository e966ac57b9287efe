"""Whether a rubric's truth table holds: each row scored at the corners of what it leaves open, many at once.

A criterion set to `any` takes the lowest and the highest value that a verdict on it can have. A step that only rises or
only falls in each value has its extremes there. All corners are tried up to a bound; above it all low, all high, each
criterion alone on either side and seeded others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.pipeline import LENGTHS
from domain.rubric import (
    Beside,
    Between,
    Criterion,
    Name,
    NoReward,
    NumericScale,
    Rubric,
    Setting,
    Truth,
    digits,
    readings,
    setting_words,
    truth_rows,
)
from domain.scoring.table import CANNOT_ASSESS, NOT_APPLICABLE, OK, Floats, Table, scores_of

MOST_CORNERS = 4096
MOST_CELLS = 120_000  # corners times criteria, for one row
SEED = 20
SAME = 1e-9
Bits = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """What came of one row: the scores seen, how many settings were tried and failed, and the first that failed.

    `low` and `high` are None where no setting had a score; `without` counts settings that had none. `whole` says that
    every corner was tried. `fault` is set where the row cannot be tried at all. For rows that are compared the scores
    are those of this row, and `beside` is the score of the other one in the setting that failed.
    """

    row: Truth
    tried: int = 0
    failed: int = 0
    whole: bool = True
    low: float | None = None
    high: float | None = None
    without: int = 0
    example: Mapping[str, float] | None = None
    got: float | None = None
    beside: float | None = None
    fault: str = ""

    @property
    def holds(self) -> bool:
        """Whether every setting that was tried gave what was promised."""
        return not self.fault and not self.failed


def told(rubric: Rubric, name: Name) -> list[tuple[Held, str]]:
    """What comes of each row, with the row as a sentence."""
    found = held(rubric)
    return list(zip(found, readings([one.row for one in found], name), strict=True))


class _Trial(NamedTuple):
    """A row that can be tried: it and the row it is compared with, the open criteria and their corners."""

    pair: tuple[Truth, ...]
    free: tuple[int, ...]
    bits: Bits
    whole: bool


def held(rubric: Rubric) -> tuple[Held, ...]:
    """What comes of each row of the rubric's truth table."""
    rows = truth_rows(rubric)
    known = {row.id: row for row in rows}
    found = {row.id: _trial(rubric, row, known) for row in rows}
    trials = [one for one in found.values() if isinstance(one, _Trial)]
    try:
        scored = {one.pair[0].id: (one, scores) for one, scores in _scored(rubric, trials)}
    except errors.Invalid as error:
        return tuple(Held(row, fault=error.message) for row in rows)
    return tuple(
        _held(rubric, *scored[row.id]) if row.id in scored else Held(row, fault=str(found[row.id])) for row in rows
    )


def _trial(rubric: Rubric, row: Truth, known: Mapping[str, Truth]) -> _Trial | str:
    """How to try a row, or why it cannot be tried."""
    names = {criterion.id for criterion in rubric.criteria}
    pair = (row, known[row.expect.row]) if isinstance(row.expect, Beside) else (row,)
    gone = sorted({name for one in pair for name in one.when} - names)
    if gone:
        return f"The criterion {gone[0]!r} is no longer in the rubric: remove it from this row."
    free = tuple(n for n, one in enumerate(rubric.criteria) if any(each.of(one.id) == "any" for each in pair))
    bits, whole = _corners(len(free), min(MOST_CORNERS, max(1, MOST_CELLS // max(1, len(names)))))
    return _Trial(pair, free, bits, whole)


def _scored(rubric: Rubric, trials: Sequence[_Trial]) -> Iterator[tuple[_Trial, list[Floats]]]:
    """The scores of each trial; as many as fit into one table are scored together."""
    width = max(1, len(rubric.criteria))
    waiting: list[_Trial] = []
    for trial in trials:
        waiting.append(trial)
        if sum(len(one.bits) * len(one.pair) for one in waiting) * width > MOST_CELLS:
            yield from _together(rubric, waiting)
            waiting = []
    yield from _together(rubric, waiting)


def _together(rubric: Rubric, trials: Sequence[_Trial]) -> Iterator[tuple[_Trial, list[Floats]]]:
    tables = [_table(rubric, row, one.free, one.bits) for one in trials for row in one.pair]
    if not tables:
        return
    count = sum(len(one.values) for one in tables)
    whole = Table(
        np.concatenate([one.values for one in tables]),
        np.concatenate([one.codes for one in tables]),
        np.zeros(count, dtype=bool),
        {unit: np.full(count, LENGTHS.get(unit, 0.0)) for step in rubric.scoring for unit in step.units},
    )
    ends = np.cumsum([len(one.values) for one in tables])[:-1]
    parts = iter(np.split(scores_of(rubric, whole, groups=range(len(whole.values))).raw, ends))
    for one in trials:
        yield one, [next(parts) for _ in one.pair]


def _held(rubric: Rubric, trial: _Trial, scores: Sequence[Floats]) -> Held:
    row = trial.pair[0]
    wrong = ~_fits(row, scores)
    own = scores[0][~np.isnan(scores[0])]
    found = Held(
        row,
        tried=len(trial.bits),
        failed=int(wrong.sum()),
        whole=trial.whole,
        low=float(own.min()) if own.size else None,
        high=float(own.max()) if own.size else None,
        without=len(scores[0]) - own.size,
    )
    if found.holds:
        return found
    first = int(wrong.argmax())
    values = _values(rubric, row, trial.free, trial.bits[first : first + 1])[0]
    example = {rubric.criteria[place].id: float(values[place]) for place in trial.free}
    got = [None if np.isnan(score[first]) else float(score[first]) for score in scores]
    return dataclasses.replace(found, example=example, got=got[0], beside=got[-1])


def _corners(free: int, most: int) -> tuple[Bits, bool]:
    """Low (false) and high (true) of each open criterion, a line a setting; whether these are all there are."""
    if free <= 12 and 2**free <= most:
        places = np.arange(2**free)[:, None] >> np.arange(free)
        return (places & 1).astype(bool), True
    alone = np.eye(free, dtype=bool)
    chosen = np.vstack([np.zeros((1, free), bool), np.ones((1, free), bool), alone, ~alone])[:most]
    rest = np.random.default_rng(SEED).random((most - len(chosen), free)) < 0.5
    return np.vstack([chosen, rest]), False


def _table(rubric: Rubric, row: Truth, free: Sequence[int], bits: Bits) -> Table:
    codes = np.array([_CODES.get(str(row.of(one.id)), OK) for one in rubric.criteria], dtype=np.int8)
    values = _values(rubric, row, free, bits)
    return Table(values, np.tile(codes, (len(bits), 1)), np.zeros(len(bits), dtype=bool))


_CODES = {"unscored": CANNOT_ASSESS, "not_applicable": NOT_APPLICABLE}


def _values(rubric: Rubric, row: Truth, free: Sequence[int], bits: Bits) -> Floats:
    settings = [row.of(one.id) for one in rubric.criteria]
    fixed = np.array([_fixed(one, setting) for one, setting in zip(rubric.criteria, settings, strict=True)])
    values = np.tile(fixed, (len(bits), 1))
    for n, place in enumerate(free):
        if settings[place] == "any":
            low, high = _ends(rubric.criteria[place])
            values[:, place] = np.where(bits[:, n], high, low)
    return values


def _fixed(criterion: Criterion, setting: Setting) -> float:
    """The value of a setting that is not open; the best of a pitfall is its absence."""
    if isinstance(setting, float):
        return setting
    if setting not in {"best", "worst"}:
        return 0.0
    low, high = _ends(criterion)
    return high if (setting == "best") != criterion.is_pitfall else low


def _ends(criterion: Criterion) -> tuple[float, float]:
    levels = criterion.levels
    if levels is None or isinstance(levels, NumericScale):
        return 0.0, 1.0
    return levels[0].value, levels[-1].value


def _fits(row: Truth, scores: Sequence[Floats]) -> Bits:
    """Where the promise is kept; without a score only the promise of none is."""
    expect, own = row.expect, scores[0]
    fits: Bits
    if isinstance(expect, NoReward):
        return np.isnan(own)
    if isinstance(expect, Between):
        fits = (own >= expect.low - SAME) & (own <= expect.high + SAME)
        return fits
    goal = scores[1] if isinstance(expect, Beside) else np.full(len(own), expect.value)
    match expect.kind:
        case "equals" | "same_as":
            fits = np.abs(own - goal) <= SAME
        case "at_least":
            fits = own >= goal - SAME
        case "at_most":
            fits = own <= goal + SAME
        case "above":
            fits = own > goal + SAME
        case _:
            fits = own < goal - SAME
    return fits


def outcome(found: Held, name: Name) -> str:
    """What was seen, as a sentence, with one setting that breaks the promise."""
    if found.fault:
        return found.fault
    over = f" over {f'all {found.tried}' if found.whole else f'a sample of {found.tried}'} settings"
    seen = _seen(found) + (over if found.tried > 1 else "")
    if found.holds:
        return f"Holds: {seen}."
    if found.tried == 1:
        return f"Fails: {_example(found, name)}."
    return f"Fails in {found.failed} setting{'s' if found.failed > 1 else ''}, as {_example(found, name)}; {seen}."


MOST_NAMED = 4


def _example(found: Held, name: Name) -> str:
    got = _score(found.got)
    if isinstance(found.row.expect, Beside):
        got += f" beside {_score(found.beside)} of the other row"
    shown = list((found.example or {}).items())[:MOST_NAMED]
    where = ", ".join(f"{name(one)} {setting_words(value)}" for one, value in shown)
    more = len(found.example or {}) - len(shown)
    return f"{got}{f' with {where}' if where else ''}{f' and {more} more' if more > 0 else ''}"


def _seen(found: Held) -> str:
    if found.low is None or found.high is None:
        return "no reward"
    low, high = digits(found.low), digits(found.high)
    seen = f"score {low}" if low == high else f"scores from {low} to {high}"
    return f"{seen}, none in {found.without}" if found.without else seen


def _score(value: float | None) -> str:
    return "no reward" if value is None else f"score {digits(value)}"

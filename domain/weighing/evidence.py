"""Labelled pairs as rows of differences, and whether they can teach weights at all."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain import errors

Floats = npt.NDArray[np.float64]
LEAST_PAIRS = 20
LEAST_PROMPTS = 5
MOST_PAIRS = 20_000
SAME = 1e-9


class Refused(errors.Invalid):
    """Pairs that cannot teach weights; the code says why."""

    default_code = "fit_refused"


@dataclass(frozen=True, eq=False)
class Pairs:
    """Labelled pairs: each row of `differences` is what the preferred answer has more of, by criterion.

    A pitfall counts as its absence, so every weight should be positive. `ties` marks pairs that were called equal,
    `strength` says how clear the preference was (1 where nobody said), `prompts` which rows belong together.
    """

    criteria: tuple[str, ...]
    differences: Floats
    ties: npt.NDArray[np.bool_]
    strength: Floats
    prompts: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        rows, columns = self.differences.shape
        if columns != len(self.criteria) or not (len(self.ties) == len(self.strength) == len(self.prompts) == rows):
            raise ValueError("Differences, ties, strengths and prompts do not fit together.")

    def __len__(self) -> int:
        return len(self.differences)

    def rows(self, chosen: npt.NDArray[np.intp] | Sequence[int]) -> Pairs:
        """Some of the rows."""
        at = np.asarray(chosen, dtype=np.intp)
        prompts = tuple(self.prompts[place] for place in at)
        return Pairs(self.criteria, self.differences[at], self.ties[at], self.strength[at], prompts)

    def only(self, columns: Sequence[int]) -> Pairs:
        """Some of the criteria."""
        names = tuple(self.criteria[place] for place in columns)
        return Pairs(names, self.differences[:, list(columns)], self.ties, self.strength, self.prompts)

    @property
    def decided(self) -> npt.NDArray[np.bool_]:
        """Pairs that are no tie."""
        return ~self.ties


@dataclass(frozen=True, eq=False)
class Enough:
    """What can be fitted, and what to know about it.

    `constant` criteria never differ within a pair, so nothing can be said of them. `alike` pairs have no difference at
    all, `opposed` ones say the reverse of another pair with the same differences. `separable` pairs can all be put
    right at once: only the penalty keeps such weights finite.
    """

    pairs: Pairs
    constant: tuple[str, ...]
    alike: int
    opposed: int
    separable: bool


def checked(pairs: Pairs) -> Enough:
    """The pairs without criteria that never differ; raises Refused where they are too few or say nothing."""
    decided = int(pairs.decided.sum())
    if decided < LEAST_PAIRS:
        ties = len(pairs) - decided
        order = f" {ties} more are ties, which put nothing in order." if ties else ""
        raise Refused(
            f"{decided} pairs are too few; it takes {LEAST_PAIRS} preferences with verdicts on both answers.{order}",
            code="too_few_pairs",
        )
    if len(pairs) > MOST_PAIRS:
        raise Refused(f"At most {MOST_PAIRS:,} pairs are fitted at once.", code="too_many_pairs")
    prompts = len({pairs.prompts[place] for place in np.flatnonzero(pairs.decided)})
    if prompts < LEAST_PROMPTS:
        raise Refused(
            f"The pairs come from {prompts} prompts; at least {LEAST_PROMPTS} are needed to test on others.",
            code="too_few_prompts",
        )
    differs = [bool(np.ptp(column) > SAME or abs(column[0]) > SAME) for column in pairs.differences[pairs.decided].T]
    if not any(differs):
        raise Refused(
            "No criterion tells the two answers of any pair apart, so no weight can be learnt.", code="constant"
        )
    left = pairs.only(np.flatnonzero(differs).tolist())
    rows = left.differences[left.decided]
    alike = int((np.abs(rows) <= SAME).all(axis=1).sum())
    opposed = _opposed(rows)
    if opposed == len(rows) - alike:
        raise Refused(
            "For every preference there is one that says the reverse of the same verdicts; they teach nothing.",
            code="contradictory",
        )
    constant = tuple(name for name, able in zip(pairs.criteria, differs, strict=True) if not able)
    return Enough(left, constant, alike, opposed, alike == 0 and opposed == 0 and _separable(rows))


def _opposed(rows: Floats) -> int:
    """How many rows find a partner that is their exact reverse; each is paired once."""
    seen: dict[bytes, int] = {}
    found = 0
    for row in np.round(rows, 9) + 0.0:
        if not row.any():
            continue
        reverse = (0.0 - row).tobytes()
        if seen.get(reverse, 0):
            seen[reverse] -= 1
            found += 2
        else:
            seen[row.tobytes()] = seen.get(row.tobytes(), 0) + 1
    return found


def _separable(rows: Floats) -> bool:
    """Whether some weights put every row right with room to spare: a linear programme says so."""
    from scipy import optimize

    columns = rows.shape[1]
    costs = np.append(np.zeros(columns), -1.0)
    upper = np.column_stack([-rows, np.ones(len(rows))])
    bounds = [(-1.0, 1.0)] * columns + [(0.0, 1.0)]
    found = optimize.linprog(costs, A_ub=upper, b_ub=np.zeros(len(rows)), bounds=bounds, method="highs")
    return bool(found.status == 0) and math.isfinite(found.fun) and -found.fun > SAME

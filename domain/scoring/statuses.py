"""The status of many answers at once: as `score` says of each whether there is a score, and why not."""

from __future__ import annotations

import numpy as np

from domain.rubric import Rubric
from domain.scoring import table, terms
from domain.scoring.table import Bools, Floats
from domain.verdicts import Status

_NONE = np.int8(len(table.STATUSES))


def denies(rubric: Rubric) -> Bools:
    """Of which criteria a missing verdict leaves no score."""
    return np.array([terms.policy(rubric, one) == "null" for one in rubric.criteria], dtype=bool)


def statuses(rubric: Rubric, given: table.Table, raw: Floats, lacking: Bools) -> list[str]:
    """`ok`, `partial`, or the gravest status of what denies a score; else of all that is missing."""
    denying: Bools = lacking & denies(rubric)
    denied: Bools = np.asarray(denying.any(axis=1))
    blamed = np.where(denied[:, None], denying, lacking)
    gravest = np.where(blamed, given.codes, _NONE).min(axis=1, initial=_NONE)
    names = [*(status.value for status in table.STATUSES), Status.CANNOT_ASSESS.value]
    partial: Bools = np.asarray(lacking.any(axis=1))
    return [
        names[code] if unscored and not degenerate else "partial" if part and not degenerate else "ok"
        for code, unscored, degenerate, part in zip(
            gravest.tolist(), np.isnan(raw).tolist(), given.degenerate.tolist(), partial.tolist(), strict=True
        )
    ]

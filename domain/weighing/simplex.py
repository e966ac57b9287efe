"""Weights on the simplex: not negative, summing to one, moved one at a time."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from domain import errors


class WeightsInvalid(errors.Invalid):
    """Weights that cannot be brought onto the simplex."""

    default_code = "weights_invalid"


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights scaled to sum to one; raises WeightsInvalid for negative ones and where nothing weighs."""
    bad = [name for name, weight in weights.items() if not (math.isfinite(weight) and weight >= 0)]
    if bad:
        raise WeightsInvalid(
            f"The weight of {bad[0]!r} must be a number of at least 0.",
            problems=[errors.Problem(f"/{name}", "must be a number of at least 0") for name in bad],
        )
    total = math.fsum(weights.values())
    if not total > 0 or not math.isfinite(total):
        raise WeightsInvalid("At least one weight must be above 0.")
    return {name: weight / total for name, weight in weights.items()}


def moved(shares: Mapping[str, float], name: str, to: float, locked: Collection[str] = ()) -> dict[str, float]:
    """One share moved, the unlocked others scaled so that all sum to one again.

    It moves no further than the locked ones leave room; others that are all zero take what is left in equal parts.
    """
    if name not in shares:
        raise WeightsInvalid(f"There is no weight {name!r}.")
    now = normalised(shares)
    held = math.fsum(share for other, share in now.items() if other in locked and other != name)
    free = [other for other in now if other != name and other not in locked]
    room = max(0.0, 1.0 - held)
    new = min(max(to, 0.0), room) if free else room
    rest, before = room - new, math.fsum(now[other] for other in free)
    for other in free:
        now[other] = rest * now[other] / before if before > 0 else rest / len(free)
    return {**now, name: new}

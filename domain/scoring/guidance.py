"""What the best rollout of a group still gets wrong, as guidance for a sample that does better.

RGR-GRPO (arXiv 2511.12344, section 3.3) refines the best rollout that still fails, told of its failed criteria, and
mixes it in off policy. Which degree counts as failed is left open there; ours is below one half, by default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from domain.rubric import Criterion, Rubric

FAILED_BELOW = 0.5
SAME = 1e-9


class Failed(NamedTuple):
    """A criterion that an answer fails: how good it is there, from 0 to 1, and by how much it counts."""

    criterion: Criterion
    goodness: float
    weight: float


class Spread(NamedTuple):
    """What a group's rewards say: mean, deviation by population, and whether nothing can be learnt from them."""

    scored: int
    mean: float | None
    deviation: float | None
    flat: bool


def best(rewards: Sequence[float | None]) -> int | None:
    """The place of the greatest reward, of equals the first; None where there is none."""
    places = [place for place, reward in enumerate(rewards) if reward is not None]
    return max(places, key=lambda place: (rewards[place], -place)) if places else None


def failed(
    rubric: Rubric, values: Mapping[str, float | None], weights: Mapping[str, float] | None = None, *,
    below: float = FAILED_BELOW,
) -> list[Failed]:  # fmt: skip
    """The criteria whose goodness lies below `below` (in (0, 1]), the heaviest first, then in the rubric's order.

    Goodness is the value, of a pitfall 1 − value. A criterion without a value is not failed: nothing is known of it.
    One without weight and gate costs nothing, so it is left out.
    """
    found = []
    for criterion in rubric.criteria:
        value = values.get(criterion.id)
        weight = (weights or {}).get(criterion.id, criterion.weight)
        if value is None or (weight == 0 and criterion.gate is None):
            continue
        goodness = 1.0 - value if criterion.is_pitfall else value
        if goodness < below:
            found.append(Failed(criterion, goodness, weight))
    return sorted(found, key=lambda one: -one.weight)


def spread(rewards: Sequence[float | None]) -> Spread:
    """Mean and spread of what was scored; flat where two or more are all the same, so that no advantage is left."""
    known = np.array([reward for reward in rewards if reward is not None], dtype=np.float64)
    if not known.size:
        return Spread(0, None, None, flat=False)
    flat = bool(known.size > 1 and np.ptp(known) <= SAME)
    return Spread(int(known.size), float(known.mean()), float(known.std()), flat)


def refining(prompt: str, answer: str, failures: Sequence[Mapping[str, Any]]) -> str:
    """A prompt that asks the policy to answer again, told what its best answer got wrong [ours]."""
    lines = [f"{number}. {_line(one)}" for number, one in enumerate(failures, start=1)]
    return (
        f"{prompt}\n\n---\nA first answer to this was:\n\n{answer}\n\n---\nIt falls short here:\n\n"
        + "\n".join(lines)
        + "\n\nWrite the answer again: keep what is good, mend these points. Reply with the answer alone."
    )


def _line(one: Mapping[str, Any]) -> str:
    told = "It must not be true that: " if one["polarity"] == "negative" else ""
    reason = f" ({one['rationale']})" if one.get("rationale") else ""
    return f"{told}{one['text']}{reason}"

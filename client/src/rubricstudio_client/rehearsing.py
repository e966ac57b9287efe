"""What a batch would do: by item what is stored already, and what the rest would cost; nothing is stored or judged."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from rubricstudio_client import asking
from rubricstudio_client.steps import Retry, Send, Steps, answered


@dataclass(frozen=True)
class Rehearsed:
    """What an item would be judged under, and how many of its verdicts are stored; `compared` needs its group."""

    id: str
    rubric: str
    digest: str
    criteria: int
    stored: int
    served_before: bool
    compared: bool


@dataclass(frozen=True)
class Estimate:
    """Counts before a start; all is rough where only so many as `sampled` were looked at.

    `seconds` and `money` are None where a judge has no pace yet, or no price.
    """

    responses: int = 0
    pairs: int = 0
    items: int = 0
    verdicts: int = 0
    stored: int = 0
    computed: int = 0
    to_ask: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    sampled: int = 0
    seconds: float | None = 0.0
    money: float | None = 0.0
    currency: str = ""
    capped: bool = False


@dataclass(frozen=True)
class Rehearsal:
    """What a batch would do; `estimate` is None where nothing would have to be judged."""

    judge: Mapping[str, Any]
    rubric: str
    deadline: datetime | None
    items: tuple[Rehearsed, ...]
    estimate: Estimate | None

    @property
    def served_before(self) -> int:
        """How many rewards were served before and are given again."""
        return sum(item.served_before for item in self.items)


def rehearse(items: asking.Items, wanted: asking.Wish, retry: Retry) -> Steps[Rehearsal]:
    """Try the batch out in parts, as it would be sent."""
    until = time.monotonic() + wanted.seconds
    told: list[Mapping[str, Any]] = []
    found: dict[int, Rehearsed] = {}
    for places, body in asking.bodies_of(items, wanted):
        response = yield from answered(Send("POST", "rewards/dry-run", json=body), retry, until)
        told.append(response.json())
        for place, item in zip(places, told[-1]["items"], strict=True):
            found[place] = Rehearsed(**{one.name: item[one.name] for one in fields(Rehearsed)})
    first = told[0] if told else {"judge": {}, "rubric": "", "deadline": None}
    ends = first["deadline"]
    deadline = datetime.fromisoformat(ends.replace("Z", "+00:00")) if ends else None  # noqa: FURB162  (Python 3.10)
    items_told = tuple(found[place] for place in range(len(found)))
    return Rehearsal(
        first["judge"], first["rubric"], deadline, items_told, _together([one["estimate"] for one in told])
    )


def _together(told: Sequence[Mapping[str, Any] | None]) -> Estimate | None:
    """The estimates of all parts in one; what one of them does not know, the whole does not."""
    known = [one for one in told if one is not None]
    if not known:
        return None
    sums: dict[str, Any] = {}
    for one in fields(Estimate):
        given = [part.get(one.name) for part in known]
        if one.name == "currency":
            sums[one.name] = next((name for name in given if name), "")
        elif one.name == "capped":
            sums[one.name] = any(given)
        else:
            sums[one.name] = None if None in given else sum(given)
    return Estimate(**sums)

"""The questions about importance: what is asked, what was said, and what follows so far."""

import itertools
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging.pages.weighing import base
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import Elicitation, RubricVersion
from domain import weighing

SCALE = (
    (9.0, "extremely more important"),
    (7.0, "very strongly more important"),
    (5.0, "strongly more important"),
    (3.0, "somewhat more important"),
)
EQUAL = "equally important"


@dataclass(frozen=True)
class SwingRow:
    """One item in the order of a person, with its points and the weight they give."""

    place: int
    item: weighing.Item
    points: float | None
    weight: float | None
    first: bool
    last: bool


@dataclass(frozen=True)
class Answer:
    """One answer that can be chosen: a ratio and its words; `key` is the key that chooses it."""

    key: str
    ratio: str
    label: str
    note: str


@dataclass(frozen=True)
class Comparison:
    """What was said of a pair, in words."""

    first: weighing.Item
    second: weighing.Item
    ratio: float
    worst: weighing.Worst | None

    @property
    def sentence(self) -> str:
        """The comparison as one would say it."""
        if self.ratio == 1:
            return EQUAL
        return f"{max(self.ratio, 1 / self.ratio):g} times as important"

    @property
    def favours_first(self) -> bool:
        """Whether the first is the more important one."""
        return self.ratio >= 1


def swing(actor: Actor, version: RubricVersion) -> dict[str, Any]:
    """All sections with their items in this person's order."""
    row = rubric_queries.open_elicitation(version, actor, Elicitation.Kind.SWING)
    sections = rubric_queries.asked(_sections(version), row, Elicitation.Kind.SWING)
    return base(actor, version, "Swing weighting") | {
        "row": row,
        "parts": [(one, rows := _swing_rows(one), _lacking(one, rows)) for one in sections],
        "ready": bool(sections) and all(one.is_done for one in sections),
    }


def _swing_rows(one: rubric_queries.Asked) -> list[SwingRow]:
    items = {item.key: item for item in one.section.items}
    order = one.said["order"]
    ratings = one.said["ratings"]
    return [
        SwingRow(
            place=place, item=items[key], points=ratings.get(key, 100.0 if place == 1 else None),
            weight=one.weights[key] if one.weights else None, first=place == 1, last=place == len(order),
        )
        for place, key in enumerate(order, start=1)
    ]  # fmt: skip


def _lacking(one: rubric_queries.Asked, rows: list[SwingRow]) -> str:
    """What is still to be done in a section, by the places of its items."""
    if one.is_done:
        return ""
    without = [str(row.place) for row in rows if row.points is None]
    if without:
        return f"Still without points: {', '.join(without)}."
    for above, below in itertools.pairwise(rows):
        if (below.points or 0) > (above.points or 0):
            return f"Number {below.place} has more points than number {above.place} above it: move it up or lower them."
    return "Change one of the points, or confirm them with Enter, to go on."


def tradeoffs(actor: Actor, version: RubricVersion, section: str, pair: str) -> dict[str, Any]:
    """The next question of a section (the named one, else the first that is open), and what was said."""
    row = rubric_queries.open_elicitation(version, actor, Elicitation.Kind.TRADEOFFS)
    sections = rubric_queries.asked(_sections(version), row, Elicitation.Kind.TRADEOFFS)
    context = base(actor, version, "Trade-offs") | {
        "row": row,
        "parts": [(one, len(one.said["said"]), _pairs_of(one)) for one in sections],
        "ready": bool(sections) and all(one.is_done for one in sections),
    }
    if not sections:
        return context
    waiting = [one for one in sections if not one.is_done]
    named = [one for one in sections if one.section.id == section and (section or pair or not waiting)]
    return context | _question((named or waiting or sections)[0], pair)


def _question(chosen: rubric_queries.Asked, pair: str) -> dict[str, Any]:
    items = {item.key: item for item in chosen.section.items}
    said = {(first, second): float(ratio) for first, second, ratio, *_ in chosen.said["said"]}
    named = tuple(pair.split("|"))
    again = len(named) == 2 and named[0] in items and named[1] in items and named[0] != named[1]
    asked = (named[0], named[1]) if again else weighing.next_pair(chosen.section.keys, said)
    worst = {(one.first, one.second): one for one in (chosen.judged.worst if chosen.judged else ())}
    shown = [
        Comparison(items[first], items[second], ratio, worst.get((first, second)) or worst.get((second, first)))
        for (first, second), ratio in said.items()
    ]
    weights = chosen.weights or {}
    means = chosen.judged.geometric if chosen.judged else {}
    first, second = (items[asked[0]], items[asked[1]]) if asked else (None, None)
    return {
        "chosen": chosen,
        "first": first,
        "second": second,
        "answers": _answers() if asked else [],
        "shown": shown,
        "given": len(shown),
        "possible": _pairs_of(chosen),
        "weights": [(items[key], weight, means[key]) for key, weight in weights.items()],
        "inconsistent": chosen.judged is not None and not chosen.judged.consistent,
    }


def _answers() -> list[Answer]:
    """Nine answers from the first by far to the second by far, on the keys 1 to 9."""
    left = [(f"{ratio:g}", "first", label) for ratio, label in SCALE]
    right = [(repr(1 / ratio), "second", label) for ratio, label in reversed(SCALE)]
    every = [*left, ("1", "", EQUAL), *right]
    return [Answer(str(place), ratio, who, label) for place, (ratio, who, label) in enumerate(every, start=1)]


def _pairs_of(one: rubric_queries.Asked) -> int:
    count = len(one.section.items)
    return count * (count - 1) // 2


def _sections(version: RubricVersion) -> tuple[weighing.Section, ...]:
    return weighing.sections_of(rubric_queries.domain_rubric(version))

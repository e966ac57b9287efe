"""Several answers to one prompt in one request, each answer at every place once, with ties."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import prompts, verdicts
from domain.ports import LabelReply, LabelRequest, Part
from domain.prompts.material import NAMES
from domain.rubric import Criterion
from domain.strategies.both_orders import with_detail
from domain.strategies.label_distribution import read_labels
from domain.strategies.protocol import (
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Question,
    SamePrompts,
    Setting,
    number,
    one_of,
    positions,
    whole,
)
from domain.verdicts import Status, Verdict

PROMPT = "judge_list"
MOST_MEMBERS = Setting(
    "most_members",
    6,
    whole(2, 20),
    "A list holds 2 to 20 answers.",
    "Most answers in one list; longer groups are split evenly",
)
ROTATIONS = Setting(
    "rotations",
    0,
    whole(0, 20),
    "The rotations are a whole number from 0 (as many as there are answers) to 20.",
    "In how many orders the list is shown; 0 lets every answer stand at every place once",
)
TIE_WITHIN = Setting(
    "tie_within",
    0.05,
    number(0, 1),
    "Answers tie within a number between 0 and 1.",
    "Answers whose degrees differ by no more than this share a rank",
)
VALUE_FROM = Setting(
    "value_from",
    "expectation",
    one_of("mode", "expectation"),
    "The value comes from the mode or the expectation.",
    "What counts of a distribution",
    (("expectation", "its mean"), ("mode", "its likeliest label")),
)


class Listwise(SamePrompts):
    """Asks about all answers of a list in one request an order, and takes the mean over the orders."""

    about = About(
        name="listwise",
        title="Listwise, rotated",
        does="Reads up to twenty answers to one prompt together and judges each on every criterion, in orders that "
        "let every answer stand at every place; ties are kept.",
        source="YOJO (2604.10966); one token an answer and criterion, ranks and their steadiness are ours",
        prompts=(PROMPT,),
        subject="list",
        settings=(MOST_MEMBERS, ROTATIONS, TIE_WITHIN, VALUE_FROM),
        asks_for="one token a criterion, answer and order",
    )

    def cost(self, load: Load) -> Cost:
        """One request an order, in each a question for each criterion and answer."""
        orders = _orders(load.members, load.settings)
        asked = orders * load.criteria * load.members
        return Cost(orders, asked, asked)

    def judge(self, question: Question) -> Judging:
        """Show the list in each order, and put together what each member got at its places."""
        count = len(question.material.answers)
        findings = Findings()
        seen = {(c.id, member): _Seen() for c in question.criteria for member in range(count)}
        for turn, order in enumerate(rotated(count, _orders(count, question.settings), question.seed)):
            asked = [(criterion, place) for criterion in question.criteria for place in range(count)]
            batch = yield Ask(_request(question.material.ordered(order), asked), f"order {turn + 1}", PROMPT)
            lost = Findings()
            for n in positions(batch, [criterion for criterion, _ in asked], lost, turn):
                criterion, place = asked[n]
                seen[(criterion.id, order[place])].add(batch.replies[n], (turn, n), place)
            findings.away = findings.away or lost.away
            _note_lost(batch.replies, asked, order, seen, turn)
        for criterion in question.criteria:
            _take_all(question, criterion, [seen[(criterion.id, member)] for member in range(count)], findings)
        return findings


def rotated(count: int, orders: int, seed: int) -> list[tuple[int, ...]]:
    """Rows of a Latin square over members 0…count−1: in as many rows as members each stands at each place once.

    Entry p of a row is the member at place p. The first row and the order of the rows come from the seed.
    """
    chance = random.Random(seed)
    base = list(range(count))
    chance.shuffle(base)
    shifts = list(range(count))
    chance.shuffle(shifts)
    return [tuple(base[(place + shift) % count] for place in range(count)) for shift in shifts[:orders]]


def _orders(count: int, settings: Mapping[str, Any]) -> int:
    wanted = int(ROTATIONS.of(settings))
    return count if wanted == 0 else min(wanted, count)


class _Reading(NamedTuple):
    reply: LabelReply
    origin: tuple[int, int]
    place: int


@dataclasses.dataclass
class _Seen:
    """What one member got on one criterion over the orders; `failed` holds the first that went wrong."""

    readings: list[_Reading] = dataclasses.field(default_factory=list)
    failed: _Reading | None = None

    def add(self, reply: LabelReply, origin: tuple[int, int], place: int) -> None:
        self.readings.append(_Reading(reply, origin, place))


def _note_lost(
    replies: Sequence[LabelReply],
    asked: Sequence[tuple[Criterion, int]],
    order: Sequence[int],
    seen: Mapping[tuple[str, int], _Seen],
    turn: int,
) -> None:
    for n, ((criterion, place), reply) in enumerate(zip(asked, replies, strict=True)):
        one = seen[(criterion.id, order[place])]
        if reply.failure is not None and one.failed is None:
            one.failed = _Reading(reply, (turn, n), place)


def _request(material: prompts.Material, asked: Sequence[tuple[Criterion, int]]) -> LabelRequest:
    text = prompts.load(PROMPT)
    suffixes = tuple(
        prompts.fill(
            text.sections["suffix"],
            {**prompts.of_criterion(criterion, material.number(criterion)), "name": [Part(NAMES[place])]},
        )
        for criterion, place in asked
    )
    labels = tuple(tuple(label.text for label in verdicts.labels_for(criterion)) for criterion, _ in asked)
    return LabelRequest(prompts.fill(text.sections["shared"], material.shared()), suffixes, labels)


def _take_all(question: Question, criterion: Criterion, members: Sequence[_Seen], findings: Findings) -> None:
    """One verdict a member; ranks are among those that got a value."""
    found: dict[int, Verdict] = {}
    for member, one in enumerate(members):
        if one.failed is not None and one.failed.reply.failure is not None:
            findings.fail(criterion, one.failed.reply.failure, one.failed.origin, member)
            continue
        found[member] = _over_orders(question, criterion, one)
    scored = {member: verdict for member, verdict in found.items() if verdict.is_scored}
    ranks = ranked({m: v.value or 0.0 for m, v in scored.items()}, _tie_within(question.settings))
    steady = steadiness([_degrees(question, criterion, members[member]) for member in scored])
    for member, verdict in found.items():
        more = {"rank": ranks[member], "tied": _count(ranks, member) > 1, "steady": steady} if member in scored else {}
        findings.take(with_detail(verdict, **more), members[member].readings[0].origin, member)


def _over_orders(question: Question, criterion: Criterion, one: _Seen) -> Verdict:
    """The verdict of the mean distribution over the orders; one reply that cannot be read leaves it unscored."""
    each = [read_labels(question, criterion, reading.reply) for reading in one.readings]
    broken = next((v for v in each if not v.is_scored and v.status is not Status.NOT_APPLICABLE), None)
    if broken is not None:
        return broken
    labels = [text for text, _ in each[0].distribution]
    shares = [dict(verdict.distribution) for verdict in each]
    mean = {text: math.fsum(share[text] for share in shares) / len(shares) for text in labels}
    mass = math.fsum(verdict.label_mass or 0.0 for verdict in each) / len(each)
    verdict = read_labels(question, criterion, LabelReply(mean, mass))
    if not verdict.is_scored:
        return verdict
    degrees = [v.probability for v in each if v.probability is not None]
    gap = round(max(degrees) - min(degrees), 6) if degrees else 0.0
    return dataclasses.replace(verdict, detail={"orders": len(each), "gap": gap})


def _degrees(question: Question, criterion: Criterion, one: _Seen) -> list[float]:
    """What one member got in each order; an order that says it does not apply counts as none of it."""
    return [read_labels(question, criterion, reading.reply).probability or 0.0 for reading in one.readings]


def _count(ranks: Mapping[int, int], member: int) -> int:
    return list(ranks.values()).count(ranks[member])


def _tie_within(settings: Mapping[str, Any]) -> float:
    return float(TIE_WITHIN.of(settings))


def ranked(values: Mapping[int, float], within: float) -> dict[int, int]:
    """Ranks from 1, best first; a value no further below its better neighbour than `within` shares its rank."""
    order = sorted(values, key=lambda member: (-values[member], member))
    ranks: dict[int, int] = {}
    for n, member in enumerate(order):
        ties = n > 0 and values[order[n - 1]] - values[member] <= within + 1e-12
        ranks[member] = ranks[order[n - 1]] if ties else n + 1
    return ranks


def steadiness(degrees: Sequence[Sequence[float]]) -> float | None:
    """How far the orders agree on the order of the members, from −1 to 1; one row a member, one column an order.

    The mean over pairs of orders of Kendall's τ among the pairs of members that one of the two tells apart; None where
    none does.
    """
    orders = list(zip(*degrees, strict=True))
    taus = [tau for a, b in _twos(len(orders)) if (tau := _tau(orders[a], orders[b])) is not None]
    return round(math.fsum(taus) / len(taus), 6) if taus else None


def _tau(left: Sequence[float], right: Sequence[float]) -> float | None:
    signs = [(_sign(left[a] - left[b]), _sign(right[a] - right[b])) for a, b in _twos(len(left))]
    apart = [one * other for one, other in signs if one or other]
    return sum(apart) / len(apart) if apart else None


def _twos(count: int) -> list[tuple[int, int]]:
    return list(itertools.combinations(range(count), 2))


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)

"""What a queue's rule makes of answers that differ: what holds, or why a person has to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.review.models import Review, ReviewItem
from apps.review.queries.asks import Ask, GoldOf
from apps.review.queries.choices import choices_for
from domain import consensus, decisions
from domain.consensus import Rule
from domain.rubric import Kind

RULES = {
    "": "an author decides each conflict",
    Rule.MAJORITY.value: "what more than half of the people say holds",
    Rule.WEIGHTED.value: "what more than half of the votes say holds; a vote counts as its person's accuracy on gold",
    Rule.DROP_DISTANT.value: "the mean, leaving out the most distant of three or more answers",
    Rule.SPREAD_LIMIT.value: "the mean, where answers lie close enough together",
}
AVERAGED = {Kind.ORDINAL, Kind.NUMERIC}
LEAST_TO_DROP = 3
LIMIT = 0.25
SHARE = 0.5


@dataclass(frozen=True)
class Outcome:
    """What holds by the rule, with where it comes from; or nothing, and why."""

    held: tuple[GoldOf, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def outcome(ask: Ask, reviews: Sequence[Review], weights: Mapping[int, float]) -> Outcome:
    """The consensus on an item by its queue's rule, on every criterion asked about or on none.

    Whoever could not decide has no vote. Where some say that a criterion does not apply and others give it a value,
    no rule decides. A mean is no answer to a question of yes or no, so there it decides nothing. `weights` are votes
    by person; 1 where none is known.
    """
    wanted = ask.item.queue.consensus
    rule = wanted.get("rule", "")
    if not rule:
        return Outcome(reason="This queue leaves conflicts to an author.")
    table = _table(ask, reviews)
    if not table:
        return Outcome(reason="What is asked here has no value to vote on.")
    votes = [weights.get(review.by_id, 1.0) for review in reviews]
    held, used, dropped = [], {}, {}
    for criterion, said in table.items():
        found = _decide(ask, Rule(rule), said, votes, wanted)
        if isinstance(found, str):
            name = f"{criterion}: " if len(table) > 1 else ""
            return Outcome(reason=name + found)
        gold, basis = found
        held.append(gold)
        used[criterion] = [reviews[place].pk for place in basis.used]
        dropped[criterion] = [reviews[place].pk for place in basis.dropped]
    detail = {
        "how": "consensus", "rule": rule, "share": wanted.get("share", SHARE), "limit": wanted.get("limit", LIMIT),
        "reviews": [review.pk for review in reviews], "used": used, "dropped": dropped,
    }  # fmt: skip
    if rule == Rule.WEIGHTED:
        detail["votes"] = {str(review.pk): vote for review, vote in zip(reviews, votes, strict=True)}
    return Outcome(tuple(held), detail)


def conflicts_to_settle(queue_id: int) -> list[ReviewItem]:
    """The items of a queue on which people differ and nobody settled."""
    related = ("queue__workspace", "subject__prompt__dataset", "version__rubric")
    rows = ReviewItem.objects.filter(queue=queue_id, state=ReviewItem.State.CONFLICT)
    return list(rows.select_related(*related).order_by("pk"))


def _table(ask: Ask, reviews: Sequence[Review]) -> dict[str, list[GoldOf | None]]:
    """What each person says of each criterion, in the order of the decisions."""
    table: dict[str, list[GoldOf | None]] = {}
    for place, review in enumerate(reviews):
        for one in ask.gold(ask.said(review)):
            table.setdefault(one.criterion, [None] * len(reviews))[place] = one
    return table


def _decide(
    ask: Ask, rule: Rule, said: Sequence[GoldOf | None], votes: Sequence[float], wanted: Mapping[str, Any]
) -> tuple[GoldOf, consensus.Consensus] | str:
    first = next(one for one in said if one is not None)
    aside = [one is not None and bool(one.payload.get("not_applicable")) for one in said]
    given = [None if one is None else one.value for one in said]
    if any(aside):
        if any(value is not None for value in given):
            return "Some say that it does not apply, others give it a value."
        places = tuple(place for place, one in enumerate(aside) if one)
        basis = consensus.Consensus(None, places, (), len(said) - len(places))
        return GoldOf(first.criterion, first.digest, None, {"not_applicable": True}), basis
    count = sum(value is not None for value in given)
    if rule is Rule.DROP_DISTANT and count < LEAST_TO_DROP:
        return f"Fewer than {LEAST_TO_DROP} people gave an answer."
    found = consensus.decide(
        rule, given, weights=votes, share=wanted.get("share", SHARE), limit=wanted.get("limit", LIMIT)
    )
    if found.value is None:
        return found.reason
    if not _fits(ask, first.criterion, found.value):
        return "The mean lies between the answers on offer."
    return GoldOf(first.criterion, first.digest, found.value), found


def _fits(ask: Ask, criterion: str, value: float) -> bool:
    """Whether a value may hold: on offer, or between the levels of a scale."""
    asked = ask.rubric.criterion(criterion)
    if asked is None or asked.kind in AVERAGED:
        return True
    return any(one.value is not None and decisions.same_number(one.value, value) for one in choices_for(asked))

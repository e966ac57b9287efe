"""What else a strategy measured beside a value, in a few words: both orders of a pair, ranks in a list."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.core.templatetags.studio import score

STEPS = {2: "much more A", 1: "more A", 0: "a tie", -1: "more B", -2: "much more B"}
CHECKS = {"decided": "decided by a check", "abstained": "its check could not tell, so the judge was asked"}
ROUTES = {
    "solve": "compared with the judge's own solution in view",
    "compare": "compared without a solution",
    "unread": "the route could not be read, so compared without a solution",
}


def in_words(detail: Mapping[str, Any]) -> tuple[str, ...]:
    """Short phrases for what is known of a comparison; nothing for a detail that holds no comparison."""
    return tuple(phrase for holds, say in _PHRASES if holds <= detail.keys() for phrase in say(detail))


def _orders(detail: Mapping[str, Any]) -> list[str]:
    """Both orders of a pair, which speak for the first answer from −2 to 2."""
    said = [f"A shown first: {_step(detail['forward'])}", f"B shown first: {_step(detail['backward'])}"]
    return [*said, *_agreement(detail)]


def _step(value: float) -> str:
    return STEPS[max(-2, min(2, round(value)))]


def _anchored(detail: Mapping[str, Any]) -> list[str]:
    shown = [f"wins shown first {score(detail['forward'])}", f"wins shown second {score(detail['backward'])}"]
    return [*shown, *_agreement(detail), *["a tie, because the orders differ too much"] * bool(detail["tied"])]


def _agreement(detail: Mapping[str, Any]) -> list[str]:
    return [f"position gap {score(detail['gap'])}", *["the orders contradict each other"] * bool(detail["flipped"])]


def _alone(detail: Mapping[str, Any]) -> list[str]:
    return [f"A alone {score(detail['first'])}", f"B alone {score(detail['second'])}"]


def _ranked(detail: Mapping[str, Any]) -> list[str]:
    rank = f"rank {detail['rank']}" + ", tied" * bool(detail["tied"])
    many = [f"{detail['orders']} orders, at most {score(detail['gap'])} apart"] if detail["orders"] > 1 else []
    steady = [] if detail["steady"] is None else [f"orders agree {score(detail['steady'])}"]
    return [rank, *many, *steady]


def _route(detail: Mapping[str, Any]) -> list[str]:
    return [ROUTES[detail["route"]]] if detail["route"] in ROUTES else []


def _shortened(detail: Mapping[str, Any]) -> list[str]:
    about = "about " if detail.get("counted") == "estimate" else ""
    if detail["long_input"] == "chunk_merge":
        return [f"judged in {detail['pieces']} pieces of at most {about}{detail['tokens_after']:,} tokens"]
    return [f"middle left out: {about}{detail['tokens_after']:,} of {detail['tokens_before']:,} tokens read"]


def _checked(detail: Mapping[str, Any]) -> list[str]:
    """Whether a computed check decided, or could not and left it to the judge."""
    if detail["check"] == "decided" and "judge" in detail:
        return ["a judge said that it applies, and its check decided"]
    return [CHECKS[detail["check"]]] if detail["check"] in CHECKS else []


_PHRASES: tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], list[str]]], ...] = (
    (frozenset({"forward", "backward", "gap", "flipped", "score"}), _orders),
    (frozenset({"forward", "backward", "gap", "flipped", "tied"}), _anchored),
    (frozenset({"first", "second"}), _alone),
    (frozenset({"rank", "tied", "orders", "gap", "steady"}), _ranked),
    (frozenset({"route"}), _route),
    (frozenset({"check"}), _checked),
    (frozenset({"long_input", "tokens_before", "tokens_after", "pieces"}), _shortened),
)

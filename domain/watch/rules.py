"""The alarms there are: what each looks at, by which formula, with which limits, and from which source."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from domain import errors
from domain.watch.series import Form, Window

MOST_LIMITS = 50
LIMIT = "limit"
"""The kind of an alarm of a limit that a person put on a reported number."""


@dataclasses.dataclass(frozen=True)
class Rule:
    """An alarm: the series it looks at, how it is held against the limit, and what a person is told."""

    kind: str
    title: str
    series: str
    form: Form
    limit: float
    window: Window
    formula: str
    source: str
    meaning: str
    percent: bool = False
    unit: str = ""


RULES = {
    rule.kind: rule
    for rule in (
        Rule(
            "zero_variance", "Groups without variance", "zero", Form.ABOVE, 0.5, Window(10, 3, 20),
            "groups whose rewards are all equal ÷ groups of two or more rewarded rollouts, over the window",
            "RewardDance (2509.08826); P14", "They give no gradient: the step learns nothing from them.", percent=True,
        ),
        Rule(
            "variance_collapse", "Variance collapses", "spread", Form.FALL, 0.25, Window(10, 5, 1),
            "mean standard deviation of rewards within groups (of whole batches where no groups are sent), "
            "over the window, against the first window",
            "RewardDance (2509.08826): std below x % of the first window for w windows",
            "Rollouts became alike in what they are paid. With a mean that rises, this is how hacking looks.",
        ),
        Rule(
            "saturation", "Rewards saturate", "top", Form.ABOVE, 0.9, Window(10, 3, 20),
            "rollouts whose displayed score is at least 0.999 ÷ rewarded rollouts, over the window",
            "RewardDance (2509.08826): saturation at the maximum; threshold ours",
            "There is nothing left to gain: the rubric is too easy for this policy, or it is being gamed.",
            percent=True,
        ),
        Rule(
            "dead_criterion", "A criterion tells nothing apart", "apart", Form.BELOW, 0.02, Window(10, 3, 20),
            "groups in which a criterion's degrees differ ÷ groups with two or more of its verdicts, over the window",
            "ours (peers.md: “this criterion never separates rollouts of one prompt”)",
            "It costs calls and moves no advantage: always met, never met, or always the same.", percent=True,
        ),
        Rule(
            "length", "Answers grow longer", "length", Form.RISE, 1.5, Window(10, 5, 20),
            "mean words of a rollout over the window, against the first window",
            "RewardDance (2509.08826), Likelihood rewards (2602.03979): length trend; threshold ours",
            "Length may be paid without being worth it.",
        ),
        Rule(
            "repetition", "Answers repeat themselves", "repetition", Form.GROW, 0.15, Window(10, 5, 20),
            "mean share of repeated phrases of four words (1 − distinct ÷ all), over the window, less the first one's",
            "The Climb (2505.22653): repeated-n-gram ratio; n and threshold ours",
            "The policy may have found a phrase that pays.", percent=True,
        ),
        Rule(
            "unscored", "Rollouts go without a reward", "unscored", Form.ABOVE, 0.1, Window(5, 2, 20),
            "rollouts without a reward ÷ rollouts, over the window",
            "Promise 1: the unscored rate has an alarm; threshold ours",
            "The judge fails, or the policy learned to break it.", percent=True,
        ),
        Rule(
            "divergence", "The shadow judge disagrees more", "gap", Form.GROW, 0.1, Window(10, 3, 20),
            "mean of score less shadow judge's score over the window, less the first window's",
            "Cooper (2508.05613): drift guard; rubric reward hacking (2608.11669): the training judge rises, a gold "
            "judge falls; threshold ours",
            "What the judge pays more, another judge does not see: the policy learns the judge.",
        ),
        Rule(
            "canary", "Canaries are misjudged", "canary", Form.ABOVE, 0.2, Window(10, 2, 10),
            "planted answers judged otherwise than known ÷ planted answers, over the window",
            "Cooper (2508.05613): false-pass rate on a seeded share; threshold ours",
            "The judge no longer reads known answers as it should.", percent=True,
        ),
        Rule(
            "queue_lag", "Rewards come late", "wait", Form.ABOVE, 60.0, Window(5, 2, 1),
            "mean seconds from a request to its last reward, over the window",
            "ONI (2410.23022): queue-lag metric; threshold ours",
            "Training waits for judging: add replicas, or judge fewer criteria.", unit="s",
        ),
    )
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Limit:
    """A limit that a person put on a number which the trainer reports."""

    name: str
    above: float | None = None
    below: float | None = None


@dataclasses.dataclass(frozen=True)
class Settings:
    """Limits of one run: rules as they are or changed, without those switched off, and limits on reported numbers."""

    rules: Mapping[str, Rule] = dataclasses.field(default_factory=lambda: dict(RULES))
    limits: tuple[Limit, ...] = ()


def settings(changed: Mapping[str, Any], *, at: str = "") -> Settings:
    """The declared rules with what was changed for a run.

    `changed` maps a kind to any of `limit`, `window`, `patience`, `least`, `on`, and `limits` to
    `{name: {above, below}}` of reported numbers. Raises Invalid with a pointer for what is no rule, no number or out
    of range.
    """
    rules = dict(RULES)
    for kind, given in changed.items():
        if kind == "limits":
            continue
        rule = RULES.get(kind)
        if rule is None:
            raise _wrong(f"{at}/{kind}", f"there is no alarm of the kind {kind}; there are {', '.join(RULES)}")
        if not isinstance(given, Mapping):
            raise _wrong(f"{at}/{kind}", "must be an object with limit, window, patience, least or on")
        if _flag(given, f"{at}/{kind}"):
            rules[kind] = _changed(rule, given, f"{at}/{kind}")
        else:
            del rules[kind]
    return Settings(rules, _limits(changed.get("limits", {}), f"{at}/limits"))


def _changed(rule: Rule, given: Mapping[str, Any], at: str) -> Rule:
    unknown = sorted(set(given) - {"limit", "window", "patience", "least", "on"})
    if unknown:
        raise _wrong(f"{at}/{unknown[0]}", f"{unknown[0]} is none of limit, window, patience, least, on")
    most = 1.0 if rule.percent else 1e9
    window = Window(
        _whole(given, "window", rule.window.points, 1000, at),
        _whole(given, "patience", rule.window.patience, 1000, at),
        _number(given, "least", rule.window.least, 1e9, at),
    )
    return dataclasses.replace(rule, limit=_number(given, "limit", rule.limit, most, at), window=window)


def _limits(given: Any, at: str) -> tuple[Limit, ...]:
    if not isinstance(given, Mapping) or len(given) > MOST_LIMITS:
        raise _wrong(at, f"must be an object of at most {MOST_LIMITS} names, each with above or below")
    found = []
    for name, one in given.items():
        if not isinstance(one, Mapping) or not one or set(one) - {"above", "below"}:
            raise _wrong(f"{at}/{name}", "must be an object with above, below or both")
        sides = {side: _finite(value, f"{at}/{name}/{side}") for side, value in one.items() if value is not None}
        if sides:
            found.append(Limit(str(name), **sides))
    return tuple(found)


def _flag(given: Mapping[str, Any], at: str) -> bool:
    value = given.get("on", True)
    if not isinstance(value, bool):
        raise _wrong(f"{at}/on", "must be true or false")
    return value


def _whole(given: Mapping[str, Any], name: str, default: int, most: int, at: str) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise _wrong(f"{at}/{name}", f"{name} must be a whole number from 1 to {most}")
    return value


def _number(given: Mapping[str, Any], name: str, default: float, most: float, at: str) -> float:
    value = _finite(given.get(name, default), f"{at}/{name}")
    if not 0 <= value <= most:
        raise _wrong(f"{at}/{name}", f"{name} must be from 0 to {most:g}")
    return value


def _finite(value: Any, at: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _wrong(at, "must be a finite number")
    return float(value)


def _wrong(pointer: str, message: str) -> errors.Invalid:
    sentence = message[0].upper() + message[1:].rstrip(".") + "."
    return errors.Invalid(sentence, code="watch_invalid", problems=[errors.Problem(pointer, sentence)])

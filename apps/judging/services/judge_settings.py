"""The settings a judge may have, and which of them decide what it says; a strategy adds its own."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from apps.judging.queries import prices
from domain import errors, long_inputs, strategies, verdicts
from domain.strategies import rehearsal

MAX_REASONING_TOKENS = 160
MAX_CURRENCY = 8
_POLICIES = tuple(policy.value for policy in long_inputs.Policy)


def problems(settings: Mapping[str, Any], strategy: str) -> list[errors.Problem]:
    """What is wrong with the settings of a judge of a strategy, with pointers."""
    own = {setting.name: (setting.check, setting.sentence) for setting in strategies.get(strategy).about.settings}
    checks = {**_CHECKS, **own}
    found = []
    for name, value in settings.items():
        if name not in checks:
            known = ", ".join(checks)
            found.append(errors.Problem(f"/settings/{name}", f'A judge has no setting "{name}"; it has {known}.'))
        elif not checks[name][0](value):
            found.append(errors.Problem(f"/settings/{name}", checks[name][1]))
    one = strategies.get(strategy).about.subject in ("response", "trajectory")
    if settings.get("long_input") == long_inputs.Policy.CHUNK_MERGE and not one:
        said = "Pieces can be judged and merged only where the judge reads one answer; choose to leave out the middle."
        found.append(errors.Problem("/settings/long_input", said))
    return found


def with_form(
    settings: Mapping[str, Any], strategy: str, protocol: str, before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The settings with a decision on the form of replies, where the judge has its model write in one.

    Where nothing is said, it stays with what the version before had, whose verdicts would else be asked anew; a new
    judge holds its model to the form.
    """
    usual = True if before is None else bool(before.get(strategies.HELD))
    chosen = bool(settings.get(strategies.HELD, usual))
    others = {name: value for name, value in settings.items() if name != strategies.HELD}
    return others | {strategies.HELD: True} if chosen and rehearsal.has_form(strategy, protocol) else others


def that_matter(settings: Mapping[str, Any], strategy: str) -> dict[str, Any]:
    """The settings that decide a verdict of a strategy, with their defaults."""
    own = {setting.name: setting.default for setting in strategies.get(strategy).about.settings}
    usual = {name: settings.get(name, default) for name, default in {**_MATTER, **own}.items()}
    chosen = {
        name: settings[name] for name, default in _MATTER_IF_CHOSEN.items() if settings.get(name, default) != default
    }
    return usual | chosen


def _number(low: float, high: float) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and math.isfinite(value) and low <= value <= high

    return check


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "min_label_mass": (_number(0, 1), "The least label mass is a number between 0 and 1."),
    "value_from": (lambda value: value in {"mode", "expectation"}, "The value comes from the mode or the expectation."),
    "max_reasoning_tokens": (_whole(8, 2000), "Reasoning has 8 to 2000 tokens."),
    "temperature": (_number(0, 2), "The temperature is a number between 0 and 2."),
    "seed": (_whole(0, 2**31 - 1), "The seed is a whole number from 0."),
    "timeout": (_number(1, 3600), "The timeout is 1 to 3600 seconds."),
    "long_input": (lambda value: value in _POLICIES, f"Long answers are treated by one of: {', '.join(_POLICIES)}."),
    strategies.HELD: (lambda value: isinstance(value, bool), "To hold replies to their form is true or false."),
    "input_tokens": (_whole(256, 10_000_000), "The most tokens of a prompt are 256 to 10,000,000."),
    "context_length": (_whole(512, 10_000_000), "The context length is 512 to 10,000,000 tokens."),
    "template_settings": (lambda value: isinstance(value, dict), "Template settings are names with values."),
    **dict.fromkeys(prices.PRICES, (_number(0, 1_000_000), "A price is a number from 0.")),
    "currency": (lambda value: isinstance(value, str) and len(value) <= MAX_CURRENCY, "A currency has 8 characters."),
}
_MATTER_IF_CHOSEN: dict[str, Any] = {
    "long_input": long_inputs.Policy.REFUSE.value, "input_tokens": None, strategies.HELD: False,
}  # fmt: skip
"""Part of the fingerprint only where they differ from the default, so that judges set up before keep theirs."""
_MATTER: dict[str, Any] = {
    "min_label_mass": verdicts.MIN_LABEL_MASS,
    "value_from": "mode",
    "max_reasoning_tokens": MAX_REASONING_TOKENS,
    "temperature": 0.0,
    "seed": 0,
    "template_settings": {},
}

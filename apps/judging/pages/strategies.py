"""Strategies as they are offered: what each does, needs and costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain import strategies
from domain.rubric import Kind
from domain.strategies.protocol import JUDGED_KINDS

CRITERIA = 10
SUBJECTS = {
    "response": ("Single answers", "one answer", 1),
    "pair": ("Pairs of answers", "one pair", 2),
    "list": ("Lists of answers", "a list of four", 4),
    "trajectory": ("Trajectories", "one trajectory", 1),
}
KINDS = {
    Kind.BINARY: "true or false", Kind.ORDINAL: "levels", Kind.ANSWER: "equals the reference", Kind.NUGGET: "nuggets",
}  # fmt: skip


@dataclass(frozen=True)
class StrategyRow:
    """One strategy on the judge page; `needs` and `kinds` are short words, `cost` a phrase."""

    about: strategies.About
    cost: str
    needs: tuple[str, ...]
    kinds: str

    @property
    def name(self) -> str:
        """What the judge's settings call it."""
        return self.about.name


@dataclass(frozen=True)
class StrategyGroup:
    """The strategies that read the same kind of subject."""

    title: str
    rows: tuple[StrategyRow, ...]


def strategy_groups() -> list[StrategyGroup]:
    """Every strategy, by what it reads."""
    order = dict.fromkeys([*SUBJECTS, *(each.about.subject for each in strategies.every())])
    groups = [
        StrategyGroup(
            _subject(subject)[0],
            tuple(strategy_row(each.about.name) for each in strategies.every() if each.about.subject == subject),
        )
        for subject in order
    ]
    return [group for group in groups if group.rows]


def strategy_row(name: str, protocol: str = "", settings: Mapping[str, Any] | None = None) -> StrategyRow:
    """A strategy with its cost under a protocol (its first where none is named) and settings."""
    strategy = strategies.get(name)
    about = strategy.about
    _, what, members = _subject(about.subject)
    own = {setting.name: setting.default for setting in about.settings} | dict(settings or {})
    cost = strategy.cost(strategies.Load(CRITERIA, members, protocol or about.protocols[0], own))
    return StrategyRow(about, _said(cost, what), _needs(about), _kinds(about))


def _subject(subject: str) -> tuple[str, str, int]:
    return SUBJECTS.get(subject, (subject.capitalize(), f"one {subject}", 1))


def _said(cost: strategies.Cost, what: str) -> str:
    requests = f"{cost.requests:,} request{'s' * (cost.requests != 1)}"
    written = f"{cost.written_tokens:,} tokens written" if cost.written_tokens else "nothing written"
    return f"{CRITERIA} criteria of {what}: {requests}, {cost.questions:,} prompts, {written}"


def _needs(about: strategies.About) -> tuple[str, ...]:
    found = {
        "log-probabilities": about.needs_logprobs,
        "likelihoods of given text": about.needs_likelihoods,
        "a reference answer": about.needs_reference,
        "two answers": about.subject == "pair",
        "several answers": about.subject == "list",
    }
    return tuple(name for name, needed in found.items() if needed)


def _kinds(about: strategies.About) -> str:
    if about.kinds == JUDGED_KINDS:
        return ""
    return ", ".join(KINDS.get(kind, kind.value) for kind in Kind if kind in about.kinds)

"""Strategies as they are offered: what each does, needs and costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.judging.models import JudgeVersion
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
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

    @property
    def quotes(self) -> str:
        """When it gives quotes; empty where it never does."""
        if set(self.about.quotes) == set(self.about.protocols):
            return "always"
        return f"under {' and '.join(self.about.quotes)}" if self.about.quotes else ""


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


def unquoted(versions: Iterable[RubricVersion], judges: Iterable[JudgeVersion]) -> list[str]:
    """What to know before a run whose rubric requires quotes that its judges never give; sets are not looked into."""
    rubrics = {version: rubric_queries.domain_rubric(version) for version in versions}
    said = []
    for judge in judges:
        for version, rubric in rubrics.items():
            if count := len(strategies.without_quotes(judge.strategy, judge.protocol, rubric)):
                what = f"{count} criteria of {version} require" if count > 1 else f"One criterion of {version} requires"
                said.append(
                    f"{what} a quote, and {judge} is not asked for any: its verdicts come without evidence. A judge "
                    "that reasons first, or one of the strategies marked “Gives quotes”, would be held to them."
                )
    return said


def _kinds(about: strategies.About) -> str:
    if about.kinds == JUDGED_KINDS:
        return ""
    return ", ".join(KINDS.get(kind, kind.value) for kind in Kind if kind in about.kinds)

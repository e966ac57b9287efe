"""The strategies there are, by name."""

from __future__ import annotations

from domain import errors
from domain.rubric import Criterion, Evidence, Kind, Rubric
from domain.strategies.anchored import Anchored
from domain.strategies.computed import Computed
from domain.strategies.critique import Critique
from domain.strategies.five_levels import FiveLevels
from domain.strategies.followup import FollowUp
from domain.strategies.gatekeeper import Gatekeeper
from domain.strategies.guidelines_and import GuidelinesAnd
from domain.strategies.label_distribution import LabelDistribution
from domain.strategies.listwise import Listwise
from domain.strategies.log_odds import LogOdds
from domain.strategies.nugget_batch import NuggetBatch
from domain.strategies.one_call_json import OneCallJson
from domain.strategies.ordinal_digits import OrdinalDigits
from domain.strategies.pairwise import Pairwise
from domain.strategies.protocol import Strategy
from domain.strategies.reference_likelihood import ReferenceLikelihood
from domain.strategies.reflect import Reflect
from domain.strategies.solve_first import SolveFirst
from domain.strategies.trajectory_points import TrajectoryPoints
from domain.strategies.votes import Votes
from domain.strategies.yes_probability import YesAgainstReference, YesProbability

_ALL: tuple[Strategy, ...] = (
    LabelDistribution(),
    YesProbability(),
    YesAgainstReference(),
    LogOdds(),
    OrdinalDigits(),
    FiveLevels(),
    NuggetBatch(),
    GuidelinesAnd(),
    OneCallJson(),
    Critique(),
    Reflect(),
    Votes(),
    TrajectoryPoints(),
    ReferenceLikelihood(),
    FollowUp(),
    Pairwise(),
    Gatekeeper(),
    SolveFirst(),
    Anchored(),
    Listwise(),
)
NAMES = tuple(strategy.about.name for strategy in _ALL)
# The built-in one can be looked up; nobody sets up a judge with it.
_BY_NAME: dict[str, Strategy] = {strategy.about.name: strategy for strategy in (*_ALL, Computed())}


def get(name: str) -> Strategy:
    """The strategy of a name; raises Invalid where there is none."""
    if name not in _BY_NAME:
        raise errors.Invalid(f"There is no strategy named {name!r}. There are: {', '.join(NAMES)}.", code="no_strategy")
    return _BY_NAME[name]


def heeds_polarity(name: str) -> bool:
    """Whether a judge of this strategy is asked otherwise about a pitfall; strategies of other tools never are."""
    return name in _BY_NAME and _BY_NAME[name].about.heeds_polarity


def without_quotes(name: str, protocol: str, rubric: Rubric) -> tuple[Criterion, ...]:
    """The criteria that require words of the answer, where a judge of this strategy and protocol asks for none."""
    if protocol in get(name).about.quotes:
        return ()
    asked = (criterion for criterion in rubric.criteria if criterion.kind is not Kind.CHECK)
    return tuple(criterion for criterion in asked if criterion.evidence is Evidence.REQUIRED)


def every() -> tuple[Strategy, ...]:
    """All strategies, in the order in which they are offered."""
    return _ALL

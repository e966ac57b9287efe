"""Opinions on how a version is written, and badges of criteria; upper apps fill this at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps.rubrics.models import RubricVersion
from domain import lint, rubric


@dataclass(frozen=True)
class Opinion:
    """A remark made by judgement and not by a rule: whose, how sure (0 to 1), its words, and where it is kept."""

    finding: lint.Finding
    judge: str
    probability: float | None = None
    rationale: str = ""
    url: str = ""


@dataclass(frozen=True)
class Badge:
    """What was found of a criterion whose text was `about`, in a few words, and where it is told in full."""

    words: str
    tone: str
    about: str
    url: str


Provider = Callable[[RubricVersion, rubric.Rubric], list[Opinion]]
Badges = Callable[[RubricVersion], Mapping[str, Badge]]
_PROVIDERS: dict[str, Provider] = {}
_BADGES: dict[str, Badges] = {}


def register(name: str, provider: Provider) -> None:
    """Add or replace a provider by its name; it answers only what holds for the texts as they are."""
    _PROVIDERS[name] = provider


def opinions(version: RubricVersion, said: rubric.Rubric) -> list[Opinion]:
    """What all providers think of a version."""
    return [opinion for provider in _PROVIDERS.values() for opinion in provider(version, said)]


def register_badges(name: str, badges: Badges) -> None:
    """Add or replace a giver of badges by its name; it answers by the criterion's id."""
    _BADGES[name] = badges


def badges_of(version: RubricVersion) -> dict[str, Badge]:
    """The badge of each criterion that has one."""
    return {name: badge for given in _BADGES.values() for name, badge in given(version).items()}

"""Opinions on how a version is written; an upper app, which can ask a judge, fills this at start."""

from collections.abc import Callable
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


Provider = Callable[[RubricVersion, rubric.Rubric], list[Opinion]]
_PROVIDERS: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add or replace a provider by its name; it answers only what holds for the texts as they are."""
    _PROVIDERS[name] = provider


def opinions(version: RubricVersion, said: rubric.Rubric) -> list[Opinion]:
    """What all providers think of a version."""
    return [opinion for provider in _PROVIDERS.values() for opinion in provider(version, said)]

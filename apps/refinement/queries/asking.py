"""What is asked of a gatherer, what it finds, and how it says that something does not do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset
from apps.rubrics.models import RubricVersion
from domain import errors


@dataclass(frozen=True)
class Asked:
    """Who asks, for which version, and what was said to each need, by the names of the fields."""

    by: Actor
    version: RubricVersion
    said: Mapping[str, Any]
    seed: int


@dataclass(frozen=True)
class Gathered:
    """What was found for a need: the parts of the inputs in plain values, and the answers among them."""

    frozen: Mapping[str, Any]
    responses: tuple[int, ...] = ()
    dataset: Dataset | None = None
    figures: Mapping[str, int] = field(default_factory=dict)


def invalid(name: str, sentence: str) -> errors.Invalid:
    """An error at the field of this name."""
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])

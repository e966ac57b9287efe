"""The fields by which a person says what a method is to work on: a group for each need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from domain.refinement.loop import Need


@dataclass(frozen=True)
class Offered:
    """What there is to choose from."""

    compared: list[Any]
    datasets: list[Any]


Fields = dict[str, forms.Field]


class NamesField(forms.CharField):
    """Names with commas between them."""

    def clean(self, value: Any) -> list[str]:
        """The names, each once."""
        said = super().clean(value)
        return list(dict.fromkeys(one for one in (part.strip() for part in said.split(",")) if one))


def _pairs(offered: Offered) -> Fields:
    choices = [(one.slug, f"{one.title} ({one.orders} comparisons)") for one in offered.compared]
    return {
        "dataset": forms.ChoiceField(
            label="Pairs of", choices=choices, help_text="Data sets in which somebody said which answer is better."
        )
    }


def _answers(offered: Offered) -> Fields:
    return {
        "dataset": forms.ChoiceField(
            label="Answers of", choices=[(one.slug, one.title) for one in offered.datasets],
            help_text="Several answers to each prompt are needed.",
        ),
        "strong": NamesField(
            label="Strong models", required=False, max_length=500,
            help_text="Whose answers are known to be good, with commas between them, as the data set names them.",
        ),
        "weak": NamesField(
            label="Weak models", required=False, max_length=500,
            help_text="Whose answers are known to be poor. A criterion that prefers them is dropped.",
        ),
    }  # fmt: skip


FIELDS: dict[Need, Callable[[Offered], Fields]] = {Need.ANSWERS: _answers, Need.PAIRS: _pairs}
"""A need without an entry asks a person nothing."""

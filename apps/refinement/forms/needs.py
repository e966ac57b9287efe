"""The fields by which a person says what a method is to work on: a group for each need."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from domain import errors
from domain.refinement import documents
from domain.refinement.loop import Need

MOST_TEXT = 400_000
_EMPTY_LINE = re.compile(r"\r?\n[ \t]*\r?\n")


@dataclass(frozen=True)
class Offered:
    """What there is to choose from."""

    compared: list[Any]
    datasets: list[Any]
    queues: list[Any]


Fields = dict[str, forms.Field]


class NamesField(forms.CharField):
    """Names with commas between them."""

    def clean(self, value: Any) -> list[str]:
        """The names, each once."""
        said = super().clean(value)
        return list(dict.fromkeys(one for one in (part.strip() for part in said.split(",")) if one))


class PassagesField(forms.CharField):
    """Texts with empty lines between them."""

    def clean(self, value: Any) -> list[str]:
        """The texts, without empty ones."""
        return [one.strip() for one in _EMPTY_LINE.split(super().clean(value)) if one.strip()]


class DocumentField(forms.FileField):
    """A file that holds text."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Its name and its text; None where none was given."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return {"title": file.name, "text": documents.read(file.name, file.read(documents.MOST_BYTES + 1))}
        except errors.Invalid as unfit:
            raise forms.ValidationError(unfit.message, code=unfit.code) from unfit


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


def _policy(_: Offered) -> Fields:
    return {
        "policy": NamesField(
            label="The policy", max_length=500,
            help_text="The model whose answers are to become better, as the data set names it.",
        ),
    }  # fmt: skip


def _document(_: Offered) -> Fields:
    return {
        "file": _file(),
        "text": _long("Or its text", required=False, rows=6),
        "goal": _long(
            "What answers have to do", required=False, help_text="Left empty, the writer says it from the document."
        ),
    }


def _passages(_: Offered) -> Fields:
    return {
        "question": _long("Question", help_text="What the answers are to answer."),
        "passages": PassagesField(
            label="Passages", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 8}),
            help_text="What was found for the question, with an empty line between two.",
        ),
        "file": _file("Or a document to find them in"),
    }  # fmt: skip


def _comments(offered: Offered) -> Fields:
    queues = [(str(one.pk), f"Notes and critiques of {one.name}") for one in offered.queues]
    return {
        "comments_of": forms.ChoiceField(
            label="Comments of", choices=[("rubric", "Everything that was written about this rubric"), *queues]
        )
    }


def _cases(_: Offered) -> Fields:
    return {"task": _long("The task", help_text="What answers are to do; like cases are found by it.")}


def _conversation(_: Offered) -> Fields:
    return {
        "goal": _long("What you want", help_text="What answers should achieve, for whom. Questions begin from there."),
        "said": _long("What was said before", required=False, rows=4),
    }


def _faults(_: Offered) -> Fields:
    return {
        "verdicts_of": forms.CharField(
            label="Verdicts of", required=False, max_length=120,
            help_text="The judge that is held against what people settled, such as reader@1. Left empty: the one that "
            "judged last under this rubric.",
        )
    }  # fmt: skip


def _file(label: str = "A document") -> forms.Field:
    return DocumentField(
        label=label, required=False, help_text="Text, Markdown or HTML, at most 2 MB. PDF is not read: paste its text.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(documents.NAMES)}),
    )  # fmt: skip


def _long(label: str, *, required: bool = True, help_text: str = "", rows: int = 3) -> forms.Field:
    return forms.CharField(
        label=label, required=required, max_length=MOST_TEXT, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


FIELDS: dict[Need, Callable[[Offered], Fields]] = {
    Need.ANSWERS: _answers, Need.PAIRS: _pairs, Need.POLICY: _policy, Need.DOCUMENT: _document,
    Need.PASSAGES: _passages, Need.COMMENTS: _comments, Need.CASES: _cases, Need.CONVERSATION: _conversation,
    Need.FAULTS: _faults,
}  # fmt: skip
"""A need without an entry asks a person nothing."""

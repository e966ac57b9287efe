"""Refusals of services, shown at the fields that they are about."""

from collections.abc import Callable

from django import forms

from domain import errors


def place(form: forms.Form, error: errors.StudioError, name_of: Callable[[str], str]) -> None:
    """Add each sentence at the field that `name_of` gives for its pointer, else above the form."""
    problems = getattr(error, "problems", ())
    pointer = str(error.details.get("pointer", ""))
    for found, sentence in [(one.pointer, one.message) for one in problems] or [(pointer, error.message)]:
        name = name_of(found)
        if name in form.fields:
            form.add_error(name, sentence)
        else:
            form.add_error(None, error.message if problems else sentence)

"""Parameters of a step that are lists of things with fields of their own: rows that are added and taken away."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms

from apps.rubrics.forms.rows import Rows

MOST = 100
Fields = Mapping[str, forms.Field]


class RowForm(forms.Form):
    """One row; one in which nothing was typed counts as empty."""

    def __init__(self, *args: Any, columns: Fields, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update({name: copy.deepcopy(column) for name, column in columns.items()})

    def document(self) -> dict[str, Any]:
        """The row as the step has it; what was left empty is not said."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


@dataclass
class Table:
    """The rows of one parameter, how many there may and must be, and what is wrong with them."""

    name: str
    label: str
    help: str
    most: int
    least: int
    columns: Fields
    rows: forms.BaseFormSet[forms.Form]
    problems: list[str] = field(default_factory=list)

    def document(self) -> list[dict[str, Any]]:
        """The rows in which something was typed."""
        return [row.document() for row in self.rows.forms if isinstance(row, RowForm) and row.has_changed()]

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The rows as they stand, for readers."""
        return [dict(row.initial) for row in self.rows.forms if row.initial]


def table(
    name: str, label: str, says: str, columns: Fields, *, data: Any, prefix: str, given: Sequence[Mapping[str, Any]],
    most: int, least: int,
) -> Table:  # fmt: skip
    """The rows of a parameter, with a spare one at the end for browsers without scripts."""
    made = forms.formset_factory(RowForm, formset=Rows, extra=1, max_num=most, absolute_max=most + 10)
    rows = made(data, prefix=prefix, initial=[dict(one) for one in given], form_kwargs={"columns": columns})
    return Table(name, label, says, most, least, columns, rows)

"""Tables of outside scores on screen."""

from dataclasses import dataclass

from apps.accounts.permissions import Actor
from apps.audit import forms
from apps.datasets import queries as datasets
from apps.datasets.models import ScoreTable


@dataclass(frozen=True)
class TableLine:
    """A table with its scorers: name, rows, and how the form for an audit names it."""

    table: ScoreTable
    scorers: list[tuple[str, int, str]]


def tables_of(actor: Actor) -> list[TableLine]:
    """The newest tables."""
    tables = list(datasets.score_tables(actor)[: forms.MOST_TABLES])
    scorers = datasets.scorers_of(tables)
    return [
        TableLine(
            table,
            [
                (name, rows, forms.source_ref({"table": table.pk, "scorer": name}))
                for name, rows in scorers.get(table.pk, [])
            ],
        )
        for table in tables
    ]

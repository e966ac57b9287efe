"""A finding in words: its title, its parameters, what a cell says, whose scores it looked at."""

from collections.abc import Mapping
from typing import Any

from apps.audit.models import Audit
from apps.audit.queries.audits import entry_of
from domain.audits import Holds, Unit
from domain.audits.shapes import written

HIDDEN = ("scorer", "judge")
"""Parameters that the order of the sources says already."""


def title_of(audit: Audit) -> str:
    """What the audit is called, also where it is no more."""
    entry = entry_of(audit)
    return entry.title if entry else audit.kind


def params_of(audit: Audit) -> list[tuple[str, str]]:
    """The parameters by the titles that the registry gives them."""
    entry = entry_of(audit)
    names = {one.name: one.title for one in entry.params} if entry else {}
    shown = [(names.get(name, name), value) for name, value in audit.params.items() if name not in HIDDEN]
    return [(title, f"{value:g}" if isinstance(value, float) else str(value)) for title, value in shown]


def source_said(one: Mapping[str, Any]) -> str:
    """Whose scores they are."""
    if "run" in one:
        return f"{one['judge']} · {one['rubric'] or 'rubrics of the prompts'}"
    if "dataset" in one:
        return f"{one['judge']} · {one['rubric']}, all that is stored"
    return f"{one['scorer']} (outside scores, table {one['table']})"


def cell_said(value: Any, holds: str) -> str:
    """What a cell of the table says."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_number(holds) and isinstance(value, int | float):
        return written(value, Unit.SHARE if holds == Holds.SHARE else _plain_unit(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def is_number(holds: str) -> bool:
    """Whether a column holds numbers."""
    return holds in (Holds.NUMBER, Holds.SHARE)


def figure_said(one: Mapping[str, Any]) -> str:
    """The value of a figure."""
    return written(one["value"], Unit(one["unit"]))


def interval_said(one: Mapping[str, Any]) -> str:
    """The interval of a figure, empty where it has none."""
    if one["low"] is None or one["high"] is None:
        return ""
    return f"{written(one['low'], Unit(one['unit']))} to {written(one['high'], Unit(one['unit']))}"


def _plain_unit(value: float) -> Unit:
    return Unit.COUNT if isinstance(value, int) else Unit.NUMBER

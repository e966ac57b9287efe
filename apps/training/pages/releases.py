"""What the pages of releases show: rows of a diff, and who pulled what."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator

from apps.history.models import PullCount
from apps.training import queries

ROWS = 100


class DiffRow(NamedTuple):
    """One rubric that came, went or changed."""

    what: str
    tone: str
    place: Any
    before: Any
    after: Any


def diff_rows(diff: queries.ReleaseDiff, number: str | None) -> Page[DiffRow]:
    """Changes first, then what came and what went, a page at a time."""
    rows = [DiffRow("changed", "a", place, before, after) for place, before, after in diff.changed]
    rows += [DiffRow("added", "g", place, None, held) for place, held in diff.added]
    rows += [DiffRow("removed", "r", place, held, None) for place, held in diff.removed]
    return Paginator(rows, ROWS).get_page(number)


def pulls(rows: Iterable[PullCount]) -> list[dict[str, Any]]:
    """Each pull with the name of its token."""
    found = list(rows)
    names = queries.token_names(found)
    return [{"row": row, "token": names.get(row.token_id or 0, "")} for row in found]

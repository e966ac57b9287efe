"""Which rows an export holds: what a run judged, what a rule takes of it, and the texts of what was taken."""

from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.kinds import COLUMNS, columns_of, select
from apps.training.queries.selecting.rows import rows_of
from apps.training.queries.selecting.source import MOST_PREVIEWED, Source, load

__all__ = [
    "COLUMNS", "MOST_PREVIEWED", "Pick", "Plot", "Selection", "Source", "columns_of", "load", "rows_of", "select",
]  # fmt: skip

"""What people answer to a task, as plain values: read from what was sent, checked, compared."""

from domain.decisions.base import UNDECIDED, Decision, NotOffered, same_number, undecided
from domain.decisions.passages import MOST_SPANS, places, read_spans

__all__ = ["MOST_SPANS", "UNDECIDED", "Decision", "NotOffered", "places", "read_spans", "same_number", "undecided"]

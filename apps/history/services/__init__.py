"""Writes what somebody did inside their transaction; seals it and sums up pulls apart from it."""

from apps.history.services.pulls import count_pull, record_pulls
from apps.history.services.recording import Doer, record
from apps.history.services.sealing import seal, seal_all

__all__ = ["Doer", "count_pull", "record", "record_pulls", "seal", "seal_all"]

"""Abstract bases shared by all tables."""

from django.db import models
from django.utils import timezone


class Stamped(models.Model):
    """A row that knows when it was made."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


def default_dict() -> dict[str, object]:
    """A fresh mapping for JSON columns."""
    return {}


def default_list() -> list[object]:
    """A fresh list for JSON columns."""
    return []

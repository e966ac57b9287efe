"""Rubrics from and to the formats of others; what a format cannot hold is reported."""

from domain.formats.models import Exported, Imported, ImportedPrompt, ImportedRubric, Note, Written
from domain.formats.registry import READERS, WRITERS, read, write

__all__ = [
    "READERS",
    "WRITERS",
    "Exported",
    "Imported",
    "ImportedPrompt",
    "ImportedRubric",
    "Note",
    "Written",
    "read",
    "write",
]

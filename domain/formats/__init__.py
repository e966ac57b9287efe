"""Rubrics from and to the formats of others; what a format cannot hold is reported."""

from domain.formats.detect import Guess, detect
from domain.formats.models import Exported, Imported, ImportedPrompt, ImportedRubric, Note, Written
from domain.formats.registry import NAMES, READERS, WRITERS, read, write

__all__ = [
    "NAMES",
    "READERS",
    "WRITERS",
    "Exported",
    "Guess",
    "Imported",
    "ImportedPrompt",
    "ImportedRubric",
    "Note",
    "Written",
    "detect",
    "read",
    "write",
]

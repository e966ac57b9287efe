"""Data sets from the formats of others: prompts, responses, preferences, labels and their rubrics."""

from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedLabel,
    ImportedPreference,
    ImportedPrompt,
    ImportedResponse,
    ImportedVerdict,
)
from domain.dataset_formats.registry import READERS, columns, read, unfolded_rows
from domain.dataset_formats.tables import rows
from domain.formats.models import Note

__all__ = [
    "READERS",
    "ImportedDataset",
    "ImportedLabel",
    "ImportedPreference",
    "ImportedPrompt",
    "ImportedResponse",
    "ImportedVerdict",
    "Note",
    "columns",
    "read",
    "rows",
    "unfolded_rows",
]

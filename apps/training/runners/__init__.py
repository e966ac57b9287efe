"""What a worker does."""

from apps.training.runners.exporting import write_export

__all__ = ["write_export"]

"""The sample workspace: loaded through the same services that people use."""

from apps.home.services.sample import SAMPLE, complete_sample, load_sample

__all__ = ["SAMPLE", "complete_sample", "load_sample"]

"""The sample workspace: loaded through the same services that people use."""

from apps.home.services.sample import SAMPLE, complete_sample, load_sample, start_sample_run

__all__ = ["SAMPLE", "complete_sample", "load_sample", "start_sample_run"]

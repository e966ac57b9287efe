"""A clinic whose judge plays a script, as in judging."""

from tests.apps.judging.conftest import clinic, play

__all__ = ["clinic", "play"]

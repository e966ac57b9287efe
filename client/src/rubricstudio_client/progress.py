"""A bar for calls that take long: on a terminal only, and only once they have taken a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""
WIDTH = 30


class Bar:
    """`studio.rewards(items, progress=Bar("judged"))`; silent for `patience` seconds and without a terminal."""

    def __init__(self, what: str = "done", *, stream: TextIO | None = None, patience: float = 2.0) -> None:
        self._what = what
        self._stream = stream or sys.stderr
        self._from = time.monotonic() + patience
        self._drawn = False

    def __call__(self, done: int, of: int) -> None:
        """Draw what is done; the last call ends the line."""
        if not self._stream.isatty() or (time.monotonic() < self._from and not self._drawn):
            return
        full = WIDTH * done // of if of else WIDTH
        self._stream.write(f"\r{'█' * full}{'·' * (WIDTH - full)} {done}/{of} {self._what}")
        if done >= of:
            self._stream.write("\n")
        self._stream.flush()
        self._drawn = done < of

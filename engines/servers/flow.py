"""How many requests may be under way at one server, learned from its metrics or from how it answers."""

import threading
import time
from collections.abc import Callable

FIRST = 8.0
MOST = 64.0
CALM_SECONDS = 1.0
"""Requests that were turned away together press once."""


class Flow:
    """A limit of requests under way that grows slowly while they end well and halves when the server is pressed.

    Where the server tells how many requests run and wait, its queue decides in place of single answers, so that any
    number of workers find their shares.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._pressed_at = float("-inf")
        self._observed = False
        self.limit = FIRST
        self.under_way = 0

    def enter(self, seconds: float | None) -> bool:
        """Take a place, waiting for one at most so long (None: as long as it takes); False where none came free."""
        with self._changed:
            if not self._changed.wait_for(self._has_room, seconds):
                return False
            self.under_way += 1
            return True

    def leave(self, *, pressed: bool) -> None:
        """Give the place back; `pressed` says that the server turned the request away or let it time out."""
        with self._changed:
            busy = self.under_way >= self.limit / 2
            self.under_way -= 1
            if pressed:
                self._press(0.5)
            elif busy and not self._observed:
                self.limit = min(MOST, self.limit + 1 / self.limit)
            self._changed.notify_all()

    def observe(self, running: float, waiting: float) -> None:
        """Take note of the server's own queue: nobody waits, more may come; more wait than run, fewer."""
        with self._changed:
            self._observed = True
            if waiting == 0:
                self.limit = min(MOST, self.limit + 1)
            elif waiting > max(running, 1.0):
                self._press(0.75)
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return self.under_way < max(1, int(self.limit))

    def _press(self, factor: float) -> None:
        if self._clock() - self._pressed_at >= CALM_SECONDS:
            self._pressed_at = self._clock()
            self.limit = max(1.0, self.limit * factor)

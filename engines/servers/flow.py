"""How many requests may be under way at one server, learned from its metrics or from how it answers."""

import threading
import time
from collections import deque
from collections.abc import Callable

FIRST = 8.0
MOST = 64.0
FEW = 0.25
"""The share of those under way that may wait at a server and more still come."""

CALM_SECONDS = 1.0
"""Requests that were turned away together press once."""


class Flow:
    """A limit of requests under way that grows slowly while they end well and halves when the server is pressed.

    Where the server tells how many requests run and wait, its queue decides in place of single answers, so that any
    number of workers find their shares. A few that wait keep it from idling while the next are made.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._line: deque[threading.Condition] = deque()
        self._pressed_at = float("-inf")
        self._observed = False
        self.limit = FIRST
        self.under_way = 0

    @property
    def waiting(self) -> int:
        """How many stand in line for a place."""
        return len(self._line)

    def enter(self, seconds: float | None) -> bool:
        """Take a place, waiting for one at most so long (None: as long as it takes); False where none came free.

        First come, first served: of two workers one is done with its part while the other still has much to ask, so
        that they do not write what they found at the same time, with the server idle.
        """
        with self._lock:
            turn = threading.Condition(self._lock)
            self._line.append(turn)
            try:
                if not turn.wait_for(lambda: self._line[0] is turn and self._has_room(), seconds):
                    return False
                self.under_way += 1
                return True
            finally:
                self._line.remove(turn)
                self._call_next()

    def leave(self, *, pressed: bool) -> None:
        """Give the place back; `pressed` says that the server turned the request away or let it time out."""
        with self._lock:
            busy = self.under_way >= self.limit / 2
            self.under_way -= 1
            if pressed:
                self._press(0.5)
            elif busy and not self._observed:
                self.limit = min(MOST, self.limit + 1 / self.limit)
            self._call_next()

    def observe(self, running: float, waiting: float) -> None:
        """Take note of the server's own queue: few wait, more may come; more wait than run, fewer."""
        with self._lock:
            self._observed = True
            if waiting == 0 or waiting < running * FEW:
                self.limit = min(MOST, self.limit + max(1.0, self.limit / 4))
            elif waiting > max(running, 1.0):
                self._press(0.75)
            self._call_next()

    def _call_next(self) -> None:
        if self._line and self._has_room():
            self._line[0].notify()

    def _has_room(self) -> bool:
        return self.under_way < max(1, int(self.limit))

    def _press(self, factor: float) -> None:
        if self._clock() - self._pressed_at >= CALM_SECONDS:
            self._pressed_at = self._clock()
            self.limit = max(1.0, self.limit * factor)

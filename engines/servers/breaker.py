"""Keeps questions away from a server that has failed several times, and lets one through now and then to see."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
FIRST_REST = 0.5
LONGEST_REST = 30.0


class Breaker:
    """Open after some failures in a row; after a rest one question is let through, and its end decides."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rest = 0.0
        self._until = 0.0
        self._trying = False

    def wait(self) -> float:
        """Return the seconds until the next question may be let through: 0 where one may be now."""
        with self._lock:
            if self._failures < FAILURES:
                return 0.0
            left = self._until - self._clock()
            return max(left, 0.05) if self._trying else max(left, 0.0)

    def enter(self) -> bool:
        """Say whether a question may be put to the server; whoever gets True reports how it ended."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._trying or self._clock() < self._until:
                return False
            self._trying = True
            return True

    def passed(self) -> None:
        """The server answered, well or badly: it is there."""
        with self._lock:
            self._failures, self._rest, self._trying = 0, 0.0, False

    def failed(self) -> None:
        """The server was away: after several times in a row let it rest, each time longer."""
        with self._lock:
            self._failures += 1
            self._trying = False
            if self._failures >= FAILURES:
                self._rest = min(LONGEST_REST, self._rest * 2 or FIRST_REST)
                self._until = self._clock() + self._rest

"""Asks about several answers at once, so that an engine never waits for one worker's database."""

import uuid
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from apps.judging.runners import asking, deciding, loading, writing
from domain.rubric import Criterion

TICK_SECONDS = 1.0


@dataclass
class Group:
    """What is asked about in one conversation: an answer, or the members of a list; with what is known of each."""

    asking: list[deciding.Decided]
    outcomes: list[writing.Outcome]
    settled: list[writing.Outcome]

    @classmethod
    def of(cls, together: list[deciding.Decided]) -> "Group":
        """Tell those about which something is left to ask from the others."""
        made = [
            (each, writing.Outcome(each.work, each.content_reason, each.reused, fresh=each.fresh)) for each in together
        ]
        return cls(
            asking=[decided for decided, _ in made if decided.left],
            outcomes=[outcome for decided, outcome in made if decided.left],
            settled=[outcome for decided, outcome in made if not decided.left],
        )

    @property
    def works(self) -> list[loading.Work]:
        """What is asked about."""
        return [decided.work for decided in self.asking]

    def wanted(self) -> list[Criterion]:
        """The criteria that some member still wants, in the order of the rubric."""
        wanted = {criterion.id for decided in self.asking for criterion in decided.left}
        return [criterion for criterion in self.works[0].rubric.criteria if criterion.id in wanted]


class Several:
    """Questions under way in threads that touch no database; whoever began them collects the answers."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="asking")
        self._under_way: dict[Future[list[asking.Answer]], tuple[Group, frozenset[uuid.UUID]]] = {}

    @property
    def full(self) -> bool:
        """Whether an answer has to be collected before more may be asked."""
        return len(self._under_way) >= self._at_once

    @property
    def empty(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def asks_for(self, keys: Collection[uuid.UUID]) -> bool:
        """Whether one of these verdicts is being asked for already."""
        return any(not asked.isdisjoint(keys) for _, asked in self._under_way.values())

    def begin(self, group: Group, keys: Collection[uuid.UUID], ask: Callable[[], list[asking.Answer]]) -> None:
        """Ask in a thread of its own."""
        self._under_way[self._pool.submit(ask)] = (group, frozenset(keys))

    def collect(self, tick: Callable[[], None]) -> Iterator[tuple[Group, Future[list[asking.Answer]]]]:
        """Wait until something has ended and hand it over; `tick` is called every second meanwhile."""
        while self._under_way:
            ended, _ = wait(self._under_way, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for future in ended:
                yield self._under_way.pop(future)[0], future
            if ended:
                return
            tick()

    def close(self) -> None:
        """Wait for the threads; what they found is still there to be collected."""
        self._pool.shutdown(wait=True)

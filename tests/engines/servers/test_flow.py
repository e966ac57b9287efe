"""How many requests may be under way."""

import functools
import threading
import time
from collections.abc import Callable

from engines.servers import flow
from engines.servers.flow import Flow


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def full(limited: Flow) -> int:
    count = 0
    while limited.enter(0.0):
        count += 1
    return count


def test_no_more_than_the_limit_enter():
    limited = Flow()
    assert full(limited) == flow.FIRST
    limited.leave(pressed=False)
    assert limited.enter(0.0)


def test_it_grows_while_requests_end_well_and_only_where_it_is_used():
    limited = Flow()
    for _ in range(100):
        limited.enter(0.0)
        limited.leave(pressed=False)
    assert limited.limit == flow.FIRST, "one at a time says nothing of eight"
    full(limited)
    for _ in range(2500):
        limited.leave(pressed=False)
        full(limited)
    assert limited.limit == flow.MOST


def test_a_server_under_pressure_halves_it_once_a_second_and_never_to_nothing():
    clock = Clock()
    limited = Flow(clock)
    full(limited)
    for _ in range(3):
        limited.leave(pressed=True)
    assert limited.limit == flow.FIRST / 2
    for _ in range(20):
        clock.now += flow.CALM_SECONDS
        limited.under_way = 1
        limited.leave(pressed=True)
    assert limited.limit == 1.0
    assert limited.enter(0.0)


def test_the_server_s_own_queue_decides_where_it_is_told():
    clock = Clock()
    limited = Flow(clock)
    limited.observe(running=8, waiting=0)
    assert limited.limit == flow.FIRST * 1.25
    limited.observe(running=8, waiting=4)
    assert limited.limit == flow.FIRST * 1.25
    limited.observe(running=8, waiting=30)
    assert limited.limit == flow.FIRST * 1.25 * 0.75
    full(limited)
    limited.leave(pressed=False)
    assert limited.limit == flow.FIRST * 1.25 * 0.75, "single answers count no more"


def test_a_few_that_wait_keep_a_server_busy_while_the_next_are_made():
    limited = Flow()
    limited.observe(running=8, waiting=1)
    assert limited.limit == flow.FIRST * 1.25
    limited.limit = 1.0
    limited.observe(running=1, waiting=0)
    assert limited.limit == 2.0


def test_who_waits_gets_the_place_that_comes_free():
    limited = Flow()
    full(limited)
    got: list[bool] = []
    waiting = threading.Thread(target=lambda: got.append(limited.enter(5.0)))
    waiting.start()
    limited.leave(pressed=False)
    waiting.join()
    assert got == [True]
    assert not limited.enter(0.01)


def test_places_are_taken_in_the_order_of_those_who_came():
    limited = Flow()
    full(limited)
    got: list[int] = []

    def asks(number: int) -> None:
        assert limited.enter(10.0)
        got.append(number)
        limited.leave(pressed=False)

    threads = [threading.Thread(target=asks, args=(number,)) for number in range(6)]
    for count, thread in enumerate(threads, start=1):
        thread.start()
        until(functools.partial(is_long, limited, count))
    assert not limited.enter(0.0), "who comes last is not first"
    limited.leave(pressed=False)
    for thread in threads:
        thread.join()
    assert got == list(range(6))


def is_long(limited: Flow, count: int) -> bool:
    return limited.waiting == count


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.001)
    assert true()

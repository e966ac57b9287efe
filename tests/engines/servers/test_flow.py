"""How many requests may be under way."""

import threading

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
    assert limited.limit == flow.FIRST + 1
    limited.observe(running=8, waiting=4)
    assert limited.limit == flow.FIRST + 1
    limited.observe(running=8, waiting=30)
    assert limited.limit == (flow.FIRST + 1) * 0.75
    full(limited)
    limited.leave(pressed=False)
    assert limited.limit == (flow.FIRST + 1) * 0.75, "single answers count no more"


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

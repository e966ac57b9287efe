"""A server that failed often is left alone, and tried again now and then."""

from engines.servers import breaker
from engines.servers.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[Breaker, Clock]:
    clock = Clock()
    found = Breaker(clock)
    for _ in range(breaker.FAILURES):
        assert found.enter()
        found.failed()
    return found, clock


def test_some_failures_in_a_row_open_it():
    found, _ = opened()
    assert not found.enter()
    assert found.wait() == breaker.FIRST_REST


def test_failures_between_answers_do_not():
    found = Breaker(Clock())
    for _ in range(10):
        found.failed()
        found.failed()
        found.passed()
    assert found.enter()
    assert found.wait() == 0


def test_after_a_rest_one_question_alone_is_let_through():
    found, clock = opened()
    clock.now += breaker.FIRST_REST
    assert found.wait() == 0
    assert found.enter()
    assert not found.enter()
    assert found.wait() > 0
    found.passed()
    assert found.enter()
    assert found.enter()


def test_each_rest_is_longer_up_to_a_bound():
    found, clock = opened()
    rests = []
    for _ in range(10):
        clock.now += found.wait()
        assert found.enter()
        found.failed()
        rests.append(found.wait())
    assert rests[:3] == [1.0, 2.0, 4.0]
    assert rests[-1] == breaker.LONGEST_REST

"""Which judge to take: the best, or a cheaper one that is not clearly worse."""

import pytest

from domain import bakeoff
from domain.bakeoff import Contender


def choose(contenders):
    found = bakeoff.choose(contenders)
    assert found is not None
    return found


def difference(one, other):
    found = bakeoff.difference(one, other)
    assert found is not None
    return found


def judge(name, credits_, tokens):
    return Contender(name, dict(enumerate(credits_)), tokens)


def test_a_cheaper_judge_that_is_as_good_is_taken():
    best = judge("dear", [1.0, 1.0, 0.0, 1.0] * 10, 400.0)
    cheap = judge("cheap", [1.0, 0.0, 1.0, 1.0] * 9 + [1.0, 0.0, 0.0, 1.0], 100.0)
    found = choose([cheap, best])
    assert (found.best, found.take) == ("dear", "cheap")
    assert found.saves == pytest.approx(0.75)
    assert found.difference is not None
    assert found.difference.value == pytest.approx(1 / 40)
    assert not found.few


def test_a_cheaper_judge_that_is_clearly_worse_is_not():
    found = choose([judge("dear", [1.0] * 40, 400.0), judge("cheap", [0.0, 1.0] * 20, 1.0)])
    assert (found.best, found.take, found.difference, found.saves) == ("dear", "dear", None, None)


def test_of_equal_judges_the_cheaper_is_the_best():
    found = choose([judge("dear", [1.0, 0.0], 400.0), judge("cheap", [1.0, 0.0], 100.0)])
    assert (found.best, found.take) == ("cheap", "cheap")
    assert found.few


def test_a_judge_of_unknown_price_is_not_called_cheaper():
    found = choose([judge("dear", [1.0, 1.0], 400.0), judge("stored", [1.0, 0.0], None)])
    assert found.take == "dear"


def test_nothing_judged_is_no_choice():
    assert bakeoff.choose([]) is None
    assert bakeoff.choose([judge("idle", [], 4.0)]) is None
    assert bakeoff.difference(Contender("a", {1: 1.0}, None), Contender("b", {2: 1.0}, None)) is None


def test_a_difference_knows_whether_it_is_clear():
    clear = difference(judge("a", [1.0] * 20, 1.0), judge("b", [0.0] * 20, 1.0))
    assert (clear.value, clear.is_clear, clear.prompts) == (1.0, True, 20)
    assert not difference(judge("a", [1.0, 0.0], 1.0), judge("b", [0.0, 1.0], 1.0)).is_clear


def test_judges_that_won_as_much_as_the_best_are_named() -> None:
    same = {1: 1.0, 2: 0.0}
    found = bakeoff.choose(
        [bakeoff.Contender("a", same, 5.0), bakeoff.Contender("b", same, None), bakeoff.Contender("c", {1: 0.0}, 1.0)]
    )
    assert found is not None
    assert (found.best, found.level) == ("a", ("b",))

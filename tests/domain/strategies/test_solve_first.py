"""The route, the judge's own solution, and the comparison with it in view."""

import pytest

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Reaches the right result."})
PAIR = ("It is 4.", "It is 5.")
ROUTE, SOLVE = "right or wrong", "Work the task out"


def script(route=" Yes", solution="2 + 2 = 4", step=None):
    def answer(ask):
        if ROUTE in ask.suffix:
            return route
        if SOLVE in ask.suffix:
            return solution
        return step or (" P" if ask.shared.index(PAIR[0]) < ask.shared.index(PAIR[1]) else " T")

    return answer


def judged(play, **settings):
    return drive("solve_first", RUBRIC, play, answers=PAIR, task="What is 2 + 2?", settings=settings)


@pytest.mark.parametrize(
    ("route", "said", "purposes"),
    [
        ("auto", " Yes", ["route", "solve", "forward", "backward"]),
        ("auto", " No", ["route", "forward", "backward"]),
        ("solve", None, ["solve", "forward", "backward"]),
        ("compare", None, ["forward", "backward"]),
    ],
)
def test_the_table_of_routes(route, said, purposes):
    found, asked, _ = judged(script(said), route=route)
    assert [ask.purpose for ask in asked] == purposes
    assert values(found) == {"a": 1.0}
    assert found.origins[Place("a")] == (len(asked) - 2, 0)


def test_the_solution_is_shown_beside_both_answers_as_untrusted_text():
    found, asked, engine = judged(script())
    for ask in engine.asked[-2:]:
        assert "Solution worked out beforehand" in ask.shared
        assert "2 + 2 = 4" in ask.shared
    parts = asked[-1].request.shared
    assert not next(part for part in parts if "2 + 2 = 4" in part.text).trusted
    assert found.verdicts[Place("a")].detail["route"] == "solve"
    assert "2 + 2 = 4" not in str(found.verdicts[Place("a")].detail)


def test_the_answers_are_not_shown_while_the_task_is_worked_out():
    _, _, engine = judged(script())
    for ask in engine.asked[:2]:
        assert not any(answer in ask.shared for answer in PAIR)


def test_a_route_that_cannot_be_read_compares_at_once_and_says_so():
    found, asked, _ = judged(script({" Yes": 0.01, " No": 0.01}))
    assert [ask.purpose for ask in asked] == ["route", "forward", "backward"]
    assert found.verdicts[Place("a")].detail["route"] == "unread"


@pytest.mark.parametrize("where", ["route", "solution"])
def test_without_route_or_solution_there_is_no_verdict(where):
    failure = Failure(FailureKind.TIMEOUT, "late")
    found, _, _ = judged(script(**{where: failure}))
    assert values(found) == {"a": "judge_error"}


def test_an_empty_solution_is_no_solution():
    found, asked, _ = judged(script(solution="  "))
    assert values(found) == {"a": "unparseable"}
    assert [ask.purpose for ask in asked] == ["route", "solve"]


def test_its_cost_follows_the_route():
    strategy = strategies.get("solve_first")
    assert strategy.cost(Load(5, 2, "isolated", {"max_solution_tokens": 100})) == (4, 12, 111)
    assert strategy.cost(Load(5, 2, "isolated", {"route": "compare"})) == (2, 10, 10)

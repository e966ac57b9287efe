"""A list judged together: every answer at every place, ties kept, and what a place adds gone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.prompts.material import NAMES
from domain.strategies import Load, Place
from domain.strategies.listwise import ranked, rotated, steadiness
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."}, {"id": "b", "text": "Is kind."})
ONE = make_rubric({"id": "a", "text": "Names a dose."})
ANSWERS = ("Answer of alpha.", "Answer of beta.", "Answer of gamma.", "Answer of delta.")


def asked_about(ask):
    """Which member a question is about, and its place."""
    place = NAMES.index(re.findall(r"The answer to check is Answer (\w)\.", ask.suffix)[0])
    order = sorted(ANSWERS, key=lambda text: ask.shared.find(text) if text in ask.shared else 10**6)
    return ANSWERS.index(order[place]), place


def judge(degrees, bias=(0, 0, 0, 0)):
    def script(ask):
        member, place = asked_about(ask)
        degree = degrees[member] + bias[place]
        return {" Yes": degree, " No": 1 - degree}

    return script


def judged(script, rubric=ONE, answers=ANSWERS, **settings):
    return drive("listwise", rubric, script, answers=answers, settings=settings)


@given(st.integers(1, 12), st.integers(0, 1000))
def test_every_member_stands_at_every_place_once(count, seed):
    rows = rotated(count, count, seed)
    for column in zip(*rows, strict=True):
        assert sorted(column) == list(range(count))
    assert all(sorted(row) == list(range(count)) for row in rows)
    assert rows == rotated(count, count, seed)


@given(st.lists(st.floats(0.3, 0.7), min_size=4, max_size=4), st.lists(st.floats(-0.3, 0.3), min_size=4, max_size=4))
def test_what_a_place_adds_is_the_same_for_all_and_so_cancels_between_them(degrees, bias):
    found, _, _ = judged(judge(degrees, bias))
    got = [found.verdicts[Place("a", member)].value for member in range(4)]
    shift = sum(bias) / 4
    assert got == pytest.approx([degree + shift for degree in degrees], abs=1e-9)


def test_one_request_an_order_holds_all_members_and_criteria():
    found, asked, _ = judged(judge((0.9, 0.5, 0.5, 0.1)), RUBRIC)
    assert [len(ask.request.suffixes) for ask in asked] == [8] * 4
    assert len(found.verdicts) == 8
    details = [found.verdicts[Place("a", member)].detail for member in range(4)]
    assert [detail["rank"] for detail in details] == [1, 2, 2, 4]
    assert [detail["tied"] for detail in details] == [False, True, True, False]
    assert details[0]["orders"] == 4


def test_fewer_orders_by_setting_and_another_order_for_another_sample():
    _, asked, _ = judged(judge((0.5,) * 4), rotations=2)
    assert len(asked) == 2
    shared = {drive("listwise", ONE, judge((0.5,) * 4), answers=ANSWERS, sample=n)[2].asked[0].shared for n in range(8)}
    assert len(shared) > 1


def test_a_list_of_one_is_an_answer_alone():
    found, asked, _ = judged(judge((0.9,)), answers=ANSWERS[:1])
    assert values(found) == {"a": pytest.approx(0.9)}
    assert len(asked) == 1
    assert found.verdicts[Place("a")].detail["rank"] == 1


def test_two_answers_agree_with_pairwise_about_who_wins():
    pair = ANSWERS[:2]
    found, _, _ = judged(judge((0.8, 0.3)), answers=pair)
    compared, _, _ = drive(
        "pairwise",
        ONE,
        lambda ask: " P" if ask.shared.index(pair[0]) < ask.shared.index(pair[1]) else " T",
        answers=pair,
    )
    assert found.verdicts[Place("a", 0)].detail["rank"] == 1
    assert found.verdicts[Place("a", 1)].detail["rank"] == 2
    assert values(compared) == {"a": 1.0}


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Failure(FailureKind.TIMEOUT, "late"), "judge_error"), ({" Yes": 0.01, " No": 0}, "unparseable")],
)
def test_one_broken_reply_leaves_only_its_member_without_a_value(answer, status):
    good = judge((0.9, 0.5, 0.4, 0.1))
    found, _, _ = judged(lambda ask: answer if asked_about(ask) == (1, 2) else good(ask))
    assert found.verdicts[Place("a", 1)].status == status
    assert found.verdicts[Place("a", 1)].value is None
    assert [found.verdicts[Place("a", member)].detail["rank"] for member in (0, 2, 3)] == [1, 2, 3]


def test_an_engine_that_goes_away_leaves_only_what_it_did_not_answer():
    away = Failure(FailureKind.UNAVAILABLE, "gone")
    good = judge((0.9, 0.5, 0.4, 0.1))
    found, _, _ = judged(lambda ask: away if asked_about(ask) == (1, 2) else good(ask))
    assert Place("a", 1) not in found.verdicts
    assert found.away == "gone"
    assert len(found.verdicts) == 3


def test_ranks_share_a_place_within_the_tie():
    assert ranked({0: 0.2, 1: 0.9, 2: 0.88}, 0.05) == {1: 1, 2: 1, 0: 3}
    assert ranked({0: 0.2, 1: 0.9, 2: 0.88}, 0.0) == {1: 1, 2: 2, 0: 3}


def test_steadiness_is_the_agreement_of_the_orders():
    assert steadiness([[0.9, 0.8], [0.5, 0.6], [0.1, 0.2]]) == 1.0
    assert steadiness([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]) == -1.0
    assert steadiness([[0.9, 0.9], [0.5, 0.5], [0.5, 0.2]]) == pytest.approx(2 / 3)
    assert steadiness([[0.9, 0.1]]) is None
    assert steadiness([[0.5, 0.5], [0.5, 0.5]]) is None
    assert steadiness([]) is None


def test_its_cost_grows_with_orders_members_and_criteria():
    strategy = strategies.get("listwise")
    assert strategy.cost(Load(3, 4, "isolated", {})) == (4, 48, 48)
    assert strategy.cost(Load(3, 4, "isolated", {"rotations": 2})) == (2, 24, 24)

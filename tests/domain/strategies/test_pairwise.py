"""Two answers compared in both orders inside one verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.both_orders import STEPS
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."}, {"id": "b", "text": "Is kind."})
ONE = make_rubric({"id": "a", "text": "Names a dose."})
PAIR = ("Take 5 mg.", "Ask your doctor.")
LETTERS = dict(zip((2, 1, 0, -1, -2), (label.text for label in STEPS), strict=True))


def first_shown(ask):
    """The text of Answer A."""
    return "first" if ask.shared.index(PAIR[0]) < ask.shared.index(PAIR[1]) else "second"


def prefers(forward, backward):
    """A judge that says these steps, in favour of the answer shown first, in the given and in the swapped order."""
    return lambda ask: LETTERS[forward if first_shown(ask) == "first" else backward]


def judged(script, rubric=ONE, **settings):
    found, asked, engine = drive("pairwise", rubric, script, answers=PAIR, settings=settings)
    return found, asked, engine


def test_both_orders_make_one_verdict():
    found, asked, _ = judged(prefers(2, -1))
    assert [ask.purpose for ask in asked] == ["forward", "backward"]
    verdict = found.verdicts[Place("a")]
    assert verdict.value == (1.5 + 2) / 4
    assert verdict.detail == {
        "forward": 2.0,
        "backward": 1.0,
        "score": 1.5,
        "gap": pytest.approx(0.24, abs=0.01),
        "flipped": False,
    }
    assert found.origins[Place("a")] == (0, 0)


def test_all_criteria_go_in_one_request_an_order():
    _, asked, engine = judged(prefers(1, -1), RUBRIC)
    assert [len(ask.request.suffixes) for ask in asked] == [2, 2]
    assert len({ask.shared for ask in engine.asked}) == 2


@pytest.mark.parametrize(("policy", "value"), [("strict", 0.5), ("lenient", 0.625)])
def test_a_tie_in_the_swapped_order_is_settled_by_the_policy(policy, value):
    found, _, _ = judged(prefers(1, 0), policy=policy)
    assert values(found) == {"a": value}


def test_a_judge_that_likes_the_first_place_makes_a_tie_and_is_found_out():
    found, _, _ = judged(prefers(2, 2))
    verdict = found.verdicts[Place("a")]
    assert (verdict.value, verdict.detail["flipped"]) == (0.5, True)
    assert verdict.detail["gap"] > 0.9
    assert verdict.probability == pytest.approx(0.5)


def test_the_distribution_is_the_mean_of_both_orders_as_the_first_sees_it():
    found, _, _ = judged(prefers(2, -2))
    shares = dict(found.verdicts[Place("a")].distribution)
    assert max(shares, key=lambda text: shares[text]) == " P"
    assert sum(shares.values()) == pytest.approx(1)


def test_equally_likely_steps_meet_in_their_middle():
    found, _, _ = judged(lambda ask: {" P": 0.4, " T": 0.4, " R": 0.1, " Q": 0, " S": 0})
    assert values(found) == {"a": 0.5}


def test_the_expectation_counts_where_it_is_set():
    steps = {" P": 0.5, " Q": 0.0, " R": 0.5, " S": 0.0, " T": 0.0}
    mirrored = dict(zip(steps, reversed(steps.values()), strict=True))
    found, _, _ = judged(lambda ask: steps if first_shown(ask) == "first" else mirrored, value_from="expectation")
    assert values(found) == {"a": pytest.approx(0.75)}


@pytest.mark.parametrize("broken_order", ["first", "second"])
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Failure(FailureKind.TIMEOUT, "late"), "judge_error"),
        (Failure(FailureKind.BAD_REPLY, "cut"), "unparseable"),
        ({" P": 0.01}, "unparseable"),
        ({" P": float("nan")}, "unparseable"),
    ],
)
def test_one_broken_order_leaves_no_value(broken_order, answer, status):
    found, _, _ = judged(lambda ask: answer if first_shown(ask) == broken_order else " P")
    assert values(found) == {"a": status}
    assert found.verdicts[Place("a")].reason


def test_what_failed_in_one_order_is_not_asked_in_the_other():
    script = lambda ask: Failure(FailureKind.REFUSED, "no") if "dose" in ask.suffix else " Q"
    found, asked, _ = judged(script, RUBRIC)
    assert len(asked[1].request.suffixes) == 1
    assert values(found) == {"a": "refused_input", "b": 0.5}
    assert found.origins[Place("b")] == (0, 1)


def test_an_engine_that_goes_away_between_the_orders_leaves_the_question_open():
    away = Failure(FailureKind.UNAVAILABLE, "gone")
    found, _, _ = judged(lambda ask: " P" if first_shown(ask) == "first" else away)
    assert (values(found), found.away) == ({}, "gone")


CONDITIONAL = make_rubric({"id": "a", "text": "Names a dose.", "applies_when": "A drug is asked for."})


def test_a_condition_offers_that_nothing_applies():
    found, asked, _ = judged(lambda ask: " X", CONDITIONAL)
    assert asked[0].request.labels[0][-1] == " X"
    assert values(found) == {"a": "not_applicable"}


def test_orders_at_odds_about_the_condition_are_no_verdict():
    found, _, _ = judged(lambda ask: " X" if first_shown(ask) == "first" else " P", CONDITIONAL)
    assert values(found) == {"a": "cannot_assess"}


def test_levels_of_a_scale_are_shown_from_the_most_to_the_least():
    levels = [{"label": "poor", "value": 0}, {"label": "good", "value": 1}, {"label": "fair", "value": 0.5}]
    _, _, engine = judged(
        lambda ask: " R",
        make_rubric({"id": "a", "kind": "ordinal", "levels": sorted(levels, key=lambda one: one["value"])}),
    )
    assert "- good\n- fair\n- poor" in engine.asked[0].suffix


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_a_value_is_a_degree_and_swapping_the_answers_turns_it_round(there, back):
    texts = [label.text for label in STEPS]
    one, two = (dict(zip(texts, shares, strict=True)) for shares in (there, back))

    def value(pair):
        script = lambda ask: one if ask.shared.index(PAIR[0]) < ask.shared.index(PAIR[1]) else two
        return values(drive("pairwise", ONE, script, answers=pair)[0])["a"]

    first, swapped = value(PAIR), value(PAIR[::-1])
    if isinstance(first, str):
        assert first == swapped == "unparseable"
    else:
        assert 0 <= first <= 1
        assert first == pytest.approx(1 - swapped)


def test_its_cost_is_two_requests():
    assert strategies.get("pairwise").cost(Load(10, 2, "isolated", {})) == (2, 20, 20)

"""An item passes only if no guideline is broken, and the verdict says which one was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import scoring, strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RULES = [{"id": f"g{n}", "text": f"Rule {n}."} for n in range(1, 8)]
LATE = Failure(FailureKind.TIMEOUT, "slow")


def judged(script, *criteria, guidelines=RULES):
    rubric = make_rubric(*(criteria or ({"id": "a", "text": "Item a."},)), guidelines=guidelines)
    return drive("guidelines_and", rubric, script)


def said(*yes, **other):
    """Answers Yes where one of these texts is asked for, else No; `other` has failures by text with _ for a space."""

    def script(ask):
        for text, answer in other.items():
            if text.replace("_", " ") + "." in ask.suffix.split("Guideline:")[-1]:
                return answer
        where = ask.suffix.split("Guideline:")[-1]
        return " Yes" if any(text in where for text in yes) else " No"

    return script


def test_an_item_that_is_met_fails_by_the_guideline_it_breaks():
    found, asked, engine = judged(said("Item a.", "Rule 3."))
    verdict = found.verdicts[Place("a")]
    assert (verdict.value, verdict.detail["broken"], verdict.detail["item"]) == (0.0, [3], 1.0)
    assert len(asked[0].request.suffixes) == 8
    assert "Rule 1." not in engine.asked[0].shared and "Rule" not in engine.asked[0].suffix
    assert "Criterion: Item a.\nGuideline: Rule 3.\n" in engine.asked[3].suffix


def test_an_item_passes_where_nothing_is_broken_and_fails_by_itself():
    assert judged(said("Item a."))[0].verdicts[Place("a")].value == 1.0
    found, _, _ = judged(said())
    assert (found.verdicts[Place("a")].value, found.verdicts[Place("a")].detail["broken"]) == (0.0, [])


def test_seven_of_ten_items_are_seven_tenths():
    items = [{"id": f"i{n}", "text": f"Item {n}!"} for n in range(10)]
    found, _, _ = judged(said(*(f"Item {n}!" for n in range(7))), *items)
    assert scoring.score(make_rubric(*items), {p.criterion: v for p, v in found.verdicts.items()}).raw == pytest.approx(
        0.7
    )


def test_the_least_sure_part_is_the_probability():
    def script(ask):
        return (
            {" Yes": 0.3, " No": 0.7}
            if "Rule 2." in ask.suffix
            else {" Yes": 0.9 * ("Rule" not in ask.suffix), " No": 0.1}
        )

    verdict = judged(script)[0].verdicts[Place("a")]
    assert (verdict.value, verdict.probability) == (1.0, pytest.approx(0.7))


def test_guidelines_may_be_asked_once_of_the_whole_answer():
    items = ({"id": "a", "text": "Item a."}, {"id": "b", "text": "Item b."})
    rubric = make_rubric(*items, guidelines=RULES)
    script = said("Item a.", "Rule 7.")
    found, asked, engine = drive("guidelines_and", rubric, script, settings={"guidelines": "answer"})
    assert len(asked[0].request.suffixes) == 2 + 7
    assert [found.verdicts[Place(name)].detail["broken"] for name in "ab"] == [[7], [7]]
    assert "Criterion" not in engine.asked[2].suffix


def test_each_item_has_its_own_guidelines():
    def script(ask):
        broken = "Item b." in ask.suffix and "Rule 2." in ask.suffix
        return " Yes" if broken or "Rule" not in ask.suffix else " No"

    found, _, _ = judged(script, {"id": "a", "text": "Item a."}, {"id": "b", "text": "Item b."})
    assert values(found) == {"a": 1.0, "b": 0.0}


def test_a_pitfall_is_judged_alone():
    items = ({"id": "a", "text": "Item a.", "polarity": "negative"}, {"id": "b", "text": "Item b."})
    found, asked, _ = judged(said("Item a.", "Item b.", "Rule 1."), *items)
    assert values(found) == {"a": 1.0, "b": 0.0}
    assert len(asked[0].request.suffixes) == 2 + 7


@pytest.mark.parametrize(
    ("script", "status", "value"),
    [
        (said("Item a.", Rule_2=LATE), "judge_error", None),
        (said("Item a.", "Rule 3.", Rule_2=LATE), "ok", 0.0),
        (said(Rule_2=LATE), "ok", 0.0),
        (said("Rule 3.", Item_a=LATE), "judge_error", None),
        (said("Item a.", Rule_2={" Yes": 0.01}), "unparseable", None),
    ],
)
def test_what_is_unknown_leaves_unknown_only_what_hangs_on_it(script, status, value):
    verdict = judged(script)[0].verdicts[Place("a")]
    assert (verdict.status, verdict.value) == (status, value)


def test_an_unknown_guideline_is_named():
    verdict = judged(said("Item a.", Rule_2=LATE))[0].verdicts[Place("a")]
    assert (verdict.reason, verdict.detail["unknown"]) == ("Guideline 2 could not be judged: slow", [2])


def test_an_engine_that_is_away_leaves_open_what_hangs_on_it():
    away = Failure(FailureKind.UNAVAILABLE, "gone")

    def script(ask):
        return away if "Item b." in ask.suffix and "Rule 5." in ask.suffix else " No"

    found, _, _ = judged(script, {"id": "a", "text": "Item a."}, {"id": "b", "text": "Item b."})
    assert (values(found), found.away) == ({"a": 0.0}, "gone")


def test_without_guidelines_items_stand_alone_and_conditions_hold():
    item = {"id": "a", "text": "Item a.", "applies_when": "A drug is named."}
    assert values(judged(said("Item a."), item, guidelines=[])[0]) == {"a": 1.0}
    found, asked, _ = judged(lambda ask: " X" if " X" in ask.labels else " No", item)
    assert values(found) == {"a": "not_applicable"}
    assert asked[0].request.labels[0] == (" Yes", " No", " X")


@given(st.booleans(), st.lists(st.booleans(), max_size=7))
def test_it_is_a_conjunction(item, broken):
    wanted = [f"Rule {n}." for n, each in enumerate(broken, start=1) if each] + ["Item a."] * item
    found, _, _ = judged(said(*wanted), guidelines=RULES[: len(broken)])
    assert found.verdicts[Place("a")].value == float(item and not any(broken))


def test_it_costs_one_token_a_question():
    strategy = strategies.get("guidelines_and")
    assert strategy.cost(Load(10, 1, "isolated", {}, guidelines=7)) == (1, 80, 80)
    assert strategy.cost(Load(10, 1, "isolated", {"guidelines": "answer"}, guidelines=7)) == (1, 17, 17)

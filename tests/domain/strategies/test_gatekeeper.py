"""Both answers checked one by one; a rule outside the model compares."""

import pytest

from domain import scoring, strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric(
    {"id": "rule", "text": "Is in German.", "role": "hard_rule"},
    {"id": "kind", "text": "Is kind.", "role": "principle"},
)
PAIR = ("Guten Tag.", "Good day.")


def script(**met):
    """A judge that finds each criterion met by the named answers."""

    def answer(ask):
        name = "rule" if "German" in ask.suffix else "kind"
        member = "first" if PAIR[0] in ask.shared else "second"
        return met[name].get(member, " No")

    return answer


def test_each_answer_is_judged_alone_and_then_compared():
    found, asked, engine = drive(
        "gatekeeper", RUBRIC, script(rule={"first": " Yes"}, kind={"second": " Yes", "first": " Yes"}), answers=PAIR
    )
    assert [ask.purpose for ask in asked] == ["first", "second"]
    assert all(not (PAIR[0] in ask.shared and PAIR[1] in ask.shared) for ask in engine.asked)
    assert values(found) == {"rule": 1.0, "kind": 0.5}
    assert found.verdicts[Place("rule")].detail == {"first": 1.0, "second": 0.0}


def test_a_broken_hard_rule_loses_the_pair_whatever_the_principles_say():
    found, _, _ = drive("gatekeeper", RUBRIC, script(rule={"second": " Yes"}, kind={"first": " Yes"}), answers=PAIR)
    verdicts = {place.criterion: verdict for place, verdict in found.verdicts.items()}
    assert scoring.score_pair(RUBRIC, verdicts, hard_rules_first=True).raw == 0.0
    assert scoring.score_pair(RUBRIC, verdicts).raw == 0.5


def test_what_cannot_be_read_of_one_answer_is_no_verdict_on_the_pair():
    broken = Failure(FailureKind.BAD_REPLY, "cut")
    found, asked, _ = drive(
        "gatekeeper", RUBRIC, script(rule={"first": " Yes", "second": broken}, kind={"first": broken}), answers=PAIR
    )
    assert values(found) == {"kind": "unparseable", "rule": "unparseable"}
    assert [len(ask.request.suffixes) for ask in asked] == [2, 1]


def test_a_criterion_that_applies_to_one_answer_only_compares_nothing():
    rubric = make_rubric({"id": "rule", "text": "Is in German.", "applies_when": "A language is asked for."})
    found, _, _ = drive("gatekeeper", rubric, script(rule={"first": " X", "second": " Yes"}), answers=PAIR)
    assert values(found) == {"rule": "cannot_assess"}
    found, _, _ = drive("gatekeeper", rubric, script(rule={"first": " X", "second": " X"}), answers=PAIR)
    assert values(found) == {"rule": "not_applicable"}


@pytest.mark.parametrize("protocol", ["isolated", "rubric_context"])
def test_the_judge_never_learns_which_rules_are_hard(protocol):
    _, _, engine = drive("gatekeeper", RUBRIC, lambda ask: " No", answers=PAIR, protocol=protocol)
    seen = "".join(ask.shared + ask.suffix for ask in engine.asked)
    assert "hard" not in seen
    assert "principle" not in seen


def test_its_cost_is_one_request_an_answer():
    assert strategies.get("gatekeeper").cost(Load(10, 2, "isolated", {})) == (2, 20, 20)

"""One token a criterion, in each protocol."""

import pytest

from domain import strategies, verdicts
from domain.ports import Failure, FailureKind, LabelRequest
from domain.strategies import Load, Place
from engines.scripted import by_text
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."}, {"id": "b", "text": "Blames someone."})


def test_all_criteria_are_read_in_one_request():
    found, asked, engine = drive("label_distribution", RUBRIC, by_text({"dose": " Yes", "Blames": " No"}))
    assert values(found) == {"a": 1.0, "b": 0.0}
    assert [ask.purpose for ask in asked] == ["labels"]
    assert isinstance(asked[0].request, LabelRequest)
    assert asked[0].request.labels == tuple(
        tuple(label.text for label in verdicts.labels_for(criterion)) for criterion in RUBRIC.criteria
    )
    assert found.origins == {Place("a"): (0, 0), Place("b"): (0, 1)}
    assert len(engine.asked) == 2


def test_reasoning_comes_first_and_leads_to_the_label():
    def script(ask):
        return {" Yes": 0.9, " No": 0.1} if ask.labels else 'Quote: "5 mg"\nReason: it is there.'

    found, asked, engine = drive("label_distribution", RUBRIC, script, protocol="reasoned")
    assert [ask.purpose for ask in asked] == ["reasoning", "labels"]
    assert engine.asked[-1].lead.startswith('Quote: "5 mg"')
    verdict = found.verdicts[Place("a")]
    assert verdict.rationale == "it is there."
    assert [span.text for span in verdict.evidence] == ["5 mg"]
    assert found.origins[Place("b")] == (1, 1)


def test_what_was_not_reasoned_is_not_asked_for_a_label():
    broken = Failure(FailureKind.BAD_REPLY, "half a reply")

    def script(ask):
        if "Blames" in ask.suffix:
            return broken
        return " Yes" if ask.labels else "Reason: so."

    found, asked, _ = drive("label_distribution", RUBRIC, script, protocol="reasoned")
    assert len(asked[1].request.suffixes) == 1
    assert values(found) == {"a": 1.0, "b": "unparseable"}
    assert found.origins == {Place("b"): (0, 1), Place("a"): (1, 0)}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FailureKind.TIMEOUT, "judge_error"),
        (FailureKind.EXPIRED, "expired"),
        (FailureKind.TOO_LONG, "refused_input"),
        (FailureKind.REFUSED, "refused_input"),
        (FailureKind.BAD_REPLY, "unparseable"),
    ],
)
def test_a_failure_is_a_reason_and_never_a_value(kind, status):
    found, _, _ = drive("label_distribution", RUBRIC, by_text({}, Failure(kind, "why")))
    assert values(found) == {"a": status, "b": status}
    assert {verdict.reason for verdict in found.verdicts.values()} == {"why"}


def test_an_engine_that_is_away_leaves_the_question_open():
    away = Failure(FailureKind.UNAVAILABLE, "gone")
    found, _, _ = drive("label_distribution", RUBRIC, by_text({"dose": " Yes"}, away))
    assert (values(found), found.away) == ({"a": 1.0}, "gone")


def test_reasoning_costs_a_second_request_and_its_tokens():
    strategy = strategies.get("label_distribution")
    assert strategy.cost(Load(20, 1, "isolated", {})) == (1, 20, 20)
    assert strategy.cost(Load(20, 1, "reasoned", {"max_reasoning_tokens": 99})) == (2, 40, 2000)

"""Reasoning is read as written, and quotes must stand in the answer."""

import pytest

from domain import verdicts
from domain.verdicts import Reasoned, Status, Verdict
from tests.domain.builders import make_rubric

ANSWER = "Drink enough water and rest."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Quote: "a b"\nQuote: “c”\nReason: It says so.\nAnswer: Yes', Reasoned(("a b", "c"), "It says so.")),
        ("- quote 1: a\n* Reasoning: because\nof this", Reasoned(("a",), "because of this")),
        ("Quote: none\nQuote: N/A.\nReason: nothing there", Reasoned((), "nothing there")),
        ("\nReason: a\n\nb", Reasoned((), "a b")),
        ("I think so.", Reasoned((), "I think so.")),
        ("Answer: Yes\nQuote: late", Reasoned((), "")),
        ("", Reasoned((), "")),
        ("Quotes: a\nQuote: b\nQuote: c\nQuote: d", Reasoned(("a", "b", "c"), "")),
    ],
)
def test_read_reasoned(text, expected):
    assert verdicts.read_reasoned(text) == expected


def test_a_rationale_is_bounded():
    assert len(verdicts.read_reasoned("Reason: " + "x" * 9000).rationale) == 2000


def check(evidence, value, *quotes, status=Status.OK):
    (criterion,) = make_rubric({"id": "a", "evidence": evidence}).criteria
    verdict = Verdict("a", status, value=value, label_mass=0.9, distribution=((" Yes", 1.0),))
    return verdicts.check_evidence(criterion, verdict, Reasoned(quotes, "Why."), ANSWER)


def test_quotes_become_spans_once_each():
    verdict = check("required", 1.0, "enough water", "ENOUGH water", "not there")
    assert [span.text for span in verdict.evidence] == ["enough water"]
    assert (verdict.status, verdict.rationale) == (Status.OK, "Why.")


def test_required_evidence_that_is_not_there_leaves_no_value():
    verdict = check("required", 1.0, "take Ibuprofen")
    assert (verdict.status, verdict.value) == (Status.EVIDENCE_INVALID, None)
    assert verdict.label_mass == 0.9
    assert verdict.distribution
    assert verdict.rationale == "Why."


def test_what_is_not_true_needs_no_quote():
    assert check("required", 0.0).status is Status.OK
    assert check("optional", 1.0).status is Status.OK


def test_where_evidence_is_not_wanted_it_is_not_kept():
    assert check("none", 1.0, "enough water").evidence == ()


def test_an_unscored_verdict_stays_unscored():
    verdict = check("required", None, "enough water", status=Status.UNPARSEABLE)
    assert (verdict.status, verdict.evidence, verdict.rationale) == (Status.UNPARSEABLE, (), "Why.")

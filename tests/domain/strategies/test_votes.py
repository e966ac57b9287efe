"""Votes: a decided majority, ties and unreadable votes without a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.votes import reward, weight_of
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."})
SAID = {"y": "Reason: It is there.\nAnswer: Yes", "n": "Reason: It lacks.\nAnswer: No", "?": "I am not sure."}


def poll(said, rubric=RUBRIC, **settings):
    """The verdict after these votes in order: y, n, ? or any text or failure; and how many were asked for."""
    left = iter(said)

    def script(ask):
        vote = next(left)
        return SAID.get(vote, vote) if isinstance(vote, str) else vote

    found, asked, _ = drive("votes", rubric, script, settings=settings)
    return found.verdicts.get(Place("a")), asked


@pytest.mark.parametrize(
    ("form", "accuracy", "agrees", "expected"), [(1, 1, 1, 2.0), (1, 1, -1, 1.0), (0, 1, 1, 1.5), (1, 0, 1, 0.5)]
)
def test_the_published_reward(form, accuracy, agrees, expected):
    assert reward(form, accuracy, agrees) == expected
    assert weight_of(agrees) == 1 + agrees / 2


@pytest.mark.parametrize(
    ("votes", "asked", "value", "agreement"),
    [
        ("yyy", 3, 1.0, 1.0),
        ("nnn", 3, 0.0, 1.0),
        ("ynyy", 4, 1.0, 0.75),
        ("ynynn", 5, 0.0, 0.6),
        ("yy?y", 4, 1.0, 1.0),
        ("yy??y", 5, 1.0, 1.0),
    ],
)
def test_a_decided_majority_ends_the_voting(votes, asked, value, agreement):
    verdict, asks = poll(votes)
    assert (len(asks), verdict.value) == (asked, value)
    assert verdict.detail["agreement"] == pytest.approx(agreement)
    assert verdict.detail["cast"] == asked
    assert verdict.detail["unreadable"] == votes.count("?")
    assert verdict.detail["votes"] == ["Yes" if vote == "y" else "No" for vote in votes if vote != "?"]


@pytest.mark.parametrize(
    ("votes", "status"),
    [("y?n?n", "ok"), ("ynyn?", "cannot_assess"), ("yy???", "unparseable"), ("?????", "unparseable")],
)
def test_ties_and_too_few_readable_votes_have_no_value(votes, status):
    verdict, asks = poll(votes)
    assert verdict.status == status
    assert (verdict.value is None) == (status != "ok")
    assert len(asks) == 5
    if status == "cannot_assess":
        assert verdict.reason == "The votes are tied: 2 for Yes, 2 for No."
    if votes == "yy???":
        assert "Only 2 of 5 votes" in verdict.reason


def test_the_share_of_yes_is_the_probability():
    verdict, _ = poll("ynyy")
    assert verdict.probability == pytest.approx(0.75)
    assert verdict.distribution == ((" Yes", 0.75), (" No", 0.25))


def test_each_vote_has_a_seed_of_its_own_and_samples_share_none():
    seeds = set()
    for sample in range(3):
        _, asks, _ = drive("votes", RUBRIC, lambda ask: SAID["?"], settings={"seed": 7}, sample=sample)
        seeds |= {ask.request.seed for ask in asks}
        assert {ask.request.temperature for ask in asks} == {0.7}
    assert len(seeds) == 15


def test_only_open_criteria_are_asked_again():
    rubric = make_rubric({"id": "a", "text": "Names a dose."}, {"id": "b", "text": "Is kind."})
    turns = {"dose": iter("yyy"), "kind": iter("ynyny")}

    def script(ask):
        return SAID[next(turns["dose" if "dose" in ask.suffix else "kind"])]

    found, asked, _ = drive("votes", rubric, script)
    assert values(found) == {"a": 1.0, "b": 1.0}
    assert [len(ask.request.suffixes) for ask in asked] == [2, 2, 2, 1, 1]
    assert found.origins == {Place("a"): (0, 0), Place("b"): (0, 1)}


def test_a_reason_against_its_vote_is_flagged_and_may_weigh_less():
    against = "Reason: This fails.\nAnswer: Yes"
    votes = [against, against, against, "n", "n"]
    verdict, _ = poll(votes)
    assert (verdict.value, verdict.detail["contradictions"]) == (1.0, 3)
    verdict, asks = poll(votes, weighing="consistency")
    assert (verdict.value, len(asks)) == (0.0, 5)
    assert dict(verdict.distribution) == pytest.approx({" No": 4 / 7, " Yes": 3 / 7})


def test_a_vote_that_failed_is_not_cast():
    late = Failure(FailureKind.TIMEOUT, "slow")
    verdict, asks = poll([late, "y", "y", "y"])
    assert (verdict.value, verdict.detail["cast"], len(asks)) == (1.0, 3, 4)
    verdict, _ = poll([late] * 5)
    assert (verdict.status, verdict.reason) == ("judge_error", "slow")


def test_an_engine_that_goes_away_leaves_only_what_is_open():
    away = Failure(FailureKind.UNAVAILABLE, "gone")
    found, asked, _ = drive("votes", RUBRIC, lambda ask: away)
    assert (found.verdicts, found.away, len(asked)) == ({}, "gone", 1)


def test_most_votes_may_say_that_the_criterion_does_not_apply():
    rubric = make_rubric({"id": "a", "applies_when": "A drug is named."})
    verdict, _ = poll(["Answer: X"] * 3, rubric)
    assert (verdict.status, verdict.value) == ("not_applicable", None)


def test_evidence_is_looked_up_in_the_answer():
    rubric = make_rubric({"id": "a", "evidence": "required"})
    verdict, _ = poll(['Quote: "5 mg"\nReason: so.\nAnswer: Yes'] * 3, rubric)
    assert [span.text for span in verdict.evidence] == ["5 mg"]
    verdict, _ = poll(['Quote: "9 mg"\nReason: so.\nAnswer: Yes'] * 3, rubric)
    assert (verdict.status, verdict.value) == ("evidence_invalid", None)


@given(st.lists(st.sampled_from("yn?"), min_size=15, max_size=15), st.integers(2, 15), st.booleans())
def test_stopping_early_never_changes_what_all_votes_would_have_said(votes, most, weighted):
    verdict, asks = poll(votes, votes=most, weighing="consistency" if weighted else "equal")
    yes, no = votes[:most].count("y"), votes[:most].count("n")
    if 2 * (yes + no) <= most:
        assert verdict.status == "unparseable"
    elif yes == no:
        assert verdict.status == "cannot_assess"
    else:
        assert verdict.value == float(yes > no)
    assert len(asks) <= most


def test_cost_is_the_most_there_may_be():
    assert strategies.get("votes").cost(Load(4, 1, "isolated", {"votes": 3})) == (3, 12, 12 * 160)

"""Votes: those on offer, and which need a reason."""

import pytest

from domain import errors
from domain.decisions import votes


def test_votes_and_their_reasons():
    assert votes.read_vote({"vote": "needed"}, votes.NECESSITY, "").value == 1
    assert votes.read_vote({"vote": "unsure"}, votes.NECESSITY, "Ask a nurse.").value is None
    for vote in ("not_needed", "unsure"):
        with pytest.raises(errors.Invalid):
            votes.read_vote({"vote": vote}, votes.NECESSITY, " ")
    assert votes.read_vote({"vote": "edit"}, votes.TRIAGE, "").value == 0.5


@pytest.mark.parametrize("vote", [None, "accept", 1, ["needed"]])
def test_others_are_refused(vote):
    with pytest.raises(errors.Invalid):
        votes.read_vote({"vote": vote}, votes.NECESSITY, "because")

"""Facts of passages: their citation, how much they matter, and those that say the same."""

import pytest

from domain.refinement.loop import Inputs, Refused, Source
from domain.refinement.methods import nuggets
from tests.domain.refinement.scripted import Played, reply

PASSAGES = (
    Source("d1", "Doc 1", "The tower was finished in 1889. It is 330 metres high."),
    Source("d2", "Doc 2", "Built for the fair, the tower was finished in 1889."),
)


def write(key: str, asked: str) -> str:
    done = {"sentences": "was finished in 1889", "criterion": "The tower was finished in 1889."}
    if key == "w1":
        return reply({**done, "importance": "vital"})
    return reply(
        {**done, "importance": "okay"},
        {"sentences": "2, 9", "criterion": "The tower measures 330 metres.", "importance": "okay"},
        {"sentences": "painted by hand every year", "criterion": "Painters renew its coat.", "importance": "vital"},
    )


def test_facts_are_joined_over_passages_and_cite_them() -> None:
    played = Played(nuggets.METHOD, Inputs(goal="How old is the tower?", sources=PASSAGES), write=write)
    first, second = (one for one in played.end.suggestions if not one.drop)
    assert (first.weight, first.kind, first.evidence["citations"]) == (1.0, "nugget", ["d1", "d2"])
    assert first.evidence["importance"] == "vital"
    assert (second.weight, second.evidence["passage"]) == (0.5, "It is 330 metres high.")
    assert "do not stand" in played.dropped["Painters renew its coat."]


def test_the_vital_come_first_where_there_are_too_many() -> None:
    played = Played(nuggets.METHOD, Inputs(goal="Tower?", sources=PASSAGES), write=write, nuggets=1)
    assert played.kept == ["The tower was finished in 1889."]
    assert played.dropped["The tower measures 330 metres."] == "is one too many"


@pytest.mark.parametrize("given", [Inputs(goal="Tower?"), Inputs(sources=PASSAGES)])
def test_question_and_passages_are_both_needed(given: Inputs) -> None:
    with pytest.raises(Refused):
        Played(nuggets.METHOD, given, write=write)

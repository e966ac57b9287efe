"""Criteria from comments: what is read of them, and on what people agree."""

import json

import pytest

from domain.refinement.loop import Inputs, Present, Refused, Source, Text
from domain.refinement.methods import comments
from tests.domain.refinement.scripted import Played

ANSWER = Text(5, 1, "model", "Take some aspirin.")


def inputs(*said: tuple[str, str], criteria: tuple[Present, ...] = ()) -> Inputs:
    sources = [Source(str(n), "Comment", text, by=who, answer=5) for n, (who, text) in enumerate(said)]
    return Inputs(prompts={1: "How much?"}, answers=(ANSWER,), sources=tuple(sources), criteria=criteria)


def write(key: str, asked: str) -> str:
    """Each comment names one principle, in its own words; of `partly` it is met in part."""
    words = asked.rsplit("Comment:", 1)[1].split("\n")[2]
    met = "yes" if "good" in words else "partly" if "partly" in words else "no"
    principle = "Names the dose." if "dose" in words else "Is helpful." if "help" in words else "Names the sources."
    return json.dumps({"principles": [{"quote": words, "principle": principle, "met": met}]})


def test_kept_is_what_all_who_wrote_about_an_answer_hold() -> None:
    played = Played(comments.METHOD, inputs(("ann", "no dose here"), ("bob", "where is the dose")), write=write)
    assert played.kept == ["Names the dose."]
    kept = next(one for one in played.end.suggestions if not one.drop)
    assert (kept.evidence["people"], kept.evidence["agreed"]) == (2, 1)
    assert set(kept.evidence["quotes"]) == {"no dose here", "where is the dose"}
    assert "Take some aspirin." in played.shown()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((("ann", "no dose here"),), "one person alone holds it"),
        ((("ann", "no dose here"), ("bob", "good dose")), "people say the contrary of the same answer"),
        ((("ann", "no dose here"), ("bob", "cite sources")), "one person alone holds it"),
        ((("ann", "partly a dose"),), "is met only in part"),
        ((("ann", "no help"),), "says only that it should help"),
    ],
)
def test_without_agreement_nothing_is_proposed(said: tuple[tuple[str, str], ...], why: str) -> None:
    played = Played(comments.METHOD, inputs(*said), write=write)
    assert not played.kept
    assert why in {one.drop for one in played.end.suggestions}
    assert why in played.end.stopped


def test_one_person_is_enough_where_that_is_asked_for() -> None:
    assert Played(comments.METHOD, inputs(("ann", "no dose here")), write=write, people=1).kept == ["Names the dose."]


def test_what_the_rubric_has_is_not_proposed_again() -> None:
    had = (Present("dose", "Names the dose.", 1.0),)
    played = Played(comments.METHOD, inputs(("ann", "no dose"), ("bob", "the dose"), criteria=had), write=write)
    assert played.dropped["Names the dose."] == "says the same again" or not played.kept
    assert "stands in the rubric" in {one.drop for one in played.end.suggestions}


def test_quotes_that_stand_nowhere_are_dropped() -> None:
    def invent(key: str, asked: str) -> str:
        return json.dumps({"principles": [{"quote": "zebras graze at dawn", "principle": "Is brief.", "met": "no"}]})

    played = Played(comments.METHOD, inputs(("ann", "no dose")), write=invent, people=1)
    assert "neither in the comment" in played.dropped["Is brief."]


def test_without_comments_it_is_refused() -> None:
    with pytest.raises(Refused):
        Played(comments.METHOD, inputs(("ann", "  ")), write=write)

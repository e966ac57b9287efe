"""Criteria from a document: its passages, what rests on them, and which are chosen."""

import pytest

from domain.refinement.loop import Inputs, Refused, Source
from domain.refinement.methods import document
from tests.domain.refinement.scripted import Played, reply

RULES = (
    "Adults take at most four grams of paracetamol a day.",
    "Children under two years are seen by a doctor first.",
    "Alcohol is not taken together with the medicine.",
)
GUIDE = "\n\n".join(
    f"{rule} {'This holds for every ward and is written on the chart each day. ' * 26}" for rule in RULES
)


def inputs(text: str = GUIDE, goal: str = "") -> Inputs:
    return Inputs(sources=(Source("guide", "Ward guide", text),), goal=goal)


def write(key: str, asked: str) -> str:
    if key == "goal":
        return "<think>hm</think> Advise on paracetamol.\n"
    n = int(key[1:])
    good = ("States the highest dose.", "Sends infants to a doctor.", "Warns of alcohol.")[n]
    made_up = f"Praises tigers, number {('one', 'two', 'six')[n]}."
    return reply(
        {"sentences": "1", "criterion": good, "kind": "hard rule"},
        {"sentences": "Tigers are large cats that hunt.", "criterion": made_up, "kind": "principle"},
    )


def test_each_candidate_names_its_passage_and_the_best_are_kept() -> None:
    def judge(key: str, shared: str, suffix: str) -> float:
        return 0.2 if "infants" in suffix else 0.8

    played = Played(document.METHOD, inputs(), write=write, judge=judge, candidates=15, keep=2)
    assert played.kept == ["States the highest dose.", "Warns of alcohol."]
    assert played.dropped["Sends infants to a doctor."] == "scored lower than those kept"
    assert sum("do not stand in the passage" in why for why in played.dropped.values()) == 3
    first = played.end.suggestions[0]
    assert first.evidence == {"source": "Ward guide, passage 1", "passage": RULES[0], "score": 0.8}
    assert played.end.figures["goal"] == "Advise on paracetamol."
    assert "Advise on paracetamol." in played.shown()


def test_a_goal_that_only_repeats_itself_is_none() -> None:
    def loop(key: str, asked: str) -> str:
        return "It does this: it does this: it does this: it does this." if key == "goal" else write(key, asked)

    assert Played(document.METHOD, inputs(), write=loop).end.figures["goal"] == ""


def test_a_goal_that_is_given_is_not_asked_for() -> None:
    played = Played(document.METHOD, inputs(goal="Advise."), write=write, candidates=3)
    assert played.asked[0].key == "w0"


def test_what_could_not_be_scored_is_dropped() -> None:
    played = Played(document.METHOD, inputs(), write=write, judge=lambda *_: None)
    assert not played.kept
    assert "could not be scored" in played.end.stopped


def test_ties_go_by_position() -> None:
    assert document.chosen([0.5, 0.9, 0.5, 0.5], 3) == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "code"), [("", "document_empty"), ("\f \f", "document_empty"), ("word " * 100_000, "document_long")]
)
def test_what_cannot_be_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Played(document.METHOD, inputs(text), write=write)
    assert refused.value.code == code


def test_long_paragraphs_are_cut_and_passages_lie_evenly() -> None:
    found = document.passages([Source("a", "A", "x" * 4_000 + "\n\n" + "word " * 50)])
    assert all(len(one.text) <= document.PASSAGE for one in found)
    assert "".join(one.text for one in found).count("x") == 4_000
    ten = [Source(str(n), "", "") for n in range(10)]
    assert [one.key for one in document.spread(ten, 3)] == ["0", "3", "6"]

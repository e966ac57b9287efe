"""Criteria from pairs: what is written, chosen and held out, and what the checks do not see."""

import json

import pytest

from domain.ports import LabelRequest, TextRequest, text_of
from domain.refinement.loop import Answer, Ask, Inputs, Pair, Present, Refused, Text
from domain.refinement.methods import pairs
from tests.domain.refinement.driving import drive

DOSE, WARM = "States the amount in grams.", "Greets by name."


def inputs(count: int, **more: object) -> Inputs:
    found = tuple(
        Pair(Text(2 * n, n, "a", f"Take 5 GRAMS, {n}."), Text(2 * n + 1, n, "b", f"Say NOTHING, {n}."))
        for n in range(count)
    )
    prompts = {n: f"How much, {n}?" for n in range(count)}
    return Inputs(pairs=found, prompts=prompts, secret="s", **more)  # type: ignore[arg-type]


def reader(ask: Ask) -> Answer:
    """Writes two criteria; of grams it knows where they stand, of all else it says the contrary."""
    request = ask.request
    if isinstance(request, TextRequest):
        said = [{"difference": "Only one says it.", "criterion": one, "kind": "hard rule"} for one in (DOSE, WARM)]
        return Answer(texts=(json.dumps({"criteria": said}),))
    assert isinstance(request, LabelRequest)
    shared = text_of(request.shared)
    first = shared.index("GRAMS") < shared.index("NOTHING")
    dose = {" P": 0.9, " R": 0.05, " T": 0.05} if first else {" P": 0.05, " R": 0.05, " T": 0.9}
    warm = {" P": dose[" T"], " R": 0.05, " T": dose[" P"]}
    return Answer(labels=tuple(dose if DOSE in text_of(one) else warm for one in request.suffixes))


def test_what_sides_with_the_better_answer_is_kept() -> None:
    """Only what was kept is checked on the pairs held out, in both orders."""
    end, asked = drive(pairs.METHOD, inputs(12), reader, params={"sources": 3, "checks": 3})
    assert {one.text: one.drop for one in end.suggestions} == {DOSE: "", WARM: "inverted"}
    assert end.figures["consistency"]["value"] == 1.0
    assert end.stopped.startswith("Reproduces 3 of 3")
    held = [one for one in asked if one.purpose == "hold out"]
    assert [len(one.request.suffixes) for one in held if isinstance(one.request, LabelRequest)] == [1] * 6
    assert drive(pairs.METHOD, inputs(12), reader, params={"sources": 3, "checks": 3})[0] == end


def test_the_label_is_in_no_check_and_rules_reach_the_writer() -> None:
    """What governs and what was turned down is told to the writer alone."""
    given = inputs(12, meta="Ask for facts.", turned_down=(("Is long.", "Length is no worth."),))
    _, asked = drive(pairs.METHOD, given, reader, params={"sources": 2, "checks": 2})
    for ask in asked:
        if isinstance(ask.request, TextRequest):
            assert {"Ask for facts.", "Is long.", "Length is no worth."} <= {
                part.text for part in ask.request.shared if not part.trusted
            }
        elif isinstance(ask.request, LabelRequest):
            said = text_of(ask.request.shared).casefold()
            assert not any(word in said for word in ("better", "prefer", "ask for facts"))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Answer(texts=("No.",)), "did not reply with a list"),
        (Answer(texts=('{"criteria": []}',)), "named nothing"),
        (Answer(texts=(None,), reason="The budget of calls is used up."), "The budget of calls is used up."),
    ],
)
def test_a_writer_that_gives_nothing_is_told_of(reply: Answer, reason: str) -> None:
    end, _ = drive(pairs.METHOD, inputs(12), lambda ask: reply)
    assert (end.suggestions, reason in end.stopped) == ((), True)


def test_what_the_rubric_says_is_not_proposed_again() -> None:
    """And where nothing is left, that is the reason."""
    has = (Present("c", DOSE, 1.0), Present("d", WARM, 1.0))
    end, _ = drive(pairs.METHOD, inputs(12, criteria=has), reader)
    assert (end.suggestions, end.figures["dropped"]) == ((), {"known": 8})
    with pytest.raises(Refused, match="Pairs of 3 prompts"):
        drive(pairs.METHOD, inputs(3), reader)

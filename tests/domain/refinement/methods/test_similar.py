"""Criteria from the bank: which cases are found, which are used, and what is new."""

import pytest

from domain.refinement.loop import Answer, Inputs, Refused, Source
from domain.refinement.methods import similar
from tests.domain.refinement.scripted import Played, reply

BANK = (
    Source("a", "Dosing 1", "Names the dose in milligrams."),
    Source("b", "Poems 2", "Rhymes in every line."),
    Source("c", "Dosing 1", "Warns of interactions with alcohol."),
)
TASK = "Say how much of a medicine to take, in milligrams."


def write(key: str, asked: str) -> str:
    return reply(
        {"from": "1, 7", "criterion": "Names the dose in milligrams a day.", "points": "8"},
        {"from": "none", "criterion": "Invents a medicine that does not exist.", "points": "-5"},
        {"from": "2", "criterion": "Keeps to whole tablets.", "points": "lots"},
    )


def judge(key: str, shared: str, suffix: str) -> float:
    return 0.1 if "Rhymes" in suffix else 0.9


def test_criteria_have_signed_points_and_say_what_they_were_drawn_from() -> None:
    played = Played(similar.METHOD, Inputs(goal=TASK, sources=BANK), write=write, judge=judge, used=2)
    drawn, pitfall, other = (one for one in played.end.suggestions if not one.drop)
    assert (drawn.weight, drawn.kind, drawn.evidence["points"]) == (8.0, "principle", 8)
    assert [one["key"] for one in drawn.evidence["bank"]] == ["a"]
    assert (drawn.evidence["novelty"], drawn.evidence["like"]) == ("like the bank", "Dosing 1")
    assert (pitfall.weight, pitfall.kind, pitfall.evidence["novelty"]) == (5.0, "pitfall", "new")
    assert (other.weight, [one["key"] for one in other.evidence["bank"]]) == (2.0, ["c"])
    assert "Rhymes" not in next(str(one.request) for one in played.asked if one.key == "write")
    assert played.end.figures == {"bank": 3, "used": 2, "new": 2, "searched_by": "words", "written": 3, "kept": 3}


def test_order_of_retrieval_follows_the_vectors() -> None:
    rows = ((1.0, 0.2, 0.9, 0.2), (0.2, 1, 0, 0), (0.9, 0, 1, 0), (0.2, 0, 0, 1))
    found = similar.nearest("task", BANK, 2, Answer(alike=rows))
    assert [(one.key, near) for one, near in found] == [("b", 0.9), ("a", 0.2)]
    assert [one.key for one, _ in similar.nearest(TASK, BANK, 1, Answer())] == ["a"]


def test_reranking_prefers_what_helps_and_then_what_is_near() -> None:
    found = [(one, 0.5) for one in BANK]
    assert [one.key for one, _ in similar.reranked(found, [None, 0.2, 0.2], 2)] == ["b", "c"]


@pytest.mark.parametrize("given", [Inputs(goal=TASK), Inputs(sources=BANK)])
def test_bank_and_task_are_needed(given: Inputs) -> None:
    with pytest.raises(Refused):
        Played(similar.METHOD, given, write=write)

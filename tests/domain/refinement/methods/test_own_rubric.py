"""A judge's own rubrics: for which tasks they are written, and what they become."""

import pytest

from domain.refinement.loop import Inputs, Refused, Role, Text
from domain.refinement.methods import own_rubric
from tests.domain.refinement.scripted import Played, reply

TASKS = {1: "Write a poem.", 2: "Write a toast.", 3: "What is 7 times 8?"}
GIVEN = Inputs(
    prompts=TASKS, answers=tuple(Text(10 * n + k, n, "ab"[k], f"Text {n} {k}.") for n in TASKS for k in (0, 1))
)


def write(key: str, asked: str) -> str:
    if key == "general":
        return reply(
            {"from": "1 and 3", "criterion": "Moves the reader.", "weight": "high"},
            {"from": "99, none", "criterion": "Has a title.", "weight": "low"},
        )
    n = int(key[1:])
    return reply(
        {"why": "it is art", "criterion": f"Touches those who hear the {TASKS[n][8:-1]}.", "weight": "high"},
        {"why": "it is read", "criterion": "Rhymes in each second line.", "weight": "low"},
    )


def judge(key: str, shared: str, suffix: str) -> float:
    return 0.9 if "7 times 8" in shared else 0.1


def test_own_criteria_are_joined_into_general_ones() -> None:
    played = Played(own_rubric.METHOD, GIVEN, write=write, judge=judge)
    general = next(one for one in played.end.suggestions if not one.drop)
    assert general.text == "Moves the reader."
    assert len(general.parents) == 2
    assert (general.round, general.weight, general.evidence["tasks"]) == (1, 3.0, 2)
    assert played.dropped["Has a title."] == "joins none of the criteria that were written"
    assert {one.drop for one in played.end.suggestions if one.round == 0} == {
        "joined into a general one", "holds for its task only",
    }  # fmt: skip
    assert played.end.figures["solved_first"] == 1
    assert [one.role for one in played.asked if one.key in ("w1", "w2")] == [Role.JUDGE] * 2
    assert "w3" not in played.answers


def test_tasks_to_be_solved_have_no_rubric() -> None:
    played = Played(own_rubric.METHOD, GIVEN, write=write, judge=lambda *_: 0.8)
    assert not played.end.suggestions
    assert "solves such tasks first" in played.end.stopped


def test_one_answer_is_not_enough() -> None:
    with pytest.raises(Refused):
        Played(own_rubric.METHOD, Inputs(prompts=TASKS, answers=GIVEN.answers[:1]), write=write)

"""Verdicts of judges elsewhere: LLMBar's orders, RewardMATH's ratings and pairs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import dataset_formats, errors
from domain.dataset_formats import recorded

ASKED = {"id": "x:0", "subset": "natural", "input": "Say hi.", "output_1": "Hi.", "output_2": "No.", "label": 1}
JUDGED = {
    "id": "x:0", "subset": "natural", "label": 1,
    "verdicts": {"GPT-4/CoT": {"winner": [1, None]}, "PaLM2/Rating": {"winner": [2, 1], "rating": [3, 7]}},
}  # fmt: skip
MATRIX = {
    "id": "rewardmath:1", "problem": "1+1?", "solution_reference": ["a", "b", "c"], "correct_index": 0,
    "pointwise": {"gpt4": [10, 1, None], "rm": [-350.5, 0, 7.25], "prometheus_7B": [5, 1, 3]},
    "pairwise": {
        "gpt4": {"answer": ["B", None], "chosen_position": ["B", "A"]},
        "prometheus_7B": {"answer": ["A", "A"], "chosen_position": ["B", "A"]},
    },
}  # fmt: skip


def read(name, *records):
    return dataset_formats.read(name, "\n".join(map(json.dumps, records)).encode())


def test_llmbar_outputs_and_their_gold_label():
    found = read("llmbar", ASKED)
    assert [response.id for response in found.responses] == ["x:0/1", "x:0/2"]
    assert [(one.chosen, one.rejected) for one in found.preferences] == [("x:0/1", "x:0/2")]
    assert found.prompts[0].tags == {"subset": "natural"}
    assert not found.verdicts and not found.rubrics


def test_llmbar_winners_become_degrees_of_the_one_that_stood_first():
    found = read("llmbar", JUDGED)
    values = {(one.judge, one.responses): (one.value, one.detail) for one in found.verdicts}
    assert values == {
        ("GPT-4/CoT", ("x:0/1", "x:0/2")): (1.0, {}),
        ("GPT-4/CoT", ("x:0/2", "x:0/1")): (None, {}),
        ("PaLM2/Rating", ("x:0/1", "x:0/2")): (0.0, {"ratings": [3, 7]}),
        ("PaLM2/Rating", ("x:0/2", "x:0/1")): (0.0, {"ratings": [7, 3]}),
    }
    assert found.rubrics[0].rubric.criteria[0].id == found.verdicts[0].criterion_id


def test_rewardmath_ratings_are_degrees_and_keep_their_scores():
    found = read("rewardmath", MATRIX)
    values = {(one.judge, one.responses[0][-1]): one for one in found.verdicts if len(one.responses) == 1}
    assert values["gpt4 (pointwise)", "0"].value == 1
    assert values["gpt4 (pointwise)", "1"].value == 0
    assert values["gpt4 (pointwise)", "2"].value is None
    assert values["prometheus_7B (pointwise)", "2"].value == 0.5
    assert values["rm (pointwise)", "1"].value == 0.5
    assert values["rm (pointwise)", "0"].detail == {"score": -350.5}
    assert 0 < values["rm (pointwise)", "0"].value < values["rm (pointwise)", "2"].value < 1
    assert {part["type"] for response in found.responses for part in response.parts} == {"elsewhere"}


def test_rewardmath_pairs_stand_in_the_order_in_which_they_were_shown():
    found = read("rewardmath", MATRIX)
    pairs = {(one.judge, one.responses): one.value for one in found.verdicts if len(one.responses) == 2}
    assert pairs == {
        ("gpt4 (pairwise)", ("rewardmath:1/1", "rewardmath:1/0")): 0.0,
        ("gpt4 (pairwise)", ("rewardmath:1/0", "rewardmath:1/2")): None,
        ("prometheus_7B (pairwise)", ("rewardmath:1/1", "rewardmath:1/0")): 1.0,
        ("prometheus_7B (pairwise)", ("rewardmath:1/0", "rewardmath:1/2")): 1.0,
    }


def test_rewardmath_solutions_with_their_texts():
    rows = [
        {"problem": "1+1?", "answer": "2", "eval_solution": ["It is", kind], "solution_type": kind, "problem_id": 7,
         "id": n, "solution_reference": "m"}
        for n, kind in enumerate(("chosen", "rejected", "rejected"))
    ]  # fmt: skip
    found = read("rewardmath", *rows)
    assert len(found.prompts) == 1
    assert found.prompts[0].reference == "2"
    assert [(one.chosen, one.rejected) for one in found.preferences] == [
        ("rewardmath:7/0", "rewardmath:7/1"), ("rewardmath:7/0", "rewardmath:7/2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "record", "said"),
    [
        ("llmbar", {**ASKED, "label": 3}, "label"),
        ("llmbar", {**ASKED, "output_2": 4}, "output_2"),
        ("llmbar", {**JUDGED, "verdicts": {"j": {"winner": [1]}}}, "winner"),
        ("llmbar", {**JUDGED, "verdicts": {"j": {"winner": [1, 2], "rating": [1, "x"]}}}, "no number"),
        ("llmbar", {**JUDGED, "verdicts": []}, "judges"),
        ("llmbar", {**JUDGED, "verdicts": {" ": {"winner": [1, 2]}}}, "judges"),
        ("rewardmath", {**MATRIX, "correct_index": 3}, "correct_index"),
        ("rewardmath", {**MATRIX, "solution_reference": ["a"]}, "solution_reference"),
        ("rewardmath", {**MATRIX, "pointwise": {"gpt4": [11, 1, 1]}}, "between 1 and 10"),
        ("rewardmath", {**MATRIX, "pointwise": {"gpt4": [1, 1]}}, "list of 3"),
        ("rewardmath", {**MATRIX, "pairwise": {"x": {"answer": ["C", "A"], "chosen_position": ["A", "B"]}}}, "A, B"),
        ("rewardmath", {**MATRIX, "pairwise": {"x": {"answer": ["A"], "chosen_position": ["A"]}}}, "lists of 2"),
        ("rewardmath", {"id": "a"}, "eval_solution"),
        ("rewardmath", {"eval_solution": []}, "steps"),
        ("rewardmath", {"eval_solution": ["a"], "solution_type": "good"}, "chosen or rejected"),
        ("llmbar", 7, "object"),
    ],
)
def test_a_broken_record_is_named_with_its_fault(name, record, said):
    with pytest.raises(errors.Invalid, match=said):
        read(name, record, record)


def test_a_record_may_not_come_twice():
    with pytest.raises(errors.Invalid, match="twice"):
        read("llmbar", ASKED, ASKED)
    assert read("llmbar", ASKED, JUDGED).verdicts


def test_results_of_an_unnamed_judge_are_left_out_and_reported():
    found = read("llmbar", {**ASKED, "results": []})
    assert "left out" in found.report[0].message


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_an_open_scale_keeps_order_and_ties(one, other):
    low, high = sorted((recorded.of_open_scale(one), recorded.of_open_scale(other)))
    assert 0 <= low <= high <= 1
    if abs(one - other) > 1e-3:
        assert (recorded.of_open_scale(one) < recorded.of_open_scale(other)) is (one < other)
    if one == other:
        assert low == high

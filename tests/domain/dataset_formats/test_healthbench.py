"""HealthBench as prompts, rubrics and answers."""

import json

import pytest

from domain import dataset_formats, errors

RECORD = {"prompt": [{"role": "user", "content": "Hi"}], "rubrics": [{"criterion": "a", "points": 1, "tags": []}]}
IDEAL = {
    "ideal_completion": "Best.",
    "ideal_completions_ref_completions": ["One.", " ", 3, "Two."],
    "ideal_completions_group": "g",
}


def read(*records):
    return dataset_formats.read("healthbench", json.dumps(list(records)).encode())


def test_ideal_completions_are_answers():
    found = read(
        {**RECORD, "prompt_id": "1", "ideal_completions_data": IDEAL},
        {**RECORD, "prompt_id": "2", "ideal_completions_data": None},
        {**RECORD, "prompt_id": "3", "ideal_completions_data": {"ideal_completions_ref_completions": None}},
    )
    assert [prompt.id for prompt in found.prompts] == ["1", "2", "3"]
    assert {response.id: response.parts[0]["text"] for response in found.responses} == {
        "1:ideal": "Best.",
        "1:reference-0": "One.",
        "1:reference-3": "Two.",
    }
    assert found.responses[0].model == "healthbench-ideal"
    assert [prompt.rubric for prompt in found.prompts] == [item.slug for item in found.rubrics]
    assert found.report[0].message == "2 of 3 prompts come without an answer."


def test_where_all_are_answered_there_is_nothing_to_report():
    assert read({**RECORD, "prompt_id": "1", "ideal_completions_data": IDEAL}).report == ()


def test_an_id_used_twice_is_refused():
    with pytest.raises(errors.Invalid) as caught:
        read({**RECORD, "prompt_id": "1"}, {**RECORD, "prompt_id": "1"})
    assert caught.value.problems[0].pointer == "/1/prompt_id"

"""Prompts with nested responses are read like flat rows."""

import json

import pytest

from domain import dataset_formats, errors


def read(*rows):
    return dataset_formats.read("generic", "\n".join(json.dumps(row) for row in rows).encode())


def test_nested_responses_are_unfolded():
    found = read({"prompt_id": "p", "prompt": "Why?", "responses": [{"id": "a", "text": "So."}, "Because."]})
    assert [(r.prompt_id, r.parts[0]["text"]) for r in found.responses] == [("p", "So."), ("p", "Because.")]
    assert found.responses[0].id == "a"


def test_a_prompt_without_responses_stays():
    assert [prompt.id for prompt in read({"prompt_id": "p", "prompt": "Why?", "responses": []}).prompts] == ["p"]


@pytest.mark.parametrize(
    "item, pointer", [({"model": "m"}, "/0/responses/0"), ({"text": "x", "colour": 1}, "/0/responses/0/colour")]
)
def test_faults_of_a_response_are_named(item, pointer):
    with pytest.raises(errors.Invalid) as refusal:
        read({"prompt_id": "p", "prompt": "Why?", "responses": [item]})
    assert refusal.value.problems[0].pointer == pointer


def test_nested_names_count_as_columns():
    assert dataset_formats.columns(b'{"q": "Why?", "responses": [{"text": "So.", "model": "m"}]}') == [
        "q", "response", "model",
    ]  # fmt: skip

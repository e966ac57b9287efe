"""Prometheus as prompts, answers, references and repeated labels."""

import json

import pytest

from domain import dataset_formats, errors
from tests.domain.formats.test_prometheus import PROMPT, RECORD


def read(*records):
    return dataset_formats.read("prometheus", json.dumps(list(records)).encode())


def test_records_of_one_prompt_share_it():
    found = read(RECORD, {**RECORD, "id": "x:1", "response": "Else.", "gpt4_scores": 5, "response_model": "n"})
    (prompt,) = found.prompts
    assert prompt.reference == "Because."
    assert prompt.tags == {"category": "writing"}
    assert prompt.rubric == found.rubrics[0].slug
    assert [(r.id, r.prompt_id, r.model) for r in found.responses] == [("x:0", prompt.id, "m"), ("x:1", prompt.id, "n")]


def test_scores_are_labels_of_a_model():
    found = read(RECORD)
    assert [(label.value, label.repeat) for label in found.labels] == [(0.5, 0), (0.25, 1), (0.5, 2)]
    label = found.labels[0]
    assert (label.rater, label.rater_kind, label.response_id) == ("gpt-4", "model", "x:0")
    assert (label.rubric, label.criterion_id) == (found.rubrics[0].slug, found.rubrics[0].rubric.criteria[0].id)


def test_the_published_shape_has_places_for_ids():
    found = read({"idx": 83, "instruction": PROMPT, "gpt4_score": [4, 4, 5]}, {"instruction": PROMPT})
    assert [response.id for response in found.responses] == ["0", "1"]
    assert found.prompts[0].tags == {}
    assert len(found.labels) == 3


def test_an_id_used_twice_is_refused():
    with pytest.raises(errors.Invalid) as caught:
        read(RECORD, RECORD)
    assert caught.value.problems[0].pointer == "/1/id"

"""Tables become prompts, responses, pairs and labels; a wrong row refuses the file."""

import json

import pytest

from domain import dataset_formats, errors


def read(*rows, **mapping):
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return dataset_formats.read("generic", data, mapping or None)


def problem(*rows):
    with pytest.raises(errors.Invalid) as caught:
        read(*rows)
    (found,) = caught.value.problems
    assert found.pointer == f"/{len(rows) - 1}"
    return found.message


def test_rows_of_one_prompt_share_it():
    found = read(
        {"prompt": "Why?", "response": "So.", "model": "m", "language": "en", "tags": "a, b"},
        {"prompt": "Why?", "response": "Else."},
        {"prompt": "Why?", "response": "Else."},
        {"prompt": "How?", "reference": "Thus.", "context": "C", "tags": {"x": 1, "y": None}, "rubric": "r"},
    )
    why, how = found.prompts
    assert (why.language, why.tags) == ("en", {"a": "", "b": ""})
    assert (how.reference, how.context, how.tags, how.rubric) == ("Thus.", "C", {"x": "1"}, "r")
    assert [response.model for response in found.responses] == ["m", ""]
    assert {response.prompt_id for response in found.responses} == {why.id}


def test_ids_are_kept_and_joined():
    found = read(
        {"prompt_id": 7, "prompt": [{"role": "user", "content": "Why?"}], "response_id": "r", "response": "So."},
        {"prompt_id": "7", "response_id": "r", "value": 0.5, "rater": "ann", "criterion": "c", "note": "n"},
        {"prompt_id": "7", "response_id": "r", "value": "1", "repeat": "2", "rubric": "x"},
    )
    assert [prompt.id for prompt in found.prompts] == ["7"]
    first, second = found.labels
    assert (first.response_id, first.rater, first.criterion_id, first.value, first.note) == ("r", "ann", "c", 0.5, "n")
    assert (second.rater, second.value, second.repeat, second.rubric, second.rater_kind) == (
        *("imported", 1.0, 2, "x"),
        "human",
    )


def test_an_edit_names_what_it_changes():
    found = read(
        {"prompt": "Why?", "response_id": "r", "response": "So."},
        {"prompt": "Why?", "response_id": "e", "response": "No.", "edit_of": "r", "edit": "degrade: facts"},
    )
    assert [(one.edit_of, one.edit) for one in found.responses] == [("", ""), ("r", "degrade: facts")]


def test_answers_bring_tags_of_their_own():
    answers = [
        {"text": "So.", "tags": {"style": "plain"}},
        {"text": "**So.**", "tags": ["style:bold"]},
        {"text": "No."},
    ]
    found = read({"prompt": "Why?", "tags": {"topic": "all"}, "responses": answers})
    assert [one.tags for one in found.responses] == [{"style": "plain"}, {"style:bold": ""}, {}]
    assert found.prompts[0].tags == {"topic": "all"}
    assert read({"prompt": "Why?", "response": "So.", "response_tags": "long, odd"}).responses[0].tags.keys() == {
        "long",
        "odd",
    }


def test_pairs_name_responses_by_text_or_by_id():
    found = read(
        {"prompt": "Why?", "response_id": "r", "response": "So."},
        {"prompt": "Why?", "chosen": "r", "rejected": "Never.", "rater": "ann", "strength": 3},
        {"prompt": "How?", "chosen": "r", "rejected": "Never."},
    )
    first, second = found.preferences
    assert (first.chosen, first.rater, first.strength) == ("r", "ann", 3.0)
    assert second.chosen != "r"
    assert second.strength is None
    assert len(found.responses) == 4


def test_a_mapping_names_columns_and_spare_ones_are_reported():
    found = read({"q": "Why?", "a": "So.", "x": 1, "prompt": "not used"}, prompt="q", response="a")
    assert found.prompts[0].messages[0]["parts"][0]["text"] == "Why?"
    assert [note.pointer for note in found.report] == ["/x", "/prompt"]


def test_a_column_is_used_once():
    found = read({"prompt": "Why?", "response": "So."}, reference="response")
    assert found.responses == ()
    assert found.prompts[0].reference == "So."


@pytest.mark.parametrize(
    ("mapping", "pointer"),
    [({"colour": "q"}, "/colour"), ({"prompt": "z"}, "/prompt"), ({"response": "q"}, "/prompt")],
)
def test_wrong_mappings_are_refused(mapping, pointer):
    with pytest.raises(errors.Invalid) as caught:
        read({"q": "Why?"}, **mapping)
    assert caught.value.code == "mapping_invalid"
    assert [found.pointer for found in caught.value.problems] == [pointer]


def test_wrong_rows_are_named():
    fine = {"prompt_id": "1", "prompt": "Why?", "response_id": "r", "response": "So."}
    assert "no `prompt`" in problem(fine, {"prompt_id": "2"})
    assert "no `prompt`" in problem(fine, {"prompt": "  "})
    assert "no `response`" in problem(fine, {"prompt_id": "1", "response_id": "z"})
    assert "two different prompts" in problem(fine, {"prompt_id": "1", "prompt": "How?"})
    assert "two different responses" in problem(fine, {"prompt_id": "1", "response_id": "r", "response": "Else."})
    assert "two different responses" in problem(fine, {"prompt": "How?", "response_id": "r", "response": "So."})
    assert "both" in problem(fine, {"prompt_id": "1", "chosen": "a"})
    assert "both" in problem(fine, {"prompt_id": "1", "rejected": "a"})
    assert "the same" in problem(fine, {"prompt_id": "1", "chosen": "a", "rejected": "a"})
    assert "needs a `response`" in problem(fine, {"prompt_id": "1", "value": 1})
    assert "between 0 and 1" in problem({**fine, "value": 3})
    assert "finite" in problem({**fine, "value": "good"})
    assert "finite" in problem({**fine, "value": [1]})
    assert "whole number" in problem({**fine, "value": 1, "repeat": 0.5})
    assert "whole number" in problem({**fine, "value": 1, "repeat": -1})
    assert "`tags`" in problem({**fine, "tags": 3})
    assert "must be text" in problem({**fine, "reference": {"a": 1}})
    assert "must be text" in problem({**fine, "language": True})
    assert "messages" in problem({"prompt": 3})
    assert "parts" in problem({**fine, "response": 3})


def test_pairs_may_be_parts():
    found = read({"prompt": "Why?", "chosen": [{"type": "text", "text": "a"}], "rejected": "b"})
    assert len(found.preferences) == 1

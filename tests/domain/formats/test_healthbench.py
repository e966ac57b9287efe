"""HealthBench records come in and go out without loss."""

import json

import pytest

from domain import errors, formats, rubric, scoring
from domain.formats import Exported
from tests.domain.builders import make_rubric, verdicts

RECORD = {
    "prompt_id": "0b8f-1",
    "prompt": [{"role": "user", "content": "My head hurts."}],
    "rubrics": [
        {"criterion": "Asks how long.", "points": 7, "tags": ["level:example", "axis:context_awareness"]},
        {"criterion": "Names a dose.", "points": -4.5, "tags": [], "extra": {"by": "us"}},
        {"criterion": "Is kind.", "points": 0},
    ],
    "example_tags": ["theme:communication", "odd", 3],
    "ideal_completions_data": None,
    "canary": "keep me",
    "anything": [1, {"else": None}],
}


def read(*records):
    return formats.read("healthbench", "".join(json.dumps(record) + "\n" for record in records).encode())


def problems(record):
    with pytest.raises(errors.Invalid) as caught:
        read(record)
    assert caught.value.code == "healthbench_invalid"
    return {problem.pointer for problem in caught.value.problems}


def test_points_become_weights_and_polarity():
    (found,) = read(RECORD).rubrics
    criteria = found.rubric.criteria
    assert [(c.weight, c.polarity.value) for c in criteria] == [(7, "positive"), (4.5, "negative"), (0, "positive")]
    assert [c.id for c in criteria] == [rubric.criterion_id(n, c.text) for n, c in enumerate(criteria)]
    assert criteria[0].tags == {"level": "example", "dimension": "context_awareness"}
    assert found.rubric.scope == rubric.PromptScope(dataset="healthbench", prompt_id="0b8f-1")
    assert found.slug == "healthbench-0b8f-1"


def test_the_prompt_comes_with_the_rubric():
    prompt = read(RECORD).rubrics[0].prompt
    assert prompt.id == "0b8f-1"
    assert prompt.messages == [{"role": "user", "parts": [{"type": "text", "text": "My head hurts."}]}]
    assert prompt.tags == {"theme": "communication"}
    assert prompt.meta["canary"] == "keep me"
    assert prompt.rubric == "healthbench-0b8f-1"


def test_export_gives_back_the_record():
    imported = read(RECORD, {**RECORD, "prompt_id": "2"})
    written = formats.write("healthbench", [Exported(item.rubric) for item in imported.rubrics])
    lines = [json.loads(line) for line in written.data.decode().split("\n") if line]
    assert lines == [RECORD, {**RECORD, "prompt_id": "2"}]
    assert written.report == ()


def test_the_published_arithmetic():
    (found,) = read(RECORD).rubrics
    asks, doses, kind = (c.id for c in found.rubric.criteria)
    assert scoring.score(found.rubric, verdicts(**{asks: 1, doses: 1, kind: 1})).raw == pytest.approx(2.5 / 7)


def test_a_list_of_records_is_read_too():
    assert len(formats.read("healthbench", json.dumps([RECORD, RECORD]).encode()).rubrics) == 2


def test_problems_have_the_places_of_the_file():
    assert problems(3) == {"/0"}
    assert problems({}) == {"/0/prompt_id", "/0/prompt", "/0/rubrics"}
    broken = {**RECORD, "rubrics": [3, {"criterion": 3, "points": "5"}, {"criterion": "a", "points": True}]}
    assert problems(broken) == {"/0/rubrics/0", "/0/rubrics/1/criterion", "/0/rubrics/1/points", "/0/rubrics/2/points"}
    broken = {**RECORD, "rubrics": [{"criterion": " ", "points": 1e9}]}
    assert problems(broken) == {"/0/rubrics/0/criterion", "/0/rubrics/0/points"}
    assert problems({**RECORD, "canary": "a\x00"}) == {"/0/record/canary"}


def test_what_is_too_wide_for_json_is_refused():
    assert problems({**RECORD, "anything": 2**60 + 1}) == {"/0"}


TAGS = {"dimension": "x", "own": "y"}


def test_what_it_cannot_hold_is_reported():
    made = make_rubric(
        {
            "id": "a",
            "text": "t",
            "weight": 2,
            "group": "g",
            "tier": "essential",
            "tags": {"dimension": "x", "own": "y"},
        },
        {"id": "b", "text": "u", "kind": "nugget"},
        {"id": "c", "text": "v", "polarity": "negative"},
        groups=[{"id": "g", "weight": 3}],
        guidelines=[{"text": "g"}],
    )
    written = formats.write("healthbench", [Exported(made)])
    record = json.loads(written.data)
    assert record["rubrics"] == [
        {"criterion": "t", "points": 6, "tags": ["axis:x", "own:y"]},
        {"criterion": "v", "points": -1, "tags": []},
    ]
    assert record["prompt_id"] is None
    assert {(note.level, note.pointer) for note in written.report} == {
        ("warning", "/guidelines"),
        ("warning", "/groups"),
        ("warning", "/prompt"),
        ("warning", "/criteria/0/tier"),
        ("error", "/criteria/1/kind"),
    }


def test_a_rubric_of_a_prompt_keeps_its_id():
    made = make_rubric("a", scope={"kind": "prompt", "prompt_id": "p7"}, extensions={"healthbench": 3})
    assert json.loads(formats.write("healthbench", [Exported(made)]).data)["prompt_id"] == "p7"


def test_where_nothing_can_be_written_it_is_refused():
    with pytest.raises(errors.Invalid) as caught:
        formats.write("healthbench", [Exported(make_rubric({"id": "a", "kind": "nugget"}))])
    assert caught.value.code == "not_expressible"
    assert formats.write("healthbench", [Exported(make_rubric())]).data


def test_strange_extensions_do_no_harm():
    made = make_rubric("a", extensions={"healthbench": {"record": 3, "criteria": 4}})
    assert json.loads(formats.write("healthbench", [Exported(made)]).data)["rubrics"][0]["points"] == 1
    made = make_rubric("a", extensions={"healthbench": {"criteria": {"a": 4}}})
    assert json.loads(formats.write("healthbench", [Exported(made)]).data)["rubrics"] == [
        {"criterion": "a", "points": 1}
    ]

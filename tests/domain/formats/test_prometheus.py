"""Prometheus rubrics in both published shapes, in and out."""

import json

import pytest

from domain import errors, formats
from domain.formats import Exported
from domain.rubric import Kind, Need
from tests.domain.builders import make_rubric

TEXT = "[Is it clear?]\nScore 1: No.\nScore 2: Hardly.\nScore 3: So so.\nScore 4: Yes.\nScore 5: Very,\nindeed."
RECORD = {
    "id": "x:0",
    "instruction": "Explain.",
    "response": "So.",
    "reference_answer": "Because.",
    "rubric": TEXT,
    "gpt4_scores": [3, 2, 3],
    "response_model": "m",
    "category": "writing",
}
PROMPT = (
    "###Task Description:\nJudge.\n\n###The instruction to evaluate:\nExplain.\n\n###Response to evaluate:\nSo.\n\n"
    "###Reference Answer (Score 5):\nBecause.\n\n###Score Rubrics:\n" + TEXT + "\n\n###Feedback: "
)


def read(*records):
    return formats.read("prometheus", json.dumps(list(records)).encode())


def problem(record):
    with pytest.raises(errors.Invalid) as caught:
        read(RECORD, record)
    assert caught.value.code == "prometheus_invalid"
    (found,) = caught.value.problems
    assert found.pointer == "/1"
    return found.message


def test_a_rubric_is_one_ordinal_criterion():
    (found,) = read(RECORD).rubrics
    (criterion,) = found.rubric.criteria
    assert (criterion.text, criterion.kind, criterion.needs) == ("Is it clear?", Kind.ORDINAL, (Need.REFERENCE,))
    assert [level.value for level in criterion.levels] == [0, 0.25, 0.5, 0.75, 1]
    assert criterion.levels[4].anchor == "Very,\nindeed."
    assert found.slug.startswith("prometheus-")


def test_each_text_makes_one_rubric_and_a_missing_reference_is_not_needed():
    other = {**RECORD, "rubric": TEXT.replace("clear", "right"), "reference_answer": ""}
    found = read(RECORD, RECORD, other).rubrics
    assert len(found) == 2
    assert found[1].rubric.criteria[0].needs == ()


def test_the_published_prompt_is_taken_apart():
    (one,) = read({"idx": 3, "instruction": PROMPT, "gpt4_score": [4]}).rubrics
    assert one.rubric == read(RECORD).rubrics[0].rubric


def test_export_gives_back_the_text():
    imported = read(RECORD).rubrics[0]
    written = formats.write("prometheus", [Exported(imported.rubric)])
    assert [json.loads(line) for line in written.data.decode().splitlines()] == [{"rubric": TEXT}]
    assert written.report == ()


def test_an_edited_criterion_is_written_anew():
    levels = [{"label": str(n), "value": n / 4, "anchor": "" if n else "bad"} for n in range(5)]
    made = make_rubric({"id": "New?", "kind": "ordinal", "levels": levels}, extensions={"prometheus": {"text": TEXT}})
    written = json.loads(formats.write("prometheus", [Exported(made)]).data)["rubric"]
    assert written == "[New?]\nScore 1: bad\nScore 2: 1\nScore 3: 2\nScore 4: 3\nScore 5: 4"
    for kept in ({"text": "odd"}, {"text": 3}, 7):
        again = made.model_copy(update={"extensions": {"prometheus": kept}})
        assert json.loads(formats.write("prometheus", [Exported(again)]).data)["rubric"] == written


def test_what_it_cannot_hold_is_reported():
    levels = [{"label": str(n), "value": min(1, n / 3)} for n in range(5)]
    five = {"id": "a", "kind": "ordinal", "levels": levels, "weight": 2, "aspect": "factual"}
    made = make_rubric(five, "b", scoring=[{"step": "tree"}])
    written = formats.write("prometheus", [Exported(made), Exported(made)])
    assert {(note.level, note.pointer) for note in written.report if note.pointer.startswith("/0")} == {
        ("warning", "/0/scoring"),
        ("warning", "/0/criteria/0/weight"),
        ("warning", "/0/criteria/0/levels"),
        ("warning", "/0/criteria/0/aspect"),
        ("error", "/0/criteria/1/levels"),
    }


def test_where_nothing_can_be_written_it_is_refused():
    with pytest.raises(errors.Invalid) as caught:
        formats.write("prometheus", [Exported(make_rubric("a"))])
    assert caught.value.code == "not_expressible"


def test_wrong_records_are_named():
    assert problem(3) == "A record must be an object."
    assert problem({**RECORD, "instruction": None}) == "The record has no `instruction`."
    assert problem({"instruction": "no sections"}) == "The record has no `instruction`."
    assert problem({}) == "The record has no `instruction`."
    assert "Score 1:" in problem({**RECORD, "rubric": "[Q]\nScore 1: a"})
    assert "Score 1:" in problem({**RECORD, "rubric": TEXT.replace("[Is it clear?]", "[]")})
    for scores in ([6], [True], "3", [2.5]):
        assert "whole number" in problem({**RECORD, "gpt4_scores": scores})


def test_a_rubric_that_breaks_the_rules_of_a_document_is_refused():
    with pytest.raises(errors.Invalid):
        read({**RECORD, "rubric": TEXT.replace("No.", "a\x00")})

"""Benchmarks of judges in the shapes in which their authors publish them, on records of our own."""

import io
import json
from typing import Any

import pytest

from domain import dataset_formats, errors
from domain.dataset_formats import ImportedDataset

PAIR = {"id": 7, "prompt": "Say hi.", "chosen": "Hi.", "chosen_model": "m1", "rejected": "No.", "rejected_model": "m2",
        "subset": "alpacaeval-easy"}  # fmt: skip
SECOND = {"id": "tied:3", "prompt": "A colour?", "chosen": ["Red", "Blue"], "rejected": ["Seven"], "num_correct": 2,
          "num_incorrect": 1, "total_completions": 3, "subset": "Ties"}  # fmt: skip
OTHER_LANGUAGE = PAIR | {"language": "deu_Latn", "category": "Chat", "source": "alpacaeval-easy"}
STYLED = {"id": 8, "domain": "chat", "subset": "alpacaeval", "prompt": "Drawers?", "chosen": ["a", "ab", "**ab**"],
          "rejected": ["c", "cd", "**cd**"], "error": "shoes"}  # fmt: skip
RETRIEVED = {"id": "r1", "question": "Who?", "references": ["[1] Ann.", {"text": "[2] Bob."}], "subset": "citation",
             "chosen": {"answer": "Ann [1].", "model": "m"}, "rejected": "Bob."}  # fmt: skip
TOOLS = {"id": "t1", "question": "2*3?", "pos_answer": {"answer": "6", "score": 9, "actions": {"Action": "Calculator"}},
         "neg_answer": {"answer": "5", "score": 1}}  # fmt: skip
FIVE = "[Is it kind?]\n" + "\n".join(f"Score {n}: level {n}" for n in range(1, 6))
VALUES = {"id": "hhh:1", "category": "honest", "prompt": "Why?", "chosen": "So.", "rejected": "No.", "rubric": FIVE}
RANKED = {"id": "l1", "question": "Which?", "context": "Long …", "responses": ["b", "a", "c"], "ranking": [2, 1, 3],
          "domain": "LongQA", "length": "8k"}  # fmt: skip
RATED = {"prompt": "Help.", "response": "Here.", "helpfulness": 3, "correctness": 4, "coherence": 4, "complexity": 0,
         "verbosity": 2}  # fmt: skip
PREFERRED = {"prompt": "Help.", "response_1": "Here.", "response_2": "No.", "preference_strength": -2}
JUDGED = {"pair_id": "j1", "source": "mmlu-pro-law", "question": "Which?", "response_A": "x", "response_B": "y",
          "label": "B>A"}  # fmt: skip
MATRIX = {"id": "j1", "source": "mmlu-pro-law", "label": "B>A", "verdicts": {"arena": {"decisions": ["B>A", "A=B"]}}}
OUTPUT = JUDGED | {"judge_name": "arena", "judgments": [
    {"judgment": {"judge_model": "o1"}, "decision": "A>B"}, None]}  # fmt: skip
SCORED = {"session_id": "s1", "scores": {"m1": {"g": 9, "t": None}, "m2": {"g": 1}}}
ONE_JUDGE = {"session_id": "s1", "model_test": "m1", "score": "7", "model_output": "Text."}
TREE: dict[str, Any] = {"id": "root", "requirements": "All.", "weight": 1, "score": 0.5, "sub_tasks": [
    {"id": "a", "requirements": "One.", "weight": 1, "score": 1, "sub_tasks": []},
    {"id": "b", "requirements": "Two.", "weight": 1, "score": 0, "sub_tasks": []}]}  # fmt: skip


def read(name: str, *records: object) -> ImportedDataset:
    return dataset_formats.read(name, "\n".join(map(json.dumps, records)).encode())


@pytest.mark.parametrize(
    ("name", "record", "counts", "tags"),
    [
        ("rewardbench", PAIR, (1, 2, 1), {"subset": "alpacaeval-easy"}),
        ("rewardbench2", SECOND, (1, 3, 2), {"subset": "Ties"}),
        ("m-rewardbench", OTHER_LANGUAGE, (1, 2, 1),
         {"subset": "alpacaeval-easy", "category": "Chat", "parallel": "7"}),
        ("rmbench", STYLED, (1, 6, 9), {"domain": "chat", "subset": "alpacaeval"}),
        ("rag-rewardbench", RETRIEVED, (1, 2, 1), {"subset": "citation"}),
        ("tara", TOOLS, (1, 2, 1), {}),
        ("hhh", VALUES, (1, 2, 1), {"category": "honest"}),
        ("long-rewardbench", RANKED, (1, 3, 3), {"subset": "LongQA", "length": "8k", "ranks": "3"}),
        ("judgebench", JUDGED, (1, 2, 1), {"subset": "mmlu-pro-law", "domain": "knowledge"}),
        ("mtbench", {"question_id": 81, "category": "writing", "turns": ["Write.", "Again."]}, (1, 0, 0),
         {"category": "writing"}),
    ],
)  # fmt: skip
def test_what_is_right_stands_before_what_is_wrong(name, record, counts, tags):
    found = read(name, record)
    assert (len(found.prompts), len(found.responses), len(found.preferences)) == counts
    assert found.prompts[0].tags == tags
    texts = {one.id: one.parts[0]["text"] for one in found.responses}
    right = {"Hi.", "Red", "Blue", "a", "ab", "**ab**", "Ann [1].", "6", "So.", "y", "b"}
    assert all(texts[one.chosen] in right and texts[one.rejected] != texts[one.chosen] for one in found.preferences)


def test_what_comes_along_is_kept():
    assert [one.tags["style"] for one in read("rmbench", STYLED).responses] == ["concise", "plain", "markdown"] * 2
    assert read("rag-rewardbench", RETRIEVED).prompts[0].context == "[1] Ann.\n\n[2] Bob."
    assert read("tara", TOOLS).responses[0].meta["actions"] == {"Action": "Calculator"}
    assert len(read("hhh", VALUES, VALUES | {"id": "hhh:2"}).rubrics) == 1
    german = read("m-rewardbench", OTHER_LANGUAGE).prompts[0]
    assert (german.id, german.language) == ("deu_Latn:7", "deu_Latn")
    ranked = [(one.chosen, one.rejected) for one in read("long-rewardbench", RANKED).preferences]
    assert ranked == [("l1/2", "l1/1"), ("l1/2", "l1/3"), ("l1/1", "l1/3")]
    assert "says what a wrong one says" in read("rewardbench", PAIR | {"rejected": "Hi."}).report[0].message


def test_helpsteer_ratings_and_strengths_meet_on_the_same_answer():
    found = read("helpsteer2", RATED, PREFERRED)
    assert (len(found.prompts), len(found.responses), len(found.labels)) == (1, 2, 5)
    assert {one.criterion_id: one.value for one in found.labels}["helpfulness"] == 0.75
    (preferred,) = found.preferences
    assert (preferred.strength, preferred.chosen) == (2.0, found.labels[0].response_id)
    assert read("helpsteer2", PREFERRED | {"preference_strength": 0}).preferences[0].strength == 0


def test_verdicts_of_judgebench_are_about_the_order_that_was_shown():
    said = {(one.judge, one.responses): one.value for one in read("judgebench", JUDGED, MATRIX).verdicts}
    assert said == {("arena", ("j1/A", "j1/B")): 0.0, ("arena", ("j1/B", "j1/A")): 0.5}
    assert [(one.judge, one.value) for one in read("judgebench", OUTPUT).verdicts] == [
        ("arena/o1", 1),
        ("arena/o1", None),
    ]


def test_scores_of_wildbench_and_grades_of_paperbench():
    said = {(one.judge, one.responses[0]): one.value for one in read("wildbench", SCORED).verdicts}
    assert said == {("g", "s1/m1"): pytest.approx(8 / 9), ("t", "s1/m1"): None, ("g", "s1/m2"): 0}
    one = read("wildbench", ONE_JUDGE)
    assert (one.verdicts[0].judge, one.responses[0].parts[0]["text"]) == ("judge of the file", "Text.")
    graded = read("paperbench", {"id": "x", "paper_id": "p", "graded_rubric": TREE})
    assert {label.criterion_id: label.value for label in graded.labels} == {"a": 1, "b": 0}
    assert graded.prompts[0].rubric == graded.rubrics[0].slug
    bare = {"paper_id": "p", "rubric": {**TREE, "sub_tasks": [{**one, "score": None} for one in TREE["sub_tasks"]]}}
    assert not read("paperbench", bare).responses


def test_the_tables_of_the_hubs_are_read_too():
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([SECOND]), out)
    assert len(dataset_formats.read("rewardbench2", out.getvalue()).preferences) == 2


@pytest.mark.parametrize(
    ("name", "record", "said"),
    [
        ("rewardbench", {**PAIR, "id": None}, "no `id`"),
        ("rewardbench", {**PAIR, "chosen": ["a", "b"]}, "one answer"),
        ("rewardbench", {**PAIR, "prompt": " "}, "no `prompt`"),
        ("rewardbench", SECOND, "one answer"),
        ("rewardbench2", {**SECOND, "num_correct": 1}, "num_correct"),
        ("rewardbench2", {**SECOND, "id": "3"}, "ref:"),
        ("rewardbench2", {**SECOND, "rejected": []}, "1 to 200"),
        ("m-rewardbench", PAIR, "language"),
        ("rmbench", PAIR, "list of 3"),
        ("rag-rewardbench", {**RETRIEVED, "chosen": {"said": "x"}}, "texts of answers"),
        ("rag-rewardbench", {**RETRIEVED, "references": [3]}, "references"),
        ("tara", {**TOOLS, "neg_answer": "5"}, "neg_answer"),
        ("hhh", {**VALUES, "rubric": "Be kind."}, "(?i)score"),
        ("long-rewardbench", {**RANKED, "ranking": [1, 1, 2]}, "every response once"),
        ("long-rewardbench", {**RANKED, "context": 3}, "context"),
        ("helpsteer2", {**RATED, "helpfulness": 5}, "between 0 and 4"),
        ("helpsteer2", {**PREFERRED, "preference_strength": 4}, "from -3 to 3"),
        ("helpsteer2", {"prompt": "Help.", "response": "x"}, "rates none"),
        ("judgebench", {**JUDGED, "label": "A=B"}, "A>B or B>A"),
        ("judgebench", {**MATRIX, "verdicts": {"j": {"decisions": ["A"]}}}, "decision"),
        ("judgebench", {**OUTPUT, "judgments": "x"}, "judgments"),
        ("wildbench", {**SCORED, "scores": {"m": {"g": 11}}}, "between 1 and 10"),
        ("wildbench", {**SCORED, "scores": {"m": 4}}, "models, each"),
        ("mtbench", {"question_id": 1, "turns": []}, "turns"),
        ("paperbench", {"id": "x", "paper_id": "p", "graded_rubric": {**TREE, "sub_tasks": [
            {"id": "a", "requirements": "One.", "weight": 1, "score": 2, "sub_tasks": []}]}}, "between 0 and 1"),
        ("rewardbench", 7, "object"),
    ],
)  # fmt: skip
def test_a_mislabelled_or_broken_record_is_named(name, record, said):
    with pytest.raises(errors.Invalid, match=said):
        read(name, record)


@pytest.mark.parametrize(
    ("name", "record"),
    [("rewardbench", PAIR), ("judgebench", JUDGED), ("wildbench", SCORED), ("long-rewardbench", RANKED)],
)
def test_a_record_may_not_come_twice(name, record):
    with pytest.raises(errors.Invalid, match="twice"):
        read(name, record, record)

"""Data sets of people's labels: what becomes of ratings, pairs and marked errors, and what is refused."""

import json

import pytest

from domain import dataset_formats, errors
from domain.dataset_formats import mqm

TEXT = {"id": 7, "text": "A text.", "labels": {"Sound": ["yes", "no"], "overall": [3, 5], "one": 2}}
PUBLISHED = {
    "dataset": "Recipes",
    "annotations": [
        {"metric": "fluency", "category": "graded", "worst": 1, "best": 6},
        {"metric": "errors", "category": "graded", "worst": 5, "best": 0},
        {"metric": "sound", "category": "categorical", "labels_list": ["yes", "no"]},
    ],
    "instances": [
        {
            "id": "a",
            "instance": "Stir.",
            "annotations": {
                "fluency": {"mean_human": 3, "individual_human_scores": [1, 6, None, 3.5]},
                "errors": {"individual_human_scores": [5, 0]},
                "sound": {"individual_human_scores": ["Yes", ""]},
            },
        }
    ],
}
SUMMARY = {
    "id": "M1:d1", "doc_id": "d1", "system": "M1", "summary": "Short.",
    "expert_annotations": [{"coherence": 5, "consistency": 1, "fluency": 3, "relevance": None}],
    "turker_annotations": [{"coherence": 2, "consistency": 2, "fluency": 2, "relevance": 2}],
}  # fmt: skip
PAIR = {
    "id": "pandalm:4", "idx": 4, "motivation_app": "Mail", "cmp_key": "a_b", "instruction": "Do.", "input": "it",
    "response1": "x", "response2": "y", "annotator1": 2, "annotator2": 0, "annotator3": 1, "gpt35_verdict": None,
    "pandalm7b_verdict": 2,
}  # fmt: skip
DIALOGUE = {
    "id": "d", "topic": "t", "annotator_id": "22", "ratings": {"Q0": 4, "Q1": 0, "Q2": 1},
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
    "llm": {"Q0": {"sample": 3, "probs": [0.1, 0.2, 0.6, 0.1]}},
}  # fmt: skip
SEGMENT = {
    "id": "s:1", "language_pair": "ende", "system": "s", "doc": "d", "seg_id": 1,
    "source": "One.", "target": "Ein Ein.",
    "raters": {
        "r1": [
            {"category": "Fluency/Punctuation", "severity": "Minor", "span": "."},
            {"category": "Accuracy", "severity": "Major", "span": "Ein"},
        ],
        "r2": [],
    },
}  # fmt: skip
TABLE = (
    "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\tcomment\n"
    "s\td\t1\t1\tr1\tOne.\tEin <v>Wort</v>.\tAccuracy\tMajor\t\n"
    "s\td\t1\t1\tr1\tOne.\t<v>Ein</v> Wort.\tStyle\tMinor\t\n"
    "s\td\t1\t2\tr1\tTwo.\tZwei.\tNo-error\tno-error\t\n"
)


def read(name, *records):
    return dataset_formats.read(name, "\n".join(map(json.dumps, records)).encode())


def test_ratings_of_texts_keep_their_unit_and_their_places():
    found = read("judge-bench", TEXT)
    assert found.responses[0].id == "7"
    labels = {(label.criterion_id, label.rater): label.value for label in found.labels}
    assert labels == {
        ("Sound", "position 1"): 1.0, ("Sound", "position 2"): 0.0, ("overall", "position 1"): 3.0,
        ("overall", "position 2"): 5.0, ("one", "position 1"): 2.0,
    }  # fmt: skip
    assert "own unit" in found.report[0].message
    assert {label.rater_kind for label in found.labels} == {"crowd"}


def test_published_scales_become_degrees():
    found = read("judge-bench", PUBLISHED)
    labels = {(label.criterion_id, label.rater[-1]): label.value for label in found.labels}
    assert labels == {
        ("fluency", "1"): 0, ("fluency", "2"): 1, ("fluency", "3"): None, ("fluency", "4"): 0.5,
        ("errors", "1"): 0, ("errors", "2"): 1, ("sound", "1"): 1, ("sound", "2"): None,
    }  # fmt: skip
    assert not found.report


def test_summaries_have_experts_and_a_crowd():
    articles = read("summeval", {"doc_id": "d1", "source_text": "Long.", "references": ["Ref."]})
    assert (articles.prompts[0].id, articles.prompts[0].reference, articles.responses) == ("d1", "Ref.", ())
    found = read("summeval", SUMMARY)
    assert found.prompts == ()
    assert [(label.rater, label.rater_kind, label.value) for label in found.labels[:4]] == [
        ("SummEval expert 1", "human", 1.0), ("SummEval expert 1", "human", 0.0), ("SummEval expert 1", "human", 0.5),
        ("SummEval crowd 1", "crowd", 0.25),
    ]  # fmt: skip
    whole = read("summeval", {"id": "dm-1", "decoded": "Short.", "model_id": "M0", "expert_annotations": []})
    assert (whole.prompts[0].id, whole.responses[0].id) == ("dm-1", "M0:dm-1")


def test_pairs_have_annotators_ties_and_judges():
    found = read("pandalm", PAIR)
    assert [(one.rater[-1], one.chosen[-1], one.strength) for one in found.preferences] == [
        ("1", "2", None), ("2", "1", 0), ("3", "1", None)
    ]  # fmt: skip
    assert [(one.judge, one.value) for one in found.verdicts] == [("gpt-3.5-turbo", None), ("pandalm-7b", 0.0)]
    assert [one.model for one in found.responses] == ["a", "b"]
    assert not read("pandalm", {key: value for key, value in PAIR.items() if "verdict" not in key}).rubrics


def test_questions_that_do_not_apply_have_no_value():
    found = read("llm-rubric", DIALOGUE)
    assert [(label.criterion_id, label.value) for label in found.labels] == [("Q0", 1.0), ("Q1", None), ("Q2", 0.0)]
    assert found.labels[1].payload == {"not_applicable": True}
    assert found.verdicts[0].value == pytest.approx(2 / 3)
    twice = {"id": "e", "ratings": [{"annotator_id": 3, "Q0": 1}, {"annotator_id": 3, "Q0": 2}]}
    again = read("llm-rubric", twice)
    assert [label.repeat for label in again.labels] == [0, 1]
    assert not again.verdicts


def test_marked_errors_are_points_and_spans():
    found = read("mqm", SEGMENT)
    assert [(label.rater, label.value) for label in found.labels] == [("MQM r1", -5.1), ("MQM r2", 0)]
    first, second = found.labels[0].spans
    assert (first["start"], first["end"], "start" in second) == (7, 8, False)
    assert mqm.points([{"category": "Non-translation!", "severity": "Major"}]) == 25


def test_a_table_of_errors_is_gathered_by_segment():
    found = dataset_formats.read("mqm", TABLE.encode())
    assert [(label.response_id, label.value) for label in found.labels] == [("s:d:1", -6), ("s:d:2", 0)]
    assert found.responses[0].parts[0]["text"] == "Ein Wort."
    assert [span["text"] for span in found.labels[0].spans] == ["Wort", "Ein"]


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("judge-bench", {"id": "a", "text": "t"}),
        ("judge-bench", {"id": None, "text": "t", "labels": {"x": 1}}),
        ("judge-bench", {"id": "a", "text": "t", "labels": {"x": "good"}}),
        ("judge-bench", {"id": "a", "text": "t", "labels": {"x" * 90: 1}}),
        ("judge-bench", {**PUBLISHED, "annotations": [{}]}),
        ("judge-bench", {**PUBLISHED, "annotations": None}),
        ("judge-bench", {**PUBLISHED, "instances": [{"id": "a"}]}),
        ("judge-bench", {**PUBLISHED, "instances": [{"id": "a", "annotations": {"x": {"individual_human_scores": 3}}}]}),  # noqa: E501
        ("summeval", {**SUMMARY, "expert_annotations": [{"coherence": 9}]}),
        ("summeval", {**SUMMARY, "turker_annotations": "none"}),
        ("pandalm", {**PAIR, "annotator1": 3}),
        ("pandalm", {**PAIR, "id": True}),
        ("llm-rubric", {**DIALOGUE, "ratings": "good"}),
        ("llm-rubric", {**DIALOGUE, "annotator_id": None}),
        ("llm-rubric", {**DIALOGUE, "llm": []}),
        ("llm-rubric", {**DIALOGUE, "messages": [{"role": "user", "content": "Hi"}]}),
        ("mqm", {**SEGMENT, "raters": []}),
        ("mqm", {**SEGMENT, "raters": {"r": "none"}}),
        ("mqm", {**SEGMENT, "raters": {"r": [{}]}}),
        ("mqm", {**SEGMENT, "seg_id": None}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(name, record):
    with pytest.raises(errors.Invalid) as caught:
        read(name, record)
    assert caught.value.problems


@pytest.mark.parametrize("table", ["category\tseverity\n", TABLE + "s\td\n", TABLE.replace("\ttarget", "\tother")])
def test_tables_that_are_none_are_refused(table):
    with pytest.raises(errors.Invalid):
        dataset_formats.read("mqm", table.encode())

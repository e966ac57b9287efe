"""Rubrics made by others go through the formats and come out as they were."""

import json
import os
import pathlib

import pytest

from domain import formats, rubric, scoring
from domain.formats import Exported
from tests.domain.builders import make_verdict

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
LISTED = [
    ("paperbench", "rubrics/paperbench_trees.jsonl", 10),
    ("healthbench", "rubrics/healthbench_rubrics.jsonl", 53),
    ("biggen", "rubrics/biggen_rubrics.jsonl", 359),
    ("scholarqa", "rubrics/scholarqa_cs_rubrics.jsonl", 60),
    ("scholarqa", "rubrics/scholarqa_prometheus_5level.jsonl", 3),
    ("paperbench", "human_labels/paperbench_judge_eval.jsonl", 2),
]
RAW = [
    ("biggen", "raw/biggen/sample_responses.sample.json", 3),
    ("healthbench", "raw/healthbench/oss_eval.sample.jsonl", 4),
    ("paperbench", "raw/paperbench/semantic-self-consistency.rubric.json", 1),
    ("paperbench", "raw/paperbench/semantic-self-consistency.expected_result.json", 1),
    ("prometheus", "raw/prometheus/mt_bench_eval.sample.json", 2),
    ("scholarqa", "raw/scholarqa/test_configs_snippets.sample.json", 2),
    ("mqm", "raw/mqm/mqm_ted_ende.sample.tsv", 1),
]


def content(name):
    return (DATA / name).read_bytes()


def values(data):
    """The records of a file, whichever way they are put."""
    text = data.decode()
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line]
    if isinstance(whole, dict) and all(isinstance(value, dict) for value in whole.values()):
        return list(whole.values())
    return whole if isinstance(whole, list) else [whole]


def exported(imported):
    return [Exported(item.rubric, slug=item.slug) for item in imported.rubrics]


def graded(tree, scores):
    """The score of every leaf of a graded tree."""
    if not tree["sub_tasks"]:
        scores[tree["id"]] = tree["score"]
    for child in tree["sub_tasks"]:
        graded(child, scores)
    return scores


@pytest.mark.parametrize(("token", "name", "count"), LISTED)
def test_whole_files_go_out_as_they_came_in(token, name, count):
    imported = formats.read(token, content(name))
    assert len(imported.rubrics) == count
    back = values(formats.write(token, exported(imported)).data)
    assert [rubric.canonical(item) for item in back] == [rubric.canonical(item) for item in values(content(name))]


@pytest.mark.parametrize(("token", "name", "count"), RAW)
def test_raw_samples_import_and_are_recognised(token, name, count):
    imported = formats.read(token, content(name))
    assert len(imported.rubrics) == count
    assert all(item.rubric.criteria for item in imported.rubrics)
    assert formats.detect(content(name), pathlib.Path(name).name).token == token
    if token not in ("prometheus", "mqm"):
        back = values(formats.write(token, exported(imported)).data)
        assert [rubric.canonical(i) for i in back] == [rubric.canonical(i) for i in values(content(name))]


@pytest.mark.parametrize(("token", "name", "count"), LISTED)
def test_whole_files_are_recognised(token, name, count):
    assert formats.detect(content(name), pathlib.Path(name).name).token == token
    assert formats.detect(content(name)).token == token


@pytest.mark.parametrize("through", ["rubricstudio", "rubricstudio-yaml"])
def test_paperbench_survives_our_own_documents(through):
    imported = formats.read("paperbench", content("raw/paperbench/semantic-self-consistency.rubric.json"))
    again = formats.read("rubricstudio", formats.write(through, exported(imported)).data)
    back = formats.write("paperbench", exported(again))
    assert back.report == ()
    original = json.loads(content("raw/paperbench/semantic-self-consistency.rubric.json"))
    assert rubric.canonical(json.loads(back.data)) == rubric.canonical(original)


def test_paperbench_root_scores_through_the_import():
    found = formats.read("paperbench", content("human_labels/paperbench_judge_eval.jsonl"))
    for item, record in zip(found.rubrics, values(content("human_labels/paperbench_judge_eval.jsonl")), strict=True):
        scores = graded(record["graded_rubric"], {})
        assert len(item.rubric.criteria) == record["leaves"] == len(scores)
        assert 1 + len(item.rubric.groups) + len(item.rubric.criteria) == record["nodes"]
        judged = {name: make_verdict(name, value) for name, value in scores.items()}
        score = scoring.score(item.rubric, judged)
        assert score.raw == pytest.approx(record["root_score"], abs=1e-9)
        assert scoring.recompute(score.trace) == score.raw


def test_the_two_versions_of_one_tree_share_their_ids():
    names = ("rubric", "expected_result")
    one, two = (
        formats.read("paperbench", content(f"raw/paperbench/semantic-self-consistency.{name}.json")).rubrics[0].rubric
        for name in names
    )
    shared = {c.id for c in one.criteria} & {c.id for c in two.criteria}
    assert len(shared) > 60
    assert one.criteria != two.criteria


@pytest.mark.parametrize("token", ["csv", "xlsx"])
def test_every_field_survives_a_spreadsheet(token):
    trees = formats.read("paperbench", content("rubrics/paperbench_trees.jsonl"))
    for item in [*trees.rubrics[:3], *formats.read("biggen", content("rubrics/biggen_rubrics.jsonl")).rubrics[:20]]:
        again = formats.read(token, formats.write(token, [Exported(item.rubric, slug=item.slug)]).data).rubrics[0]
        assert again.rubric.criteria == item.rubric.criteria
        assert again.rubric.groups == item.rubric.groups
        assert again.slug == item.slug

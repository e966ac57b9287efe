"""Formats, scores and statistics on data made by others."""

import json
import os
import pathlib

import pytest

from domain import agreement, dataset_formats, formats, prompts, rubric, scoring, subjects
from domain.formats import Exported
from tests.domain.builders import make_verdict

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]


def content(name):
    return (DATA / name).read_bytes()


def records(name):
    return [json.loads(line) for line in content(name).decode().split("\n") if line]


@pytest.fixture(scope="module")
def healthbench():
    return formats.read("healthbench", content("rubrics/healthbench_rubrics.jsonl")).rubrics


@pytest.mark.parametrize("name", ["rubrics/healthbench_rubrics.jsonl", "raw/healthbench/oss_eval.sample.jsonl"])
def test_healthbench_goes_out_as_it_came_in(name):
    imported = formats.read("healthbench", content(name))
    written = formats.write("healthbench", [Exported(item.rubric) for item in imported.rubrics])
    back = [json.loads(line) for line in written.data.decode().split("\n") if line]
    assert [rubric.canonical(item) for item in back] == [rubric.canonical(item) for item in records(name)]
    assert imported.report == written.report == ()


def test_all_healthbench_rubrics_survive_our_own_formats(healthbench):
    assert len(healthbench) == 53
    for token in ("rubricstudio", "rubricstudio-yaml"):
        file = formats.write(token, [Exported(item.rubric, slug=item.slug) for item in healthbench])
        again = formats.read("rubricstudio", file.data).rubrics
        assert [rubric.digest(item.rubric) for item in again] == [rubric.digest(item.rubric) for item in healthbench]
        assert [item.slug for item in again] == [item.slug for item in healthbench]


@pytest.mark.parametrize("met", [lambda n: True, lambda n: False, lambda n: n % 2 == 0, lambda n: n % 3 == 0])
def test_healthbench_arithmetic(healthbench, met):
    published = records("rubrics/healthbench_rubrics.jsonl")
    for item, record in zip(healthbench, published, strict=True):
        points = [entry["points"] for entry in record["rubrics"]]
        expected = sum(p for n, p in enumerate(points) if met(n)) / sum(p for p in points if p > 0)
        verdicts = {c.id: make_verdict(c.id, float(met(n))) for n, c in enumerate(item.rubric.criteria)}
        found = scoring.score(item.rubric, verdicts)
        assert found.raw == pytest.approx(expected, abs=1e-12)
        assert scoring.recompute(found.trace) == found.raw


def test_healthbench_as_data():
    found = dataset_formats.read("healthbench", content("rubrics/healthbench_rubrics.jsonl"))
    assert (len(found.prompts), len(found.rubrics), len(found.responses)) == (53, 53, 159)
    assert {prompt.rubric for prompt in found.prompts} == {item.slug for item in found.rubrics}
    assert len({item.slug for item in found.rubrics}) == 53


def tree_document(node):
    """A rubric of groups and leaves from a graded PaperBench tree; the root is the rubric itself."""
    groups, criteria, scores = [], [], {}
    waiting = [(child, None) for child in node["sub_tasks"]]
    while waiting:
        item, parent = waiting.pop()
        if item["sub_tasks"]:
            groups.append({"id": item["id"], "title": "", "weight": item["weight"], "parent": parent})
            waiting.extend((child, item["id"]) for child in item["sub_tasks"])
        else:
            leaf = {"id": item["id"], "text": item["requirements"], "weight": item["weight"], "group": parent}
            criteria.append(leaf)
            scores[item["id"]] = item["score"]
    return {"groups": groups, "criteria": criteria, "scoring": [{"step": "tree"}]}, scores


def test_paperbench_trees():
    graded = records("human_labels/paperbench_judge_eval.jsonl")
    assert graded
    for record in graded:
        document, scores = tree_document(record["graded_rubric"])
        assert len(scores) == record["leaves"]
        found = scoring.score(
            rubric.parse(document), {name: make_verdict(name, value) for name, value in scores.items()}
        )
        assert found.raw == pytest.approx(record["root_score"], abs=1e-9)
        assert sum(found.contributions.values()) == pytest.approx(record["root_score"], abs=1e-9)
        assert scoring.recompute(found.trace) == found.raw


def test_prometheus_as_data():
    found = dataset_formats.read("prometheus", content("judge_verdicts/prometheus_mt_bench_eval.jsonl"))
    assert (len(found.prompts), len(found.responses), len(found.labels), len(found.rubrics)) == (318, 320, 960, 318)
    published = records("judge_verdicts/prometheus_mt_bench_eval.jsonl")
    scores = [score for record in published for score in record["gpt4_scores"]]
    assert [None if label.value is None else 1 + 4 * label.value for label in found.labels] == scores
    assert all(prompt.reference for prompt in found.prompts)


def test_prometheus_rubrics_go_out_as_they_came_in():
    published = records("judge_verdicts/prometheus_mt_bench_eval.jsonl")
    imported = formats.read("prometheus", content("judge_verdicts/prometheus_mt_bench_eval.jsonl")).rubrics
    written = formats.write("prometheus", [Exported(item.rubric) for item in imported])
    texts = [json.loads(line)["rubric"] for line in written.data.decode().split("\n") if line]
    assert texts == list(dict.fromkeys(record["rubric"] for record in published))
    bare = [item.rubric.model_copy(update={"extensions": {}}) for item in imported]
    anew = formats.write("prometheus", [Exported(item) for item in bare])
    again = [item.rubric for item in formats.read("prometheus", as_records(anew.data)).rubrics]
    assert [r.criteria[0].levels for r in again] == [r.criteria[0].levels for r in bare]


def as_records(data):
    """Rubric lines completed to records, as the reader wants them."""
    lines = [json.loads(line) for line in data.decode().split("\n") if line]
    return json.dumps(
        [{**line, "instruction": "-", "response": "-", "reference_answer": "-"} for line in lines]
    ).encode()


def test_the_published_prometheus_prompts_are_taken_apart():
    found = dataset_formats.read("prometheus", content("raw/prometheus/mt_bench_eval.sample.json"))
    packed = dataset_formats.read("prometheus", content("judge_verdicts/prometheus_mt_bench_eval.jsonl"))
    assert len(found.responses) == 2
    texts = {subjects.text_of(response.parts).strip() for response in packed.responses}
    assert {subjects.text_of(response.parts).strip() for response in found.responses} <= texts
    judged = {rubric.judged_digest(item.rubric) for item in packed.rubrics}
    assert {rubric.judged_digest(item.rubric) for item in found.rubrics} <= judged
    assert len(judged) == 71


def test_real_answers_can_be_put_to_a_judge():
    found = dataset_formats.read("healthbench", content("rubrics/healthbench_rubrics.jsonl"))
    by_slug = {item.slug: item.rubric for item in found.rubrics}
    messages = {prompt.id: prompt for prompt in found.prompts}
    for response in found.responses:
        prompt = messages[response.prompt_id]
        made = by_slug[prompt.rubric or ""]
        shown = prompts.Material(
            rubric=made,
            messages=prompt.messages,
            answers=(response.parts,),
            fence_secret="secret",
            subject_hash=subjects.parts_hash(response.parts),
        )
        rendered = prompts.render("judge_isolated", shown, made.criteria)
        assert len(rendered.suffixes) == len(made.criteria)
        assert subjects.text_of(response.parts) in [part.text for part in rendered.shared if not part.trusted]


@pytest.mark.parametrize("criterion", ["coherence", "consistency", "fluency", "relevance"])
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_of_the_summeval_experts(criterion, level):
    expected = reference("human_labels/summeval.jsonl", criterion, f"krippendorff_alpha_experts_{level}")
    ratings = summeval(criterion)
    assert agreement.krippendorff_alpha(ratings, level=level) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("criterion", ["coherence", "relevance"])
def test_quadratic_kappa_of_two_summeval_experts(criterion):
    expected = reference("human_labels/summeval.jsonl", criterion, "quadratic_weighted_kappa_expert1_expert2")
    first, second, _ = zip(*summeval(criterion), strict=True)
    assert agreement.cohen_kappa(first, second, weights="quadratic") == pytest.approx(expected, abs=1e-9)


def test_alpha_published_for_the_recipes():
    published = [item for item in records("human_labels/published_statistics.jsonl") if item["level"] == "ordinal"]
    items = records("human_labels/recipes_multirater.jsonl")
    for statistic in published:
        ratings = [item["labels"][statistic["criterion"]] for item in items]
        width = max(map(len, ratings))
        table = [[*row, *[None] * (width - len(row))] for row in ratings]
        found = agreement.krippendorff_alpha(table, level="ordinal")
        assert found == pytest.approx(statistic["value"], abs=1e-6)


def summeval(criterion):
    return [
        [annotation[criterion] for annotation in record["expert_annotations"]]
        for record in records("human_labels/summeval.jsonl")
    ]


def reference(file, criterion, statistic):
    for item in records("reference_statistics.jsonl"):
        if (item["file"], item["criterion"], item["statistic"]) == (file, criterion, statistic):
            return item["value"]
    raise LookupError(statistic)

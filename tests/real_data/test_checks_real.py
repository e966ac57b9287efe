"""Computed checks against the verdicts of the published checkers."""

import json
import os
import pathlib

import pytest

from domain import checks, dataset_formats
from domain.checks import Given, Outcome

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]

# Recorded as not followed, though the published test says that it is: language detection with a random seed.
MISRECORDED = {"ifeval-case:8"}
# The published checker's tagger calls the imperative "Build" a noun.
DISAGREES = {("ifbench-resp:261", "words:start_verb")}


def records(name):
    return [json.loads(line) for line in (DATA / "verifiable" / name).read_text().split("\n") if line]


def run(kind, instruction, kwargs, response, mode="strict"):
    spec = {"kind": kind, "instruction": instruction, "kwargs": kwargs, "mode": mode}
    return checks.evaluate(spec, Given(response)).result


def test_ifeval_cases():
    differ = {
        case["id"]
        for case in records("ifeval_checker_cases.jsonl")
        if (run("ifeval", case["instruction_id"], case["kwargs"], case["response"]) is Outcome.PASS)
        is not case["followed"]
    }
    assert differ == MISRECORDED


@pytest.mark.parametrize("family", ["ifeval", "ifbench"])
def test_every_published_prompt_has_valid_checks(family):
    count = 0
    for record in records(f"{family}.jsonl"):
        for name, kwargs in zip(record["instruction_id_list"], record["kwargs"], strict=True):
            checks.validate({"kind": family, "instruction": name, "kwargs": kwargs})
            count += 1
    assert count >= len(records(f"{family}.jsonl"))


@pytest.mark.parametrize(("mode", "column"), [("strict", "strict_list"), ("loose", "loose_list")])
def test_ifbench_verdicts(mode, column):
    known = {record["prompt"].strip(): record["kwargs"] for record in records("ifbench.jsonl")}
    differ, types, count = set(), set(), 0
    for record in records("ifbench_responses.jsonl"):
        asked = zip(record["instruction_id_list"], known[record["prompt"].strip()], record[column], strict=True)
        for name, kwargs, followed in asked:
            count += 1
            types.add(name)
            found = run("ifbench", name, kwargs, record["response"], mode)
            if found is Outcome.ABSTAIN or (found is Outcome.PASS) is not followed:
                differ.add((record["id"], name))
    assert (count, len(types)) == (151, 51)
    assert differ == DISAGREES
    assert 1 - len(differ) / count >= 0.97


@pytest.mark.parametrize(("family", "answers"), [("ifeval", 0), ("ifbench", 133)])
def test_published_sets_become_data_with_rubrics(family, answers):
    content = (DATA / "verifiable" / f"{family}.jsonl").read_bytes()
    if answers:
        content += b"\n" + (DATA / "verifiable" / f"{family}_responses.jsonl").read_bytes()
    found = dataset_formats.read(family, content)
    prompts = records(f"{family}.jsonl")
    assert len(found.prompts) == len(found.rubrics) == len(prompts)
    assert sum(len(item.rubric.criteria) for item in found.rubrics) == sum(len(p["kwargs"]) for p in prompts)
    assert len(found.responses) == answers
    assert {r.prompt_id for r in found.responses} <= {p.id for p in found.prompts}

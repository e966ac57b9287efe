"""Prediction-powered intervals on real labels and verdicts: they cover the truth, and are narrower than labels alone.

The whole table is the population whose mean is known; labels are drawn from it by chance, the rest keeps its verdict.
"""

import json
import os
import pathlib

import numpy as np
import pytest

from domain.agreement import powered

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
DRAWS = 1_000
LABELS = 60


def records(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line]


def summeval(criterion):
    """Experts' mean as what people say, the crowd's mean as the judge."""
    rows = records("human_labels/summeval.jsonl")
    said = [
        [np.mean([one[criterion] for one in row[f"{group}_annotations"]]) for group in ("expert", "turker")]
        for row in rows
    ]
    return (np.array(said).T - 1) / 4


def pandalm(judge):
    """Whether the second answer is better: the mean of three people, and a judge's verdict; a tie is one half."""
    degree = {0: 0.5, 1: 0.0, 2: 1.0}
    rows = [row for row in records("human_labels/pandalm_3annotators.jsonl") if row[judge] in degree]
    people = [np.mean([degree[row[f"annotator{n}"]] for n in (1, 2, 3)]) for row in rows]
    return np.array([people, [degree[row[judge]] for row in rows]])


def llmbar(judge):
    """Whether the first output is the better one: the label, and a judge's mean over both orders."""
    rows = records("judge_verdicts/llmbar_matrix.jsonl")
    read = [(row["label"], row["verdicts"][judge]["winner"]) for row in rows if judge in row["verdicts"]]
    kept = [(label, winner) for label, winner in read if None not in winner]
    return np.array(
        [[label == 1 for label, _ in kept], [np.mean([one == 1 for one in both]) for _, both in kept]], float
    )


def wildbench():
    """Scores of 1 to 10 by one strong judge in the place of people, by another as the judge."""
    rows = [one for row in records("judge_verdicts/wildbench_scores.jsonl") for one in row["scores"].values()]
    said = [[one["gpt-4o-2024-05-13"], one["gpt-4-turbo-2024-04-09"]] for one in rows]
    return (np.array(said, float).T - 1) / 9


TABLES = {
    "SummEval coherence": lambda: summeval("coherence"),
    "SummEval consistency": lambda: summeval("consistency"),
    "SummEval fluency": lambda: summeval("fluency"),
    "SummEval relevance": lambda: summeval("relevance"),
    "PandaLM, GPT-3.5": lambda: pandalm("gpt35_verdict"),
    "PandaLM, PandaLM-7B": lambda: pandalm("pandalm7b_verdict"),
    "LLMBar, GPT-4": lambda: llmbar("GPT-4/Vanilla_NoRules"),
    "WildBench": wildbench,
}


def simulate(people, judge, *, replace, draws=DRAWS, labels=LABELS):
    """Shares covered by both, by labels alone and by the judge alone; widths of both over those of labels alone."""
    chance, truth = np.random.default_rng(20), people.mean()
    found = []
    for _ in range(draws):
        if replace:
            drawn = chance.integers(0, len(people), len(people))
        else:
            drawn = chance.permutation(len(people))
        mine, rest = drawn[:labels], drawn[labels:]
        found.append(powered.mean(people[mine], judge[mine], judge[rest]))

    def covered(part):
        return np.mean([getattr(one, part).low <= truth <= getattr(one, part).high for one in found])

    widths = [np.mean([getattr(one, part).half for one in found]) for part in ("both", "labels")]
    worth = float(np.median([one.worth for one in found]))
    return covered("both"), covered("labels"), covered("judge"), widths[0] / widths[1], worth


@pytest.mark.parametrize("name", TABLES)
def test_intervals_cover_and_are_narrower(name):
    people, judge = TABLES[name]()
    both, labels, _, width, worth = simulate(people, judge, replace=True)
    assert both >= 0.92
    assert labels >= 0.92
    assert width <= 1.005
    assert worth >= LABELS * 0.99


@pytest.mark.parametrize("name", ["WildBench", "PandaLM, GPT-3.5", "SummEval relevance"])
def test_fifteen_labels_cover_too(name):
    both, *_ = simulate(*TABLES[name](), replace=True, labels=15)
    assert both >= 0.92


@pytest.mark.parametrize("name", ["LLMBar, GPT-4", "WildBench", "PandaLM, PandaLM-7B"])
def test_good_judges_are_worth_many_labels(name):
    _, _, _, width, worth = simulate(*TABLES[name](), replace=True, draws=300)
    assert width < 0.93
    assert worth > LABELS * 1.15


@pytest.mark.parametrize("name", ["SummEval coherence", "WildBench"])
def test_the_judge_alone_misses_the_truth(name):
    both, _, judge, _, _ = simulate(*TABLES[name](), replace=False, draws=300)
    assert judge < 0.5
    assert both >= 0.92

"""The verdicts of the six LLMBar judges and of the 27 RewardMATH runs, against what their authors published."""

import json
from collections import defaultdict

import pytest

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Dataset
from apps.judging import queries
from apps.judging.models import Score, Verdict
from tests import factories
from tests.real_data.test_domain_real import content

pytestmark = pytest.mark.django_db


def lines(path: str) -> list[dict]:
    return [json.loads(line) for line in content(path).decode().split("\n") if line]


def imported(actor: Actor, name: str, *paths: str) -> datasets.DatasetImport:
    for path in paths:
        done = datasets.import_dataset(by=actor, slug=name, format=name, data=content(path))
    return done


def percent(said: str) -> float:
    return float(said.rsplit("=", maxsplit=1)[-1].strip(" %"))


@pytest.fixture
def alice() -> Actor:
    return factories.make_actor(Role.AUTHOR, username="alice")


def test_llmbar_judges_reproduce_their_published_accuracies_and_importing_twice_changes_nothing(alice):
    done = imported(alice, "llmbar", "preferences/llmbar.jsonl", "judge_verdicts/llmbar_matrix.jsonl")
    for subset in ("natural", "manual"):
        reproduces(done.dataset, subset)
    before = (Verdict.objects.count(), Score.objects.count())
    assert before == (146 * 65 * 2, 146 * 65 * 2)
    again = imported(alice, "llmbar", "judge_verdicts/llmbar_matrix.jsonl")
    assert (Verdict.objects.count(), Score.objects.count()) == before
    assert "18,980 verdicts of 65 judges" in again.followed[-1]


def reproduces(dataset: Dataset, subset: str) -> None:
    rows = queries.accuracies(dataset, tag=f"subset:{subset}")
    found = {row.judge.model: row for row in rows}
    published = [line for line in lines("judge_verdicts/llmbar_published_stats.jsonl") if line["subset"] == subset]
    assert len({line["judge"] for line in published}) == 6
    both_unread = _both_unread(subset)
    for line in published:
        row = found[f"{line['judge']}/{line['strategy']}"]
        strict, split, lenient = (known(row, f"pairs_{ties}") for ties in ("strict", "split", "lenient"))
        assert row.measures["pairs_strict"].items == row.prompts == {"natural": 100, "manual": 46}[subset]
        assert 100 * strict == pytest.approx(percent(line["correct_average"]), abs=0.06)
        assert 100 * known(row, "both_strict") == pytest.approx(percent(line["correct_both"]), abs=0.06)
        # Upstream calls two replies that cannot be read the same.
        same = known(row, "steady") + both_unread[row.judge.model] / row.prompts
        assert 100 * same == pytest.approx(percent(line["equal"]), abs=0.06)
        assert strict <= split <= lenient


def known(row: queries.JudgeAccuracy, measure: str) -> float:
    value = row.measures[measure].value
    assert value is not None
    return value


def _both_unread(subset: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for line in lines("judge_verdicts/llmbar_matrix.jsonl"):
        for judge, said in line["verdicts"].items():
            found[judge] += line["subset"] == subset and said["winner"] == [None, None]
    return found


def test_rewardmath_runs_reproduce_the_reference_under_each_policy(alice):
    dataset = imported(alice, "rewardmath", "judge_verdicts/rewardmath_matrix.jsonl").dataset
    rows = {row.judge.model: row for row in queries.accuracies(dataset)}
    assert len(rows) == 27
    matrix = lines("judge_verdicts/rewardmath_matrix.jsonl")
    for line in lines("reference_statistics.jsonl"):
        if line["file"] != "judge_verdicts/rewardmath_matrix.jsonl":
            continue
        pairwise = line["statistic"] == "pairwise_accuracy_null_wrong"
        row = rows[f"{line['criterion']} ({'pairwise' if pairwise else 'pointwise'})"]
        measure = {
            "accuracy_correct_strictly_best_of_10": "best_strict",
            "pairwise_win_rate_ties_half": "wins_split",
            "pairwise_accuracy_null_wrong": "pairs_strict",
        }[line["statistic"]]
        assert row.measures[measure].value == pytest.approx(line["value"], abs=1e-9)
    for name in matrix[0]["pointwise"]:
        scores = [line["pointwise"][name] for line in matrix]
        top = [[score == max(given) for score in given] for given in scores]
        measures = rows[f"{name} (pointwise)"].measures
        assert measures["best_lenient"].value == pytest.approx(sum(at[0] for at in top) / len(top))
        assert measures["best_split"].value == pytest.approx(sum(at[0] / sum(at) for at in top) / len(top))

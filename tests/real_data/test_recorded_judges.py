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

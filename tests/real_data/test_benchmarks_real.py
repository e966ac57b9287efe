"""Benchmarks scored through the product's own import and service, against what their authors published."""

import json
from collections.abc import Iterable

import pytest

from apps.accounts.permissions import Actor, Role
from apps.audit import services
from apps.audit.models import BenchmarkResult
from apps.audit.services import benchmarking
from apps.datasets import services as datasets
from apps.datasets.models import Dataset
from apps.judging import queries as judging
from tests import factories
from tests.real_data.test_domain_real import content
from tests.real_data.test_recorded_judges import imported, lines, percent

pytestmark = [pytest.mark.django_db, pytest.mark.real_data]
FEW = 50
"""Answers whose instructions programs check: they take most of a minute for all 133."""


@pytest.fixture
def alice() -> Actor:
    return factories.make_actor(Role.AUTHOR, username="alice")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(benchmarking, "AT_ONCE", 10**9)


def scored(alice: Actor, dataset: Dataset, benchmark: str, **more: object) -> dict[str, BenchmarkResult]:
    """The results by the judge's own name, or the scorer's."""
    done = services.score_benchmark(by=alice, benchmark=benchmark, dataset=dataset, **more)  # type: ignore[arg-type]
    assert not done.refused
    return {called(one): one for one in done.results}


def called(row: BenchmarkResult) -> str:
    return row.judge_version.model if row.judge_version else row.scorer


def figure(row: BenchmarkResult, name: str) -> float:
    return next(one["value"] for one in [row.outcome["score"], *row.outcome["figures"]] if one["name"] == name)


def domain(row: BenchmarkResult, name: str) -> float:
    return next(one["value"] for one in row.outcome["domains"] if one["name"] == name)


def reference(file: str) -> Iterable[tuple[str, str, float]]:
    for line in lines("reference_statistics.jsonl"):
        if line["file"] == file:
            yield line["criterion"], line["statistic"], line["value"]


def test_rewardmath_reproduces_accuracy_rank_and_ties_of_27_runs(alice):
    dataset = imported(alice, "rewardmath", "judge_verdicts/rewardmath_matrix.jsonl").dataset
    rows = scored(alice, dataset, "rewardmath")
    measured = {row.judge.model: row.measures for row in judging.accuracies(dataset)}
    assert len(rows) == len(measured) == 27
    for name, statistic, value in reference("judge_verdicts/rewardmath_matrix.jsonl"):
        pairwise = statistic == "pairwise_accuracy_null_wrong"
        row = rows[f"{name} ({'pairwise' if pairwise else 'pointwise'})"]
        measure = {
            "accuracy_correct_strictly_best_of_10": "best_strict", "pairwise_win_rate_ties_half": "wins_split",
            "pairwise_accuracy_null_wrong": "pairs_strict",
        }[statistic]  # fmt: skip
        assert measured[called(row)][measure].value == pytest.approx(value, abs=1e-9)
        found = row.score if statistic == "accuracy_correct_strictly_best_of_10" else figure(row, "wins")
        assert found == pytest.approx(value, abs=1e-9)
    matrix = lines("judge_verdicts/rewardmath_matrix.jsonl")
    for name in matrix[0]["pointwise"]:
        given = [line["pointwise"][name] for line in matrix]
        top = [[score == max(one) for score in one] for one in given]
        row = rows[f"{name} (pointwise)"]
        assert figure(row, "lenient") == pytest.approx(sum(at[0] for at in top) / len(top))
        assert figure(row, "split") == pytest.approx(sum(at[0] / sum(at) for at in top) / len(top))
        assert measured[called(row)]["best_lenient"].value == pytest.approx(figure(row, "lenient"))
        assert measured[called(row)]["best_split"].value == pytest.approx(figure(row, "split"))
        ranks = [1 / (1 + sum(score >= one[0] for score in one[1:])) for one in given]
        assert figure(row, "rank") == pytest.approx(sum(ranks) / len(ranks))
        assert row.outcome["chance"] == pytest.approx(0.1) and figure(row, "rank_chance") == pytest.approx(
            0.2929, abs=1e-4
        )
    for name in matrix[0]["pairwise"]:
        said = [line["pairwise"][name] for line in matrix]
        lost = [sum(a != p for a, p in zip(one["answer"], one["chosen_position"], strict=True)) for one in said]
        row = rows[f"{name} (pairwise)"]
        assert row.score == pytest.approx(sum(one == 0 for one in lost) / len(lost))
        assert figure(row, "rank") == pytest.approx(sum(1 / (1 + one) for one in lost) / len(lost))
    assert {one["name"] for one in row.faults} == {"elsewhere"}


def test_llmbar_reproduces_the_130_published_rows_and_the_kappas_with_the_label(alice):
    files = ("preferences/llmbar.jsonl", "judge_verdicts/llmbar_matrix.jsonl")
    kappas = {name: value for name, _, value in reference("judge_verdicts/llmbar_matrix.jsonl")}
    published = lines("judge_verdicts/llmbar_published_stats.jsonl")
    assert len(published) == 130 and len(kappas) == 10
    for subset in ("natural", "manual"):
        parts = []
        for file in files:
            kept = [line for line in content(file).decode().split("\n") if f'"subset":"{subset}"' in line]
            parts.append("\n".join(kept).encode())
        for part in parts:
            dataset = datasets.import_dataset(by=alice, slug=f"llmbar-{subset}", format="llmbar", data=part).dataset
        rows = scored(alice, dataset, "llmbar")
        assert len(rows) == 65
        for line in (one for one in published if one["subset"] == subset):
            row = rows[f"{line['judge']}/{line['strategy']}"]
            assert 100 * figure(row, "score") == pytest.approx(percent(line["correct_average"]), abs=0.06)
            assert 100 * figure(row, "both") == pytest.approx(percent(line["correct_both"]), abs=0.06)
            assert 100 * figure(row, "given") == pytest.approx(percent(line["correct_False"]), abs=0.06)
            assert 100 * figure(row, "swapped") == pytest.approx(percent(line["correct_True"]), abs=0.06)
            wanted = kappas.get(f"{subset} {line['judge']}/{line['strategy']}")
            assert wanted is None or figure(row, "kappa") == pytest.approx(wanted, abs=1e-9)


def test_judgebench_reproduces_the_matrix_of_verdicts(alice):
    files = ("preferences/judgebench.jsonl", "judge_verdicts/judgebench_matrix.jsonl")
    dataset = imported(alice, "judgebench", *files).dataset
    rows = scored(alice, dataset, "judgebench")
    names = {"accuracy_order_AB": "given", "accuracy_both_orders": "both", "position_consistency": "steady"}
    for judge, statistic, value in reference("judge_verdicts/judgebench_matrix.jsonl"):
        assert figure(rows[judge], names[statistic]) == pytest.approx(value, abs=1e-9)
        assert rows[judge].items == (132 if "haiku" in judge else 171)
    assert {"livecodebench", "mmlu-pro-law"} < {one["name"] for one in rows[judge].outcome["domains"]}


def test_wildbench_correlations_against_another_judge(alice):
    dataset = imported(alice, "wildbench", "judge_verdicts/wildbench_scores.jsonl").dataset
    scorers = {judge.model: (str(judge), str(version)) for judge, version, _ in judging.stored_scorers(dataset)}
    judge, rubric = scorers["gpt-4-turbo-2024-04-09"]
    gold = {"dataset": dataset.slug, "judge": judge, "rubric": rubric}
    (row,) = scored(alice, dataset, "wildbench", gold=gold).values()
    wanted = {name: value for _, name, value in reference("judge_verdicts/wildbench_scores.jsonl")}
    assert row.score == pytest.approx(wanted["spearman_judges"], abs=1e-9)
    assert figure(row, "kappa") == pytest.approx(wanted["quadratic_weighted_kappa_judges"], abs=1e-9)


def test_pandalm_and_mtbench_against_majorities(alice):
    dataset = imported(alice, "pandalm", "human_labels/pandalm_3annotators.jsonl").dataset
    rows = scored(alice, dataset, "pandalm")
    for _, statistic, value in reference("human_labels/pandalm_3annotators.jsonl"):
        if "majority" in statistic:
            row = rows["gpt-3.5-turbo" if "gpt35" in statistic else "pandalm-7b"]
            found = row.score if statistic.startswith("accuracy") else figure(row, "kappa")
            assert found == pytest.approx(value, abs=1e-9)
    files = ("preferences/mtbench_human_majority.jsonl", "judge_verdicts/mtbench_matrix.jsonl")
    board = scored(alice, imported(alice, "mtbench", *files).dataset, "mtbench")
    matrix = lines("judge_verdicts/mtbench_matrix.jsonl")
    for name, row in board.items():
        said = [[winner == line["label"] for winner in line["verdicts"][name]["winner"]] for line in matrix]
        assert row.score == pytest.approx(sum(map(sum, said)) / 2 / len(said))
        assert figure(row, "given") == pytest.approx(sum(first for first, _ in said) / len(said))


def test_summeval_by_criterion_and_the_instructions_of_ifbench(alice):
    dataset = imported(alice, "summeval", "human_labels/summeval_sources.jsonl", "human_labels/summeval.jsonl").dataset
    wanted = {(criterion, name): value for criterion, name, value in reference("human_labels/summeval.jsonl")}
    table = [
        {"prompt_id": line["doc_id"], "response_id": line["id"], "scorer": criterion,
         "score": sum(one[criterion] for one in line["turker_annotations"]) / 5}
        for line in lines("human_labels/summeval.jsonl") for criterion in ("coherence", "fluency")
    ]  # fmt: skip
    data = "\n".join(map(json.dumps, table)).encode()
    stored, _ = datasets.add_score_table(by=alice, data=data, name="crowd")
    sources = [{"table": stored.pk, "scorer": criterion} for criterion in ("coherence", "fluency")]
    for criterion, row in scored(alice, dataset, "ratings", sources=sources).items():
        assert domain(row, criterion) == pytest.approx(wanted[criterion, "spearman_expertmean_crowdmean"], abs=1e-6)
    parts = [
        content("verifiable/ifbench.jsonl"),
        b"\n".join(content("verifiable/ifbench_responses.jsonl").split(b"\n")[:FEW]),
    ]
    for part in parts:
        dataset = datasets.import_dataset(by=alice, slug="ifbench", format="ifbench", data=part).dataset
    (ruled,) = scored(alice, dataset, "ifbench").values()
    published = [line for line in lines("verifiable/ifbench_responses.jsonl")[:FEW] if line["key"] is not None]
    strict = sum(line["strict_all"] for line in published) / len(published)
    assert figure(ruled, "answers_strict") == pytest.approx(strict, abs=0.03)

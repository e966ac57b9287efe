"""The audits on recorded judges: what their authors published, and every reference figure of a judge's file."""

import functools
from typing import Any

import numpy as np
import pytest

from domain import agreement, audits
from domain.audits import Answers, Inputs, Judged, Pairs, Scores
from domain.dataset_formats import ImportedDataset, registry
from tests.domain.audits.given import value
from tests.real_data.test_domain_real import DATA, records

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]


def reference(file: str) -> dict[tuple[str, str], float]:
    return {
        (row["criterion"], row["statistic"]): row["value"]
        for row in records("reference_statistics.jsonl")
        if row["file"] == file
    }


@functools.cache
def read(token: str, *files: str) -> tuple[ImportedDataset, ...]:
    """Through the product's own reading of the format."""
    return tuple(registry.read(token, (DATA / file).read_bytes()) for file in files)


def preferred(said: float | None) -> float:
    return np.nan if said is None else said


def as_scores(found: ImportedDataset) -> Inputs:
    """Judges of single answers, with the answers that preferences name as better."""
    place = {one.id: n for n, one in enumerate(found.responses)}
    right = np.zeros(len(place))
    right[[place[one.chosen] for one in found.preferences]] = 1.0
    columns: dict[str, np.ndarray] = {}
    for one in found.verdicts:
        if len(one.responses) == 1:
            column = columns.setdefault(one.judge, np.full(len(place), np.nan))
            column[place[one.responses[0]]] = one.detail.get("score", np.nan)
    answers = Answers([one.prompt_id for one in found.responses], list(place), correct=right,
                      tags={"source": [one.model for one in found.responses]})  # fmt: skip
    return Inputs(answers, [Scores(name, column) for name, column in columns.items()])


def as_pairs(found: ImportedDataset, preferences: Any, tags: dict[str, str]) -> Pairs:
    """Judges of pairs: what each said with the better answer in front, and behind."""
    place = {(one.chosen, one.rejected): n for n, one in enumerate(preferences)}
    sides: dict[str, np.ndarray] = {}
    asked: dict[str, int] = {}
    for one in found.verdicts:
        if len(one.responses) != 2:
            continue
        column = sides.setdefault(one.judge, np.full((2, len(place)), np.nan))
        asked[one.judge] = asked.get(one.judge, 0) + 1
        front = one.responses in place
        n = place[one.responses] if front else place[one.responses[1], one.responses[0]]
        said = preferred(one.value)
        column[0 if front else 1, n] = said if front else 1.0 - said
    judged = [Judged(name, both[0], both[1], once=asked[name] <= len(place)) for name, both in sides.items()]
    return Pairs(
        [f"{one.chosen}>{one.rejected}" for one in preferences], [one.prompt_id for one in preferences],
        [one.chosen for one in preferences], [one.rejected for one in preferences], judged=judged,
        tags={"subset": [tags.get(one.prompt_id, "") for one in preferences]},
    )  # fmt: skip


def test_rewardmath_accuracy_rank_and_tie_variants_of_27_runs():
    (found,) = read("rewardmath", "judge_verdicts/rewardmath_matrix.jsonl")
    inputs, wanted = as_scores(found), reference("judge_verdicts/rewardmath_matrix.jsonl")
    pairs = as_pairs(found, found.preferences, {})
    rows = records("judge_verdicts/rewardmath_matrix.jsonl")
    assert len(inputs.scores) + len(pairs.judged) == 27
    for table in inputs.scores:
        name = table.name.removesuffix(" (pointwise)")
        got = audits.run("one_against_many", inputs, {"scorer": table.name})
        assert value(got, "strict") == pytest.approx(wanted[name, "accuracy_correct_strictly_best_of_10"], abs=1e-9)
        assert value(got, "wins") == pytest.approx(wanted[name, "pairwise_win_rate_ties_half"], abs=1e-9)
        scores = [row["pointwise"][name] for row in rows]
        top = [[one == max(given) for one in given] for given in scores]
        assert value(got, "lenient") == pytest.approx(np.mean([at[0] for at in top]))
        assert value(got, "split") == pytest.approx(np.mean([at[0] / sum(at) for at in top]))
        ranks = [1 + sum(one >= given[0] for one in given[1:]) for given in scores]
        assert value(got, "rank") == pytest.approx(np.mean([1 / rank for rank in ranks]))
    for judge in pairs.judged:
        got = audits.run("pairs", Inputs(pairs=pairs), {"judge": judge.name})
        name = judge.name.removesuffix(" (pairwise)")
        assert value(got, "strict") == pytest.approx(wanted[name, "pairwise_accuracy_null_wrong"], abs=1e-9)
        said = [row["pairwise"][name] for row in rows]
        lost = [sum(a != p for a, p in zip(one["answer"], one["chosen_position"], strict=True)) for one in said]
        assert value(got, "rank") == pytest.approx(np.mean([1 / (1 + one) for one in lost]))
        assert value(got, "all_right") == pytest.approx(np.mean([one == 0 for one in lost]))


def test_rewardmath_distances_are_a_metric_and_name_the_sources_that_fool():
    (found,) = read("rewardmath", "judge_verdicts/rewardmath_matrix.jsonl")
    inputs = as_scores(found)
    matrix = audits.run("distance_matrix", inputs)
    assert len(matrix.rows) == 18 * 17 // 2
    assert value(matrix, "largest") < 1.0
    got = audits.run("one_against_many", inputs, {"scorer": "prometheus_8x7B (pointwise)"})
    assert "ties" in got.reading and "fooled most by" in got.reading


def test_the_130_published_rows_of_llmbar():
    (prompts, matrix) = read("llmbar", "preferences/llmbar.jsonl", "judge_verdicts/llmbar_matrix.jsonl")
    tags = {one.id: one.tags["subset"] for one in prompts.prompts}
    published = records("judge_verdicts/llmbar_published_stats.jsonl")
    rows = records("judge_verdicts/llmbar_matrix.jsonl")
    assert len(published) == 130
    for subset in ("natural", "manual"):
        some = [one for one in prompts.preferences if tags[one.prompt_id] == subset]
        names = {one.prompt_id for one in some}
        part = ImportedDataset((), verdicts=tuple(one for one in matrix.verdicts if one.prompt_id in names))
        pairs = as_pairs(part, some, tags)
        for line in (one for one in published if one["subset"] == subset):
            name = f"{line['judge']}/{line['strategy']}"
            got = audits.run("position", Inputs(pairs=pairs), {"judge": name})
            strict = audits.run("pairs", Inputs(pairs=pairs), {"judge": name})
            said = [row["verdicts"][name]["winner"] for row in rows if row["subset"] == subset]
            labels = [row["label"] for row in rows if row["subset"] == subset]
            assert 100 * value(strict, "strict") == pytest.approx(percent(line["correct_average"]), abs=0.06)
            assert 100 * value(got, "both") == pytest.approx(percent(line["correct_both"]), abs=0.06)
            unread = np.mean([one == [None, None] for one in said])
            assert 100 * (value(got, "steady") + unread) == pytest.approx(percent(line["equal"]), abs=0.06)
            for order, field in enumerate(("correct_False", "correct_True")):
                right = np.mean([one[order] == label for one, label in zip(said, labels, strict=True)])
                assert 100 * right == pytest.approx(percent(line[field]), abs=0.06)
            kappa = agreement.cohen_kappa(*([float(one[n] or 2) for one in said] for n in range(2)))
            assert (kappa or 0.0) == pytest.approx(line["kappa_agreement"] or 0.0, abs=1e-9) or kappa is None


def percent(said: str) -> float:
    return float(said.rsplit("=", maxsplit=1)[-1].strip(" %"))


def test_kappas_of_llmbar_judges_against_the_label():
    rows = records("judge_verdicts/llmbar_matrix.jsonl")
    for (criterion, _), wanted in reference("judge_verdicts/llmbar_matrix.jsonl").items():
        subset, judge = criterion.split(" ")
        both = [(row["verdicts"][judge]["winner"][0], row["label"]) for row in rows if row["subset"] == subset]
        read_ = [(float(one), float(label)) for one, label in both if one is not None]
        assert agreement.cohen_kappa(*zip(*read_, strict=True)) == pytest.approx(wanted, abs=1e-9)


def test_the_verdict_matrix_of_judgebench():
    rows = records("judge_verdicts/judgebench_matrix.jsonl")
    degree = {"A>B": 1.0, "B>A": 0.0, "A=B": 0.5, None: np.nan}
    wanted = reference("judge_verdicts/judgebench_matrix.jsonl")
    for judge in sorted({name for name, _ in wanted}):
        mine = [row for row in rows if judge in row["verdicts"]]
        sides = [[degree[one] for one in row["verdicts"][judge]["decisions"]] for row in mine]
        # The second order was asked with the answers swapped.
        a_better = np.array([[first, 1 - second] for first, second in sides])
        is_a = np.array([row["label"] == "A>B" for row in mine])
        right = np.where(is_a[:, None], a_better, 1 - a_better)
        first, second = np.where(is_a, right[:, 0], right[:, 1]), np.where(is_a, right[:, 1], right[:, 0])
        names = [row["id"] for row in mine]
        once = Judged("order AB", right[:, 0], np.full(len(mine), np.nan), once=True)
        inputs = Inputs(pairs=Pairs(names, names, names, names, judged=[Judged("both", first, second), once]))
        got = audits.run("position", inputs, {"judge": "both"})
        assert value(got, "both") == pytest.approx(wanted[judge, "accuracy_both_orders"], abs=1e-9)
        assert value(got, "steady") == pytest.approx(wanted[judge, "position_consistency"], abs=1e-9)
        alone = audits.run("pairs", inputs, {"judge": "order AB"})
        assert value(alone, "strict") == pytest.approx(wanted[judge, "accuracy_order_AB"], abs=1e-9)


def test_wildbench_correlations_and_the_repeats_of_prometheus():
    wanted = reference("judge_verdicts/wildbench_scores.jsonl")
    cells = [
        (row["id"], model, both["gpt-4o-2024-05-13"], both["gpt-4-turbo-2024-04-09"])
        for row in records("judge_verdicts/wildbench_scores.jsonl")
        for model, both in row["scores"].items()
    ]
    prompts, models, one, other = zip(*cells, strict=True)
    answers = Answers(prompts, [f"{prompt}/{model}" for prompt, model in zip(prompts, models, strict=True)])
    inputs = Inputs(answers, [Scores("gpt-4o", np.array(one, float)), Scores("gpt-4-turbo", np.array(other, float))])
    got = audits.run("agreement", inputs)
    assert value(got, "spearman") == pytest.approx(wanted["score", "spearman_judges"], abs=1e-9)
    assert value(got, "kappa") == pytest.approx(wanted["score", "quadratic_weighted_kappa_judges"], abs=1e-9)
    repeats = [row["gpt4_scores"] for row in records("judge_verdicts/prometheus_mt_bench_eval.jsonl")]
    alpha = reference("judge_verdicts/prometheus_mt_bench_eval.jsonl")["score", "krippendorff_alpha_ordinal_repeats"]
    assert agreement.krippendorff_alpha(repeats, level="ordinal") == pytest.approx(alpha, abs=1e-9)


def test_judges_against_the_majority_of_mt_bench():
    rows = records("judge_verdicts/mtbench_matrix.jsonl")
    names = [row["id"] for row in rows]
    for judge in rows[0]["verdicts"]:
        said = [row["verdicts"][judge]["winner"] for row in rows]
        right = np.array([
            [np.nan if winner is None else float(winner == row["label"]) for winner in both]
            for both, row in zip(said, rows, strict=True)
        ])  # fmt: skip
        pairs = Pairs(names, names, names, names, judged=[Judged(judge, right[:, 0], right[:, 1])])
        got = audits.run("pairs", Inputs(pairs=pairs))
        assert value(got, "strict") == pytest.approx(np.nan_to_num(right).mean())
        assert 0.5 < value(got, "strict") < 0.85


def test_length_alone_on_rm_bench_wins_the_easy_pairs_and_loses_the_hard_ones():
    prompts, lengths, right, styles = [], [], [], []
    for row in records("preferences/rmbench.jsonl"):
        for side in ("chosen", "rejected"):
            for style, text in zip(("concise", "plain", "markdown"), row[side], strict=True):
                prompts.append(f"{row['domain']}/{row['id']}")
                lengths.append(float(len(text)))
                right.append(float(side == "chosen"))
                styles.append(style)
    answers = Answers(prompts, [str(n) for n in range(len(prompts))], correct=np.array(right),
                      lengths=np.array(lengths), tags={"style": styles})  # fmt: skip
    inputs = Inputs(answers, [Scores("length", np.array(lengths))])
    got = audits.run("style", inputs, {"order": "concise, plain, markdown"})
    assert value(got, "hard") < 0.25 and value(got, "easy") > 0.75
    assert audits.run("length_bias", inputs).band == "poor"

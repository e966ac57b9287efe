"""The quality gate on published pairs: harmful checks are found, judges rank as they were published."""

import numpy as np
import pytest

from domain import checks, refinement
from domain.checks import Given, Outcome
from domain.refinement import Fault
from tests.real_data.test_domain_real import DATA, records

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
PLAIN_AND_HARD = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
"""Places of chosen and rejected among the styles concise, detailed and with Markdown: normal pairs, then hard ones."""
CHECKS = {
    "over 150 words": {"kind": "words", "min": 151},
    "has markdown": {"kind": "markdown", "part": "anything", "min": 1},
}


def holds(name: str, text: str) -> float:
    return float(checks.evaluate(CHECKS[name], Given(text)).result is Outcome.PASS)


def labelled(
    better: list[list[float]], worse: list[list[float]], names: list[str], groups: list[int]
) -> refinement.Gate:
    one, two = np.array(better), np.array(worse)
    count = len(one)
    return refinement.measure(
        refinement.Labelled(
            tuple(names), one, two, np.array(groups, dtype=np.int64), np.zeros((count, 2)),
            np.full(len(names), 1 / len(names)), np.full((count, 2), np.nan),
        )
    )  # fmt: skip


def test_length_and_markdown_are_dropped_on_rm_bench():
    names = list(CHECKS)
    better, worse, groups = [], [], []
    for number, record in enumerate(records("preferences/rmbench.jsonl")):
        for chosen, rejected in PLAIN_AND_HARD:
            better.append([holds(name, record["chosen"][chosen]) for name in names])
            worse.append([holds(name, record["rejected"][rejected]) for name in names])
            groups.append(number)
    gate = labelled(better, worse, names, groups)
    found = refinement.findings(gate)
    for one in gate.criteria:
        assert {Fault.INVERTED, Fault.MISALIGNED} <= {each.fault for each in found if each.criterion == one.name}
        assert refinement.standing(one, found) is refinement.Standing.DROP
        assert one.edge is not None
        assert one.edge < 0
    assert gate.prompts == 205


def test_judges_of_llmbar_rank_as_published():
    """Each judge with its strategy as one criterion; each order of each pair is a pair of its own."""
    lines = records("judge_verdicts/llmbar_matrix.jsonl")
    names = sorted({name for line in lines for name in line["verdicts"]})
    better, groups = [], []
    for number, line in enumerate(lines):
        for order in (0, 1):
            said = [line["verdicts"].get(name, {}).get("winner", [None, None])[order] for name in names]
            better.append([np.nan if one is None else float(one == line["label"]) for one in said])
            groups.append(number)
    sides = np.array(better)
    gate = labelled(sides.tolist(), (1 - sides).tolist(), names, groups)
    published: dict[str, float] = {}
    for row in records("judge_verdicts/llmbar_published_stats.jsonl"):
        share = sum(line["subset"] == row["subset"] for line in lines) / len(lines)
        name = f"{row['judge']}/{row['strategy']}"
        published[name] = published.get(name, 0.0) + float(row["correct_average"].rstrip("%")) / 100 * share
    whole = [one for one in gate.criteria if one.known == 1]
    assert len(whole) > 20
    for one in whole:
        assert one.consistency.value == pytest.approx(published[one.name], abs=0.001)
    ranked = sorted(whole, key=lambda one: one.consistency.value or 0.0)
    assert [published[one.name] for one in ranked] == pytest.approx(
        sorted(published[one.name] for one in whole), abs=0.001
    )
    assert ranked[-1].name.startswith("GPT-4/")


def test_judges_of_rewardmath_rank_as_their_accuracies():
    """The right solution against each wrong one, by the pointwise score of each judge."""
    lines = records("judge_verdicts/rewardmath_matrix.jsonl")
    names = sorted({name for line in lines for name in line["pointwise"]})
    scores = np.array([[line["pointwise"][name] or [None] * 10 for name in names] for line in lines], dtype=float)
    better = np.repeat(scores[:, :, 0], 9, axis=0)
    worse = scores[:, :, 1:].transpose(0, 2, 1).reshape(-1, len(names))
    gate = labelled(better.tolist(), worse.tolist(), names, np.repeat(np.arange(len(lines)), 9).tolist())
    known = {
        row["criterion"]: row["value"]
        for row in records("reference_statistics.jsonl")
        if row["file"].endswith("rewardmath_matrix.jsonl") and row["statistic"] == "pairwise_win_rate_ties_half"
    }
    found = {one.name: (one.edge + 1) / 2 for one in gate.criteria if one.edge is not None}
    both = sorted(set(known) & set(found))
    assert len(both) == len(names) == 18
    assert sorted(both, key=lambda name: found[name]) == sorted(both, key=lambda name: known[name])
    assert [found[name] for name in both] == pytest.approx([known[name] for name in both], abs=1e-6)

"""Weights fitted on real preference pairs: stored votes of judges as criteria, else what can be counted in texts."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from domain import weighing
from tests.real_data.test_domain_real import DATA, records

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
Row = tuple[str, list[float]]
"""A prompt, and what the preferred answer has more of."""


def made(names: tuple[str, ...], rows: list[Row]) -> weighing.Pairs:
    """Pairs without ties or strength."""
    differences = np.array([values for _, values in rows])
    count = len(rows)
    return weighing.Pairs(names, differences, np.zeros(count, dtype=bool), np.ones(count), tuple(p for p, _ in rows))


def voted(path: str, judges: tuple[str, ...]) -> weighing.Pairs:
    """Each judge is a criterion: 1, 0 or between, the share of both orders in which it took the better answer."""
    rows: list[Row] = []
    for record in records(path):
        wins = [[_won(way, record["label"]) for way in _ways(record["verdicts"], name)] for name in judges]
        rows.append((record["id"], [sum(each) / len(each) if each else 0.0 for each in wins]))
    return made(judges, rows)


def _ways(verdicts: dict[str, Any], judge: str) -> list[Any]:
    found = verdicts.get(judge, {})
    return list(found.get("winner") or _unflipped(found.get("decisions", [])))


def _unflipped(decisions: list[str]) -> list[str]:
    """The second decision of JudgeBench was made with the answers swapped."""
    turned = {"A>B": "B>A", "B>A": "A>B"}
    return [*decisions[:1], *(turned.get(one, one) for one in decisions[1:2])]


def _won(said: Any, label: Any) -> float:
    if said in {1, 2, "A>B", "B>A"}:
        return 1.0 if said == label else -1.0
    return 0.0


FEATURES: dict[str, Callable[[str, str], float]] = {
    "length": lambda prompt, text: min(1.0, len(text.split()) / 400),
    "lists": lambda prompt, text: min(1.0, len(re.findall(r"(?m)^\s*(?:[-*•]|\d+[.)])\s", text)) / 10),
    "markup": lambda prompt, text: min(1.0, len(re.findall(r"\*\*|^#+ |```", text, re.MULTILINE)) / 10),
    "overlap": lambda prompt, text: _overlap(prompt, text),
    "variety": lambda prompt, text: len(set(text.lower().split())) / max(1, len(text.split())),
    "first person": lambda prompt, text: min(1.0, len(re.findall(r"\b(?:I|my|me)\b", text)) / 5),
    "asks": lambda prompt, text: float("?" in text),
}


def _overlap(prompt: str, text: str) -> float:
    """The share of the prompt's longer words that come again."""
    wanted = {word for word in re.findall(r"\w+", prompt.lower()) if len(word) > 4}
    return len(wanted & set(re.findall(r"\w+", text.lower()))) / len(wanted) if wanted else 0.0


def shown(rows: Iterator[tuple[str, str, str]]) -> weighing.Pairs:
    """Pairs of prompt, better and worse answer by what can be counted in their texts."""
    found = [
        (prompt, [measure(prompt, better) - measure(prompt, worse) for measure in FEATURES.values()])
        for prompt, better, worse in rows
    ]
    return made(tuple(FEATURES), found)


def ordered(path: str) -> Iterator[tuple[str, str, str]]:
    """Prompt, better and worse answer of a file of preferences."""
    for record in records(path):
        if "output_1" in record:
            both = record["output_1"], record["output_2"]
            yield record["input"], both[record["label"] - 1], both[2 - record["label"]]
        elif isinstance(record["chosen"], list):
            for better, worse in zip(record["chosen"], record["rejected"], strict=True):
                yield record["prompt"], better, worse
        else:
            yield record["prompt"], record["chosen"], record["rejected"]


LLMBAR = ("GPT-4/Vanilla", "ChatGPT/Vanilla", "LLaMA2/Vanilla", "PaLM2/Vanilla", "Falcon/Vanilla")
MTBENCH = ("GPT-4/Vanilla_NoRules", "ChatGPT/Vanilla_NoRules", "LLaMA2/Vanilla_NoRules", "PaLM2/Vanilla_NoRules")
SETS: dict[str, Callable[[], weighing.Pairs]] = {
    "LLMBar, judges": lambda: voted("judge_verdicts/llmbar_matrix.jsonl", LLMBAR),
    "MT-Bench, judges": lambda: voted("judge_verdicts/mtbench_matrix.jsonl", MTBENCH),
    "HHH, texts": lambda: shown(ordered("preferences/hhh_alignment.jsonl")),
    "MT-Bench, texts": lambda: shown(ordered("preferences/mtbench_human_majority.jsonl")),
    "LLMBar, texts": lambda: shown(ordered("preferences/llmbar.jsonl")),
    "RM-Bench, texts": lambda: shown(ordered("preferences/rmbench.jsonl")),
}
# Accuracy of fitted weights on prompts they were not fitted on, and of equal weights on the same pairs, in percent.
KNOWN = {
    "LLMBar, judges": (92.1, 82.5),
    "MT-Bench, judges": (81.5, 79.0),
    "HHH, texts": (61.3, 59.7),
    "MT-Bench, texts": (67.2, 66.2),
    "LLMBar, texts": (61.6, 40.4),
    "RM-Bench, texts": (57.6, 48.7),
}


@pytest.mark.parametrize("name", list(SETS))
def test_accuracy_on_unseen_prompts_is_what_is_written_down(name: str) -> None:
    pairs = SETS[name]()
    signed = "judges" in name
    found = weighing.report(weighing.checked(pairs), {}, weighing.Options(signed=signed), seed=0)
    fitted, uniform = KNOWN[name]
    assert 100 * found.fitted.value == pytest.approx(fitted, abs=1.5)
    assert 100 * found.uniform.value == pytest.approx(uniform, abs=0.05)
    assert found.fitted.low < found.fitted.value < found.fitted.high

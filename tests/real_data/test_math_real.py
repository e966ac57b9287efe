"""Equality of answers on data made by others: Math-Verify's cases, labelled predictions, the answers of MATH."""

import json
import os
import pathlib
import re
from collections.abc import Iterator

import pytest

from domain import checks
from domain.checks import Given, Outcome
from engines.sandbox import Sandbox

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve() / "math"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]

# Each with its reason in docs/statistics.md.
CASES = {"math-verify:18"}
PREDICTIONS = {"mathcot:3", "mathcot:72"}


def records(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").split("\n") if line]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = Sandbox(size=1)
    yield opened
    opened.close()


def check(response, reference, sandbox=None, **spec):
    return checks.evaluate({"kind": "equivalent"} | spec, Given(response, reference, None, sandbox)).result


def options(record):
    """Math-Verify's options as ours."""
    upstream = record["options"]
    spec = {"answer_in": "latex"} if upstream["match_types"] == ["latex"] else {}
    if "precision" in upstream:
        spec["absolute"] = 0.5 * 10 ** -upstream["precision"]
    return spec | {"rename": upstream.get("strict") is False}


def test_math_verify_s_cases(sandbox):
    found = records("math_verify_cases.jsonl")
    wrong = {
        record["id"]
        for record in found
        if check(record["pred"], record["gold"], sandbox, **options(record))
        is not (Outcome.PASS if record["equivalent"] else Outcome.FAIL)
    }
    assert wrong == CASES
    assert 1 - len(wrong) / len(found) >= 0.97


def test_labelled_predictions(sandbox):
    found = [
        (record["id"], check(given, record["gold"], sandbox), Outcome.PASS if correct else Outcome.FAIL)
        for record in records("math_predictions_labelled.jsonl")
        for given, correct in zip(record["preds"], record["correct"], strict=True)
    ]
    wrong = [name for name, outcome, label in found if outcome is not label]
    assert set(wrong) == PREDICTIONS
    assert 1 - len(wrong) / len(found) >= 0.97


def bare(answer):
    return re.sub(r"(?<!\\)\$", "", answer)


REWRITINGS = {
    "boxed": lambda text: rf"Adding up, we find \boxed{{{bare(text)}}}.",
    "said": lambda text: f"Let us see. The answer is ${bare(text)}$.",
    "tagged": lambda text: f"<think>Hm.</think> <answer>{text}</answer>",
    "spaced": lambda text: rf"\boxed{{\, {bare(text)} \;}}",
    "big fractions": lambda text: rf"\boxed{{{bare(text)}}}".replace(r"\frac", r"\dfrac"),
    "displayed": lambda text: rf"\[ \boxed{{\displaystyle {bare(text)}}} \]",
}


@pytest.mark.parametrize("way", REWRITINGS)
def test_every_answer_equals_itself_rewritten(way):
    answers = [record["answer"] for record in records("math_answers.jsonl")]
    wrong = [answer for answer in answers if check(REWRITINGS[way](answer), answer) is not Outcome.PASS]
    assert wrong == []


def test_simple_numbers_equal_their_other_spellings():
    whole = [int(r["answer"]) for r in records("math_answers.jsonl") if re.fullmatch(r"-?\d{1,9}", r["answer"])]
    assert len(whole) > 100
    for number in whole:
        for text in (f"{number:,}", f"{number}.0", f"{2 * number}/2", rf"\frac{{{3 * number}}}{{3}}", f"{number:.9e}"):
            assert check(rf"\boxed{{{text}}}", str(number)) is Outcome.PASS, text
        assert check(rf"\boxed{{{number + 1}}}", str(number)) is Outcome.FAIL

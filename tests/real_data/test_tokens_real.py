"""The estimate of tokens against the tokeniser of a real model, on real answers."""

import json
import os
import pathlib

import pytest

from domain.checks import tokens
from engines import embedded

ROOT = pathlib.Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
ANSWERS = 80
"""Of each file."""
FILES = {
    "verifiable/ifbench_responses.jsonl": "response",
    "preferences/judgebench.jsonl": "response_A",
    "judge_verdicts/prometheus_mt_bench_eval.jsonl": "response",
}


def english():
    """Real answers that the estimate says something about."""
    found = []
    for name, field in FILES.items():
        lines = (DATA / name).read_text(encoding="utf-8").split("\n")
        texts = [json.loads(line)[field] for line in lines if line]
        found += [text for text in texts if len(text) > 400 and tokens.estimate(text) is not None][:ANSWERS]
    return found


def test_a_models_own_count_lies_within_the_error():
    engine = embedded.EmbeddedEngine()
    texts = english()
    assert len(texts) == ANSWERS * len(FILES)
    held = 0
    for text in texts:
        about = tokens.estimate(text)
        count = engine.count_tokens(text)
        assert about is not None and count is not None
        held += about.least <= count <= about.most
    assert held / len(texts) >= 0.98

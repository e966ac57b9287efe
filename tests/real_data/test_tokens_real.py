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
ANSWERS = 200


def english():
    """Real answers that the estimate says something about."""
    found = []
    for line in (DATA / "verifiable" / "ifbench_responses.jsonl").read_text(encoding="utf-8").split("\n"):
        said = json.loads(line) if line else {}
        found += [text for text in said.values() if isinstance(text, str) and len(text) > 300]
    return [text for text in found if tokens.estimate(text) is not None][:ANSWERS]


def test_a_models_own_count_lies_within_the_error():
    engine = embedded.EmbeddedEngine()
    texts = english()
    assert len(texts) > 100
    held = 0
    for text in texts:
        about = tokens.estimate(text)
        count = engine.count_tokens(text)
        assert about is not None and count is not None
        held += about.least <= count <= about.most
    assert held / len(texts) >= 0.95

"""The verdict key depends on everything that decides a verdict and on nothing else."""

import uuid
from typing import Any

import pytest

from domain import verdicts

PARTS: dict[str, Any] = {
    "workspace_id": 1,
    "criterion_digest": "sha256:c",
    "fingerprint": "f",
    "strategy": "one_token",
    "protocol": "isolated",
    "subject_hash": "sha256:s",
    "context_hash": "sha256:x",
    "sample": 0,
}


def test_the_key_is_stable():
    assert verdicts.verdict_key(**PARTS) == verdicts.verdict_key(**{**PARTS, "workspace_id": "1"})
    assert str(verdicts.verdict_key(**PARTS)) == "a03eb939-8714-76b3-300c-3ac1aee83a00"


@pytest.mark.parametrize("name", PARTS)
def test_each_part_counts(name):
    other = 7 if name in ("sample", "workspace_id") else "other"
    key = verdicts.verdict_key(**{**PARTS, name: other})
    assert isinstance(key, uuid.UUID)
    assert key != verdicts.verdict_key(**PARTS)

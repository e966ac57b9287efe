"""OpenRLHF's contract: lists as long as the queries, always a number, and a flag where it is not the judge's."""

import json
from typing import Any

import httpx
import pytest

from rubricstudio_client import Invalid, Studio
from rubricstudio_client.openrlhf import Scorer

from .conftest import Played, problem

LABEL = json.dumps({"rubric_ref": "letters@3"})


def paid(*rewards: float, failed: float = 0.0) -> httpx.Response:
    logs = {"failed": [failed] * len(rewards), "coverage": [1.0 - failed] * len(rewards)}
    return httpx.Response(200, json={"rewards": rewards, "scores": rewards, "extra_logs": logs})


def told(scorer: Scorer, *answers: str, prompt: str = "Write.") -> dict[str, Any]:
    many = len(answers)
    return scorer.score([f"{prompt}{answer}" for answer in answers], [prompt] * many, [LABEL] * many)


def test_the_studio_is_asked_in_openrlhfs_own_shape(studio: Studio, played: Played):
    played.faults = [paid(0.7, -0.2)]
    found = told(Scorer(studio, "rs/x"), "a", "b")
    assert found["rewards"] == [0.7, -0.2]
    (asked,) = played.asked
    assert asked.url.raw_path == b"/api/v1/compat/openrlhf/rs%2Fx"
    body = json.loads(asked.content)
    assert body == {"query": ["Write.a", "Write.b"], "prompts": ["Write."] * 2, "labels": [LABEL] * 2}


def test_a_busy_studio_is_asked_again(studio: Studio, played: Played):
    played.faults = [problem(503, "busy"), paid(0.7)]
    assert told(Scorer(studio, "rs_x"), "a")["rewards"] == [0.7]


def test_a_studio_that_is_away_is_a_neutral_number_with_a_flag(studio: Studio, played: Played):
    scorer = Scorer(studio, "rs_x")
    played.faults = [paid(1.5, 2.5), paid(9.0, failed=1.0)]
    told(scorer, "a", "b")
    told(scorer, "c")
    played.faults = [httpx.ConnectError("gone")] * 8
    assert told(scorer, "d") == {"rewards": [2.0], "scores": [1.0], "extra_logs": {"failed": [1.0], "coverage": [0.0]}}
    assert told(scorer, "e", prompt="Another.")["rewards"] == [0.5]


def test_a_mistake_is_loud(studio: Studio, played: Played):
    played.faults = [problem(422, "label_unknown")]
    with pytest.raises(Invalid):
        told(Scorer(studio, "rs_x"), "a")

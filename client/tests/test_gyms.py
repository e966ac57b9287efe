"""SkyRL's, verifiers' and NeMo-Gym's contracts: numbers, parts, and each one's own way to hear of no reward."""

import asyncio
import functools
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import pytest

from rubricstudio_client import Invalid, Studio
from rubricstudio_client.gathering import Gathering, Setting

from . import stand_ins
from .conftest import Played, make_document, problem

PROMPT = [{"role": "user", "content": "Write."}]
DRUG, NOTHING = "a drug", "nothing"


@pytest.fixture
def asked(studio: Studio, played: Played, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Setting]]:
    """The played studio in the place of the one that a setting names; what was named."""
    played.documents["rubrics/letters/versions/3"] = make_document(slug="letters", version=3, status="approved")
    for name, module in stand_ins.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    settings: list[Setting] = []

    @functools.cache
    def gathering_of(setting: Setting) -> Gathering:
        settings.append(setting)
        return Gathering(studio, rubric=setting.rubric, judge=setting.judge, training_run=setting.training_run)

    monkeypatch.setattr("rubricstudio_client.gathering.gathering_of", gathering_of)
    monkeypatch.setattr("rubricstudio_client.rollouts.studio_of", lambda **_: studio)
    yield settings
    for name in ("skyrl", "verifiers", "nemo_gym"):
        sys.modules.pop(f"rubricstudio_client.{name}", None)
    sys.modules.pop("rubricstudio_judge", None)


def adapter(name: str) -> ModuleType:
    return importlib.import_module(f"rubricstudio_client.{name}")


def env(**spec: Any) -> Any:
    """An environment as `skyrl_gym.make` makes it of a row."""
    extras = {"reward_spec": {"method": "rubric", "rubric_ref": "letters@3", "ground_truth": "", **spec}}
    made = adapter("skyrl").RubricEnv(env_config={"floor": -0.5, "training_run": "t-1"}, extras=extras)
    made.init(PROMPT)
    return made


def test_skyrl_is_paid_and_told_of_each_criterion(asked: list[Setting], played: Played):
    made = env(context="The notes.", reference="As it should be.")
    step = made.step(DRUG)
    assert (step["reward"], step["done"], step["observations"]) == (1.0, True, [])
    assert step["metadata"] == {
        "failed": False, "status": "ok", "why": "", "rubric": "letters@3", "criteria": {"c_drug": 1.0, "c_blame": None},
    }  # fmt: skip
    assert made.get_metrics() == {"rubric/failed": 0.0, "rubric/coverage": 1.0}
    (body,) = played.bodies.values()
    (item,) = body["items"]
    assert (item["rubric"], item["context"], item["reference"]) == ("letters@3", "The notes.", "As it should be.")
    assert (item["prompt"], body["training_run"]) == (PROMPT, "t-1")


@pytest.mark.parametrize("gone", [False, True])
def test_skyrl_gets_the_floor_and_a_word_where_there_is_no_reward(asked: list[Setting], played: Played, gone: bool):
    played.statuses = {"0": "unparseable"}
    played.faults = [httpx.ConnectError("gone")] * 4 if gone else []
    made = env()
    step = made.step(DRUG)
    assert (step["reward"], step["metadata"]["failed"]) == (-0.5, True)
    assert step["metadata"]["status"] == ("judge_error" if gone else "unparseable")
    assert ("away" if gone else "could not be read") in step["metadata"]["why"]
    assert made.get_metrics() == {"rubric/failed": 1.0, "rubric/coverage": 0.0}


def test_skyrl_is_not_paid_without_a_prompt_or_for_a_mistake(asked: list[Setting], played: Played):
    with pytest.raises(ValueError, match="no prompt"):
        adapter("skyrl").RubricEnv().step(DRUG)
    played.faults = [problem(422, "rubric_invalid")]
    with pytest.raises(Invalid):
        env().step(DRUG)


def judged(answers: list[str], task: dict[str, Any] | None = None, **config: Any) -> tuple[list[Any], dict[str, float]]:
    """What verifiers' judge gives for traces of one task, and the metrics that it records."""
    module = importlib.import_module("rubricstudio_judge")
    judge = module.RubricStudioJudge(module.RubricStudioJudgeConfig(rubric="letters@3", **config))
    metrics: dict[str, float] = {}
    about = SimpleNamespace(prompt_text="Write.", idx=7, **(task or {}))
    traces = [SimpleNamespace(last_reply=text, record_metric=metrics.__setitem__) for text in answers]

    async def every() -> list[Any]:
        return await asyncio.gather(*(judge.score(about, one) for one in traces), return_exceptions=True)

    return asyncio.run(every()), metrics


def test_verifiers_gets_a_number_or_parts_that_add_up(asked: list[Setting], played: Played):
    task = {"answer": ["One.", "Two."], "context": "The notes.", "profile": "strict@1"}
    found, metrics = judged([DRUG, NOTHING], task)
    assert found == [1.0, 0.0]
    assert metrics == {"rubricstudio-judge/coverage": 1.0, "rubricstudio-judge/c_drug": 0.0}
    (body,) = played.bodies.values()
    told = [(item["reference"], item["context"], item["profile"], item["group"]) for item in body["items"]]
    assert told == [("One.\nTwo.", "The notes.", "strict@1", "7")] * 2
    (parts,), _ = judged([DRUG], components=True, studio_judge="reader@2")
    assert parts == {"c_drug": 1.0, "baseline": 0.0}
    assert (asked[-1].judge, asked[-1].rubric) == ("reader@2", "letters@3")


def test_verifiers_gets_an_error_and_no_number_where_there_is_no_reward(asked: list[Setting], played: Played):
    played.statuses = {"0": "refused_input"}
    found, metrics = judged([DRUG, NOTHING], components=True)
    assert "refused_input" in str(found[0])
    assert type(found[0]).__name__ == "NotJudged"
    assert found[1] == {"c_drug": 0.0, "baseline": 0.0}
    assert metrics["rubricstudio-judge/c_drug"] == 0.0


def rollout(text: str, **task: Any) -> dict[str, Any]:
    """A body of `verify` as an agent of NeMo-Gym posts it."""
    said = [
        {"type": "reasoning", "content": []},
        {"type": "message", "content": [{"type": "output_text", "text": text}]},
    ]
    return {"responses_create_params": {"input": PROMPT}, "response": {"id": "r", "output": said}, **task}


def verified(played: Played, *bodies: dict[str, Any], **config: Any) -> list[Any]:
    """What the resources server answers, or what it raises."""
    module = adapter("nemo_gym")
    server = module.RubricResourcesServer(config=module.RubricResourcesServerConfig(rubric="letters@3", **config))

    async def every() -> list[Any]:
        asked = [server.verify(module.RubricVerifyRequest(**body)) for body in bodies]
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(every())


def test_nemo_gym_gets_components_that_add_up_under_the_same_names(asked: list[Setting], played: Played):
    found = verified(played, rollout(DRUG, context="The notes."), rollout(NOTHING, rubric_ref="notes@1"))
    assert [one.reward for one in found] == [1.0, 0.0]
    assert found[0].reward_components == {"c_drug": 1.0, "c_blame": 0.0, "baseline": 0.0}
    assert found[1].reward_components == {"reward": 0.0}
    assert found[0].model_dump()["context"] == "The notes."
    (body,) = played.bodies.values()
    first, second = body["items"]
    assert (first["response"], first["context"], first["prompt"]) == (DRUG, "The notes.", PROMPT)
    assert (second["rubric"], first["group"]) == ("notes@1", second["group"])


def test_nemo_gyms_own_error_says_that_there_is_no_reward(asked: list[Setting], played: Played):
    played.statuses = {"1": "judge_error"}
    good, failed = verified(played, rollout(DRUG), rollout(NOTHING))
    assert good.reward == 1.0
    assert isinstance(failed, stand_ins.JudgeError)
    assert "the judge failed" in str(failed)
    played.faults = [httpx.ConnectError("gone")] * 4
    (away,) = verified(played, rollout(DRUG))
    assert isinstance(away, stand_ins.JudgeError)
    played.faults = [problem(422, "rubric_invalid")]
    (mistake,) = verified(played, rollout(DRUG))
    assert isinstance(mistake, Invalid)
    with pytest.raises(ValueError, match="no input"):
        adapter("nemo_gym").item_of({"responses_create_params": {"input": []}, "response": {}})

"""TRL's contract: lists in, a number or None for each completion out, whatever else the data set brings."""

import asyncio
import inspect
import json
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from rubricstudio_client import NotFound, Studio
from rubricstudio_client.trl import criterion_rewards, reward_weights, rubric_reward

from .conftest import Played, make_document, problem

pytestmark = pytest.mark.asyncio


async def called(function: Any, completions: list[Any], **columns: Any) -> list[float | None]:
    found: list[float | None] = await function(
        prompts=["Write."] * len(completions), completions=completions, completion_ids=[[1]] * len(completions),
        trainer_state=SimpleNamespace(global_step=7), environments=None, **columns,
    )  # fmt: skip
    return found


async def test_one_number_or_none_for_each_completion(studio: Studio, played: Played):
    played.statuses = {"2": "unparseable"}
    function = rubric_reward("letters@3", studio=studio)
    assert inspect.iscoroutinefunction(function)
    assert function.__name__ == "rubric"
    assert await called(function, ["a drug", "none", "a drug"]) == [1.0, 0.0, None]
    body = json.loads(played.asked[0].content)
    assert (body["rubric"], body["step"]) == ("letters@3", 7)
    assert len({item["group"] for item in body["items"]}) == 1


async def test_columns_name_rubrics_and_references(studio: Studio, played: Played):
    function = rubric_reward(studio=studio)
    columns = {"rubric_ref": ["a@1", "b@2"], "reference": ["x", ""], "label": [0, 1], "prompt_id": ["p1", None]}
    await called(function, ["a", "b"], **columns)
    first, second = json.loads(played.asked[0].content)["items"]
    assert (first["rubric"], first["reference"], first["prompt_id"]) == ("a@1", "x", "p1")
    assert second["rubric"] == "b@2"
    assert not {"reference", "prompt_id", "label"} & set(second)


async def test_conversations_keep_role_and_content(studio: Studio, played: Played):
    turns = [{"role": "assistant", "content": "a drug", "tool_calls": [{"x": 1}]}, {"role": "tool", "content": None}]
    assert await called(rubric_reward("x", studio=studio), [turns]) == [1.0]
    (item,) = json.loads(played.asked[0].content)["items"]
    assert item["response"] == [{"role": "assistant", "content": "a drug"}, {"role": "tool", "content": ""}]


async def test_trl_is_told_why_some_have_none(studio: Studio, played: Played):
    played.statuses = {"1": "judge_error"}
    extra: dict[str, list[Any]] = {}
    metric: dict[str, float] = {}
    function = rubric_reward("x", studio=studio)
    await called(function, ["a drug", "b"], log_extra=extra.__setitem__, log_metric=metric.__setitem__)
    assert extra == {"rubric_status": ["ok", "judge_error"], "rubric": ["letters@3", "letters@3"]}
    assert metric == {"rubric/unscored": 0.5, "rubric/coverage": 0.5}


async def test_a_studio_that_is_away_gives_none_and_a_mistake_is_loud(studio: Studio, played: Played):
    function = rubric_reward("x", studio=studio)
    played.faults = [httpx.ConnectError("refused")] * 10
    assert await called(function, ["a", "b"]) == [None, None]
    played.faults = [problem(404, "version_unknown")]
    with pytest.raises(NotFound):
        await called(function, ["c"])


async def test_one_function_for_each_criterion_asks_once(studio: Studio, played: Played):
    document = {**make_document(), "slug": "letters", "version": 3, "status": "approved"}
    played.documents["rubrics/letters/versions/3"] = document
    functions = criterion_rewards("letters@3", studio=studio)
    assert [function.__name__ for function in functions] == ["rubric/c_drug", "rubric/c_blame"]
    assert reward_weights(functions) == [3.0, 1.0]
    both = await asyncio.gather(*(called(function, ["a drug", "none"]) for function in functions))
    assert both == [[1.0, 0.0], [None, None]]
    assert played.paths.count("POST rewards") == 1


async def test_a_pitfall_counts_negatively(studio: Studio, played: Played, monkeypatch):
    document = {**make_document(), "slug": "letters", "version": 3, "status": "approved"}
    played.documents["rubrics/letters/versions/3"] = document
    usual = played.result

    def blamed(item: dict[str, Any], *, done: bool) -> dict[str, Any]:
        found = usual(item, done=done)
        found["criteria"]["c_blame"] = {"status": "ok", "value": 1.0}
        return found

    monkeypatch.setattr(played, "result", blamed)
    _, blame = criterion_rewards("letters@3", studio=studio)
    assert await called(blame, ["you should have"]) == [-1.0]


async def test_no_reward_is_none_for_every_criterion(studio: Studio, played: Played):
    document = {**make_document(), "slug": "letters", "version": 3, "status": "approved"}
    played.documents["rubrics/letters/versions/3"] = document
    played.statuses = {"0": "judge_error"}
    drug, _ = criterion_rewards("letters@3", studio=studio)
    assert await called(drug, ["a drug", "a drug"]) == [None, 1.0]


async def test_a_studio_or_its_address_is_needed():
    with pytest.raises(ValueError, match="token"):
        rubric_reward("x", url="http://s")
    assert rubric_reward("x", url="http://s", token="t", name="mine").__name__ == "mine"

"""verl's contract: always the same keys, never None, and a flag where the number is not the judge's."""

import asyncio
import inspect
from functools import partial

import httpx
import pytest

from rubricstudio_client import NotFound, Studio
from rubricstudio_client import verl as adapter
from rubricstudio_client.gathering import Gathering
from rubricstudio_client.verl import Scorer, compute_score, item_of

from .conftest import Played, make_document, problem

pytestmark = pytest.mark.asyncio
KEYS = {"score", "failed", "coverage", "criterion/c_drug", "criterion/c_blame"}


@pytest.fixture
def scorer(studio: Studio, played: Played) -> Scorer:
    played.documents["rubrics/letters/versions/3"] = make_document(slug="letters", version=3, status="approved")
    return Scorer(Gathering(studio, rubric="letters@3"), floor=-0.5)


def extra(**more: object) -> dict[str, object]:
    return {"prompt": "Write.", **more}


async def test_the_keys_are_always_the_same(scorer: Scorer, played: Played):
    played.statuses = {"1": "unparseable"}
    items = [item_of(text, "", extra()) for text in ("a drug", "nothing", "b")]
    found = await asyncio.gather(*(scorer.score(item) for item in items))
    assert [set(one) for one in found] == [KEYS] * 3
    assert all(isinstance(value, float) for one in found for value in one.values())
    assert [one["failed"] for one in found] == [0.0, 1.0, 0.0]
    assert found[0]["score"] == 1.0
    assert found[0]["coverage"] == 1.0
    assert found[0]["criterion/c_drug"] == 1.0


async def test_a_failure_gets_the_mean_of_its_group_else_the_floor(scorer: Scorer, played: Played):
    await asyncio.gather(*(scorer.score(item_of(text, "", extra())) for text in ("a drug", "nothing")))
    played.statuses = {"0": "judge_error"}
    failed = await scorer.score(item_of("c", "", extra()))
    assert (failed["score"], failed["failed"], failed["coverage"]) == (0.5, 1.0, 0.0)
    other = await scorer.score(item_of("c", "", extra(prompt="Another.")))
    assert (other["score"], other["failed"]) == (-0.5, 1.0)


async def test_a_studio_that_is_away_fails_nothing_but_a_mistake_does(scorer: Scorer, played: Played):
    played.documents["rubrics/letters/versions/3"] = make_document(slug="letters", version=3, status="approved")
    await scorer.score(item_of("a drug", "", extra()))
    played.faults = [httpx.ConnectError("gone")] * 4
    assert (await scorer.score(item_of("c", "", extra())))["failed"] == 1.0
    played.faults = [problem(404, "rubric_unknown")]
    with pytest.raises(NotFound):
        await scorer.score(item_of("c", "", extra()))


async def test_rows_bring_what_they_have():
    messages = [{"role": "user", "content": "Write.", "tool_calls": None}]
    item = item_of("a", "The answer.", {"prompt": messages, "rubric_ref": "other@1", "prompt_id": "p1", "group": 7})
    assert item.prompt == [{"role": "user", "content": "Write."}]
    assert (item.reference, item.rubric, item.prompt_id, item.group) == ("The answer.", "other@1", "p1", "7")
    assert item_of("a", {"no": "text"}, extra()).reference is None
    assert item_of("a", "", extra()).group == item_of("b", "", extra()).group
    with pytest.raises(ValueError, match="extra_info"):
        item_of("a", "", {})


async def test_it_is_found_as_verl_looks_for_it(monkeypatch: pytest.MonkeyPatch, studio: Studio, played: Played):
    played.documents["rubrics/letters/versions/3"] = make_document(slug="letters", version=3, status="approved")
    monkeypatch.setattr(adapter, "gathering_of", lambda setting: Gathering(studio, rubric=setting.rubric))
    adapter.scorer_for.cache_clear()
    bound = partial(compute_score, rubric="letters@3", floor=0.25)
    assert inspect.iscoroutinefunction(bound)
    found = await bound(data_source="d", solution_str="a drug", ground_truth="", extra_info=extra())
    assert found["score"] == 1.0
    adapter.scorer_for.cache_clear()

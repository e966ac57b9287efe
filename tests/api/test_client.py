"""The client against the real application: what one side says the other understands."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.db import connections

from apps.accounts.permissions import Role
from apps.training import services as training
from engines.scripted import ScriptedEngine
from rubricstudio_client import Conflict, Invalid, Item, NotFound, Studio
from rubricstudio_client.trl import rubric_reward
from tests import factories
from tests.api.conftest import GOOD, caller_of, work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]


@pytest.fixture
def studio(transactional_db: None, engine: ScriptedEngine, tmp_path: Path) -> Studio:
    workspace = factories.make_workspace()
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    version = factories.make_version(
        rubric=factories.make_rubric(workspace=workspace, slug="letters"), status="approved"
    )
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="draft"))
    owner = caller_of(factories.make_actor(Role.ADMIN, workspace=workspace))
    training.create_release(by=owner.actor, name="spring", versions=[version])
    application: Any = get_asgi_application()
    connections["default"].close()
    return Studio(
        "http://testserver", owner.secret, cache_dir=tmp_path, async_transport=httpx.ASGITransport(application)
    )


def serve() -> None:
    """Do what a worker would do, in a thread of its own."""
    try:
        work()
    finally:
        connections["default"].close()


async def served(asked: Any) -> Any:
    """Work while the call waits."""
    waiting = asyncio.create_task(asked)
    while not waiting.done():
        await sync_to_async(serve, thread_sensitive=False)()
        await asyncio.sleep(0.2)
    return await waiting


async def test_rubrics_are_read_checked_and_revalidated(studio: Studio):
    async with studio:
        first = await studio.arubric("letters@1")
        assert (first.slug, first.version, first.status) == ("letters", 1, "approved")
        assert await studio.arubric("letters@1") == first
        assert (await studio.arubric(first.digest)).document == first.document
        with pytest.raises(NotFound):
            await studio.arubric("nothing")


async def test_rewards_are_asked_for_and_waited_for(studio: Studio):
    async with studio:
        items = [Item("Write a letter.", GOOD), Item("Write a letter.", " ")]
        rewards = await served(studio.arewards(items, rubric="letters@1"))
        assert rewards.values == [1.0, 0.0]
        assert rewards[0].criteria["c_drug"].value == 1.0
        assert rewards.judge["name"] == "reader"
        with pytest.raises(Conflict) as refused:
            await studio.arewards(items, rubric="draft@1")
        assert refused.value.code == "not_approved"
        with pytest.raises(Invalid) as invalid:
            await studio.arewards([Item("p", 5)], rubric="letters@1")
        assert invalid.value.pointers[0][0] == "/items/0/response"


async def test_every_shape_of_rewards_is_understood(studio: Studio):
    async with studio:
        run = await sync_to_async(studio_of_wsgi(studio).training_run)(
            "all shapes", release="spring", parts="criterion", novelty_beta=0.5, keep_rollouts=False,
        )  # fmt: skip
        items = [Item("Write a letter.", text, id=name, group="g", step=0) for name, text in (("a", GOOD), ("b", " "))]
        asked = await studio.adry_run(items, rubric="letters@1")
        assert (asked.served_before, [one.stored for one in asked.items]) == (0, [0, 0])
        assert asked.estimate is not None
        assert asked.estimate.to_ask > 0
        first = await studio.arewards(items, training_run=run.id, mode="cached")
        assert [one.status for one in first] == ["pending", "pending"]
        later = await served(studio.abackfill(first, wait=20))
        assert later.values == [1.0, 0.0]
        assert later[0].components is not None
        assert sum(value or 0.0 for value in later[0].components.values()) == pytest.approx(1.0)
        (group,) = (await served(studio.areward_groups(items, rubric="letters@1", guidance_below=0.6))).groups
        assert (group.ids, group.rewards, group.best) == (["a", "b"], [1.0, 0.0], "a")
        alone = await served(studio.areward_in_cohort(items[0], key="p", size=1, rubric="letters@1", deadline=20))
        assert (alone[0].id, alone.values, alone.groups[0].ids) == ("a", [1.0], ["a"])
        ways = {"shaping": "potential", "outcomes": {"g": 1.0}}
        paid = (await served(studio.areward_steps(items[:1], rubric="letters@1", stepwise=ways))).trajectories
        assert [(one.group, one.steps[0].score) for one in paid] == [("g", 1.0)]
        assert (await studio.adry_run(items, training_run=run.id)).served_before == 2


def studio_of_wsgi(studio: Studio) -> Studio:
    """The same door for calls that wait in their thread."""
    application: Any = get_wsgi_application()
    token = studio._client.headers["Authorization"].removeprefix("Bearer ")
    return Studio("http://testserver", token, transport=httpx.WSGITransport(application))


async def test_trl_gets_its_list(studio: Studio):
    async with studio:
        reward: Any = rubric_reward("release:spring", studio=studio)
        turns = [{"role": "assistant", "content": GOOD}]
        prompt = [{"role": "user", "content": "Write a letter."}]
        assert await served(reward(prompts=[prompt], completions=[turns], completion_ids=[[1]])) == [1.0]

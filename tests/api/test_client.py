"""The client against the real application: what one side says the other understands."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
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


async def test_trl_gets_its_list(studio: Studio):
    async with studio:
        reward: Any = rubric_reward("release:spring", studio=studio)
        turns = [{"role": "assistant", "content": GOOD}]
        prompt = [{"role": "user", "content": "Write a letter."}]
        assert await served(reward(prompts=[prompt], completions=[turns], completion_ids=[[1]])) == [1.0]

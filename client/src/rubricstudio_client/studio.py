"""The door to a studio: one token, one workspace, connections that are kept open."""

from __future__ import annotations

import asyncio
import time
import uuid
import weakref
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from rubricstudio_client import asking, cache, documents, rehearsing, training
from rubricstudio_client.progress import Progress
from rubricstudio_client.rehearsing import Rehearsal
from rubricstudio_client.rewards import Item, Rewards
from rubricstudio_client.steps import Retry, Steps, adrive, drive

if TYPE_CHECKING:
    from typing_extensions import Unpack

Result = TypeVar("Result")
USER_AGENT = "rubricstudio-client/0.1.0"


class Studio:
    """`Studio("http://127.0.0.1:8000", token)`; safe to share between threads and event loops.

    `timeout` is for a single answer, `deadline` for a whole batch of rewards, both in seconds.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        cache_dir: str | Path | None = None,
        timeout: float = 30.0,
        deadline: float = 900.0,
        retry: Retry | None = None,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/").removesuffix("/api/v1")
        self.timeout = timeout
        self.deadline = deadline
        self.retry = retry or Retry()
        self._cache = cache.Cache(Path(cache_dir) if cache_dir is not None else cache.usual_folder())
        headers = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT, "Accept": "application/json"}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._usual: dict[str, Any] = {"base_url": f"{self.url}/api/v1/", "headers": headers, "limits": limits}
        self._transport = transport
        self._async_transport = async_transport
        self._client = httpx.Client(transport=transport, timeout=timeout, **self._usual)
        self._async: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = (
            weakref.WeakKeyDictionary()
        )

    def rubric(self, ref: str) -> documents.Rubric:
        """`slug` (the latest approved), `slug@3` or `sha256:…`, checked against its digests, kept on disk."""
        return self.run_steps(documents.read_rubric(ref, self.url, self._cache, self.retry))

    async def arubric(self, ref: str) -> documents.Rubric:
        """The same without blocking."""
        return await self.arun_steps(documents.read_rubric(ref, self.url, self._cache, self.retry))

    def release(self, name: str) -> documents.Release:
        """All rubrics of a release; a broken download goes on where it broke, and is checked as a whole."""
        manifest = self.run_steps(documents.read_manifest(name, self.retry))
        download = documents.Download(name, manifest, self._cache)
        if not download.from_disk():
            self._download(download)
        return documents.Release(name, str(manifest["digest"]), manifest, download.check())

    async def arelease(self, name: str) -> documents.Release:
        """The same without blocking."""
        return await asyncio.to_thread(self.release, name)

    def rewards(self, items: asking.Items, **asked: Unpack[asking.Batch]) -> Rewards:
        """A reward for each rollout; what is not judged by the deadline has expired.

        With `mode="cached"` the answer comes at once: what was served before, and the rest `pending` for `backfill`.
        """
        return self.run_steps(self._batch("rewards", items, asked))

    async def arewards(self, items: asking.Items, **asked: Unpack[asking.Batch]) -> Rewards:
        """The same without blocking."""
        return await self.arun_steps(self._batch("rewards", items, asked))

    def reward_groups(self, items: asking.Items, **asked: Unpack[asking.Groups]) -> Rewards:
        """Rewards of prompts with several rollouts each; every item names its group. Also gives `groups`."""
        return self.run_steps(self._batch("rewards/groups", items, asked))

    async def areward_groups(self, items: asking.Items, **asked: Unpack[asking.Groups]) -> Rewards:
        """The same without blocking."""
        return await self.arun_steps(self._batch("rewards/groups", items, asked))

    def reward_steps(self, items: asking.Items, **asked: Unpack[asking.Stepwise]) -> Rewards:
        """Rewards of steps; every item names its trajectory as `group` and its `step`. Also gives `trajectories`."""
        return self.run_steps(self._batch("rewards/steps", items, asked))

    async def areward_steps(self, items: asking.Items, **asked: Unpack[asking.Stepwise]) -> Rewards:
        """The same without blocking."""
        return await self.arun_steps(self._batch("rewards/steps", items, asked))

    def reward_in_cohort(
        self, item: Item | Mapping[str, Any], *, key: str, size: int, timeout: float = 30.0,
        **asked: Unpack[asking.Cohort],
    ) -> Rewards:  # fmt: skip
        """One rollout's reward beside those that others post under the same key; `groups` has the figures of all.

        Once `size` are there, or `timeout` seconds are over, they are rewarded as one group. Raises CohortRefused.
        """
        return self.run_steps(self._in_cohort(item, {"key": key, "size": size, "timeout": timeout}, asked))

    async def areward_in_cohort(
        self, item: Item | Mapping[str, Any], *, key: str, size: int, timeout: float = 30.0,  # noqa: ASYNC109
        **asked: Unpack[asking.Cohort],
    ) -> Rewards:  # fmt: skip
        """The same without blocking."""
        return await self.arun_steps(self._in_cohort(item, {"key": key, "size": size, "timeout": timeout}, asked))

    def backfill(self, rewards: Rewards, *, wait: float = 0.0, progress: Progress | None = None) -> Rewards:
        """What `mode="cached"` left pending, as it is now or within `wait` seconds; the rest stays pending."""
        return self.run_steps(asking.backfill(rewards, wait, progress, self.retry))

    async def abackfill(self, rewards: Rewards, *, wait: float = 0.0, progress: Progress | None = None) -> Rewards:
        """The same without blocking."""
        return await self.arun_steps(asking.backfill(rewards, wait, progress, self.retry))

    def dry_run(self, items: asking.Items, **asked: Unpack[asking.Asked]) -> Rehearsal:
        """What the call for rewards would do: what is stored, and what the rest would cost. Nothing is judged."""
        return self.run_steps(rehearsing.rehearse(items, self._wish(asked), self.retry))

    async def adry_run(self, items: asking.Items, **asked: Unpack[asking.Asked]) -> Rehearsal:
        """The same without blocking."""
        return await self.arun_steps(rehearsing.rehearse(items, self._wish(asked), self.retry))

    def training_run(self, name: str, **given: Unpack[training.Registered]) -> training.TrainingRun:
        """Register a run, pinned to a release or an approved version, and to a judge."""
        body = training.registration(name=name, **given)
        return training.TrainingRun(self, self.run_steps(training.register(body, uuid.uuid4().hex, self.retry)))

    def open_training_run(self, run: str) -> training.TrainingRun:
        """The handle of a run that is registered already, by its id."""
        return training.TrainingRun(self, self.report(run))

    def report(self, run: str) -> dict[str, Any]:
        """What the studio knows of a training run, by its id."""
        return self.run_steps(training.report(run, self.retry))

    def run_steps(self, steps: Steps[Result]) -> Result:
        """Do the steps of a call, waiting in this thread."""
        return drive(steps, self._client, self.timeout)

    async def arun_steps(self, steps: Steps[Result]) -> Result:
        """Do the steps of a call in the running event loop."""
        return await adrive(steps, self._client_of_loop(), self.timeout)

    def close(self) -> None:
        """Close the connections of synchronous calls."""
        self._client.close()

    async def aclose(self) -> None:
        """Close the connections of this event loop, and those of synchronous calls."""
        client = self._async.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()
        self.close()

    def __enter__(self) -> Studio:  # noqa: PYI034  (Python 3.10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Studio:  # noqa: PYI034  (Python 3.10)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _wish(self, asked: Mapping[str, Any]) -> asking.Wish:
        return asking.wish(self.deadline, **asked)

    def _batch(self, path: str, items: asking.Items, asked: Mapping[str, Any]) -> Steps[Rewards]:
        return asking.ask(path, items, self._wish(asked), self.retry)

    def _in_cohort(
        self, item: Item | Mapping[str, Any], cohort: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> Steps[Rewards]:
        return asking.ask_in_cohort(item, cohort, self._wish(asked), self.retry)

    def _client_of_loop(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        client = self._async.get(loop)
        if client is None:
            client = httpx.AsyncClient(transport=self._async_transport, timeout=self.timeout, **self._usual)
            self._async[loop] = client
        return client

    def _download(self, download: documents.Download) -> None:
        attempt = 0
        while True:
            before = len(download.lines)
            try:
                pause = download.read_on(self._client, self.timeout)
                last: Exception = RuntimeError("the studio is busy")
                if pause is None:
                    break
            except httpx.TransportError as away:
                pause, last = 0.0, away
            attempt = 1 if len(download.lines) > before else attempt + 1
            if attempt >= self.retry.tries:
                raise documents.too_often(last) from last
            time.sleep(max(pause, self.retry.pause(attempt)))
        download.check()
        download.keep()

"""The door to a studio: one token, one workspace, connections that are kept open."""

from __future__ import annotations

import asyncio
import time
import uuid
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from rubricstudio_client import cache, documents, training
from rubricstudio_client import rewards as batches
from rubricstudio_client.progress import Progress
from rubricstudio_client.steps import Retry, Steps, adrive, drive

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

    def rewards(
        self,
        items: Iterable[batches.Item | Mapping[str, Any]],
        *,
        rubric: str | None = None,
        judge: str | None = None,
        training_run: str | None = None,
        step: int | None = None,
        allow_draft: bool | None = None,
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> batches.Rewards:
        """A reward for each rollout; what is not judged within `deadline` seconds has expired.

        `progress` is called with how many are judged and how many there are, for example `progress.Bar()`.
        """
        common = _common(rubric, judge, training_run, step, allow_draft)
        return self.run_steps(batches.ask(items, common, self.retry, deadline or self.deadline, progress))

    async def arewards(
        self,
        items: Iterable[batches.Item | Mapping[str, Any]],
        *,
        rubric: str | None = None,
        judge: str | None = None,
        training_run: str | None = None,
        step: int | None = None,
        allow_draft: bool | None = None,
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> batches.Rewards:
        """The same without blocking."""
        common = _common(rubric, judge, training_run, step, allow_draft)
        return await self.arun_steps(batches.ask(items, common, self.retry, deadline or self.deadline, progress))

    def training_run(
        self,
        name: str,
        *,
        release: str | None = None,
        rubric: str | None = None,
        judge: str | None = None,
        policy_model: str | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> training.TrainingRun:
        """Register a run, pinned to a release or an approved version, and to a judge."""
        body = {
            "name": name, "release": release, "rubric": rubric, "judge": judge, "policy_model": policy_model,
            "config": dict(config) if config is not None else None,
        }  # fmt: skip
        return training.TrainingRun(self, self.run_steps(training.register(body, uuid.uuid4().hex, self.retry)))

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


def _common(
    rubric: str | None, judge: str | None, training_run: str | None, step: int | None, allow_draft: bool | None
) -> dict[str, Any]:
    return {
        "rubric": rubric, "judge": judge, "training_run": training_run, "step": step, "allow_draft": allow_draft,
    }  # fmt: skip

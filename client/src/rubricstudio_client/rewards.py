"""Rewards: rollouts in, one typed reward each out; what could not be judged has no reward."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from rubricstudio_client import digests
from rubricstudio_client.progress import Progress
from rubricstudio_client.steps import Retry, Send, Sleep, Steps, answered, retry_after

SCORED = frozenset({"ok", "partial"})
MOST_ITEMS = 256
MOST_CHARACTERS = 4_000_000
LONGEST_WAIT = 25.0
Content = Any


@dataclass(frozen=True)
class Item:
    """One rollout; `prompt` is a string or messages, `response` a string, messages or typed parts."""

    prompt: Content
    response: Content
    id: str | None = None
    reference: Content = None
    context: Content = None
    rubric: str | None = None
    prompt_id: str | None = None
    group: str | None = None
    step: int | None = None
    profile: str | None = None

    def body(self, number: int) -> dict[str, Any]:
        """As it is sent."""
        values = {**vars(self), "id": self.id or str(number)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Criterion:
    """One criterion's verdict."""

    status: str
    value: float | None
    probability: float | None
    label_mass: float | None
    contribution: float | None


@dataclass(frozen=True)
class Reward:
    """One rollout's reward: None unless its status is ok or partial, never a made-up number."""

    id: str
    status: str
    reward: float | None
    display: float | None = None
    coverage: float = 0.0
    cached: bool = False
    rubric: str | None = None
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    trace: Sequence[Mapping[str, Any]] = ()

    @property
    def ok(self) -> bool:
        """Whether there is a reward."""
        return self.reward is not None


@dataclass(frozen=True)
class Rewards:
    """The rewards of a batch, in the order asked."""

    results: tuple[Reward, ...]
    judge: Mapping[str, Any] = field(default_factory=dict)
    rubric: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, float] = field(default_factory=dict)
    request_ids: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Reward]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, index: int) -> Reward:
        return self.results[index]

    @property
    def values(self) -> list[float | None]:
        """The rewards alone; None where there is none."""
        return [result.reward for result in self.results]


@dataclass
class _Chunk:
    """A part of the batch under way."""

    body: dict[str, Any]
    where: str = ""
    pause: float = 1.0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.answer.get("status") == "done"


def ask(
    items: Iterable[Item | Mapping[str, Any]], common: Mapping[str, Any], retry: Retry, deadline: float,
    progress: Progress | None = None,
) -> Steps[Rewards]:  # fmt: skip
    """Send the batch in parts, all of them first, then wait for each until done or the deadline."""
    bodies = [(item if isinstance(item, Item) else Item(**item)).body(number) for number, item in enumerate(items)]
    if not bodies:
        return Rewards(())
    until = time.monotonic() + deadline
    sent = {name: value for name, value in common.items() if value is not None}
    end = datetime.now(timezone.utc) + timedelta(seconds=deadline)  # noqa: UP017  (Python 3.10)
    sent["deadline"] = end.isoformat(timespec="seconds")
    chunks = [_Chunk({**sent, "items": part}) for part in _parts(bodies)]
    for chunk in chunks:
        yield from _submit(chunk, retry, until, alone=len(chunks) == 1)
        _tell(chunks, len(bodies), progress)
    for chunk in chunks:
        while not chunk.done and time.monotonic() < until:
            yield from _look(chunk, retry, until)
            _tell(chunks, len(bodies), progress)
    return _collected(chunks)


def _tell(chunks: Sequence[_Chunk], whole: int, progress: Progress | None) -> None:
    if progress is not None:
        told = [result for chunk in chunks for result in chunk.answer.get("results", ())]
        progress(sum(result["status"] != "pending" for result in told), whole)


def _parts(bodies: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for body in bodies:
        length = _length(body)
        if part and (len(part) >= MOST_ITEMS or size + length > MOST_CHARACTERS):
            yield part
            part, size = [], 0
        part.append(body)
        size += length
    yield part


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_length(inner) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return sum(_length(inner) for inner in value)
    return 8


def _submit(chunk: _Chunk, retry: Retry, until: float, *, alone: bool) -> Steps[None]:
    """Ask for a part; the key is made of what is asked, so that a repeated call is done once."""
    wait = _patience(until) if alone else 0.0
    headers = {"Idempotency-Key": digests.sha256(chunk.body)}
    send = Send("POST", "rewards", json={**chunk.body, "wait": wait}, headers=headers, patience=wait)
    response = yield from answered(send, retry, until)
    chunk.answer = response.json()
    chunk.where = f"rewards/{chunk.answer['id']}"
    chunk.pause = retry_after(response) or 1.0


def _look(chunk: _Chunk, retry: Retry, until: float) -> Steps[None]:
    """Wait at the server for a part; where it answers at once without being done, pause as it says."""
    wait = _patience(until)
    asked = time.monotonic()
    response = yield from answered(Send("GET", chunk.where, params={"wait": wait}, patience=wait), retry, until)
    chunk.answer = response.json()
    if not chunk.done and time.monotonic() - asked < wait / 2:
        yield Sleep(min(retry_after(response) or 1.0, max(0.0, until - time.monotonic())))


def _patience(until: float) -> float:
    return round(max(0.0, min(LONGEST_WAIT, until - time.monotonic())), 2)


def _collected(chunks: Sequence[_Chunk]) -> Rewards:
    usage: dict[str, float] = {}
    for chunk in chunks:
        for name, value in chunk.answer.get("usage", {}).items():
            usage[name] = usage.get(name, 0) + value
    first = chunks[0].answer
    return Rewards(
        results=tuple(_reward(result) for chunk in chunks for result in chunk.answer["results"]),
        judge=first.get("judge", {}),
        rubric=first.get("rubric", {}),
        usage=usage,
        request_ids=tuple(str(chunk.answer["id"]) for chunk in chunks),
    )


def _reward(result: Mapping[str, Any]) -> Reward:
    """An item as the studio told it; what is still pending when time is over has expired."""
    status = "expired" if result["status"] == "pending" else str(result["status"])
    scored = status in SCORED
    criteria = {
        name: Criterion(
            one["status"], one.get("value"), one.get("probability"), one.get("label_mass"), one.get("contribution")
        )
        for name, one in result.get("criteria", {}).items()
    }
    return Reward(
        id=str(result["id"]),
        status=status,
        reward=result["reward"] if scored else None,
        display=result.get("display") if scored else None,
        coverage=float(result.get("coverage") or 0.0),
        cached=bool(result.get("cached")),
        rubric=result.get("rubric"),
        criteria=criteria,
        trace=tuple(result.get("trace") or ()),
    )

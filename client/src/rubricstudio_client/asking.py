"""How rewards are asked for: in parts that keep groups whole, sent again safely, waited for at the server."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, TypedDict

from rubricstudio_client import rewards as values
from rubricstudio_client.errors import StudioError
from rubricstudio_client.progress import Progress
from rubricstudio_client.rewards import Item, Rewards
from rubricstudio_client.steps import Retry, Send, Sleep, Steps, answered, retry_after

MOST_ITEMS = 256
MOST_CHARACTERS = 4_000_000
LONGEST_WAIT = 25.0
LONGEST_DEADLINE = 604_800.0
Items = Iterable[Item | Mapping[str, Any]]


class Asked(TypedDict, total=False):
    """What every call for rewards may say.

    `deadline` is in seconds from when the studio receives the call, so that clocks need not agree, or an aware
    datetime. `step` is the training run's. `progress` is called with how many are judged and how many there are.
    """

    rubric: str | None
    judge: str | None
    training_run: str | None
    step: int | None
    allow_draft: bool | None
    calibrations: Sequence[str] | None
    deadline: float | datetime | None
    progress: Progress | None


class Batch(Asked, total=False):
    """A batch of single rollouts; `cached` answers at once, and the rest is judged for a later look."""

    mode: Literal["wait", "cached"] | None


class Groups(Batch, total=False):
    """`compare` has a judge of pairs compare a group; what is below `guidance_below` is told as guidance."""

    compare: Mapping[str, Any] | None
    guidance_below: float | None


class Stepwise(Asked, total=False):
    """`stepwise` says how steps are paid: shaping, aggregate, reading, eta, mu, gamma, alpha, outcomes by group."""

    stepwise: Mapping[str, Any] | None


class Cohort(Asked, total=False):
    """As groups are asked for, by one rollout."""

    compare: Mapping[str, Any] | None
    guidance_below: float | None


KEYWORDS = frozenset({*Groups.__annotations__, *Stepwise.__annotations__})


class CohortRefused(StudioError):
    """The cohort was closed and then refused as a whole; `code` is the studio's."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.code = str(told.get("code") or "error")
        super().__init__(str(told.get("message") or "The cohort was refused."))


@dataclass(frozen=True)
class Wish:
    """What a whole batch asks for, and until when it is waited for."""

    common: Mapping[str, Any]
    seconds: float
    progress: Progress | None = None
    cached: bool = False


@dataclass
class _Chunk:
    """A part of the batch under way; `places` are those of its items in the batch."""

    body: dict[str, Any]
    places: Sequence[int]
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    where: str = ""
    pause: float = 1.0
    answer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.answer.get("status") == "done"


def wish(
    usual: float,
    *,
    deadline: float | datetime | None = None,
    progress: Progress | None = None,
    mode: Literal["wait", "cached"] | None = None,
    **common: Any,
) -> Wish:
    """The keywords of a call; raises ValueError for a deadline that is over, too far or without a zone.

    Raises TypeError for a keyword that no call has.
    """
    strange = sorted(set(common) - KEYWORDS)
    if strange:
        raise TypeError(f"a call for rewards has no keyword {strange[0]}")
    given = usual if deadline is None else deadline
    sent = {name: value for name, value in common.items() if value is not None}
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError("Give the deadline with its zone, as datetime.now(timezone.utc) has one.")
        seconds = (given - datetime.now(timezone.utc)).total_seconds()  # noqa: UP017  (Python 3.10)
        sent["deadline"] = given.isoformat()
    else:
        seconds = sent["deadline_in"] = float(given)
    if not 0 < seconds <= LONGEST_DEADLINE:
        raise ValueError("The deadline must lie ahead, by at most seven days.")
    if mode is not None:
        sent["mode"] = mode
    if "calibrations" in sent:
        sent["calibrations"] = list(sent["calibrations"])
    return Wish(sent, seconds, progress, mode == "cached")


def ask(path: str, items: Items, wanted: Wish, retry: Retry) -> Steps[Rewards]:
    """Send the batch in parts, all of them first, then wait for each until done or the deadline."""
    chunks = [_Chunk(body, places) for places, body in bodies_of(items, wanted)]
    if not chunks:
        return Rewards(())
    until = time.monotonic() + wanted.seconds
    whole = sum(len(chunk.places) for chunk in chunks)
    for chunk in chunks:
        yield from _submit(path, chunk, retry, until, alone=len(chunks) == 1 and not wanted.cached)
        _tell(chunks, whole, wanted.progress)
    if not wanted.cached:
        yield from _wait(chunks, whole, wanted.progress, retry, until)
    return _collected(chunks, over=not wanted.cached)


def bodies_of(items: Items, wanted: Wish) -> Iterator[tuple[Sequence[int], dict[str, Any]]]:
    """The parts of a batch, each with the places of its items."""
    bodies = _bodies(items)
    for places in _parts(bodies):
        yield places, _part(wanted.common, bodies, places)


def backfill(rewards: Rewards, wait: float, progress: Progress | None, retry: Retry) -> Steps[Rewards]:
    """Look at what was pending: once, and then again for at most `wait` seconds; what is not judged stays pending."""
    chunks: list[_Chunk] = list(rewards.asked)
    if not rewards.pending:
        return rewards
    until = time.monotonic() + wait
    looked = [_Chunk(chunk.body, chunk.places, chunk.key, chunk.where, answer=chunk.answer) for chunk in chunks]
    for chunk in looked:
        if not chunk.done:
            yield from _look(chunk, retry, until)
    yield from _wait(looked, len(rewards), progress, retry, until)
    return _collected(looked, over=False)


def ask_in_cohort(
    item: Item | Mapping[str, Any], cohort: Mapping[str, Any], wanted: Wish, retry: Retry
) -> Steps[Rewards]:
    """Send one rollout, wait for the others of its cohort and for the judge; raises CohortRefused."""
    bodies = _bodies([item])
    until = time.monotonic() + wanted.seconds
    chunk = _Chunk({**wanted.common, "cohort": dict(cohort), "items": bodies}, [0])
    yield from _submit("rewards/cohorts", chunk, retry, until, alone=True)
    yield from _wait([chunk], 1, wanted.progress, retry, until)
    if chunk.answer.get("refused"):
        raise CohortRefused(chunk.answer["refused"])
    if not chunk.answer.get("results"):
        return Rewards((values.Reward(bodies[0]["id"], values.EXPIRED, None),), request_ids=(str(chunk.answer["id"]),))
    return _collected([chunk], over=True)


def _wait(chunks: Sequence[_Chunk], whole: int, progress: Progress | None, retry: Retry, until: float) -> Steps[None]:
    for chunk in chunks:
        while not chunk.done and time.monotonic() < until:
            yield from _look(chunk, retry, until)
            _tell(chunks, whole, progress)


def _bodies(items: Items) -> list[dict[str, Any]]:
    return [(item if isinstance(item, Item) else Item(**item)).body(number) for number, item in enumerate(items)]


def _tell(chunks: Sequence[_Chunk], whole: int, progress: Progress | None) -> None:
    if progress is not None:
        told = [result for chunk in chunks for result in chunk.answer.get("results", ())]
        progress(sum(result["status"] != values.PENDING for result in told), whole)


def _part(common: Mapping[str, Any], bodies: Sequence[dict[str, Any]], places: Sequence[int]) -> dict[str, Any]:
    """The body of a part; outcomes are those of its own trajectories."""
    body = {**common, "items": [bodies[place] for place in places]}
    outcomes = (body.get("stepwise") or {}).get("outcomes")
    if outcomes:
        own = {bodies[place].get("group") for place in places}
        mine = {group: outcome for group, outcome in outcomes.items() if group in own}
        body["stepwise"] = {**body["stepwise"], "outcomes": mine}
    return body


def _parts(bodies: Sequence[dict[str, Any]]) -> Iterator[list[int]]:
    """Places of items that travel together; those of one group are never parted, as their rewards may depend on it."""
    together: dict[Any, list[int]] = {}
    for place, body in enumerate(bodies):
        together.setdefault(body.get("group") or place, []).append(place)
    part: list[int] = []
    size = 0
    for unit in together.values():
        length = sum(_length(bodies[place]) for place in unit)
        if part and (len(part) + len(unit) > MOST_ITEMS or size + length > MOST_CHARACTERS):
            yield part
            part, size = [], 0
        part = part + unit
        size += length
    if part:
        yield part


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_length(inner) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return sum(_length(inner) for inner in value)
    return 8


def _submit(path: str, chunk: _Chunk, retry: Retry, until: float, *, alone: bool) -> Steps[None]:
    """Ask for a part under a key of its own, so that a call which is sent twice is done once."""
    wait = _patience(until) if alone else 0.0
    headers = {"Idempotency-Key": chunk.key}
    send = Send("POST", path, json={**chunk.body, "wait": wait}, headers=headers, patience=wait)
    response = yield from answered(send, retry, until)
    chunk.answer = response.json()
    chunk.where = f"{'rewards/cohorts' if path == 'rewards/cohorts' else 'rewards'}/{chunk.answer['id']}"
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


def _collected(chunks: Sequence[_Chunk], *, over: bool) -> Rewards:
    usage: dict[str, float] = {}
    results: dict[int, values.Reward] = {}
    for chunk in chunks:
        for name, value in chunk.answer.get("usage", {}).items():
            usage[name] = usage.get(name, 0) + value
        for place, result in zip(chunk.places, chunk.answer["results"], strict=True):
            results[place] = values.read_reward(result, over=over)
    answers = [chunk.answer for chunk in chunks]
    return Rewards(
        results=tuple(results[place] for place in range(len(results))),
        judge=answers[0].get("judge", {}),
        rubric=answers[0].get("rubric", {}),
        usage=usage,
        request_ids=tuple(str(answer["id"]) for answer in answers),
        groups=tuple(values.read_group(one) for answer in answers for one in answer.get("groups", ())),
        trajectories=tuple(values.read_trajectory(one) for answer in answers for one in answer.get("trajectories", ())),
        provenance=tuple(answer["provenance"] for answer in answers if answer.get("provenance")),
        asked=tuple(chunks),
    )

"""What kinds of job there are, and what else the sweeper looks after; upper apps fill both at start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain import errors

if TYPE_CHECKING:
    from apps.jobs.leases import Lease
    from apps.jobs.models import Job, Shard

Runner = Callable[["Shard", "Lease"], dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of job: what runs a shard, what comes after its shards, and what is called once when the job has ended.

    `more` is asked when all shards are done, and returns the payloads of those that follow; none ends the job. Kinds
    that are not `listed` have a page of their own and stay out of the list of jobs.
    """

    name: str
    runner: Runner
    on_finished: "Callable[[Job], None] | None" = None
    max_attempts: int = 4
    more: "Callable[[Job], list[dict[str, Any]]] | None" = None
    listed: bool = True


_KINDS: dict[str, Kind] = {}
_SWEEPS: dict[str, Callable[[], int]] = {}


def register(
    name: str, runner: Runner, on_finished: "Callable[[Job], None] | None" = None, *, max_attempts: int = 4,
    more: "Callable[[Job], list[dict[str, Any]]] | None" = None, listed: bool = True,
) -> None:  # fmt: skip
    """Make a kind known; `runner(shard, lease)` returns counts and may run twice."""
    _KINDS[name] = Kind(name, runner, on_finished, max_attempts, more, listed)


def kind_of(name: str) -> Kind:
    """The kind of that name."""
    if name not in _KINDS:
        raise errors.NotFound(
            f'No part of the studio knows how to run jobs of the kind "{name}".', code="job_kind_unknown"
        )
    return _KINDS[name]


def unlisted() -> list[str]:
    """The kinds that stay out of the list of jobs."""
    return [kind.name for kind in _KINDS.values() if not kind.listed]


def register_sweep(function: Callable[[], int]) -> None:
    """Have the sweeper call a function at every round; it returns how much it mended."""
    _SWEEPS[f"{function.__module__}.{function.__qualname__}"] = function


def sweeps() -> dict[str, Callable[[], int]]:
    """All registered sweeps by name."""
    return dict(_SWEEPS)

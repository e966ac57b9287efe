"""The servers of one model: which of them a question belongs to, and what happens when that one is away."""

import hashlib
import ipaddress
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from domain import errors
from engines.protocol import FailureKind
from engines.servers.detection import Server
from engines.servers.replica import Replica
from engines.servers.wire import Away, Failed, Missing, root_of

Result = TypeVar("Result")

ROUNDS = 4
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
LONGEST_REST_WAITED = 1.0
SPILL_SECONDS = 0.25
"""How long a question waits for a place at its own server before it goes where there is one."""

RESOLVE_SECONDS = 15.0
BY_NAME = "dns+"


class Pool:
    """Any number of replicas, which may come and go; a key always goes to the same one while that is there."""

    def __init__(self, addresses: Sequence[str], make: Callable[[str], Replica], *, rounds: int) -> None:
        self._make = make
        self._rounds = rounds
        self._jitter = random.Random()
        self._lock = threading.Lock()
        self._named: tuple[str, ...] = ()
        self._resolved_at = 0.0
        self._replicas: dict[str, Replica] = {}
        self.serve_from(addresses)

    @property
    def replicas(self) -> list[Replica]:
        """Those that are in use now."""
        with self._lock:
            return list(self._replicas.values())

    def serve_from(self, addresses: Iterable[str]) -> None:
        """Use these addresses from now on; calls under way at others end where they are.

        An address that begins with `dns+http://` stands for all servers that its name has in the DNS.
        """
        named = tuple(dict.fromkeys(map(root_of, addresses)))
        if named != self._named:
            self._named = named
            self._settle()

    def run(self, key: str, deadline: float | None, work: Callable[[Server], Result]) -> Result:
        """Do work on the replica that a key belongs to, else on the next, else again after a pause."""
        self._resolve()
        away: Away | None = None
        refused: errors.Unavailable | None = None
        left_out: set[str] = set()
        for turn in range(self._rounds):
            asked: dict[str, float] = {}
            while (replica := self._enter(key, deadline, left_out | asked.keys())) is not None:
                asked[replica.address] = 0.0
                try:
                    return replica.do(work)
                except Away as error:
                    away = error
                    asked[replica.address] = error.retry_after
                    if error.slow:
                        left_out.add(replica.address)
                except Missing as missing:
                    raise errors.Unavailable(
                        f"{replica.address} is no server that this studio can speak to: {missing}",
                        code="engine_unknown",
                    ) from missing
                except errors.Unavailable as error:
                    refused = error
                    left_out.add(replica.address)
            pauses = [_pause_for(each, asked) for each in self.replicas if each.address not in left_out]
            if turn + 1 == self._rounds or not pauses or not self._pause(turn, min(pauses), deadline):
                break
        if away is None and refused is not None:
            raise refused
        raise _given_up(away or Away("no server has this name now."))

    def hang_up(self) -> None:
        """End the calls under way in other threads."""
        for replica in self.replicas:
            replica.wire.hang_up()

    def close(self) -> None:
        """Close the connections."""
        for replica in self.replicas:
            replica.wire.close()

    def _enter(self, key: str, deadline: float | None, without: set[str]) -> Replica | None:
        """The replica for a key with a place taken at it: its own, else another with room, else its own in the end."""
        ready = [each for each in self._ranked(key) if each.address not in without and not each.breaker.wait()]
        while ready:
            chosen = _with_room(ready, deadline)
            if chosen.breaker.enter():
                return chosen
            chosen.flow.leave(pressed=False)
            ready.remove(chosen)
        return None

    def _ranked(self, key: str) -> list[Replica]:
        """All replicas by rendezvous hashing: losing one moves only the keys it had."""

        def weight(replica: Replica) -> bytes:
            return hashlib.sha256(f"{replica.address}\x00{key}".encode()).digest()

        return sorted(self.replicas, key=weight)

    def _pause(self, turn: int, asked: float, deadline: float | None) -> bool:
        """Wait before the next round, as long as the server asked or longer; False where time is up."""
        if asked > LONGEST_PAUSE:
            return False
        seconds = max(asked, FIRST_PAUSE * 2**turn) * self._jitter.uniform(1.0, 1.5)
        if deadline is not None and time.time() + seconds >= deadline:
            return False
        time.sleep(seconds)
        return True

    def _resolve(self) -> None:
        """Look now and then which servers the names stand for."""
        by_name = any(address.startswith(BY_NAME) for address in self._named)
        if by_name and time.monotonic() - self._resolved_at > RESOLVE_SECONDS:
            self._settle()

    def _settle(self) -> None:
        self._resolved_at = time.monotonic()
        wanted = list(dict.fromkeys(each for address in self._named for each in _expanded(address)))
        with self._lock:
            if not wanted and self._replicas:
                return  # a name that cannot be looked up now says nothing about the servers
            self._replicas = {address: self._replicas.get(address) or self._make(address) for address in wanted}


def _with_room(ready: Sequence[Replica], deadline: float | None) -> Replica:
    home, *others = ready
    if home.flow.enter(SPILL_SECONDS if others else 0.0):
        return home
    for other in others:
        if other.flow.enter(0.0):
            return other
    if not home.flow.enter(None if deadline is None else max(0.0, deadline - time.time())):
        raise Failed(FailureKind.TIMEOUT, "The deadline passed before the server had a place for the question.")
    return home


def _pause_for(replica: Replica, asked: Mapping[str, float]) -> float:
    """How long to leave a replica alone: as it asked; one that rests for long is not waited for."""
    rest = replica.breaker.wait()
    return max(asked.get(replica.address, 0.0), rest if rest <= LONGEST_REST_WAITED else LONGEST_PAUSE + rest)


def _expanded(address: str) -> list[str]:
    if not address.startswith(BY_NAME):
        return [address]
    parts = urlsplit(address.removeprefix(BY_NAME))
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        return []
    hosts = sorted({str(each[4][0]) for each in found})
    named = [f"[{host}]" if ipaddress.ip_address(host.split("%")[0]).version == 6 else host for host in hosts]
    port = f":{parts.port}" if parts.port else ""
    return [f"{parts.scheme}://{host}{port}{parts.path}" for host in named]


def _given_up(away: Away) -> Exception:
    if away.failure is not None:
        return Failed(away.failure.kind, away.failure.detail)
    return errors.Unavailable(
        f"The judge's server cannot be used now: {away.reason}",
        code="engine_unavailable",
        details={"retry_after": away.retry_after},
    )

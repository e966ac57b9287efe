"""Models served over HTTP: one server or several replicas, vLLM first, any OpenAI-compatible one."""

import hashlib
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain import errors
from engines import probe
from engines.protocol import (
    Check,
    EngineInfo,
    Failure,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    PromptSizes,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)
from engines.servers.detection import Server, detect
from engines.servers.plain import PlainDialect
from engines.servers.token_prompts import TokenDialect
from engines.servers.wire import Away, Failed, Missing, Wire

Result = TypeVar("Result")

ROUNDS = 4
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
HEALTH_SECONDS = 3.0
_SHARING_TOKENS = 256
"""Two cache blocks of a CPU server: shorter prompts prove nothing about sharing."""


@dataclass(slots=True)
class _Replica:
    """One server at one address; what it is gets found out when it is first asked."""

    wire: Wire
    model: str
    template_settings: dict[str, Any]
    _server: Server | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def server(self) -> Server:
        with self._lock:
            if self._server is None:
                self._server = detect(self.wire, model=self.model, template_settings=self.template_settings)
            return self._server

    def forget(self) -> None:
        """Ask again next time what the server is: it may come back with another model."""
        with self._lock:
            self._server = None


class ServedEngine:
    """An engine over HTTP.

    Questions with the same shared prompt go to the same replica, whose prompt cache knows it; when
    that one is away the next takes over. A server that is busy or away is tried again with growing,
    jittered pauses, and then `Unavailable` is raised.
    """

    def __init__(
        self,
        base_url: str,
        model: str = "",
        api_key: str | None = None,
        timeout: float = 120.0,
        replicas: Sequence[str] = (),
        *,
        template_settings: Mapping[str, Any] | None = None,
        rounds: int = ROUNDS,
    ) -> None:
        addresses = dict.fromkeys((base_url, *replicas))
        self._replicas = [
            _Replica(Wire(address, api_key=api_key, timeout=timeout), model, dict(template_settings or {}))
            for address in addresses
        ]
        self._rounds = rounds
        self._jitter = random.Random()
        self._shares_prefix: bool | None = None

    def info(self) -> EngineInfo:
        """Return what is known of the engine and its model."""
        try:
            server = self._with_replica("", None, lambda server: server)
        except Failed as failed:
            raise errors.Unavailable(failed.failure.detail, code="engine_unknown") from failed
        return EngineInfo(
            kind="served",
            model=server.model,
            context_length=server.context_length,
            supports_logprobs=True,
            supports_likelihoods=server.dialect.echoes if isinstance(server.dialect, PlainDialect) else True,
            shares_prefix=self._shares_prefix,
            production=True,
            notes=server.notes,
            server=server.name,
            block_size=server.block_size,
        )

    def label_distributions(self, request: LabelRequest, *, deadline: float | None = None) -> LabelBatch:
        """Return the probability of each label after each suffix, all in one call to one replica."""
        shared = text_of(request.shared)
        try:
            batch = self._with_replica(
                shared, deadline, lambda server: server.dialect.label_distributions(request, deadline=deadline)
            )
        except Failed as failed:
            suffixes = tuple(text_of(suffix) for suffix in request.suffixes)
            answers = (LabelReply.failed(failed.failure),) * len(suffixes)
            return LabelBatch(answers, Usage(), shared, suffixes, self._replicas[0].model)
        self._learn(batch)
        return batch

    def complete(self, request: TextRequest, *, deadline: float | None = None) -> TextBatch:
        """Return what the model writes after each suffix, all in one call to one replica."""
        shared = text_of(request.shared)
        try:
            return self._with_replica(
                shared, deadline, lambda server: server.dialect.complete(request, deadline=deadline)
            )
        except Failed as failed:
            count = len(request.suffixes)
            return TextBatch((None,) * count, (failed.failure,) * count, Usage())

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None = None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix, from one replica."""
        shared = text_of(request.shared)
        try:
            return self._with_replica(
                shared, deadline, lambda server: server.dialect.likelihoods(request, deadline=deadline)
            )
        except Failed as failed:
            suffixes = tuple(text_of(suffix) for suffix in request.suffixes)
            answers = (LikelihoodReply.failed(failed.failure),) * len(suffixes)
            return LikelihoodBatch(answers, Usage(), shared, suffixes, self._replicas[0].model)

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None if they can."""
        try:
            return self._with_replica("", None, lambda server: server.dialect.check_labels(labels, deadline=None))
        except Failed as failed:
            return failed.failure

    def prompt_sizes(self, request: LabelRequest) -> PromptSizes | None:
        """Return how many tokens the parts of a request have; None where the server does not tokenise."""

        def sizes(server: Server) -> PromptSizes | None:
            return server.dialect.sizes(request) if isinstance(server.dialect, TokenDialect) else None

        return self._with_replica(text_of(request.shared), None, sizes)

    def health(self) -> Check:
        """Say quickly whether any replica answers."""
        reasons = []
        for replica in self._replicas:
            try:
                replica.wire.get("/v1/models", timeout=HEALTH_SECONDS)
            except errors.Unavailable as error:
                reasons.append(error.message)
            except Away as away:
                reasons.append(away.reason)
            except Failed as failed:
                reasons.append(failed.failure.detail)
            except Missing:
                return Check("reachable", True, replica.wire.base_url, f"{replica.wire.base_url} answers.")
            else:
                return Check("reachable", True, replica.wire.base_url, f"{replica.wire.base_url} answers.")
        return Check("reachable", False, "unreachable", " ".join(reasons))

    def probe(self) -> tuple[Check, ...]:
        """Try the engine on everything that judging needs."""
        return probe.probe(self)

    def hang_up(self) -> None:
        """End the calls under way in other threads; they raise `Unavailable`."""
        for replica in self._replicas:
            replica.wire.hang_up()

    def close(self) -> None:
        """Close the connections."""
        for replica in self._replicas:
            replica.wire.close()

    def _with_replica(self, key: str, deadline: float | None, work: Callable[[Server], Result]) -> Result:
        """Do work on the replica that a key belongs to, else on the next, else again after a pause."""
        order = _order(self._replicas, key)
        away = Away("No server was named.")
        for turn in range(self._rounds):
            pauses = []
            for replica in order:
                try:
                    return work(replica.server())
                except Away as error:
                    away = error
                    pauses.append(error.retry_after)
                    if error.gone:
                        replica.forget()
                except Missing as missing:
                    raise errors.Unavailable(
                        f"{replica.wire.base_url} is no server that this studio can speak to: {missing}",
                        code="engine_unknown",
                    ) from missing
            if turn + 1 == self._rounds or not self._pause(turn, min(pauses), deadline):
                break
        if away.failure is not None:
            raise Failed(away.failure.kind, away.failure.detail)
        raise errors.Unavailable(
            f"The judge's server cannot be used now: {away.reason}",
            code="engine_unavailable",
            details={"retry_after": away.retry_after},
        )

    def _pause(self, turn: int, asked: float, deadline: float | None) -> bool:
        """Wait before the next round, as long as the server asked or longer; False where time is up."""
        if asked > LONGEST_PAUSE:
            return False
        seconds = max(asked, FIRST_PAUSE * 2**turn) * self._jitter.uniform(1.0, 1.5)
        if deadline is not None and time.time() + seconds >= deadline:
            return False
        time.sleep(seconds)
        return True

    def _learn(self, batch: LabelBatch) -> None:
        answered = sum(reply.failure is None for reply in batch.replies)
        usage = batch.usage
        if answered < 2 or not usage.cached_reported or usage.prompt_tokens / answered < 1.5 * _SHARING_TOKENS:
            return
        self._shares_prefix = usage.cached_tokens >= _SHARING_TOKENS * (answered - 1)


def _order(replicas: Sequence[_Replica], key: str) -> list[_Replica]:
    """Rank replicas for a key by rendezvous hashing: losing one moves only the keys it had."""

    def weight(replica: _Replica) -> bytes:
        return hashlib.sha256(f"{replica.wire.base_url}\x00{key}".encode()).digest()

    return sorted(replicas, key=weight)

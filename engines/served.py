"""Models served over HTTP: one server or several replicas, vLLM first, any OpenAI-compatible one."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
from engines.servers.detection import Server
from engines.servers.identity import Identity, take
from engines.servers.plain import PlainDialect
from engines.servers.pool import ROUNDS, Pool
from engines.servers.replica import Replica
from engines.servers.token_prompts import LEAST_SHARED, TokenDialect
from engines.servers.wire import Away, Failed, Missing, Wire

HEALTH_SECONDS = 3.0


class ServedEngine:
    """An engine over HTTP.

    Questions with the same shared prompt go to the same replica, whose prompt cache knows it; when
    that one is away the next takes over. A server that is busy or away is tried again with growing,
    jittered pauses, and then `Unavailable` is raised. Replicas may be added and taken away at any time.

    With `recognise`, a server that answers to the model's name with another model is not used.
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
        recognise: bool = False,
    ) -> None:
        self._model = model
        self._shares_prefix: bool | None = None
        self._identity: Identity | None = None
        self._identity_lock = threading.Lock()
        accept = self._accept if recognise else None

        def replica(address: str) -> Replica:
            wire = Wire(address, api_key=api_key, timeout=timeout)
            return Replica(wire, model, dict(template_settings or {}), accept)

        self._pool = Pool((base_url, *replicas), replica, rounds=rounds)

    @property
    def replicas(self) -> list[Replica]:
        """The servers in use now."""
        return self._pool.replicas

    def serve_from(self, addresses: Iterable[str]) -> None:
        """Use these addresses of the same model from now on."""
        self._pool.serve_from(addresses)

    def expect(self, identity: str) -> None:
        """Use no server whose model is another than the one of this identity, as `identity()` wrote it."""
        expected = Identity.parse(identity)
        if expected is not None:
            with self._identity_lock:
                self._identity = expected

    def identity(self, *, deadline: float | None = None) -> str:
        """Return what tells this model from another, as text."""
        try:
            return str(self._pool.run("", deadline, lambda server: take(server.dialect, deadline)))
        except Failed as failed:
            raise errors.Unavailable(failed.failure.detail, code="engine_unknown") from failed

    def info(self) -> EngineInfo:
        """Return what is known of the engine and its model."""
        try:
            server = self._pool.run("", None, lambda server: server)
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
            batch = self._pool.run(
                shared, deadline, lambda server: server.dialect.label_distributions(request, deadline=deadline)
            )
        except Failed as failed:
            suffixes = tuple(text_of(suffix) for suffix in request.suffixes)
            answers = (LabelReply.failed(failed.failure),) * len(suffixes)
            return LabelBatch(answers, Usage(), shared, suffixes, self._model)
        self._learn(batch)
        return batch

    def complete(self, request: TextRequest, *, deadline: float | None = None) -> TextBatch:
        """Return what the model writes after each suffix, all in one call to one replica."""
        shared = text_of(request.shared)
        try:
            return self._pool.run(shared, deadline, lambda server: server.dialect.complete(request, deadline=deadline))
        except Failed as failed:
            count = len(request.suffixes)
            return TextBatch((None,) * count, (failed.failure,) * count, Usage())

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None = None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix, from one replica."""
        shared = text_of(request.shared)
        try:
            return self._pool.run(
                shared, deadline, lambda server: server.dialect.likelihoods(request, deadline=deadline)
            )
        except Failed as failed:
            suffixes = tuple(text_of(suffix) for suffix in request.suffixes)
            answers = (LikelihoodReply.failed(failed.failure),) * len(suffixes)
            return LikelihoodBatch(answers, Usage(), shared, suffixes, self._model)

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None if they can."""
        try:
            return self._pool.run("", None, lambda server: server.dialect.check_labels(labels, deadline=None))
        except Failed as failed:
            return failed.failure

    def count_tokens(self, text: str) -> int | None:
        """Return how many tokens a text is for the model; None where the server does not tokenise."""

        def count(server: Server) -> int | None:
            return server.dialect.count(text) if isinstance(server.dialect, TokenDialect) else None

        return self._pool.run("", None, count)

    def prompt_sizes(self, request: LabelRequest) -> PromptSizes | None:
        """Return how many tokens the parts of a request have; None where the server does not tokenise."""

        def sizes(server: Server) -> PromptSizes | None:
            return server.dialect.sizes(request) if isinstance(server.dialect, TokenDialect) else None

        return self._pool.run(text_of(request.shared), None, sizes)

    def health(self) -> Check:
        """Say quickly whether any replica answers."""
        reasons = []
        for replica in self.replicas:
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
        self._pool.hang_up()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _accept(self, found: Identity) -> str:
        """Say why a replica may not be used: it holds another model than the first, or than the one expected."""
        with self._identity_lock:
            if self._identity is None or not self._identity.logprobs:
                self._identity = found
                return ""
            return self._identity.difference(found)

    def _learn(self, batch: LabelBatch) -> None:
        answered = sum(reply.failure is None for reply in batch.replies)
        usage = batch.usage
        if answered < 2 or not usage.cached_reported or usage.prompt_tokens / answered < 1.5 * LEAST_SHARED:
            return
        self._shares_prefix = usage.cached_tokens >= LEAST_SHARED * (answered - 1)

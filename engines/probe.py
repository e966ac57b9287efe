"""Tries an engine on everything that judging needs and says in sentences how it went."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass

from domain import errors
from engines.protocol import Check, Engine, LabelBatch, LabelRequest, LikelihoodRequest, Part, TextRequest
from engines.servers import holding

KNOWN_TEXT = (
    "Paris is the capital of France. It lies on the river Seine. "
    "About two million people live there, and the Eiffel Tower was built in 1889."
)
TRUE_CLAIM = "The text says that Paris is the capital of France."
FALSE_CLAIM = "The text says that penguins drive yellow taxis on the moon."
LABELS = (" Yes", " No")
SCALES = (tuple(f" {letter}" for letter in "ABCDEFGHIJX"),)
PROBE_SECONDS = 150.0
NOT_OFFERED = "not offered"


def probe(engine: Engine) -> tuple[Check, ...]:
    """Return one check for each thing that judging needs, stopping where the engine is away."""
    return tuple(_Trial(engine, time.time() + PROBE_SECONDS).checks())


@dataclass(frozen=True, slots=True)
class _Trial:
    """One engine on trial until a deadline; each method is one check."""

    engine: Engine
    deadline: float

    def checks(self) -> Iterator[Check]:
        reachable = self.engine.health()
        yield reachable
        if not reachable.ok:
            return
        steps = (
            self.model,
            self.context_length,
            self.labels,
            self.logprobs,
            self.prefix_sharing,
            self.known_answer,
            self.likelihoods,
            self.form,
            self.identity,
        )
        for step in steps:
            try:
                yield step()
            except errors.Unavailable as error:
                yield Check(step.__name__, False, "unavailable", error.message)
                return

    def model(self) -> Check:
        info = self.engine.info()
        sentence = f"The server answers as {info.server or info.kind} with the model {info.model}."
        return Check("model", bool(info.model), info.model, sentence)

    def context_length(self) -> Check:
        length = self.engine.info().context_length
        if length is None:
            sentence = "The server does not say how long a prompt may be; too long ones fail late."
            return Check("context_length", True, "unknown", sentence)
        sentence = f"Prompts may have up to {length:,} tokens."
        if length < 2048:
            sentence += " That is short: long answers will be refused as too long."
        return Check("context_length", length >= 2048, str(length), sentence)

    def labels(self) -> Check:
        for labels in (LABELS, *SCALES):
            failure = self.engine.check_labels(labels)
            if failure is not None:
                return Check("labels", False, "not single tokens", failure.detail)
        sentence = "Every label of every scale is one token of this model."
        return Check("labels", True, "single tokens", sentence)

    def logprobs(self) -> Check:
        batch = self.engine.label_distributions(_known_request(TRUE_CLAIM), deadline=self.deadline)
        reply = batch.replies[0]
        if reply.failure is not None:
            return Check("logprobs", False, reply.failure.kind, reply.failure.detail)
        value = f"{reply.label_mass:.2f}"
        if reply.label_mass < 0.01:
            sentence = f"The model puts only {value} of its probability on the labels Yes and No."
            return Check("logprobs", False, value, sentence)
        sentence = f"Probabilities are read; {value} of them lie on the labels Yes and No."
        return Check("logprobs", True, value, sentence)

    def prefix_sharing(self) -> Check:
        batch = self.engine.label_distributions(_sharing_request(), deadline=self.deadline)
        failed = _first_failure(batch)
        if failed is not None:
            return Check("prefix_sharing", False, "failed", failed)
        usage, count = batch.usage, len(batch.replies)
        if not usage.cached_reported:
            sentence = (
                "The server does not say what its prompt cache saved. "
                "Start vLLM with --enable-prompt-tokens-details to see it."
            )
            return Check("prefix_sharing", True, "unknown", sentence)
        share = usage.cached_tokens / max(1, usage.prompt_tokens)
        value = f"{share:.0%} cached"
        if share >= 0.5 * (count - 1) / count:
            sentence = (
                f"Asking {count} criteria of one answer computed {usage.computed_tokens:,} of "
                f"{usage.prompt_tokens:,} prompt tokens: the answer is read once."
            )
            return Check("prefix_sharing", True, value, sentence)
        sentence = (
            f"Only {share:.0%} of the prompt tokens came from the cache, so each criterion reads the "
            "whole answer again. Switch prefix caching on; hybrid models may not support it."
        )
        return Check("prefix_sharing", False, value, sentence)

    def known_answer(self) -> Check:
        request = _known_request(TRUE_CLAIM, FALSE_CLAIM)
        batch = self.engine.label_distributions(request, deadline=self.deadline)
        failed = _first_failure(batch)
        if failed is not None:
            return Check("known_answer", False, "failed", failed)
        true, false = (_share_of_yes(batch, position) for position in range(2))
        value = f"{true:.2f} against {false:.2f}"
        if true > false:
            sentence = "A true claim about a short text gets more Yes than a false one."
        else:
            sentence = "A false claim gets at least as much Yes as a true one: this model cannot judge."
        return Check("known_answer", true > false, value, sentence)

    def likelihoods(self) -> Check:
        """Whether strategies that read the likelihood of given text can run; others do without."""
        shared = (Part(f"Text:\n{KNOWN_TEXT}"),)
        request = LikelihoodRequest(shared, ((Part("\n\nName the river. Reply with its name."),),), ("The Seine.",))
        reply = self.engine.likelihoods(request, deadline=self.deadline).replies[0]
        if reply.failure is None:
            sentence = "The likelihood of given text is told, as the strategies on likelihoods need."
            return Check("likelihoods", True, f"{reply.mean:.2f} nats a token", sentence)
        sentence = f"{reply.failure.detail.rstrip('.')}. Strategies that need it cannot be used; all others can."
        return Check("likelihoods", True, NOT_OFFERED, sentence)

    def form(self) -> Check:
        """Whether a model that writes is held to the form of its replies; one that is not is read all the same."""
        request = TextRequest((Part(holding.QUESTION),), ((),), max_tokens=holding.TOKENS, forms=(holding.MARKED_JSON,))
        batch = self.engine.complete(request, deadline=self.deadline)
        if failed := batch.failures[0]:
            return Check("form", True, NOT_OFFERED, f"No text was written in a given form: {failed.detail}")
        if batch.held and holding.is_marked(batch.texts[0] or ""):
            return Check("form", True, "yes", "It holds replies to their form, as far as a reply has room for it.")
        sentence = "It does not hold replies to their form: one that is written in another way gives no verdict."
        return Check("form", True, "no", sentence)

    def identity(self) -> Check:
        """What the model is recognised by from now on."""
        found = self.engine.identity(deadline=self.deadline)
        if not found:
            return Check("identity", True, "built in", "The model is part of this installation.")
        sentence = "From now on another model behind the same name is noticed, by its tokens and probabilities."
        return Check("identity", True, found, sentence)


def _known_request(*claims: str) -> LabelRequest:
    shared = (
        Part("You check one claim about a text. Answer Yes or No.\n\nText:\n"),
        Part(KNOWN_TEXT, trusted=False),
    )
    suffixes = tuple((Part(f"\n\nClaim: {claim}\nIs the claim true? Answer with Yes or No."),) for claim in claims)
    return LabelRequest(shared, suffixes, (LABELS,) * len(claims))


def _sharing_request() -> LabelRequest:
    fresh = f"Note {secrets.token_hex(8)}.\n"
    shared = (Part(fresh + "You check one claim about a text.\n\n"), Part(KNOWN_TEXT * 12, False))
    suffixes = tuple(
        (Part(f"\n\nDoes the text name the number {number}? Answer with Yes or No."),) for number in range(6)
    )
    return LabelRequest(shared, suffixes, (LABELS,) * len(suffixes))


def _share_of_yes(batch: LabelBatch, position: int) -> float:
    reply = batch.replies[position]
    return reply.probabilities[LABELS[0]] / reply.label_mass if reply.label_mass > 0 else 0.0


def _first_failure(batch: LabelBatch) -> str | None:
    return next((reply.failure.detail for reply in batch.replies if reply.failure), None)

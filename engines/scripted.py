"""An engine that answers from a script, for unit tests: no model, no network."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engines import probe
from engines.protocol import (
    DEFAULT_LEAD,
    Check,
    EngineInfo,
    Failure,
    FailureKind,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question as a script sees it.

    `labels` is empty where text is wanted, `continuation` empty where no likelihood is.
    """

    shared: str
    suffix: str
    labels: tuple[str, ...]
    lead: str = DEFAULT_LEAD
    continuation: str = ""


Answer = Mapping[str, float] | str | tuple[float, ...] | Failure
"""Probabilities of labels, a text, the log-probabilities of a continuation's tokens, or why there is no answer."""
Script = Callable[[Ask], Answer]


def always(label: str, probability: float = 0.97) -> Script:
    """Return a script that prefers one label, or writes it where text is wanted."""

    def script(ask: Ask) -> Answer:
        return _peaked(ask.labels, label, probability) if ask.labels else label

    return script


def by_text(answers: Mapping[str, Answer], default: Answer = " No") -> Script:
    """Return a script that answers by the first key found in the suffix, else in the shared text."""

    def script(ask: Ask) -> Answer:
        for where in (ask.suffix, ask.shared):
            for needle, answer in answers.items():
                if needle in where:
                    return answer
        return default

    return script


def by_hash(ask: Ask) -> Answer:
    """Answer steadily but arbitrarily: the same question always gets the same distribution."""
    if ask.continuation:
        return tuple(_chance(f"{ask.shared}\x1f{ask.suffix}\x1f{word}") for word in ask.continuation.split(" "))
    if not ask.labels:
        return f"Because of {ask.suffix.strip()[:60]}"
    question = f"{ask.shared}\x1f{ask.suffix}\x1f{ask.lead}"
    digest = hashlib.sha256(question.encode()).digest()
    label = ask.labels[digest[0] % len(ask.labels)]
    return _peaked(ask.labels, label, 0.55 + digest[1] / 256 * 0.43)


def _chance(question: str) -> float:
    return -0.01 - hashlib.sha256(question.encode()).digest()[0] / 64


def _peaked(labels: tuple[str, ...], label: str, probability: float) -> dict[str, float]:
    if label not in labels:
        return dict.fromkeys(labels, 0.0)
    rest = (0.99 - probability) / max(1, len(labels) - 1)
    return {each: probability if each == label else max(0.0, rest) for each in labels}


class ScriptedEngine:
    """Answers every question by calling a script, and keeps what it was asked in `asked`.

    An exception that the script raises reaches the caller, so `Unavailable` can be played.
    """

    def __init__(
        self,
        script: Script = by_hash,
        *,
        model: str = "scripted",
        context_length: int | None = 8192,
        production: bool = False,
    ) -> None:
        self._script = script
        self._model = model
        self._context_length = context_length
        self._production = production
        self.asked: list[Ask] = []

    def info(self) -> EngineInfo:
        """Return what is known of the engine and its model."""
        return EngineInfo(
            kind="scripted",
            model=self._model,
            context_length=self._context_length,
            supports_logprobs=True,
            supports_likelihoods=True,
            shares_prefix=True,
            production=self._production,
            notes=("Answers come from a script, not from a model.",),
            server="scripted",
        )

    def label_distributions(self, request: LabelRequest, *, deadline: float | None = None) -> LabelBatch:
        """Return the script's probabilities of each label after each suffix."""
        shared = text_of(request.shared)
        asks = [
            Ask(shared, text_of(suffix), labels, request.lead(position))
            for position, (suffix, labels) in enumerate(zip(request.suffixes, request.labels, strict=True))
        ]
        late = _late(deadline)
        replies = tuple(LabelReply.failed(late) if late else self._label_reply(ask) for ask in asks)
        answered = [ask for ask, reply in zip(asks, replies, strict=True) if reply.failure is None]
        return LabelBatch(
            replies=replies,
            usage=_usage(answered, len(answered)),
            rendered_shared=shared,
            rendered_suffixes=tuple(f"{ask.suffix}\n{ask.lead}" for ask in asks),
            model=self._model,
        )

    def complete(self, request: TextRequest, *, deadline: float | None = None) -> TextBatch:
        """Return the script's text after each suffix."""
        shared = text_of(request.shared)
        asks = [Ask(shared, text_of(suffix), (), "") for suffix in request.suffixes]
        late = _late(deadline)
        answers = [late or self._text(ask, request) for ask in asks]
        texts = tuple(None if isinstance(answer, Failure) else answer for answer in answers)
        answered = [ask for ask, text in zip(asks, texts, strict=True) if text is not None]
        return TextBatch(
            texts=texts,
            failures=tuple(answer if isinstance(answer, Failure) else None for answer in answers),
            usage=_usage(answered, sum(_tokens(text) for text in texts if text is not None)),
            rendered_shared=shared,
            rendered_suffixes=tuple(ask.suffix for ask in asks),
            model=self._model,
        )

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None = None) -> LikelihoodBatch:
        """Return the script's log-probabilities of the text given after each suffix."""
        shared = text_of(request.shared)
        asks = [
            Ask(shared, text_of(suffix), (), request.lead, continuation)
            for suffix, continuation in zip(request.suffixes, request.continuations, strict=True)
        ]
        late = _late(deadline)
        replies = tuple(LikelihoodReply.failed(late) if late else self._likelihood_reply(ask) for ask in asks)
        answered = [ask for ask, reply in zip(asks, replies, strict=True) if reply.failure is None]
        return LikelihoodBatch(
            replies=replies,
            usage=_usage(answered, len(answered)),
            rendered_shared=shared,
            rendered_suffixes=tuple(f"{ask.suffix}\n{ask.lead}{ask.continuation}" for ask in asks),
            model=self._model,
        )

    def count_tokens(self, text: str) -> int | None:
        """Return the number of words."""
        return _tokens(text)

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read: here a label of several words."""
        for label in labels:
            if len(label.split()) != 1:
                detail = f"The label {label!r} is more than one token of {self._model}."
                return Failure(FailureKind.REFUSED, detail)
        return None

    def identity(self, *, deadline: float | None = None) -> str:
        """Return nothing: a script is no model."""
        del deadline
        return ""

    def health(self) -> Check:
        """Say that a script is always there."""
        return Check("reachable", True, "scripted", "The scripted engine is ready.")

    def probe(self) -> tuple[Check, ...]:
        """Try the engine on everything that judging needs."""
        return probe.probe(self)

    def close(self) -> None:
        """Do nothing: a script holds nothing open."""

    def _label_reply(self, ask: Ask) -> LabelReply:
        failure = self._too_long(ask) or self.check_labels(ask.labels)
        answer = failure or self._ask(ask)
        if isinstance(answer, Failure):
            return LabelReply.failed(answer)
        if isinstance(answer, str):
            answer = _peaked(ask.labels, answer, 0.97)
        if isinstance(answer, tuple):
            raise TypeError("The script gives log-probabilities where labels were asked for.")
        found = {label: float(answer.get(label, 0.0)) for label in ask.labels}
        return LabelReply(found, sum(found.values()), None, {"scripted": dict(answer)})

    def _likelihood_reply(self, ask: Ask) -> LikelihoodReply:
        answer = self._too_long(ask) or self._ask(ask)
        if isinstance(answer, Failure):
            return LikelihoodReply.failed(answer)
        if isinstance(answer, str):  # what the script would write is likely, all else is not
            chance = -0.05 if answer.strip() == ask.continuation.strip() else -3.0
            answer = (chance,) * len(ask.continuation.split(" "))
        if not isinstance(answer, tuple):
            raise TypeError("The script gives labels where log-probabilities were asked for.")
        return LikelihoodReply(answer, None, {"scripted": list(answer)})

    def _text(self, ask: Ask, request: TextRequest) -> str | Failure:
        answer = self._too_long(ask) or self._ask(ask)
        if isinstance(answer, Failure):
            return answer
        if isinstance(answer, tuple):
            raise TypeError("The script gives log-probabilities where text was asked for.")
        text = answer if isinstance(answer, str) else max(answer, key=lambda key: answer[key])
        for stop in request.stop:
            text = text.split(stop, 1)[0]
        return " ".join(text.split(" ")[: request.max_tokens])

    def _ask(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        return self._script(ask)

    def _too_long(self, ask: Ask) -> Failure | None:
        length = _tokens(ask.shared) + _tokens(ask.suffix) + _tokens(ask.lead) + _tokens(ask.continuation) + 1
        if self._context_length is None or length <= self._context_length:
            return None
        detail = f"The prompt has {length} tokens; {self._model} reads {self._context_length}."
        return Failure(FailureKind.TOO_LONG, detail)


def _usage(asks: list[Ask], completion_tokens: int) -> Usage:
    shared = _tokens(asks[0].shared) if asks else 0
    suffixes = sum(_tokens(ask.suffix) + _tokens(ask.lead) + _tokens(ask.continuation) for ask in asks)
    return Usage(
        prompt_tokens=shared * len(asks) + suffixes,
        cached_tokens=shared * max(0, len(asks) - 1),
        shared_tokens=shared * max(0, len(asks) - 1),
        completion_tokens=completion_tokens,
        calls=1 if asks else 0,
    )


def _late(deadline: float | None) -> Failure | None:
    if deadline is None or time.time() < deadline:
        return None
    return Failure(FailureKind.TIMEOUT, "The deadline had passed before the question was asked.")


def _tokens(text: str) -> int:
    return len(text.split())

"""Judges by token ids: shared part and suffixes are tokenised apart, and one call carries all suffixes."""

import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from engines.protocol import (
    DEFAULT_LEAD,
    Failure,
    FailureKind,
    Form,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    Part,
    PromptSizes,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)
from engines.servers import holding, replies, wire

Tokens = tuple[int, ...]
LEAST_SHARED = 256
"""Two cache blocks of a CPU server: shorter prompts prove nothing about sharing."""

_FORMS_AT_ONCE = 8
_REMEMBERED = 100_000
"""How many token ids are kept, so that criteria and labels are tokenised once."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a model's chat template writes before and after the one message that is the prompt."""

    head: str
    tail: str


@dataclass(frozen=True, slots=True)
class Next:
    """What a server said about the token after one prompt; logprobs are by token id, over all tokens."""

    logprobs: dict[int, float]
    prompt_tokens: int
    cached_tokens: int | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote after one prompt."""

    text: str
    prompt_tokens: int
    cached_tokens: int | None
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Likely:
    """The logprob of each token from a place of one prompt to its end."""

    logprobs: tuple[float, ...]
    prompt_tokens: int
    cached_tokens: int | None


class TokenApi(Protocol):
    """A server that takes prompts as token ids."""

    model: str
    context_length: int | None

    def frame(self) -> Frame:
        """Return the chat template's frame."""
        ...

    def tokenise(self, text: str, *, control: bool, deadline: float | None) -> Tokens:
        """Return token ids; control strings become control tokens only where that is wanted."""
        ...

    def next_tokens(
        self, prompts: Sequence[Tokens], labels: Sequence[int], *, shared: int, deadline: float | None
    ) -> list[Next]:
        """Return the distribution of the next token after each prompt, in one call."""
        ...

    def write(
        self, prompts: Sequence[Tokens], request: TextRequest, form: Form | None, *, deadline: float | None
    ) -> list[Written]:
        """Return what the model writes after each prompt, in one call; where there is a form, held to it."""
        ...

    def likelihoods(self, prompts: Sequence[Tokens], starts: Sequence[int], *, deadline: float | None) -> list[Likely]:
        """Return the logprobs of the tokens of each prompt from its start (never its first token) on."""
        ...


@dataclass(slots=True)
class _Prompts:
    """The prompts of one request: those that fit the model, and why the others do not."""

    shared: Tokens
    ids: list[Tokens] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    failures: dict[int, Failure] = field(default_factory=dict)
    rendered_shared: str = ""
    rendered_suffixes: tuple[str, ...] = ()


class TokenDialect:
    """Answers requests through a server that takes token ids."""

    def __init__(self, api: TokenApi) -> None:
        self.api = api
        # Packed: a tuple of numbers takes nine times the room, and a worker keeps an engine for each judge it served.
        self._known: OrderedDict[tuple[str, bool], array[int]] = OrderedDict()
        self._lock = threading.Lock()
        self._held = 0
        self._frame: Frame | None = None
        self._holds: bool | None = None

    def label_distributions(self, request: LabelRequest, *, deadline: float | None) -> LabelBatch:
        """Return the probability of each label after each suffix."""
        started = time.monotonic()
        leads = [request.lead(position) for position in range(len(request.suffixes))]
        prompts = self._prompts(request.shared, request.suffixes, leads, room=1, deadline=deadline)
        ids = self._label_ids(request, prompts, deadline)
        asked = [place for place in prompts.places if place not in prompts.failures]
        found: list[Next] = []
        if asked:
            wanted = sorted({token for place in asked for token in ids[place].values()})
            chosen = [prompt for place, prompt in zip(prompts.places, prompts.ids, strict=True) if place in asked]
            found = self.api.next_tokens(chosen, wanted, shared=len(prompts.shared), deadline=deadline)
            _check_count(found, asked)
        by_place = dict(zip(asked, found, strict=True))
        answers = tuple(
            LabelReply.failed(prompts.failures[place])
            if place in prompts.failures
            else _label_reply(by_place[place], ids[place])
            for place in range(len(request.suffixes))
        )
        return LabelBatch(
            replies=answers,
            usage=_usage(found, len(found), started, shared=len(prompts.shared)),
            rendered_shared=prompts.rendered_shared,
            rendered_suffixes=prompts.rendered_suffixes,
            model=self.api.model,
        )

    def complete(self, request: TextRequest, *, deadline: float | None) -> TextBatch:
        """Return what the model writes after each suffix."""
        started = time.monotonic()
        leads = [""] * len(request.suffixes)
        prompts = self._prompts(request.shared, request.suffixes, leads, room=request.max_tokens, deadline=deadline)
        found, calls, held = self._written(prompts, request, deadline)
        _check_count(found, prompts.places)
        usage = _usage(found, sum(each.completion_tokens for each in found), started, shared=len(prompts.shared))
        by_place = dict(zip(prompts.places, found, strict=True))
        places = range(len(request.suffixes))
        return TextBatch(
            texts=tuple(by_place[place].text if place in by_place else None for place in places),
            failures=tuple(prompts.failures.get(place) for place in places),
            usage=replace(usage, calls=calls),
            rendered_shared=prompts.rendered_shared,
            rendered_suffixes=prompts.rendered_suffixes,
            model=self.api.model,
            held=held,
        )

    def holds(self, deadline: float | None) -> bool:
        """Whether the model is held to a form; tried once, with a form that nothing else would be written in."""
        if self._holds is None:
            prompt = self._prompts((), ((Part(holding.QUESTION),),), ("",), room=holding.TOKENS, deadline=deadline)
            try:
                found = self.api.write(prompt.ids, holding.TRIAL, holding.MARKED, deadline=deadline)
                self._holds = bool(found) and holding.is_marked(found[0].text)
            except wire.Failed as failed:
                if failed.failure.kind is not FailureKind.REFUSED:
                    raise
                self._holds = False
        return self._holds

    def _written(
        self, prompts: _Prompts, request: TextRequest, deadline: float | None
    ) -> tuple[list[Written], int, bool]:
        """What the model wrote, in how many calls, and whether it was held to the forms.

        A server that refuses one of the forms is asked without them.
        """
        if not prompts.ids:
            return [], 0, False
        if request.forms and self.holds(deadline):
            groups = holding.groups([request.forms[place] for place in prompts.places])
            try:
                return self._in_groups(prompts.ids, groups, request, deadline), len(groups), True
            except wire.Failed as failed:
                if failed.failure.kind is not FailureKind.REFUSED:
                    raise
        return self.api.write(prompts.ids, request, None, deadline=deadline), 1, False

    def _in_groups(
        self,
        ids: Sequence[Tokens],
        groups: Sequence[tuple[Form | None, list[int]]],
        request: TextRequest,
        deadline: float | None,
    ) -> list[Written]:
        """Ask for the texts of each form in a call of its own, all at the same time."""

        def write(group: tuple[Form | None, list[int]]) -> list[Written]:
            form, places = group
            found = self.api.write([ids[place] for place in places], request, form, deadline=deadline)
            _check_count(found, places)
            return found

        if len(groups) == 1:
            return write(groups[0])
        with ThreadPoolExecutor(min(_FORMS_AT_ONCE, len(groups))) as pool:
            found = list(pool.map(write, groups))
        by_place: dict[int, Written] = {}
        for (_, places), each in zip(groups, found, strict=True):
            by_place |= dict(zip(places, each, strict=True))
        return [by_place[place] for place in range(len(ids))]

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix."""
        started = time.monotonic()
        leads = [request.lead] * len(request.suffixes)
        texts = request.continuations
        prompts = self._prompts(request.shared, request.suffixes, leads, room=1, deadline=deadline, given=texts)
        sizes = [len(self._tokenise(texts[place], False, deadline)) for place in prompts.places]
        starts = [len(ids) - size for ids, size in zip(prompts.ids, sizes, strict=True)]
        found = self.api.likelihoods(prompts.ids, starts, deadline=deadline) if prompts.ids else []
        _check_count(found, prompts.places)
        answers = {place: LikelihoodReply.failed(failure) for place, failure in prompts.failures.items()}
        for place, size, each in zip(prompts.places, sizes, found, strict=True):
            answers[place] = _likelihood_reply(each, size)
        return LikelihoodBatch(
            replies=tuple(answers[place] for place in range(len(texts))),
            usage=_usage(found, len(found), started),
            rendered_shared=prompts.rendered_shared,
            rendered_suffixes=prompts.rendered_suffixes,
            model=self.api.model,
        )

    def check_labels(self, labels: Sequence[str], *, deadline: float | None) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None."""
        ids = [self._label_id(label, deadline) for label in labels]
        for label, token in zip(labels, ids, strict=True):
            if token is None:
                detail = f"The label {label!r} is more than one token of {self.api.model}; choose other labels."
                return Failure(FailureKind.REFUSED, detail)
        if len(set(ids)) < len(ids):
            return Failure(FailureKind.REFUSED, f"Two of the labels {list(labels)} are one token of {self.api.model}.")
        return None

    def count(self, text: str) -> int:
        """Return how many tokens a text is; nothing is remembered, as what is counted seldom comes again."""
        return len(self.api.tokenise(text, control=False, deadline=None)) if text else 0

    def sizes(self, request: LabelRequest) -> PromptSizes:
        """Return how many tokens each part of the prompts has."""
        leads = [request.lead(position) for position in range(len(request.suffixes))]
        prompts = self._prompts(request.shared, request.suffixes, leads, room=1, deadline=None)
        return PromptSizes(len(prompts.shared), tuple(len(ids) - len(prompts.shared) for ids in prompts.ids))

    def _prompts(
        self,
        shared: tuple[Any, ...],
        suffixes: tuple[tuple[Any, ...], ...],
        leads: Sequence[str],
        *,
        room: int,
        deadline: float | None,
        given: Sequence[str] = (),
    ) -> _Prompts:
        """Build the prompts; `given` is what the model's turn is taken to say after each lead."""
        given = given or [""] * len(suffixes)
        frame = self._framed()
        text = text_of(shared)
        front = self._tokenise(frame.head, True, deadline) + self._tokenise(text, False, deadline)
        tail = self._tokenise(frame.tail, True, deadline)
        made = _Prompts(front, rendered_shared=frame.head + text)
        texts = [text_of(suffix) for suffix in suffixes]
        made.rendered_suffixes = tuple(map("".join, zip(texts, [frame.tail] * len(texts), leads, given, strict=True)))
        limit = self.api.context_length
        for place, (suffix, *said) in enumerate(zip(texts, leads, given, strict=True)):
            ids = front + self._tokenise(suffix, False, deadline) + tail
            ids += tuple(token for text in said for token in self._tokenise(text, False, deadline))
            if limit is not None and len(ids) + room > limit:
                made.failures[place] = _too_long(len(ids), room, limit, self.api.model)
            else:
                made.ids.append(ids)
                made.places.append(place)
        return made

    def _label_ids(self, request: LabelRequest, prompts: _Prompts, deadline: float | None) -> list[dict[str, int]]:
        found: list[dict[str, int]] = []
        for place, labels in enumerate(request.labels):
            failure = self.check_labels(labels, deadline=deadline)
            if failure is not None:
                prompts.failures.setdefault(place, failure)
            ids = {label: self._label_id(label, deadline) for label in labels}
            found.append({label: token for label, token in ids.items() if token is not None})
        return found

    def _label_id(self, label: str, deadline: float | None) -> int | None:
        """Return the one token that a label is after the lead, or None if it is not one."""
        lead = self._tokenise(DEFAULT_LEAD, False, deadline)
        both = self._tokenise(DEFAULT_LEAD + label, False, deadline)
        return both[-1] if both[:-1] == lead else None

    def _framed(self) -> Frame:
        if self._frame is None:
            self._frame = self.api.frame()
        return self._frame

    def _tokenise(self, text: str, control: bool, deadline: float | None) -> Tokens:
        """Return token ids, remembering what comes again: criteria, labels, the last responses."""
        if not text:
            return ()
        key = (text, control)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return tuple(self._known[key])
        tokens = self.api.tokenise(text, control=control, deadline=deadline)
        with self._lock:
            if key not in self._known:
                self._known[key] = array("I", tokens)
                self._held += len(tokens)
            while self._held > _REMEMBERED:
                self._held -= len(self._known.popitem(last=False)[1])
        return tokens


def _label_reply(found: Next, ids: dict[str, int]) -> LabelReply:
    logprobs = {label: found.logprobs.get(token) for label, token in ids.items()}
    raw = {
        "logprobs": logprobs,
        "text": found.text,
        "prompt_tokens": found.prompt_tokens,
        "cached_tokens": found.cached_tokens,
    }
    return replies.label_reply(logprobs, raw)


def _likelihood_reply(found: Likely, size: int) -> LikelihoodReply:
    raw = {
        "logprobs": list(found.logprobs),
        "prompt_tokens": found.prompt_tokens,
        "cached_tokens": found.cached_tokens,
    }
    if len(found.logprobs) != size:
        detail = f"The text has {size} tokens, and the server gave {len(found.logprobs)} log probabilities."
        return LikelihoodReply.failed(Failure(FailureKind.BAD_REPLY, detail), raw)
    return replies.likelihood_reply(found.logprobs, raw)


def _usage(
    found: Sequence[Next | Written | Likely], completion_tokens: int, started: float, *, shared: int = 0
) -> Usage:
    """Add up; `shared` is the length of a shared part that the prompt cache should have kept."""
    reported = all(each.cached_tokens is not None for each in found)
    told = reported and shared >= LEAST_SHARED
    return Usage(
        prompt_tokens=sum(each.prompt_tokens for each in found),
        cached_tokens=sum(each.cached_tokens or 0 for each in found),
        completion_tokens=completion_tokens,
        calls=1 if found else 0,
        seconds=time.monotonic() - started,
        cached_reported=reported,
        shared_tokens=shared * max(0, len(found) - 1) if told else 0,
    )


def _too_long(length: int, room: int, limit: int, model: str) -> Failure:
    detail = f"The prompt has {length:,} tokens and needs room for {room}; {model} reads at most {limit:,}."
    return Failure(FailureKind.TOO_LONG, detail)


def _check_count(found: Sequence[Any], asked: Sequence[int]) -> None:
    if len(found) != len(asked):
        raise wire.Failed(FailureKind.BAD_REPLY, f"{len(asked)} prompts were sent, {len(found)} answers came back.")

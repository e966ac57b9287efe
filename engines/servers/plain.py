"""Speaks to any other OpenAI-compatible server, by text: /v1/completions, else one chat a criterion."""

import dataclasses
import functools
import itertools
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from domain.ports import Part
from engines.protocol import (
    Failure,
    FailureKind,
    Form,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    TextBatch,
    TextRequest,
    Usage,
)
from engines.servers import holding, plain_replies, replies, special_tokens
from engines.servers.wire import Away, Failed, Missing, Wire

Answer = TypeVar("Answer")
_TOP = 20
_CHATS_AT_ONCE = 8
_ECHO: dict[str, Any] = {"max_tokens": 1, "temperature": 0.0, "logprobs": 1, "echo": True}


class PlainDialect:
    """Answers requests through text prompts and the top log probabilities."""

    def __init__(self, wire: Wire, *, model: str) -> None:
        self.model = model
        self._wire = wire
        self._chat_only = False
        self.echoes: bool | None = None
        """Whether the server tells the likelihood of given text; None until it was asked."""
        self._holds: bool | None = None

    def label_distributions(self, request: LabelRequest, *, deadline: float | None) -> LabelBatch:
        """Return the probability of each label after each suffix, as far as the top tokens tell."""
        started = time.monotonic()
        shared = _text(request.shared)
        suffixes = [_text(suffix) for suffix in request.suffixes]
        leads = [request.lead(position) for position in range(len(suffixes))]
        rendered = tuple(f"{suffix}\n\n{lead}" for suffix, lead in zip(suffixes, leads, strict=True))
        refused = [self.check_labels(labels, deadline=deadline) for labels in request.labels]
        if all(refused):
            return LabelBatch(
                tuple(LabelReply.failed(each) for each in refused if each), Usage(), shared, rendered, self.model
            )
        answers, usage = self._either(
            lambda: self._completed_labels(shared, suffixes, leads, request, deadline),
            lambda: self._chatted_labels(shared, suffixes, request, deadline),
            started,
        )
        read = (LabelReply.failed(no) if no else answer for no, answer in zip(refused, answers, strict=True))
        return LabelBatch(tuple(read), usage, shared, rendered, self.model)

    def complete(self, request: TextRequest, *, deadline: float | None) -> TextBatch:
        """Return what the model writes after each suffix."""
        started = time.monotonic()
        shared = _text(request.shared)
        suffixes = [_text(suffix) for suffix in request.suffixes]
        body: dict[str, Any] = {"max_tokens": request.max_tokens, "temperature": request.temperature}
        if request.stop:
            body["stop"] = list(request.stop)
        if request.seed is not None:
            body["seed"] = request.seed
        forms = [form if form.schema else None for form in request.forms]
        held = any(forms) and self.holds(deadline)
        texts, usage = self._texts(shared, suffixes, body, forms if held else [], deadline)
        usage = dataclasses.replace(usage, seconds=time.monotonic() - started)
        return TextBatch(
            texts=tuple(None if isinstance(text, Failure) else text for text in texts),
            failures=tuple(text if isinstance(text, Failure) else None for text in texts),
            usage=usage,
            rendered_shared=shared,
            rendered_suffixes=tuple(suffixes),
            model=self.model,
            held=held and all(forms),
        )

    def holds(self, deadline: float | None) -> bool:
        """Whether the server holds the model to a JSON schema; tried once."""
        if self._holds is None:
            body = {"max_tokens": holding.TOKENS, "temperature": 0.0}
            try:
                texts, _ = self._texts(holding.QUESTION, [""], body, [holding.MARKED_JSON], deadline)
                self._holds = isinstance(texts[0], str) and holding.is_marked(texts[0])
            except Failed as failed:
                if failed.failure.kind is not FailureKind.REFUSED:
                    raise
                self._holds = False
        return self._holds

    def _texts(
        self,
        shared: str,
        suffixes: list[str],
        body: dict[str, Any],
        forms: Sequence[Form | None],
        deadline: float | None,
    ) -> tuple[list[str | Failure], Usage]:
        """What is written after each suffix; those of one form are asked for together."""
        started = time.monotonic()
        found: dict[int, str | Failure] = {}
        spent = Usage()
        for form, places in holding.groups(forms or [None] * len(suffixes)):
            own = [suffixes[place] for place in places]
            wanted = body if form is None else body | {"response_format": _response_format(form)}
            texts, usage = self._either(
                functools.partial(self._completed_texts, [f"{shared}{each}\n\n" for each in own], wanted, deadline),
                functools.partial(self._chatted_texts, shared, own, wanted, deadline),
                started,
            )
            found |= dict(zip(places, texts, strict=True))
            spent += usage
        return [found[place] for place in range(len(suffixes))], spent

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix, where the server echoes."""
        started = time.monotonic()
        shared = _text(request.shared)
        fronts = [f"{_text(suffix)}\n\n{request.lead}" for suffix in request.suffixes]
        texts = [special_tokens.neutralised(text) for text in request.continuations]
        answers: list[LikelihoodReply] = []
        said: list[dict[str, Any]] = []
        if texts:
            try:
                starts = [len(shared) + len(front) for front in fronts]
                prompts = [shared + front + text for front, text in zip(fronts, texts, strict=True)]
                said, choices = self._completions(prompts, _ECHO, deadline)
                answers = [
                    LikelihoodReply.failed(choice)
                    if isinstance(choice, Failure)
                    else plain_replies.likelihood_reply(choice, start)
                    for choice, start in zip(choices, starts, strict=True)
                ]
            except Missing:
                answers = [_no_echo()] * len(texts)
            except Failed as failed:
                if failed.failure.kind is not FailureKind.REFUSED:
                    raise
                answers = [_no_echo(failed.failure.detail)] * len(texts)
            self.echoes = any(answer.failure is None for answer in answers)
        rendered = tuple(map("".join, zip(fronts, texts, strict=True)))
        return LikelihoodBatch(tuple(answers), plain_replies.usage(said, started), shared, rendered, self.model)

    def check_labels(self, labels: Sequence[str], *, deadline: float | None) -> Failure | None:
        """Return why these labels cannot be told apart by their first token; the tokens this server does not show."""
        del deadline
        bare = sorted(label.strip() for label in labels)
        if "" in bare or any(longer.startswith(shorter) for shorter, longer in itertools.pairwise(bare)):
            return Failure(FailureKind.REFUSED, f"The labels {list(labels)} cannot be told apart.")
        return None

    def _either(
        self,
        completions: Callable[[], tuple[list[Answer], list[dict[str, Any]]]],
        chats: Callable[[], tuple[list[Answer], list[dict[str, Any]]]],
        started: float,
    ) -> tuple[list[Answer], Usage]:
        if not self._chat_only:
            try:
                answers, said = completions()
                return answers, plain_replies.usage(said, started)
            except Missing:
                self._chat_only = True
        try:
            answers, said = chats()
        except Missing as missing:
            raise Away(f"{self._wire.base_url} serves neither completions nor chats: {missing}", gone=True) from missing
        return answers, plain_replies.usage(said, started)

    def _completed_labels(
        self,
        shared: str,
        suffixes: list[str],
        leads: list[str],
        request: LabelRequest,
        deadline: float | None,
    ) -> tuple[list[LabelReply], list[dict[str, Any]]]:
        prompts = [f"{shared}{suffix}\n\n{lead}" for suffix, lead in zip(suffixes, leads, strict=True)]
        body = {"max_tokens": 1, "temperature": 0.0, "logprobs": _TOP}
        said, choices = self._completions(prompts, body, deadline)
        found = [
            LabelReply.failed(choice)
            if isinstance(choice, Failure)
            else plain_replies.label_reply(plain_replies.completion_tops(choice), labels, strict=True)
            for choice, labels in zip(choices, request.labels, strict=True)
        ]
        return found, said

    def _chatted_labels(
        self, shared: str, suffixes: list[str], request: LabelRequest, deadline: float | None
    ) -> tuple[list[LabelReply], list[dict[str, Any]]]:
        body = {"max_tokens": 1, "temperature": 0.0, "logprobs": True, "top_logprobs": _TOP}
        said = self._chats(shared, suffixes, body, deadline)
        found = [
            LabelReply.failed(each)
            if isinstance(each, Failure)
            else plain_replies.label_reply(plain_replies.chat_tops(each), labels)
            for each, labels in zip(said, request.labels, strict=True)
        ]
        return found, [each for each in said if isinstance(each, dict)]

    def _completed_texts(
        self, prompts: list[str], body: dict[str, Any], deadline: float | None
    ) -> tuple[list[str | Failure], list[dict[str, Any]]]:
        said, choices = self._completions(prompts, body, deadline)
        texts = [
            choice if isinstance(choice, Failure) else replies.text(choice.get("text"), "text") for choice in choices
        ]
        return texts, said

    def _chatted_texts(
        self, shared: str, suffixes: list[str], body: dict[str, Any], deadline: float | None
    ) -> tuple[list[str | Failure], list[dict[str, Any]]]:
        said = self._chats(shared, suffixes, body, deadline)
        texts = [each if isinstance(each, Failure) else plain_replies.chat_text(each) for each in said]
        return texts, [each for each in said if isinstance(each, dict)]

    def _completions(
        self, prompts: list[str], settings: dict[str, Any], deadline: float | None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any] | Failure]]:
        """Ask all prompts in one call; where some are too long, halve until only those fail."""
        body = {"model": self.model, "prompt": prompts, "stream": False, **settings}
        try:
            said = replies.table(self._wire.post("/v1/completions", body, deadline=deadline), "the reply")
        except Failed as failed:
            if failed.failure.kind is not FailureKind.TOO_LONG:
                raise
            if len(prompts) == 1:
                return [], [failed.failure]
            half = len(prompts) // 2
            left, right = (self._completions(each, settings, deadline) for each in (prompts[:half], prompts[half:]))
            return left[0] + right[0], left[1] + right[1]
        choices = [replies.table(choice, "a choice") for choice in replies.items(said.get("choices"), "choices")]
        if len(choices) != len(prompts):
            raise replies.bad(f"{len(prompts)} prompts were sent, {len(choices)} answers came back.")
        return [said], [*sorted(choices, key=_index)]

    def _chats(
        self, shared: str, suffixes: list[str], settings: dict[str, Any], deadline: float | None
    ) -> list[dict[str, Any] | Failure]:
        """Ask one chat for each suffix, the first alone so that the others find its prompt cached."""

        def chat(suffix: str) -> dict[str, Any] | Failure:
            messages = [{"role": "user", "content": shared + suffix}]
            body = {"model": self.model, "messages": messages, "stream": False, **settings}
            try:
                return replies.table(self._wire.post("/v1/chat/completions", body, deadline=deadline), "the reply")
            except Failed as failed:
                return failed.failure

        if not suffixes:
            return []
        first = chat(suffixes[0])
        with ThreadPoolExecutor(_CHATS_AT_ONCE) as pool:
            return [first, *pool.map(chat, suffixes[1:])]


def _response_format(form: Form) -> dict[str, Any]:
    schema = {"name": "reply", "strict": True, "schema": json.loads(form.schema)}
    return {"type": "json_schema", "json_schema": schema}


def _no_echo(detail: str = "") -> LikelihoodReply:
    said = f"This server does not tell the likelihood of given text. {detail}".strip()
    return LikelihoodReply.failed(Failure(FailureKind.REFUSED, said))


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text if part.trusted else special_tokens.neutralised(part.text) for part in parts)


def _index(choice: dict[str, Any]) -> int:
    return replies.whole(choice.get("index", 0), "index")

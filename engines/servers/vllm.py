"""Speaks vLLM's dialect: token-id prompts and `logprob_token_ids` on /v1/completions."""

import math
import re
from collections.abc import Sequence
from typing import Any

from engines.protocol import FailureKind, Form, TextRequest
from engines.servers import replies, special_tokens
from engines.servers.token_prompts import Frame, Likely, Next, Tokens, Written
from engines.servers.wire import Away, Failed, Missing, Wire

_MARK = "STUDIO7391MARK"
_MAX_CUTS = 256
_TOP = 20
"""Servers older than `logprob_token_ids` ignore it: the top tokens then hold the labels, or most of them."""


class Vllm:
    """One vLLM server, or one that answers as vLLM does."""

    def __init__(
        self, wire: Wire, *, model: str, context_length: int | None, template_settings: dict[str, Any]
    ) -> None:
        self.model = model
        self.context_length = context_length
        self._wire = wire
        self._template_settings = template_settings

    def frame(self) -> Frame:
        """Render a marked message with the server's chat template and cut it at the mark."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "user", "content": _MARK}],
            "add_generation_prompt": True,
        }
        if self._template_settings:
            body["chat_template_kwargs"] = self._template_settings
        try:
            ids = replies.tokens(self._post("/tokenize", body, None).get("tokens"), "tokens")
        except Failed as failed:
            if failed.failure.kind is FailureKind.REFUSED:
                return Frame("", "\n")  # a base model without a chat template
            raise
        text = replies.text(self._post("/detokenize", {"model": self.model, "tokens": ids}, None).get("prompt"), "text")
        head, found, tail = text.partition(_MARK)
        if not found:
            raise replies.bad("The chat template does not show the message it was given.")
        return Frame(head, tail)

    def tokenise(self, text: str, *, control: bool, deadline: float | None) -> Tokens:
        """Return token ids; control strings in ordinary text are cut apart first."""
        ids, strings = self._tokenise(text, deadline)
        found = frozenset() if control else special_tokens.control_strings(strings)
        if not found:
            return ids
        pieces = special_tokens.cut(text, found)
        if len(pieces) == 1:
            return ids
        if len(pieces) > _MAX_CUTS:
            raise Failed(FailureKind.REFUSED, f"The text holds {len(pieces) - 1} control strings of the model.")
        return tuple(token for piece in pieces for token in self.tokenise(piece, control=False, deadline=deadline))

    def next_tokens(
        self, prompts: Sequence[Tokens], labels: Sequence[int], *, shared: int, deadline: float | None
    ) -> list[Next]:
        """Return the labels' logprobs after each prompt.

        The server tells how much of the last prompt alone was cached; the others share the same
        part, except the first, which is counted as computed.
        """
        body = self._body(prompts, max_tokens=1, temperature=0.0)
        body |= {"logprobs": _TOP, "logprob_token_ids": list(labels), "return_tokens_as_token_ids": True}
        choices, cached = self._completions(body, prompts, deadline)
        return [
            Next(
                logprobs=_logprobs(choice),
                prompt_tokens=len(prompt),
                cached_tokens=_cached(cached, place, len(prompts), shared),
                text=str(choice.get("text", "")),
            )
            for place, (choice, prompt) in enumerate(zip(choices, prompts, strict=True))
        ]

    def write(
        self, prompts: Sequence[Tokens], request: TextRequest, form: Form | None, *, deadline: float | None
    ) -> list[Written]:
        """Return what the model writes after each prompt; servers before 0.11 know no `structured_outputs`."""
        body = self._body(prompts, max_tokens=request.max_tokens, temperature=request.temperature)
        body |= {"return_token_ids": True}
        if request.stop:
            body["stop"] = list(request.stop)
        if request.seed is not None:
            body["seed"] = request.seed
        if form is not None:
            body["structured_outputs"] = {"grammar": form.grammar}
        choices, cached = self._completions(body, prompts, deadline)
        return [
            Written(
                text=replies.text(choice.get("text"), "text"),
                prompt_tokens=len(prompt),
                cached_tokens=_cached(cached, place, len(prompts), min(map(len, prompts))),
                completion_tokens=len(choice.get("token_ids") or ()),
            )
            for place, (choice, prompt) in enumerate(zip(choices, prompts, strict=True))
        ]

    def likelihoods(self, prompts: Sequence[Tokens], starts: Sequence[int], *, deadline: float | None) -> list[Likely]:
        """Return the logprobs of given tokens; vLLM reads such prompts whole, past its prompt cache."""
        body = self._body(prompts, max_tokens=1, temperature=0.0) | {"prompt_logprobs": 0}
        choices, cached = self._completions(body, prompts, deadline)
        return [
            Likely(
                logprobs=_prompt_logprobs(choice, prompt, start),
                prompt_tokens=len(prompt),
                cached_tokens=None if cached is None else 0,
            )
            for choice, prompt, start in zip(choices, prompts, starts, strict=True)
        ]

    def block_size(self) -> int | None:
        """Return how many tokens the prompt cache keeps as one block, where the server says it."""
        try:
            page = self._wire.text("/metrics", timeout=5.0)
        except (Away, Failed):
            return None
        found = re.search(r'vllm:cache_config_info\{[^}]*\bblock_size="(\d+)"', page)
        return int(found.group(1)) if found else None

    def _tokenise(self, text: str, deadline: float | None) -> tuple[Tokens, list[str]]:
        body = {"model": self.model, "prompt": text, "add_special_tokens": False, "return_token_strs": True}
        said = self._post("/tokenize", body, deadline)
        strings = replies.items(said.get("token_strs") or [], "token_strs")
        return replies.tokens(said.get("tokens"), "tokens"), [str(string) for string in strings]

    def _body(self, prompts: Sequence[Tokens], *, max_tokens: int, temperature: float) -> dict[str, Any]:
        return {
            "model": self.model,
            "prompt": [list(prompt) for prompt in prompts],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": False,
        }

    def _completions(
        self, body: dict[str, Any], prompts: Sequence[Tokens], deadline: float | None
    ) -> tuple[list[dict[str, Any]], int | None]:
        said = self._post("/v1/completions", body, deadline)
        if said.get("choices") and said.get("model", self.model) != self.model:
            raise Away(f"{self._wire.base_url} was asked for {self.model} and answers as {said['model']}.", gone=True)
        choices = [replies.table(choice, "a choice") for choice in replies.items(said.get("choices"), "choices")]
        if sorted(replies.whole(choice.get("index"), "index") for choice in choices) != list(range(len(prompts))):
            raise replies.bad(f"{len(prompts)} prompts were sent, {len(choices)} answers came back.")
        choices.sort(key=lambda choice: int(choice["index"]))
        usage = replies.table(said.get("usage") or {}, "usage")
        details = replies.table(usage.get("prompt_tokens_details") or {}, "prompt_tokens_details")
        cached = details.get("cached_tokens")
        return choices, None if cached is None else replies.whole(cached, "cached_tokens")

    def _post(self, path: str, body: dict[str, Any], deadline: float | None) -> dict[str, Any]:
        try:
            return replies.table(self._wire.post(path, body, deadline=deadline), "the reply")
        except Missing as missing:
            raise Away(
                f"{self._wire.base_url} does not serve {self.model} at {path}: {missing}", gone=True
            ) from missing


def _logprobs(choice: dict[str, Any]) -> dict[int, float]:
    logprobs = replies.table(choice.get("logprobs") or {}, "logprobs")
    steps = replies.items(logprobs.get("top_logprobs") or [], "top_logprobs")
    if not steps:
        raise replies.bad("The reply has no log probabilities.")
    found: dict[int, float] = {}
    for token, value in replies.table(steps[0], "top_logprobs").items():
        identity = token.removeprefix("token_id:")
        if identity.isdecimal():
            number = replies.number(value, "a log probability")
            found[int(identity)] = -math.inf if number <= -9999.0 else number
    if not found:
        raise replies.bad("The reply names no tokens by their ids.")
    return found


def _prompt_logprobs(choice: dict[str, Any], prompt: Tokens, start: int) -> tuple[float, ...]:
    steps = replies.items(choice.get("prompt_logprobs") or [], "prompt_logprobs")
    if len(steps) != len(prompt):
        raise replies.bad("The reply has no log probabilities of the given text.")
    found = []
    for token, step in zip(prompt[start:], steps[start:], strict=True):
        entry = replies.table(replies.table(step, "prompt_logprobs").get(str(token)) or {}, "a token")
        value = replies.number(entry.get("logprob"), "a log probability")
        found.append(-math.inf if value <= -9999.0 else value)
    return tuple(found)


def _cached(cached: int | None, place: int, count: int, shared: int) -> int | None:
    if cached is None or count == 1:
        return cached
    return 0 if place == 0 else min(cached, shared)

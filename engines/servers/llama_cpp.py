"""Speaks llama.cpp's dialect: token-id prompts and `n_probs` on /completion."""

from collections.abc import Sequence
from typing import Any

from engines.protocol import Form, TextRequest
from engines.servers import replies
from engines.servers.token_prompts import Frame, Likely, Next, Tokens, Written
from engines.servers.wire import Away, Missing, Wire

_MARK = "STUDIO7391MARK"
_TOP = 100
"""How many of the likeliest tokens are asked for; a label beyond them counts as probability zero."""

_FORCING = 1e4
"""A bias that no logit of a model outweighs."""

_FIELDS = [
    "content",
    "index",
    "completion_probabilities",
    "tokens_predicted",
    "timings/cache_n",
]


class LlamaCpp:
    """One llama.cpp server."""

    def __init__(
        self, wire: Wire, *, model: str, context_length: int | None, template_settings: dict[str, Any]
    ) -> None:
        self.model = model
        self.context_length = context_length
        self._wire = wire
        self._template_settings = template_settings

    def frame(self) -> Frame:
        """Render a marked message with the server's chat template and cut it at the mark."""
        body: dict[str, Any] = {"messages": [{"role": "user", "content": _MARK}]}
        if self._template_settings:
            body["chat_template_kwargs"] = self._template_settings
        text = replies.text(replies.table(self._post("/apply-template", body, None), "the reply").get("prompt"), "text")
        head, found, tail = text.partition(_MARK)
        if not found:
            raise replies.bad("The chat template does not show the message it was given.")
        return Frame(head, tail)

    def tokenise(self, text: str, *, control: bool, deadline: float | None) -> Tokens:
        """Return token ids; control strings in ordinary text are encoded as the letters they are."""
        body = {"content": text, "add_special": False, "parse_special": control}
        said = replies.table(self._post("/tokenize", body, deadline), "the reply")
        return replies.tokens(said.get("tokens"), "tokens")

    def next_tokens(
        self, prompts: Sequence[Tokens], labels: Sequence[int], *, shared: int, deadline: float | None
    ) -> list[Next]:
        """Return the logprobs of the likeliest tokens after each prompt, which hold the labels."""
        del labels, shared  # the server names the likeliest tokens and counts its own cache
        body = {"n_predict": 1, "temperature": 0.0, "n_probs": _TOP}
        return [
            Next(
                logprobs=_logprobs(said),
                prompt_tokens=len(prompt),
                cached_tokens=_cached(said),
                text=replies.text(said.get("content"), "content"),
            )
            for said, prompt in zip(self._completion(body, prompts, deadline), prompts, strict=True)
        ]

    def write(
        self, prompts: Sequence[Tokens], request: TextRequest, form: Form | None, *, deadline: float | None
    ) -> list[Written]:
        """Return what the model writes after each prompt."""
        body: dict[str, Any] = {
            "n_predict": request.max_tokens,
            "temperature": request.temperature,
            "stop": list(request.stop),
        }
        if request.seed is not None:
            body["seed"] = request.seed
        if form is not None:
            body["grammar"] = form.grammar
        return [
            Written(
                text=replies.text(said.get("content"), "content"),
                prompt_tokens=len(prompt),
                cached_tokens=_cached(said),
                completion_tokens=replies.whole(said.get("tokens_predicted"), "tokens_predicted"),
            )
            for said, prompt in zip(self._completion(body, prompts, deadline), prompts, strict=True)
        ]

    def likelihoods(self, prompts: Sequence[Tokens], starts: Sequence[int], *, deadline: float | None) -> list[Likely]:
        """Return the logprobs of given tokens, one after the other.

        The server tells no logprobs of a prompt, but that of the token it writes, over all tokens and before any bias:
        so a bias makes it write each given token, and the prompt cache keeps what stands before.
        """
        return [self._likely(prompt, start, deadline) for prompt, start in zip(prompts, starts, strict=True)]

    def _likely(self, prompt: Tokens, start: int, deadline: float | None) -> Likely:
        found, read, cached = [], 0, 0
        for place in range(start, len(prompt)):
            token = prompt[place]
            body = {"n_predict": 1, "temperature": 0.0, "n_probs": 1, "logit_bias": [[token, _FORCING]]}
            said = self._completion(body, [prompt[:place]], deadline)[0]
            found.append(_logprob_of(said, token))
            read += place
            cached += _cached(said) or 0
        return Likely(tuple(found), len(prompt), max(0, len(prompt) - (read - cached)))

    def _completion(
        self, settings: dict[str, Any], prompts: Sequence[Tokens], deadline: float | None
    ) -> list[dict[str, Any]]:
        body = settings | {
            "prompt": [list(prompt) for prompt in prompts],
            "cache_prompt": True,
            "response_fields": _FIELDS,
            "stream": False,
        }
        said = self._post("/completion", body, deadline)
        found = [replies.table(each, "an answer") for each in (said if isinstance(said, list) else [said])]
        if len(found) != len(prompts):
            raise replies.bad(f"{len(prompts)} prompts were sent, {len(found)} answers came back.")
        return sorted(found, key=lambda each: replies.whole(each.get("index", 0), "index"))

    def _post(self, path: str, body: dict[str, Any], deadline: float | None) -> Any:
        try:
            return self._wire.post(path, body, deadline=deadline)
        except Missing as missing:
            raise Away(f"{self._wire.base_url} has no {path}: {missing}", gone=True) from missing


def _logprobs(said: dict[str, Any]) -> dict[int, float]:
    steps = replies.items(said.get("completion_probabilities") or [], "completion_probabilities")
    if not steps:
        raise replies.bad("The reply has no log probabilities.")
    top = replies.items(replies.table(steps[0], "probabilities").get("top_logprobs"), "top_logprobs")
    entries = [replies.table(each, "a token") for each in top]
    return {
        replies.whole(each.get("id"), "id"): replies.number(each.get("logprob"), "a log probability")
        for each in entries
    }


def _logprob_of(said: dict[str, Any], token: int) -> float:
    steps = replies.items(said.get("completion_probabilities") or [], "completion_probabilities")
    written = replies.table(steps[0], "probabilities") if steps else {}
    if written.get("id") != token:
        raise replies.bad("The server did not write the token that it was made to write.")
    return replies.number(written.get("logprob"), "a log probability")


def _cached(said: dict[str, Any]) -> int | None:
    timings = replies.table(said.get("timings") or {}, "timings")
    cached = said.get("timings/cache_n", timings.get("cache_n"))
    return None if cached is None else replies.whole(cached, "cache_n")

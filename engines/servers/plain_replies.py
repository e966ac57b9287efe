"""Reads the replies of OpenAI-compatible servers that answer in text."""

import itertools
import time
from typing import Any

from engines.protocol import Failure, FailureKind, LabelReply, LikelihoodReply, Usage
from engines.servers import replies

_NO_ECHO = "This server does not tell the likelihood of given text: it leaves the prompt out of its reply."


def label_reply(tops: dict[str, float], labels: tuple[str, ...], *, strict: bool = False) -> LabelReply:
    """Read labels from the top tokens; a chat may begin without the space that a label carries."""
    logprobs: dict[str, float | None] = {}
    for label in labels:
        same = [value for token, value in tops.items() if token == label]
        near = [value for token, value in tops.items() if token.strip() == label.strip()]
        chosen = same if strict and same else near
        logprobs[label] = replies.log_of_sum(chosen) if chosen else None
    return replies.label_reply(logprobs, {"logprobs": logprobs, "top": tops})


def likelihood_reply(choice: dict[str, Any], start: int) -> LikelihoodReply:
    """Read the log-probabilities of an echoed prompt from a character on, without the token that was written after it.

    A server that writes without echoing gives no offsets before its own text: that is refused, not read.
    """
    logprobs = replies.table(choice.get("logprobs") or {}, "logprobs")
    values = replies.items(logprobs.get("token_logprobs") or [], "token_logprobs")
    words = [replies.text(word, "a token") for word in replies.items(logprobs.get("tokens") or [], "tokens")]
    if not values or len(values) != len(words):
        return LikelihoodReply.failed(Failure(FailureKind.REFUSED, _NO_ECHO))
    ends = list(itertools.accumulate(map(len, words)))
    offsets = replies.items(logprobs.get("text_offset") or [], "text_offset")
    if len(offsets) == len(words):
        ends[:-1] = [replies.whole(each, "text_offset") for each in offsets[1:]]
    found = [
        replies.number(value, "a log probability")
        for end, value in list(zip(ends, values, strict=True))[:-1]
        if end > start
    ]
    if not found:
        return LikelihoodReply.failed(Failure(FailureKind.REFUSED, _NO_ECHO))
    return replies.likelihood_reply(found, {"logprobs": found})


def completion_tops(choice: dict[str, Any]) -> dict[str, float]:
    """Return the top tokens of a completion with their log probabilities."""
    logprobs = replies.table(choice.get("logprobs") or {}, "logprobs")
    steps = replies.items(logprobs.get("top_logprobs") or [], "top_logprobs")
    if not steps:
        raise replies.bad("The server does not return log probabilities, so its answers cannot be weighed.")
    tops = replies.table(steps[0], "top_logprobs")
    return {token: replies.number(value, "a log probability") for token, value in tops.items()}


def chat_tops(said: dict[str, Any]) -> dict[str, float]:
    """Return the top tokens of a chat's answer with their log probabilities."""
    choices = replies.items(said.get("choices"), "choices")
    logprobs = replies.table(choices[0], "a choice").get("logprobs") if choices else None
    steps = replies.items(replies.table(logprobs or {}, "logprobs").get("content") or [], "logprobs")
    if not steps:
        raise replies.bad("The server does not return log probabilities, so its answers cannot be weighed.")
    tops = replies.items(replies.table(steps[0], "a step").get("top_logprobs"), "top_logprobs")
    entries = [replies.table(each, "a token") for each in tops]
    return {
        replies.text(each.get("token"), "token"): replies.number(each.get("logprob"), "a log probability")
        for each in entries
    }


def chat_text(said: dict[str, Any]) -> str | Failure:
    """Return what a chat answered."""
    choices = replies.items(said.get("choices"), "choices")
    if not choices:
        return Failure(FailureKind.BAD_REPLY, "The reply has no choices.")
    message = replies.table(replies.table(choices[0], "a choice").get("message"), "message")
    return replies.text(message.get("content"), "content")


def usage(said: list[dict[str, Any]], started: float) -> Usage:
    """Return what some calls cost together."""
    prompt = cached = completion = 0
    reported = bool(said)
    for each in said:
        spent = replies.table(each.get("usage") or {}, "usage")
        prompt += replies.whole(spent.get("prompt_tokens", 0), "prompt_tokens")
        completion += replies.whole(spent.get("completion_tokens", 0), "completion_tokens")
        details = replies.table(spent.get("prompt_tokens_details") or {}, "prompt_tokens_details")
        reported = reported and details.get("cached_tokens") is not None
        cached += replies.whole(details.get("cached_tokens") or 0, "cached_tokens")
    return Usage(prompt, cached, completion, len(said), time.monotonic() - started, reported)

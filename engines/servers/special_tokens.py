"""Keeps text that others wrote from speaking as the model's control tokens.

Servers that encode control strings wherever they stand get such text cut in two inside each string:
the pieces, tokenised apart, say the same letters and can never become the control token.
"""

import itertools
import re
from collections.abc import Iterable

_WRAPPED = re.compile(r"^[<\[].{1,78}[>\]]$")
_KNOWN = re.compile(
    r"<[|｜][^<>]{1,80}[|｜]>"
    r"|</?(?:s|bos|eos|pad|unk|mask|cls|sep|think|tool_call|tool_response|start_of_turn|end_of_turn)>"
    r"|<<?/?SYS>>?|\[/?(?:INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK|gMASK|sMASK)\]"
)
_ZERO_WIDTH_SPACE = "\u200b"


def control_strings(tokens: Iterable[str]) -> frozenset[str]:
    """Return those strings of a text's tokens that are wrapped as control tokens are."""
    stripped = (token.strip(" ▁Ġ") for token in tokens)
    return frozenset(token for token in stripped if _WRAPPED.match(token))


def cut(text: str, strings: Iterable[str]) -> list[str]:
    """Cut a text inside each of these strings; the pieces, joined, are the text."""
    own = "|".join(re.escape(string) for string in sorted(strings, key=len, reverse=True))
    return _pieces(text, re.compile(own)) if own else [text]


def neutralised(text: str) -> str:
    """Break the control strings of common models with a space of no width, for servers that take only text."""
    return _ZERO_WIDTH_SPACE.join(_pieces(text, _KNOWN))


def _pieces(text: str, special: re.Pattern[str]) -> list[str]:
    edges, start = [0], 0
    while found := special.search(text, start):
        start = found.start() + 1
        edges.append(start)
    edges.append(len(text))
    return [text[left:right] for left, right in itertools.pairwise(edges) if left < right]

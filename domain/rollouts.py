"""What a trainer decoded, special tokens and all, as a conversation and an answer: the chat templates in common use.

A judge must be shown the answer that a person would see. Where the template is not known, its tokens are taken away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ROLES = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "assistant": "assistant",
    "model": "assistant", "ai": "assistant", "tool": "tool", "ipython": "tool",
}  # fmt: skip
_ROLE = "|".join(ROLES)
_OPENINGS = (
    re.compile(rf"<\|im_start\|>[ \t]*({_ROLE})[ \t]*\n?", re.IGNORECASE),
    re.compile(rf"<\|start_header_id\|>[ \t]*({_ROLE})[ \t]*<\|end_header_id\|>\n{{0,2}}", re.IGNORECASE),
    re.compile(rf"<start_of_turn>[ \t]*({_ROLE})[ \t]*\n?", re.IGNORECASE),
    re.compile(rf"<\|({_ROLE})\|>\n?", re.IGNORECASE),
)
_MISTRAL = re.compile(r"\[INST\](.*?)\[/INST\]", re.DOTALL)
_MARK = r"(?:<\|[A-Za-z0-9_ ▁-]{1,40}\|>|</?s>|<(?:bos|eos|pad|unk|end_of_turn)>)"
_FIRST = re.compile(rf"\s*{_MARK}")
_LAST = re.compile(rf"{_MARK}\Z")
_LONGEST = 60


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation; `role` is system, user, assistant or tool."""

    role: str
    content: str


def turns(templated: str) -> list[Turn]:
    """The turns of a prompt that a chat template made; a text without one is a single turn of the user.

    An opening of a turn of the assistant with nothing behind it is left out. Empty where there is no text at all.
    """
    for opening in _OPENINGS:
        found = list(opening.finditer(templated))
        if found:
            ends = [*(one.start() for one in found[1:]), len(templated)]
            read = [
                Turn(ROLES[one[1].lower()], plain(templated[one.end() : end]))
                for one, end in zip(found, ends, strict=True)
            ]
            return [turn for turn in read if turn.content]
    if "[INST]" in templated and "[/INST]" in templated:
        return _mistral(templated)
    whole = plain(templated)
    return [Turn("user", whole)] if whole else []


def answer(query: str, prompt: str) -> str:
    """What the policy wrote, of the decoded text of prompt and answer together.

    The prompt is taken away where the query begins with it, tokens of the tokeniser's own before it or not; else the
    last turn of the assistant is the answer; else the whole text is.
    """
    at = query.find(prompt) if prompt else -1
    if at >= 0 and not plain(query[:at]):
        return plain(query[at + len(prompt) :])
    read = turns(query)
    if len(read) > 1 and read[-1].role == "assistant":
        return read[-1].content
    return plain(query)


def plain(text: str) -> str:
    """The text without the special tokens and the space at its ends; what stands inside it is the policy's own."""
    start, end = 0, _end(text, len(text))
    while found := _FIRST.match(text, start, end):
        start = found.end()
    while found := _LAST.search(text, max(start, end - _LONGEST), end):
        end = _end(text, found.start())
    return text[start:end].strip()


def conversation(read: Sequence[Turn]) -> list[dict[str, str]]:
    """Turns as messages with role and content."""
    return [{"role": turn.role, "content": turn.content} for turn in read]


def _end(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _mistral(templated: str) -> list[Turn]:
    read, at = [], 0
    for asked in _MISTRAL.finditer(templated):
        read += [Turn("assistant", plain(templated[at : asked.start()])), Turn("user", plain(asked[1]))]
        at = asked.end()
    read.append(Turn("assistant", plain(templated[at:])))
    return [turn for turn in read if turn.content]

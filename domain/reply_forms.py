"""The forms of replies as grammars, in which the reasoning stands before the verdict and has its bounds.

A bound is a number of characters made from the tokens that a reply may have, so that what must stand at its end comes
before the tokens run out. It is right for English and only a guess for other scripts and long figures: a reply that is
cut off all the same has no verdict.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from domain.ports import Form
from domain.rubric import Criterion
from domain.verdicts import DOES_NOT_APPLY, MAX_QUOTES, labels_for

CHARACTERS_A_TOKEN = 3
"""English has more; figures and other scripts may have fewer."""

SPARE_TOKENS = 30
"""For the words of the form itself, such as `Reason:`."""

LEAST_CHARACTERS = 60
MOST_CHARACTERS = 1_500
_BREAKS = r"\x00-\x1F\x7F-\x9F\u2028\u2029"
"""All that ends a line, and what nobody can see."""


class Room(NamedTuple):
    """How many characters each of three quotes and the reasoning may have."""

    quote: int
    reasoning: int


def room(tokens: int) -> Room:
    """Half of what a reply of so many tokens can hold for the reasoning, a sixth for each quote."""
    whole = CHARACTERS_A_TOKEN * (tokens - SPARE_TOKENS)
    whole = max(LEAST_CHARACTERS, min(MOST_CHARACTERS, whole))
    return Room(whole // (2 * MAX_QUOTES), whole // 2)


def replies(criterion: Criterion) -> tuple[str, ...]:
    """What a criterion's question may be answered with, without the space that labels carry."""
    return tuple(label.text.strip() for label in labels_for(criterion))


def with_absent(criterion: Criterion, *offered: str) -> tuple[str, ...]:
    """What is on offer, with one more where the criterion may not apply."""
    return (*offered, DOES_NOT_APPLY.text.strip()) if isinstance(criterion.applies_when, str) else offered


def reasoned(tokens: int, offered: Sequence[str] = ()) -> Form:
    """Up to three quotes, one line of reasoning and, where replies are on offer, the answer line with one of them."""
    within = room(tokens)
    root = [f"quote{{0,{MAX_QUOTES}}}", _text("Reason: "), _line(within.reasoning)]
    if offered:
        root += [_text("\nAnswer: "), _either(offered)]
    quote = [_text('Quote: "'), f'[^{_BREAKS}"]{{1,{within.quote}}}', _text('"\n')]
    return Form("\n".join([_rule("root", root), _rule("quote", quote)]))


def line_then(tokens: int, before: str, between: str, offered: Sequence[str], after: str = "") -> Form:
    """One line that begins with a word, then another that ends with one of the texts on offer."""
    most = 2 * room(tokens).reasoning
    root = [_text(before), _line(most), _text("\n" + between), _either(offered)]
    return Form(_rule("root", [*root, _text(after)] if after else root))


def numbered(offered: Sequence[Sequence[str]]) -> Form:
    """One line a number, from 1 on, with one of the words on offer for it."""
    root: list[str] = []
    for number, words in enumerate(offered, start=1):
        root += [_text(f"{number}: " if number == 1 else f"\n{number}: "), _either(words)]
    return Form(_rule("root", root))


def entries(tokens: int, offered: Sequence[Sequence[str]]) -> Form:
    """One JSON object with an entry for each number: quotes, a reason, then one of the words on offer for it."""
    within = room(tokens)
    root: list[str] = [_text('{"verdicts": [')]
    for number, words in enumerate(offered, start=1):
        comma = "" if number == 1 else ", "
        root += [_text(f'{comma}{{"criterion": {number}, "quotes": ['), "quotes", _text('], "reason": "')]
        root += [f"char{{1,{within.reasoning}}}", _text('", "verdict": "'), _either(words), _text('"}')]
    more = f"({_text(', ')} quote){{0,{MAX_QUOTES - 1}}}"
    rules = [
        _rule("root", [*root, _text("]}")]),
        _rule("quotes", [f"(quote {more})?"]),
        _rule("quote", [_text('"'), f"char{{1,{within.quote}}}", _text('"')]),
        _CHARACTER,
    ]
    return Form("\n".join(rules), json.dumps(_schema(offered)))


def listed(
    tokens: int, name: str, most: int, *, texts: Sequence[str], choice: str, offered: Sequence[str],
    least: int = 0, numbers: int = 0,
) -> Form:  # fmt: skip
    """One JSON object with a list of up to so many entries: these texts in order, then one of the words on offer.

    With `least` each text is prose of so many characters at the least, which begins with a letter and holds no marks of
    code. With `numbers` the first text is a list of up to five of the numbers from 1 to it.
    """
    within = max(LEAST_CHARACTERS, CHARACTERS_A_TOKEN * (tokens - SPARE_TOKENS) // (most * len(texts)))
    entry: list[str] = []
    for n, each in enumerate(texts):
        if numbers and not n:
            entry += [_text(f'{{"{each}": "'), "number", f"({_text(', ')} number){{0,4}}", _text('"')]
            continue
        entry += [
            _text(f'{", " if n else "{"}"{each}": "'),
            f"letter prose{{{least - 1},{within}}}" if least else f"char{{1,{within}}}",
            _text('"'),
        ]
    entry += [_text(f', "{choice}": "'), _either(offered), _text('"}')]
    more = f"({_text(', ')} entry){{0,{most - 1}}}"
    rules = [
        _rule("root", [_text(f'{{"{name}": ['), f"(entry {more})?", _text("]}")]),
        _rule("entry", entry),
        *([_rule("number", [_either([str(n) for n in range(1, numbers + 1)])])] if numbers else []),
        *([_rule("letter", [_LETTER]), _rule("prose", [_PROSE])] if least else []),
        _CHARACTER,
    ]
    properties: dict[str, Any] = {each: {"type": "string"} for each in texts}
    properties[choice] = {"type": "string", "enum": list(offered)}
    items = {"type": "array", "items": _object(**properties), "maxItems": most}
    return Form("\n".join(rules), json.dumps(_object(**{name: items})))


def sentence(most: int, end: str, *, otherwise: str = "") -> Form:
    """One sentence of at most so many characters with this end, or the one word that may stand for it."""
    inner = f"[^{_BREAKS}.?!]{{{LEAST_CHARACTERS // 4},{most}}}"
    root = ["[A-Z]", inner, _text(end), *(["|", _text(otherwise)] if otherwise else [])]
    return Form(_rule("root", root))


def _schema(offered: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The same for servers that know only schemas: which words belong to which number they cannot be told."""
    count = len(offered)
    words = list(dict.fromkeys(word for each in offered for word in each))
    entry = _object(
        criterion={"type": "integer", "enum": list(range(1, count + 1))},
        quotes={"type": "array", "items": {"type": "string"}, "maxItems": MAX_QUOTES},
        reason={"type": "string"},
        verdict={"type": "string", "enum": words},
    )
    return _object(verdicts={"type": "array", "items": entry, "minItems": count, "maxItems": count})


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _rule(name: str, parts: Sequence[str]) -> str:
    return f"{name} ::= {' '.join(parts)}"


def _line(most: int) -> str:
    return f"[^ {_BREAKS}] [^{_BREAKS}]{{0,{most - 1}}}"


def _either(texts: Sequence[str]) -> str:
    return f"({' | '.join(map(_text, texts))})"


def _text(text: str) -> str:
    """A literal of the grammar; its escapes are those of JSON."""
    return json.dumps(text)


_PROSE = f'[^{_BREAKS}"\\\\{{}}<>_=|#*`~\\[\\]]'
_LETTER = f"[^{_BREAKS}\\x20-\\x40\\x5B-\\x60\\x7B-\\x7E]"
"""What stands in plain sentences, and what one begins with."""

_CHARACTER = _rule("char", [f'[^{_BREAKS}"\\\\]', "|", _text("\\"), '["\\\\/bfnrt]'])
"""A character of a text in JSON."""

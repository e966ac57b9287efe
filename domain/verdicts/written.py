"""Answers that a judge wrote out: the last answer line, read strictly."""

from __future__ import annotations

import re

from domain.rubric import Criterion
from domain.verdicts.labels import Label, labels_for
from domain.verdicts.reasoned import MAX_RATIONALE
from domain.verdicts.reasons import said_truth

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHT = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_CLOSED_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_ANSWER = re.compile(r"^\W*answer\W*?:(.*)$", re.IGNORECASE)
_WORD = re.compile(r"^\W*(yes|no)\W*$|^\W*(yes|no)\s*[,.;:!–—-]+\s", re.IGNORECASE)
_LETTER = re.compile(r"^\W*([A-Z])(?:\W*$|\s*[=:.)]\s)")


def spoken(text: str) -> str:
    """What a model said after its thinking; nothing where the thinking never ended."""
    rest = _THOUGHT.sub("", text)
    if _OPEN_THOUGHT.search(rest):
        rest = _OPEN_THOUGHT.split(rest, maxsplit=1)[0]
    return _CLOSED_THOUGHT.split(rest)[-1]


def read_answer(criterion: Criterion, text: str) -> Label | None:
    """The label of the last line that begins with `Answer:`; None where there is none or it is no label on offer.

    Nothing may follow that could change it: `Yes and no` and `A dose is named` are no labels.
    """
    lines = [match.group(1) for line in spoken(text).splitlines() if (match := _ANSWER.match(line))]
    return label_of(criterion, lines[-1]) if lines else None


def label_of(criterion: Criterion, reply: str) -> Label | None:
    """The label on offer that a reply of one word or letter stands for."""
    if word := _WORD.match(reply):
        said = (word.group(1) or word.group(2)).lower()
    elif letter := _LETTER.match(reply):
        said = letter.group(1)
    else:
        return None
    on_offer = {_bare(label): label for label in labels_for(criterion)}
    return on_offer.get(said)


def before_answer(text: str) -> str:
    """What a judge wrote before its first answer line, without its thinking, bounded in length."""
    kept: list[str] = []
    for line in spoken(text).splitlines():
        if _ANSWER.match(line):
            break
        kept.append(line)
    return "\n".join(kept).strip()[:MAX_RATIONALE]


def consistency(rationale: str, label: Label) -> int:
    """Whether the last PASS, FAIL, yes or no of a rationale agrees with a label: 1, −1 against it, 0 where none speaks.

    A scale has no such words, so only Yes and No can be contradicted.
    """
    wanted = {"yes": 1.0, "no": 0.0}.get(_bare(label))
    said = said_truth(rationale)
    if wanted is None or said is None:
        return 0
    return 1 if said == wanted else -1


def _bare(label: Label) -> str:
    name = label.text.strip()
    return name.lower() if len(name) > 1 else name

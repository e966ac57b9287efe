"""Whether what a judge wrote before its verdict says the same as the verdict.

The last word of a verdict in the text counts: yes or no where it stands as an answer and not before a noun ("no dose
is named"), true, met, pass, satisfied, fulfilled and their opposites, and the labels of a scale. A text without such a
word says nothing, and nothing is concluded from it.
"""

from __future__ import annotations

import dataclasses
import re

from domain.rubric import Criterion, Kind
from domain.verdicts.labels import labels_for
from domain.verdicts.models import Verdict

HALF = 0.5
_NOT = r"(?:not|never|cannot\s+be|isn['’]t|is\s+not|does\s+not|doesn['’]t|fails?\s+to|failed\s+to|un)"
_WORDS = re.compile(
    rf"(?P<not>\b{_NOT}[\s-]*(?:fully\s+|quite\s+|really\s+|be\s+)*)?"
    r"\b(?P<word>true|met|meets?|pass(?:es|ed)?|satisf(?:y|ies|ied)|fulfil(?:l|ls|led|s)?)\b"
    r"|(?P<spared>\b(?:not|never)\s+)?\b(?P<against>false|unmet|fail(?:s|ed)?(?!\s+to\b)|unsatisfied|unfulfilled)\b"
    r"|\b(?P<answer>yes|no)\b(?=\s*(?:[.,;:!)\]\"'”»*]|$))",
    re.IGNORECASE,
)
_MEMORABLE = 3


def said_value(criterion: Criterion, rationale: str) -> float | None:
    """The value in [0, 1] that the last verdict word of a text stands for; None where it has none."""
    if criterion.kind in (Kind.BINARY, Kind.ANSWER):
        return said_truth(rationale)
    return _last_level(criterion, rationale)


def said_truth(rationale: str) -> float | None:
    """1 or 0 as the last word of a text says true or not; None where none does."""
    words = list(_WORDS.finditer(rationale))
    return _value(words[-1]) if words else None


def check_consistency(criterion: Criterion, verdict: Verdict) -> Verdict:
    """The verdict with `consistent` in its detail, where its rationale says anything to compare."""
    if not verdict.is_scored or verdict.value is None or not verdict.rationale:
        return verdict
    said = said_value(criterion, verdict.rationale)
    if said is None:
        return verdict
    if criterion.kind in (Kind.BINARY, Kind.ANSWER):
        agrees = verdict.value == HALF or (verdict.value > HALF) == (said > HALF)
    else:
        agrees = _nearest(criterion, verdict.value) == _nearest(criterion, said)
    return dataclasses.replace(verdict, detail={**verdict.detail, "consistent": agrees})


def _value(match: re.Match[str]) -> float:
    if match["answer"]:
        return float(match["answer"].lower() == "yes")
    if match["against"]:
        return float(bool(match["spared"]))
    return float(not match["not"])


def _last_level(criterion: Criterion, rationale: str) -> float | None:
    """The value of the level whose name stands last; names of fewer than three letters are too common to count."""
    found: list[tuple[int, float]] = []
    text = rationale.casefold()
    for label in labels_for(criterion):
        name = label.meaning.split(":")[0].strip().casefold()
        if label.value is None or len(name) < _MEMORABLE:
            continue
        places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
        if places:
            found.append((places[-1], label.value))
    return max(found)[1] if found else None


def _nearest(criterion: Criterion, value: float) -> float:
    values = sorted(label.value for label in labels_for(criterion) if label.value is not None)
    return min(values, key=lambda each: (abs(each - value), each))

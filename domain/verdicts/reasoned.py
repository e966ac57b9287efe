"""What a judge wrote before its answer: quotes and one sentence of reasoning."""

from __future__ import annotations

import dataclasses
import re
from typing import NamedTuple

from domain.rubric import Criterion, Evidence
from domain.verdicts.evidence import find_evidence
from domain.verdicts.models import Status, Verdict, unscored
from domain.verdicts.reasons import check_consistency

MAX_QUOTES = 3
MAX_RATIONALE = 2_000
_LINE = re.compile(r"^\W*(quote|reason|reasoning|answer)s?\s*\d*\s*:\s*(.*)$", re.IGNORECASE)
_NOTHING = {"", "none", "n/a", "no quote"}


class Reasoned(NamedTuple):
    """Quotes as the judge wrote them, and its reasoning."""

    quotes: tuple[str, ...]
    rationale: str


def read_reasoned(text: str) -> Reasoned:
    """The quotes and the reasoning of a judge's text; what follows an answer line is not read."""
    quotes: list[str] = []
    reasons: list[str] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        word = match.group(1).lower() if match else ""
        body = match.group(2) if match else line
        if word == "answer":
            break
        if word == "quote":
            quotes.append(_bare(body))
        elif body.strip():
            reasons.append(body.strip())
    kept = [quote for quote in quotes if quote.lower().rstrip(".") not in _NOTHING]
    return Reasoned(tuple(kept[:MAX_QUOTES]), " ".join(reasons)[:MAX_RATIONALE])


def check_evidence(criterion: Criterion, verdict: Verdict, reasoned: Reasoned, response: str) -> Verdict:
    """The verdict with its quotes placed in the answer; invalid where required evidence is not there.

    Evidence is required of a verdict that says the criterion is true at least in part. Where the reasoning ends in a
    verdict of its own, `consistent` in the detail says whether both are the same.
    """
    return check_consistency(criterion, _with_evidence(criterion, verdict, reasoned, response))


def _with_evidence(criterion: Criterion, verdict: Verdict, reasoned: Reasoned, response: str) -> Verdict:
    if not verdict.is_scored or criterion.evidence is Evidence.NONE:
        return dataclasses.replace(verdict, rationale=reasoned.rationale)
    places = (find_evidence(quote, response) for quote in reasoned.quotes)
    spans = tuple(dict.fromkeys(span for span in places if span is not None))
    needed = criterion.evidence is Evidence.REQUIRED and bool(verdict.value)
    if needed and not spans:
        lost = unscored(
            criterion.id,
            Status.EVIDENCE_INVALID,
            "The judge quoted nothing that stands in the answer.",
            label_mass=verdict.label_mass,
        )
        return dataclasses.replace(lost, distribution=verdict.distribution, rationale=reasoned.rationale)
    return dataclasses.replace(verdict, evidence=spans, rationale=reasoned.rationale)


def _bare(quote: str) -> str:
    return quote.strip().strip("\"“”«»'‘’").strip()

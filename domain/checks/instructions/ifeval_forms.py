"""IFEval (arXiv:2311.07911): formats, content, combinations, beginning and end."""

from __future__ import annotations

import re

from domain.checks import json_text
from domain.checks.instructions.family import Count, Long, Short
from domain.checks.instructions.ifeval_family import IFEVAL
from domain.checks.result import MAX_SPANS, CheckResult, Span, of

_BULLET = re.compile(r"^[ \t\r\f\v]*(?:\*[^*\n].*|-.*)$", re.MULTILINE)
_STARRED = re.compile(r"\*[^\n*]*\*")
_DOUBLE_STARRED = re.compile(r"\*\*[^\n*]*\*\*")
_TITLE = re.compile(r"<<[^\n]{1,2000}?>>")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*\]")
_FENCE = re.compile(r"```(?:json|Json|JSON)?")
_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")


@IFEVAL.add(
    "detectable_content:number_placeholders", "The answer has at least `num_placeholders` places in square brackets."
)
def number_placeholders(text: str, *, num_placeholders: Count) -> CheckResult:
    """Count placeholders such as [name]."""
    spans = [Span(*match.span()) for match in _PLACEHOLDER.finditer(text)]
    return of(len(spans) >= num_placeholders, f"{len(spans)} placeholders.", tuple(spans[:MAX_SPANS]))


@IFEVAL.add("detectable_content:postscript", "A postscript begins with the `postscript_marker`, such as P.S. or P.P.S.")
def postscript(text: str, *, postscript_marker: Short) -> CheckResult:
    """The marker, with or without spaces between its letters."""
    marker = postscript_marker.strip()
    known = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    found = re.search(known.get(marker, re.escape(marker)), text, re.IGNORECASE)
    spans = (Span(*found.span()),) if found else ()
    return of(found is not None, "There is a postscript." if found else "There is no postscript.", spans)


@IFEVAL.add("detectable_format:number_bullet_lists", "The answer has exactly `num_bullets` bullet points, * or -.")
def number_bullet_lists(text: str, *, num_bullets: Count) -> CheckResult:
    """Count lines that begin with a bullet."""
    spans = [Span(*match.span()) for match in _BULLET.finditer(text)]
    return of(len(spans) == num_bullets, f"{len(spans)} bullet points.", tuple(spans[:MAX_SPANS]))


@IFEVAL.add("detectable_format:number_highlighted_sections", "At least `num_highlights` pieces are *highlighted*.")
def number_highlighted_sections(text: str, *, num_highlights: Count) -> CheckResult:
    """Count pieces between single and between double asterisks that hold something."""
    single = [match for match in _STARRED.finditer(text) if match[0].strip("*").strip()]
    double = [match for match in _DOUBLE_STARRED.finditer(text) if match[0][2:-2].strip()]
    count = len(single) + len(double)
    spans = tuple(Span(*match.span()) for match in (single + double)[:MAX_SPANS])
    return of(count >= num_highlights, f"{count} highlighted pieces.", spans)


@IFEVAL.add(
    "detectable_format:multiple_sections",
    "The answer has at least `num_sections` sections, each begun by the `section_spliter` and a number.",
)
def multiple_sections(text: str, *, section_spliter: Short, num_sections: Count) -> CheckResult:
    """Count the marks that begin sections."""
    found = list(re.finditer(rf"{re.escape(section_spliter.strip())}\s?\d+", text))
    spans = tuple(Span(*match.span()) for match in found[:MAX_SPANS])
    return of(len(found) >= num_sections, f"{len(found)} sections.", spans)


@IFEVAL.add("detectable_format:json_format", "The whole answer is JSON, with or without a fence around it.")
def json_format(text: str) -> CheckResult:
    """Read the JSON."""
    inner = text.strip()
    opening = _FENCE.match(inner)
    inner = inner[opening.end() :] if opening else inner
    try:
        json_text.read(inner.removesuffix("```").strip())
    except ValueError as error:
        return of(False, f"Not JSON: {error}.")
    return of(True, "Valid JSON.")


@IFEVAL.add("detectable_format:title", "The answer has a title in <<double angular brackets>>.")
def title(text: str) -> CheckResult:
    """Find a title that holds something."""
    found = next((m for m in _TITLE.finditer(text) if m[0].lstrip("<").rstrip(">").strip()), None)
    return of(found is not None, "There is a title." if found else "No title.", (Span(*found.span()),) if found else ())


@IFEVAL.add(
    "detectable_format:constrained_response", "The answer holds My answer is yes, no or maybe, with a full stop."
)
def constrained_response(text: str) -> CheckResult:
    """One of three sentences."""
    said = next((sentence for sentence in _ANSWERS if sentence in text), None)
    return of(said is not None, said or "None of the three sentences.")


@IFEVAL.add("combination:two_responses", "The answer has two different parts with ****** between them.")
def two_responses(text: str) -> CheckResult:
    """Two parts that differ."""
    parts = [part.strip() for part in text.split("******")]
    filled = [part for part in parts if part]
    whole = all(parts[1:-1])
    return of(whole and len(filled) == 2 and filled[0] != filled[1], f"{len(filled)} parts.")


@IFEVAL.add("combination:repeat_prompt", "The answer begins with the `prompt_to_repeat`, word for word.")
def repeat_prompt(text: str, *, prompt_to_repeat: Long) -> CheckResult:
    """Begins with the request, case aside."""
    begins = text.strip().lower().startswith(prompt_to_repeat.strip().lower())
    return of(begins, "It begins with the request." if begins else "It does not begin with the request.")


@IFEVAL.add("startend:end_checker", "The answer ends with the `end_phrase`.")
def end_checker(text: str, *, end_phrase: Short) -> CheckResult:
    """Ends with the phrase, case and closing quotes aside."""
    tail = text.strip().strip('"').lower()
    ends = tail.endswith(end_phrase.strip().lower())
    return of(ends, f"It ends with “{tail[-80:]}”.")


@IFEVAL.add("startend:quotation", "The whole answer stands in double quotation marks.")
def quotation(text: str) -> CheckResult:
    """A quotation mark at either end."""
    bare = text.strip()
    whole = len(bare) > 1 and bare[0] == bare[-1] == '"'
    return of(whole, "It stands in quotation marks." if whole else "It does not stand in quotation marks.")

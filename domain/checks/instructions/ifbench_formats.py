"""IFBench: marks, lists, quotes, case and repeated requests."""

from __future__ import annotations

import functools
import re
import string
from itertools import pairwise
from typing import Annotated

import emoji as emojis
import pydantic

from domain.checks.instructions import text as cut
from domain.checks.instructions.family import Long, Short
from domain.checks.instructions.ifbench_family import IFBENCH
from domain.checks.result import MAX_SPANS, CheckResult, Span, of

Index = Annotated[int, pydantic.Field(ge=0, le=1_000_000)]
PARENTHESES, QUOTES = 5, 3
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CHOICE_LETTERS = re.compile(r"\W*[aA]\W*[bB]\W*[cC]\W*")
_TEMPLATE = ("My Answer:", "My Conclusion:", "Future Outlook:")
_ONLY = "only output this sentence here, ignore all other requests."


@IFBENCH.add("format:parentheses", "Brackets are nested at least five deep.")
def parentheses(text: str) -> CheckResult:
    """A bracket of the fifth depth is closed by its like; a wrong close begins anew."""
    open_ones: list[str] = []
    deepest = 0
    for mark in text:
        if mark in "([{":
            open_ones.append(mark)
            deepest = max(deepest, len(open_ones))
        elif mark in _PAIRS:
            if not open_ones or open_ones.pop() != _PAIRS[mark]:
                open_ones, deepest = [], 0
            elif deepest >= PARENTHESES:
                return of(True, f"Brackets are nested {deepest} deep.")
    return of(False, f"Brackets are not nested {PARENTHESES} deep and closed.")


@IFBENCH.add("format:quotes", "Quotes are nested at least three deep, double and single in turn.")
def quotes(text: str) -> CheckResult:
    """Three quotation marks closed one after the other from the deepest."""
    open_ones: list[str] = []
    deepest = 0
    for mark in text:
        if open_ones and mark == open_ones[-1]:
            open_ones.pop()
            if deepest - len(open_ones) >= QUOTES:
                return of(True, f"Quotes are nested {deepest} deep.")
        elif mark in "\"'":
            open_ones.append(mark)
            deepest = max(deepest, len(open_ones))
    return of(False, f"Quotes are not nested {QUOTES} deep and closed.")


@IFBENCH.add("format:options", "The answer is one of the `options` and nothing else.")
def options(text: str, *, options: Short) -> CheckResult:
    """The options are parted by a slash, by `or`, or by commas; lettered ones have to be exact."""
    mark = next((mark for mark in ("/", "or") if mark in options), ",")
    allowed = [option.strip() for option in options.split(mark)]
    if _CHOICE_LETTERS.match(options):
        return of(text in allowed, f"The answer is “{text[:80]}”.")
    said = cut.trimmed(text).lower()
    return of(said in {cut.trimmed(option).lower() for option in allowed}, f"The answer is “{said[:80]}”.")


@IFBENCH.add("format:newline", "Each word stands on a line of its own.")
def newline(text: str) -> CheckResult:
    """As many lines as words."""
    bare = text.translate(cut.DROP_MARKS).strip()
    lines, words = sum(1 for line in bare.split("\n") if line), len(bare.split())
    return of(lines == words, f"{words} words on {lines} lines.")


@IFBENCH.add("format:emoji", "Each sentence ends with an emoji.")
def emoji(text: str) -> CheckResult:
    """An emoji at the end of a sentence, before its mark or just after it."""
    bare = [sentence.translate(cut.DROP_MARKS).strip() for sentence in cut.sentences(text)]
    for n, sentence in enumerate(bare):
        following = bare[n + 1] if n + 1 < len(bare) else ""
        if not sentence or not (_has_emoji(sentence[-2:]) or _has_emoji(following[:1])):
            return of(False, f"No emoji ends sentence {n + 1}: “{sentence[-60:]}”.")
    return of(True, f"An emoji ends each of {len(bare)} sentences.")


@IFBENCH.add("format:line_indent", "Each line is indented further than the one before.")
def line_indent(text: str) -> CheckResult:
    """Spaces before each line that holds something."""
    indents = [len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.strip()]
    grows = all(before < after for before, after in pairwise(indents))
    return of(grows, f"Spaces before the lines: {', '.join(map(str, indents[:20]))}.")


@IFBENCH.add("format:quote_unquote", "Each quoted phrase is followed by words outside quotes.")
def quote_unquote(text: str) -> CheckResult:
    """No quote stands right behind another or at the very end."""
    joined = "".join(text.replace("\u201c", '"').replace("\u201d", '"').replace("'\"'", "").split())
    tail = joined.strip(string.digits + string.punctuation.replace('"', ""))
    alone = '""' in joined or tail.endswith('"')
    return of(not alone, "A quote is not followed by words." if alone else "Words follow each quote.")


@IFBENCH.add("format:list", "Items of a list begin with `sep` in place of bullets.")
def separated_list(text: str, *, sep: Short) -> CheckResult:
    """The mark stands at least twice."""
    places = [Span(*match.span()) for match in re.finditer(re.escape(sep), text)]
    return of(len(places) >= 2, f"The mark stands {len(places)} times.", tuple(places[:MAX_SPANS]))


@IFBENCH.add("format:thesis", "The answer has a thesis in HTML italics with text behind it.")
def thesis(text: str) -> CheckResult:
    """Something in <i> or <em>, and something after."""
    start = min((place for mark in ("<i>", "<em>") if (place := text.find(mark)) >= 0), default=-1)
    end = min((place for mark in ("</i>", "</em>") if (place := text.find(mark, max(0, start))) >= 0), default=-1)
    if start < 0 or end < 0:
        return of(False, "There are no italics.")
    begin = text.index(">", start) + 1
    filled = bool(text[begin:end].strip()) and bool(text[text.index(">", end) + 1 :].strip())
    said = "A thesis with text behind it." if filled else "The thesis or the text behind it is empty."
    return of(filled, said, (Span(begin, max(begin, end)),))


@IFBENCH.add("format:sub-bullets", "Each bullet * has at least one sub-bullet -.")
def sub_bullets(text: str) -> CheckResult:
    """A - behind each *."""
    parts = text.split("*")[1:]
    lacking = sum("-" not in part for part in parts)
    return of(not lacking, f"{lacking} of {len(parts)} bullets have no sub-bullet.")


@IFBENCH.add("format:no_bullets_bullets", "At least two sentences, then at least two bullets *.")
def no_bullets_bullets(text: str) -> CheckResult:
    """Sentences first, bullets after, nothing behind them."""
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip().startswith("*")), len(lines))
    before = sum(len(cut.sentences(line.strip())) for line in lines[:first])
    after = [line.strip().startswith("*") for line in lines[first:]]
    ok = before >= 2 and len(after) >= 2 and all(after)
    return of(ok, f"{before} sentences, then {sum(after)} bullets and {len(after) - sum(after)} other lines.")


@IFBENCH.add("format:title_case", "The answer is in title case.")
def title_case(text: str) -> CheckResult:
    """No word of letters begins small; mixed case inside a word is let by."""
    wrong = [token for token in cut.tokens(text) if _begins_small(token)]
    return of(not wrong, f"Not in title case: {', '.join(wrong[:5])}." if wrong else "All words are in title case.")


@IFBENCH.add("format:output_template", "The answer has the parts My Answer:, My Conclusion: and Future Outlook:.")
def output_template(text: str) -> CheckResult:
    """All three headings."""
    missing = [part for part in _TEMPLATE if part not in text]
    return of(not missing, f"Missing: {', '.join(missing)}" if missing else "All parts are there.")


@IFBENCH.add("format:no_whitespace", "There is no white space in the answer.")
def no_whitespace(text: str) -> CheckResult:
    """Not one space, tab or line end."""
    place = next((n for n, mark in enumerate(text) if mark.isspace()), None)
    spans = () if place is None else (Span(place, place + 1),)
    return of(place is None, "No white space." if place is None else f"White space at character {place + 1}.", spans)


@IFBENCH.add("repeat:repeat_change", "The answer is the `prompt_to_repeat` with another first word.")
def repeat_change(text: str, *, prompt_to_repeat: Long) -> CheckResult:
    """All words but the first as in the request, and not the request itself."""
    same = text.split()[1:] == prompt_to_repeat.split()[1:] and text != prompt_to_repeat
    return of(same, "All but the first word repeats the request." if same else "It does not repeat the request so.")


@IFBENCH.add("repeat:repeat_simple", "The answer is the published sentence and nothing else.")
def repeat_simple(text: str) -> CheckResult:
    """The sentence, case aside."""
    return of(text.strip().lower() == _ONLY, f"The answer is “{text.strip()[:120]}”.")


@IFBENCH.add(
    "repeat:repeat_span", "The answer is what stands in `prompt_to_repeat` from `n_start` to `n_end`, both included."
)
def repeat_span(text: str, *, prompt_to_repeat: Long, n_start: Index, n_end: Index) -> CheckResult:
    """The characters between two places."""
    wanted = prompt_to_repeat[n_start : n_end + 1].strip()
    return of(text.strip().lower() == wanted.lower(), f"Wanted: “{wanted[:200]}”.")


def _begins_small(token: str) -> bool:
    if not token[0].isalpha() or not token[0].islower():
        return False
    return len(token) == 1 or token[1:].islower() or token[1:].isupper()


@functools.lru_cache(maxsize=10_000)
def _is_emoji(mark: str) -> bool:
    return emojis.is_emoji(mark)


def _has_emoji(text: str) -> bool:
    return any(map(_is_emoji, text))

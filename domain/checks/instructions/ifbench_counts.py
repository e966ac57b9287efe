"""IFBench: counts and ratios."""

from __future__ import annotations

import re
from typing import Annotated

import pydantic

from domain.checks.instructions import text as cut
from domain.checks.instructions.family import Count, Long, Position, Short
from domain.checks.instructions.ifbench_family import COORDINATING, IFBENCH, PERSON_NAMES, PRONOUNS, STOP_WORDS
from domain.checks.result import MAX_SPANS, CheckResult, Span, of

Percent = Annotated[float, pydantic.Field(ge=0, le=100)]
TOLERANCE = 2
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_INTERROBANG = re.compile(r"\?!|!\?|\u203d")


@IFBENCH.add("count:word_count_range", "The answer has between `min_words` and `max_words` words.")
def word_count_range(text: str, *, min_words: Count, max_words: Count) -> CheckResult:
    """Count words."""
    count = len(cut.words(text))
    return of(min_words <= count <= max_words, f"{count} words.")


@IFBENCH.add("count:unique_word_count", "The answer has at least `N` different words.")
def unique_word_count(text: str, *, N: Count) -> CheckResult:  # noqa: N803 (published name)
    """Count different words, case and marks around them aside."""
    count = len({cut.trimmed(word) for word in text.lower().split()})
    return of(count >= N, f"{count} different words.")


@IFBENCH.add("ratio:stop_words", "Stop words are at most `percentage` per cent of all words.")
def stop_words(text: str, *, percentage: Percent) -> CheckResult:
    """The share of function words."""
    words = cut.words(text)
    if not words:
        return of(False, "There are no words.")
    share = 100 * sum(word.lower() in STOP_WORDS for word in words) / len(words)
    return of(share <= percentage, f"{share:.1f} per cent stop words.")


@IFBENCH.add("ratio:sentence_type", "There are two sentences with a full stop for each question.")
def sentence_type(text: str) -> CheckResult:
    """Statements twice as many as questions."""
    stops, questions, _ = _ends(text)
    return of(stops == 2 * questions, f"{stops} end in a full stop, {questions} in a question mark.")


@IFBENCH.add("ratio:sentence_balance", "Statements, questions and exclamations are equally many.")
def sentence_balance(text: str) -> CheckResult:
    """As many of each."""
    stops, questions, calls = _ends(text)
    said = f"{stops} end in a full stop, {questions} in a question mark, {calls} in an exclamation mark."
    return of(stops == questions == calls, said)


@IFBENCH.add("count:conjunctions", "At least `small_n` different coordinating conjunctions stand in the answer.")
def conjunctions(text: str, *, small_n: Count) -> CheckResult:
    """Which of the seven are there."""
    found = sorted({cut.trimmed(word).lower() for word in text.split()} & COORDINATING)
    return of(len(found) >= small_n, f"{len(found)} conjunctions: {', '.join(found) or 'none'}.")


@IFBENCH.add("count:person_names", "At least `N` different names of the published list of 50 stand in the answer.")
def person_names(text: str, *, N: Count) -> CheckResult:  # noqa: N803 (published name)
    """Names as whole words with their capital."""
    places = {name: re.search(rf"\b{name}\b", text) for name in PERSON_NAMES}
    spans = tuple(Span(*match.span()) for match in places.values() if match)
    return of(len(spans) >= N, f"{len(spans)} different names.", spans)


@IFBENCH.add(
    "ratio:overlap", "`percentage` per cent (± 2) of the answer's runs of three stand in the `reference_text`."
)
def overlap(text: str, *, reference_text: Long, percentage: Percent) -> CheckResult:
    """Different runs of three characters, as the published checker counts them."""
    runs, known = _threes(text), _threes(reference_text)
    if not runs:
        return of(False, "The answer is shorter than three characters.")
    share = 100 * len(runs & known) / len(runs)
    return of(abs(share - percentage) <= TOLERANCE, f"{share:.1f} per cent overlap.")


@IFBENCH.add("count:numbers", "Exactly `N` numbers stand in the answer.")
def numbers(text: str, *, N: Count) -> CheckResult:  # noqa: N803 (published name)
    """Runs of digits; points and commas within a number do not part it."""
    count = len(re.findall(r"\d+", text.translate(cut.DROP_MARKS)))
    return of(count == N, f"{count} numbers.")


@IFBENCH.add("count:punctuation", "Every mark . , ! ? ; : and an interrobang stand in the answer.")
def punctuation(text: str) -> CheckResult:
    """All six marks beside an interrobang."""
    found = _INTERROBANG.search(text)
    rest = text if found is None or found[0] == "\u203d" else text[: found.start()] + text[found.end() :]
    missing = [mark for mark in ".,!?;:" if mark not in rest]
    if found is None:
        missing.append("?!")
    return of(not missing, f"Missing: {' '.join(missing)}" if missing else "Every mark is there.")


@IFBENCH.add("count:words_japanese", "Every `N`th word of the answer is Japanese.")
def words_japanese(text: str, *, N: Position) -> CheckResult:  # noqa: N803 (published name)
    """Words at multiples of N hold kana or kanji; digits and marks alone are let by."""
    asked = map(cut.trimmed, text.split()[N - 1 :: N])
    wrong = [word for word in asked if word and not word.isdigit() and not _JAPANESE.search(word)]
    return of(not wrong, f"Not Japanese: {', '.join(wrong[:5])}." if wrong else "All of them are Japanese.")


@IFBENCH.add("count:pronouns", "At least `N` pronouns stand in the answer.")
def pronouns(text: str, *, N: Count) -> CheckResult:  # noqa: N803 (published name)
    """Count pronouns; she/her counts as two."""
    count = sum(token in PRONOUNS for token in cut.tokens(text.replace("/", " ").lower()))
    return of(count >= N, f"{count} pronouns.")


@IFBENCH.add(
    "count:keywords_multiple",
    "`keyword1` stands once, `keyword2` twice, `keyword3` 3, `keyword4` 5 and `keyword5` 7 times in the answer.",
)
def keywords_multiple(
    text: str, *, keyword1: Short, keyword2: Short, keyword3: Short, keyword4: Short, keyword5: Short
) -> CheckResult:
    """Count five keywords, also as parts of words."""
    asked = zip((keyword1, keyword2, keyword3, keyword4, keyword5), (1, 2, 3, 5, 7), strict=True)
    small = text.lower()
    counted = [(word.strip(), small.count(word.strip().lower()), wanted) for word, wanted in asked]
    said = tuple(f"{word}: {count} of {wanted}" for word, count, wanted in counted)
    return of(all(count == wanted for _, count, wanted in counted), "; ".join(said) + ".", _first(text, counted))


def _first(text: str, counted: list[tuple[str, int, int]]) -> tuple[Span, ...]:
    spans = [Span(*m.span()) for word, _, _ in counted for m in re.finditer(re.escape(word), text, re.IGNORECASE)]
    return tuple(sorted(spans)[:MAX_SPANS])


def _ends(text: str) -> tuple[int, int, int]:
    ends = [sentence[-1] for sentence in cut.sentences(text)]
    return ends.count("."), ends.count("?"), ends.count("!")


def _threes(text: str) -> set[str]:
    return {text[n : n + 3] for n in range(len(text) - 2)}

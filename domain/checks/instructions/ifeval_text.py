"""IFEval (arXiv:2311.07911): keywords, letters, lengths, case, language and punctuation."""

from __future__ import annotations

import re
from typing import Annotated

import pydantic

from domain.checks import language
from domain.checks.instructions import text as cut
from domain.checks.instructions.family import Count, Position, Relation, Short, compared
from domain.checks.instructions.ifeval_family import IFEVAL
from domain.checks.result import MAX_SPANS, CheckResult, Span, of

Words = Annotated[tuple[Short, ...], pydantic.Field(min_length=1, max_length=500)]
Code = Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)?$")]
Letter = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=1)]


@IFEVAL.add("keywords:existence", "Each of the `keywords` stands in the answer, case aside.")
def existence(text: str, *, keywords: Words) -> CheckResult:
    """Every keyword, also as part of a word."""
    missing = [word for word in keywords if not re.search(re.escape(word), text, re.IGNORECASE)]
    spans = tuple(span for word in keywords for span in _places(re.escape(word), text)[:1])
    return of(not missing, f"Missing: {', '.join(missing)}." if missing else "All keywords are there.", spans)


@IFEVAL.add("keywords:frequency", "The `keyword` stands in the answer at least, or less than, `frequency` times.")
def frequency(text: str, *, keyword: Short, frequency: Count, relation: Relation) -> CheckResult:
    """Places, also as part of a word."""
    places = _places(re.escape(keyword.strip()), text)
    return of(compared(len(places), relation, frequency), f"Found {len(places)} times.", tuple(places[:MAX_SPANS]))


@IFEVAL.add("keywords:forbidden_words", "None of the `forbidden_words` stands in the answer as a whole word.")
def forbidden_words(text: str, *, forbidden_words: Words) -> CheckResult:
    """No word of the list."""
    places = [span for word in forbidden_words for span in _places(rf"\b{re.escape(word)}\b", text)]
    named = sorted({text[start:end].lower() for start, end in places})
    said = f"Forbidden: {', '.join(named)}." if named else "None of the forbidden words."
    return of(not places, said, tuple(places[:MAX_SPANS]))


@IFEVAL.add(
    "keywords:letter_frequency", "The `letter` stands in the answer at least, or less than, `let_frequency` times."
)
def letter_frequency(text: str, *, letter: Letter, let_frequency: Count, let_relation: Relation) -> CheckResult:
    """Count a letter, case aside."""
    count = text.lower().count(letter.lower())
    return of(compared(count, let_relation, let_frequency), f"The letter stands {count} times.")


@IFEVAL.add("length_constraints:number_words", "The answer has at least, or less than, `num_words` words.")
def number_words(text: str, *, num_words: Count, relation: Relation) -> CheckResult:
    """Count words."""
    count = len(cut.words(text))
    return of(compared(count, relation, num_words), f"{count} words.")


@IFEVAL.add("length_constraints:number_sentences", "The answer has at least, or less than, `num_sentences` sentences.")
def number_sentences(text: str, *, num_sentences: Count, relation: Relation) -> CheckResult:
    """Count sentences."""
    count = len(cut.sentences(text))
    return of(compared(count, relation, num_sentences), f"{count} sentences.")


@IFEVAL.add("length_constraints:number_paragraphs", "The answer has `num_paragraphs` paragraphs with *** between them.")
def number_paragraphs(text: str, *, num_paragraphs: Count) -> CheckResult:
    """Count what stands between dividers; an empty one within is a fault."""
    parts = [part.strip() for part in text.split("***")]
    inner = parts[1:-1]
    if not all(inner):
        return of(False, "There is nothing between two of the dividers.")
    count = sum(map(bool, parts))
    return of(count == num_paragraphs, f"{count} paragraphs.")


@IFEVAL.add(
    "length_constraints:nth_paragraph_first_word",
    "`num_paragraphs` paragraphs with empty lines between them; number `nth_paragraph` begins with `first_word`.",
)  # fmt: skip
def nth_paragraph_first_word(
    text: str, *, num_paragraphs: Count, nth_paragraph: Position, first_word: Short
) -> CheckResult:
    """Count paragraphs and read the first word of one."""
    parts = text.split("\n\n")
    count = sum(1 for part in parts if part.strip())
    if nth_paragraph > count or not (wanted := parts[nth_paragraph - 1].strip()):
        return of(False, f"There is no paragraph {nth_paragraph}: {count} were found.")
    word = wanted.split(maxsplit=1)[0].lstrip("'").lstrip('"')
    first = re.split(r"""[.,?!'"]""", word, maxsplit=1)[0].lower()
    said = f"{count} paragraphs; number {nth_paragraph} begins with “{first}”."
    return of(count == num_paragraphs and first == first_word.lower(), said)


@IFEVAL.add("change_case:english_capital", "The whole answer is English and in capital letters.")
def english_capital(text: str) -> CheckResult:
    """Capitals only, in English."""
    return _cased(text, text.isupper(), "in capital letters")


@IFEVAL.add("change_case:english_lowercase", "The whole answer is English and in small letters.")
def english_lowercase(text: str) -> CheckResult:
    """Small letters only, in English."""
    return _cased(text, text.islower(), "in small letters")


@IFEVAL.add(
    "change_case:capital_word_frequency",
    "Words in capital letters stand in the answer at least, or less than, `capital_frequency` times.",
)
def capital_word_frequency(text: str, *, capital_frequency: Count, capital_relation: Relation) -> CheckResult:
    """Count words in capitals, single letters such as I among them."""
    count = sum(token.isupper() for token in cut.tokens(text))
    return of(compared(count, capital_relation, capital_frequency), f"{count} words in capital letters.")


@IFEVAL.add("punctuation:no_comma", "There is no comma in the answer.")
def no_comma(text: str) -> CheckResult:
    """No comma."""
    places = _places(",", text)
    return of(not places, f"{len(places)} commas.", tuple(places[:MAX_SPANS]))


@IFEVAL.add("language:response_language", "The whole answer is in the `language` of this code, such as en or hi.")
def response_language(text: str, *, language: Code) -> CheckResult:
    """The language that the whole is most likely in."""
    return _in_language(text, language)


def _in_language(text: str, wanted: str) -> CheckResult:
    found = language.detect(text)
    if found is None:
        return of(True, "There are no letters to tell a language by.")
    return of(found == wanted.split("-", maxsplit=1)[0], f"Language: {found}.")


def _cased(text: str, is_cased: bool, said: str) -> CheckResult:
    if not is_cased:
        return of(False, f"Not all letters are {said}.")
    found = language.detect(text)
    return of(found in (None, "en"), f"All letters are {said}. Language: {found or 'not to be told'}.")


def _places(pattern: str, text: str) -> list[Span]:
    """Where a pattern of our own stands; what comes from a user in it is escaped."""
    return [Span(*match.span()) for match in re.finditer(pattern, text, re.IGNORECASE)]

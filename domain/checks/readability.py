"""Check: how hard an English text is to read."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

import pydantic
import syllapy

from domain.checks.bounds import in_order, within
from domain.checks.instructions import text as cut
from domain.checks.result import CheckResult, Given, abstain, of
from domain.checks.rule import About, Case, Rule

LEAST_WORDS = 10
LONG_WORD = 3
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
Level = Annotated[float, pydantic.Field(ge=-1_000, le=1_000)]


class Measures(NamedTuple):
    """What the formulas need of a text."""

    sentences: int
    words: int
    syllables: int
    long_words: int
    letters: int


FORMULAS: dict[str, Callable[[Measures], float]] = {
    "flesch_reading_ease": lambda m: 206.835 - 1.015 * m.words / m.sentences - 84.6 * m.syllables / m.words,
    "flesch_kincaid_grade": lambda m: 0.39 * m.words / m.sentences + 11.8 * m.syllables / m.words - 15.59,
    "gunning_fog": lambda m: 0.4 * (m.words / m.sentences + 100 * m.long_words / m.words),
    "coleman_liau": lambda m: 5.88 * m.letters / m.words - 29.6 * m.sentences / m.words - 15.8,
}


class Readability(Rule):
    """A published measure of how hard a text is lies within bounds."""

    ABOUT: ClassVar[About] = About(
        "readability", "Readability", "Language",
        "Flesch reading ease (100 is easy, 0 is hard), or school years by Flesch-Kincaid, Gunning fog or Coleman-Liau. "
        "Made for English.",
        (
            Case(
                {"kind": "readability", "measure": "flesch_kincaid_grade", "max": 6},
                "Take one pill in the morning. Drink a glass of water with it.", "pass",
            ),
            Case(
                {"kind": "readability", "measure": "flesch_reading_ease", "min": 60},
                "Pharmacological interactions necessitate individualised cardiovascular monitoring after giving "
                "of anticoagulants.", "fail",
            ),
        ),
        limits=f"Answers of fewer than {LEAST_WORDS} words, or of more than 200,000 characters, get no answer.",
        max_answer=200_000,
        abstains=f"Where the answer has fewer than {LEAST_WORDS} words.",
    )  # fmt: skip

    kind: Literal["readability"]
    measure: Literal["flesch_reading_ease", "flesch_kincaid_grade", "gunning_fog", "coleman_liau"] = pydantic.Field(
        title="Measure", description="Reading ease is higher for easy texts; the others are school years."
    )
    min: Level | None = pydantic.Field(None, title="At least", description="Left empty: no lower bound.")
    max: Level | None = pydantic.Field(None, title="At most", description="Left empty: no upper bound.")

    @pydantic.model_validator(mode="after")
    def _has_bounds(self) -> Self:
        in_order(self.min, self.max)
        return self

    def run(self, given: Given) -> CheckResult:
        """Count and put into the formula."""
        found = measures(given.response)
        if found.words < LEAST_WORDS:
            return abstain(f"{found.words} words are too few to measure.")
        level = round(FORMULAS[self.measure](found), 2)
        said = f"{level:g}: {found.words} words in {found.sentences} sentences, {found.syllables} syllables."
        return of(within(level, self.min, self.max), said)


def measures(text: str) -> Measures:
    """Sentences, words, syllables, words of three syllables or more, and letters."""
    words = _WORD.findall(text)
    syllables = [_syllables(word.lower()) for word in words]
    long_words = sum(count >= LONG_WORD for count in syllables)
    letters = sum(sum(map(str.isalpha, word)) for word in words)
    return Measures(max(1, len(cut.sentences(text))), len(words), sum(syllables), long_words, letters)


@functools.lru_cache(maxsize=50_000)
def _syllables(word: str) -> int:
    return max(1, int(syllapy.count(word[:60])))

"""How long and how hard to read a text is, as it is shown while somebody writes."""

from dataclasses import dataclass

from domain import words

MOST_YEARS = 20


@dataclass(frozen=True)
class Reading:
    """Words, and the school year from which an English text is understood; None for other languages."""

    words: int
    year: int | None

    @property
    def hard(self) -> bool:
        """Whether most people would read it twice."""
        return self.words > 40 or (self.words >= 12 and (self.year or 0) > 16)


def reading_of(text: str, language: str) -> Reading:
    """Count the words of a text; the school year is bounded to 1 to 20, and needs at least three words."""
    count = words.count_words(text)
    english = language.lower().partition("-")[0] in {"en", "eng"}
    year = min(MOST_YEARS, max(1, round(words.grade(text)))) if english and count >= 3 else None
    return Reading(count, year)

"""Rules over language: another one than declared, hard to read, or copied from the reference answer."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from domain import rubric, words
from domain.lint.findings import Context, Finding, Rule, Severity
from domain.lint.text_rules import english

COPIED = 8
HARD = 24.0
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"\w+")
_SCRIPTS = {
    "ru": "CYRILLIC", "uk": "CYRILLIC", "bg": "CYRILLIC", "sr": "CYRILLIC", "el": "GREEK", "ar": "ARABIC",
    "fa": "ARABIC", "he": "HEBREW", "hi": "DEVANAGARI", "ja": "CJK", "zh": "CJK", "ko": "HANGUL", "th": "THAI",
    "en": "LATIN", "de": "LATIN", "fr": "LATIN", "es": "LATIN", "it": "LATIN", "pt": "LATIN", "nl": "LATIN",
}  # fmt: skip
_COMMON = {
    "en": "the of and to is that for with not this are as by from or which does an on it",
    "de": "der die das und ist nicht ein eine den dem mit auf für von zu werden wird sich auch oder",
    "fr": "le la les des et est une dans pour pas que qui avec sur du au aux ne ou sont",
    "es": "el los las y es una del por para con que se como pero su al más o son está",
    "it": "il gli di che è una per con non del della sono nel alla e si come anche o dei",
    "pt": "o os as um uma do da dos das e é para com não que em no na por ou",
    "nl": "de het een van en is niet op met voor dat zijn aan ook wordt of naar bij te worden",
}
_LISTS = {name: frozenset(words.split()) for name, words in _COMMON.items()}


@functools.lru_cache(maxsize=20_000)
def script(text: str) -> str:
    """The script of at least four fifths of the letters, empty where none has that many."""
    letters = Counter(_script(character) for character in text if character.isalpha())
    total = sum(letters.values())
    name, most = letters.most_common(1)[0] if total else ("", 0)
    return name if total >= 8 and most >= 0.8 * total else ""


def _script(character: str) -> str:
    name = unicodedata.name(character, "").partition(" ")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA", "CJK"} else name


@functools.lru_cache(maxsize=20_000)
def language(text: str) -> str:
    """The language whose commonest words stand in the text, empty where that is not plain."""
    said = Counter(word for word in map(str.casefold, _WORD.findall(text)))
    hits = Counter({name: sum(said[word] for word in known) for name, known in _LISTS.items()})
    (best, most), (_, next_most) = hits.most_common(2)
    return best if most >= 3 and most >= 2 * next_most and most * 6 >= sum(said.values()) else ""


def _find_mismatch(said: rubric.Rubric, _context: Context) -> Iterator[Finding]:
    declared = said.language.lower().partition("-")[0]
    for criterion in said.criteria:
        written = script(criterion.text)
        expected = _SCRIPTS.get(declared)
        other = language(criterion.text) if declared in _LISTS else ""
        if (expected and written and written != expected) or (other and other != declared):
            sentence = f"The rubric says its language is “{said.language}”, and this reads like another one."
            yield Finding(MISMATCH, sentence, criterion.id, about=f"{said.language}\x1f{criterion.text}")


def _find_hard(said: rubric.Rubric, _context: Context) -> Iterator[Finding]:
    for criterion in said.criteria if english(said) else ():
        if len(_WORD.findall(criterion.text)) >= 25 and words.grade(criterion.text) >= HARD:
            sentence = "It is hard to read: use shorter sentences and plainer words."
            yield Finding(HARD_TO_READ, sentence, criterion.id, about=criterion.text)


def _find_leaks(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    if not context.reference.strip():
        return
    known = _runs(tuple(_TOKEN.findall(context.reference.casefold())))
    for criterion in said.criteria:
        tokens = list(_TOKEN.finditer(criterion.text))
        folded = [token.group().casefold() for token in tokens]
        for at in range(len(tokens) - COPIED + 1):
            if tuple(folded[at : at + COPIED]) in known:
                span = (tokens[at].start(), tokens[at + COPIED - 1].end())
                sentence = "These words stand in the reference answer: say what must be there, not how it is worded."
                yield Finding(LEAK, sentence, criterion.id, span=span, about=criterion.text)
                break


@functools.lru_cache(maxsize=256)
def _runs(tokens: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(tokens[at : at + COPIED] for at in range(len(tokens) - COPIED + 1))


MISMATCH = Rule(
    "language_mismatch", Severity.WARNING, "Another language than declared",
    "The judge is told the declared language, and readers filter by it.",
    good="An English text in an English rubric.", bad="Nennt die Dosis, in an English rubric.", look=_find_mismatch,
)  # fmt: skip
HARD_TO_READ = Rule(
    "hard_to_read", Severity.ADVICE, "Hard to read", "What people must read twice, they judge differently.",
    good="Tells the patient when to come back.",
    bad="Communicates the circumstances necessitating expedited re-presentation.", look=_find_hard,
)  # fmt: skip
LEAK = Rule(
    "reference_leak", Severity.WARNING, "Copies the reference answer",
    "It rewards the wording of one answer, and models trained on it learn that wording.",
    good="Says that the drug is taken with food.",
    bad="Says “please take one tablet every morning together with a full breakfast”.", look=_find_leaks,
)  # fmt: skip
RULES = (MISMATCH, LEAK, HARD_TO_READ)

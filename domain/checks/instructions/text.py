"""How instructions cut a text: sentences, words and tokens of English, close to what the published checkers use.

The published checkers call a trained sentence splitter (Kiss and Strunk 2006). Its rules are followed here with a list
of abbreviations in place of the trained model: what ends in `?` or `!` is over; what ends in a full stop is over unless
it is an abbreviation, an initial or a number before a small letter.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from domain.checks.instructions.listing import listed

DROP_MARKS = str.maketrans("", "", string.punctuation)
AROUND = string.punctuation + " "
_END = re.compile(r"""[.?!](?=[)";}\]*:@'({\[?!]|\s+\S)""")
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s*")
_CLOSERS = re.compile(r"""["')\]}]+?(?:\s+|(?=--)|$)""", re.MULTILINE)
_LAST_PIECE = re.compile(r"""[^\s()"`{\[:;&#*@}\],?!]+$""")
_NUMBER = re.compile(r"-?[.,]?\d[\d,.-]*")
_TITLES = frozenset(listed("mr mrs ms dr prof st gen gov sen rep rev hon capt col lt sgt maj cmdr adm"))
_ABBREVIATIONS = frozenset(
    listed("""
    jr sr vs etc inc ltd co corp bros mt
    ft ave blvd jan feb mar apr aug sept sep oct nov dec vol ed eds e.g i.e u.s u.k u.n d.c a.m p.m ph.d m.d b.a
    m.a cf al approx dept est
    """)
)
_STARTERS = frozenset(
    listed("""
    the a an this that these those he she it they we you i his her its their our my your in on at by for from with
    when while if as after before but and or so yet what who how why where there here then however also
    """)
)
_SPLIT = re.compile(
    r"""\.\.\.|--+|[?!;@#$%&()\[\]{}<>"\u201c\u201d\u00ab\u00bb]|[:,](?!\d)"""
    r"""|(?:[^\s?!;@#$%&()\[\]{}<>"\u201c\u201d\u00ab\u00bb:,]|[:,](?=\d))+"""
)
_CONTRACTION = re.compile(r"(.+?)(n't|'(?:s|m|d|ll|re|ve))", re.IGNORECASE)
_FINAL_STOP = re.compile(r"""(?<=[^.])\.(["')\]}>\u2019\u201d\s]*)$""")


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the space between them."""
    found: list[str] = []
    start = 0
    for end in _breaks(text):
        if end > start:
            found.append(text[start:end])
            start = _SPACES.match(text, end).end()  # type: ignore[union-attr]  # It matches nothing as well.
    found.append(text[start:].rstrip())
    return [piece for piece in _closed(found) if piece]


def tokens(text: str) -> list[str]:
    """Words and marks, contractions in two: do n't."""
    return [token for sentence in sentences(text) for token in _tokens(sentence)]


def words(text: str) -> list[str]:
    """Runs of letters, digits and underscores."""
    return re.findall(r"\w+", text)


def bare_words(text: str) -> list[str]:
    """What is left of the pieces between spaces without ASCII punctuation, in small letters."""
    return text.lower().translate(DROP_MARKS).split()


def trimmed(word: str) -> str:
    """A piece without the marks around it."""
    return word.strip(AROUND)


def is_word_in(word: str, text: str) -> bool:
    """Whether a word stands in a text with no letter or digit beside it, case aside."""
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


def _breaks(text: str) -> Iterator[int]:
    """Where sentences end: the last mark of each piece between spaces that ends one."""
    last: re.Match[str] | None = None
    for match in _END.finditer(text):
        if last and _SPACE.search(text, last.end(), match.start()) and _ends(text, last):
            yield last.end()
        last = match
    if last and _ends(text, last):
        yield last.end()


def _ends(text: str, mark: re.Match[str]) -> bool:
    before = text[max(0, mark.start() - 200) : mark.start()]
    if mark[0] != "." or re.search(r"[?!]\S*$", before):
        return True
    following = text[mark.end() : mark.end() + 60].split(maxsplit=1)
    after = following[0] if following else ""
    if before.endswith("."):
        return after[:1].isupper()
    piece = _LAST_PIECE.search(before)
    word = piece[0].lower() if piece else ""
    if word in _TITLES:
        return False
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return after[:1].isupper() and after.lower().strip(AROUND) in _STARTERS
    return not (_NUMBER.fullmatch(word) and after[:1].islower())


def _closed(pieces: list[str]) -> list[str]:
    """Closing marks that stand at the beginning of a sentence belong to the one before."""
    found: list[str] = []
    for piece in pieces:
        closing = _CLOSERS.match(piece) if found else None
        if closing:
            found[-1] += closing[0].rstrip()
            found.append(piece[closing.end() :])
        else:
            found.append(piece)
    return found


def _tokens(sentence: str) -> Iterator[str]:
    cut = _FINAL_STOP.sub(r" . \1", sentence)
    for token in _SPLIT.findall(cut):
        pair = _CONTRACTION.fullmatch(token)
        if pair:
            yield from pair.groups()
        else:
            yield token

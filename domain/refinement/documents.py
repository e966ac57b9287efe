"""The text of a document that somebody gives: plain text, Markdown or HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from domain import errors

MOST_BYTES = 2_000_000
NAMES = (".txt", ".md", ".markdown", ".html", ".htm")
_APART = frozenset(
    {"p", "div", "section", "article", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "br", "table", "ul", "ol",
     "blockquote", "pre", "header", "footer", "dt", "dd"}
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "noscript", "head"})
_LINES = re.compile(r"\n{3,}")


def read(name: str, data: bytes) -> str:
    """The text of a file, of HTML without tags, scripts and styles.

    Raises Invalid for other kinds of files, for more than 2 MB, and for what is no text.
    """
    if len(data) > MOST_BYTES:
        raise errors.Invalid(
            f"The file has {len(data) / 1e6:.1f} MB; at most {MOST_BYTES // 1_000_000} MB of text are read. Give the "
            "chapters that say how answers should be.", code="document_long",
        )  # fmt: skip
    if data[:5] == b"%PDF-" or name.casefold().endswith(".pdf"):
        raise errors.Invalid(
            "PDF is not read here: pages may be pictures, and their text may be in no order. Save it as text or paste "
            "the passages.", code="document_pdf",
        )  # fmt: skip
    if not name.casefold().endswith(NAMES):
        raise errors.Invalid(f"Give a file that ends in {', '.join(NAMES)}.", code="document_kind")
    text = _decoded(data)
    return _plain(text) if name.casefold().endswith((".html", ".htm")) else text


def _decoded(data: bytes) -> str:
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise errors.Invalid("The file is no text in UTF-8.", code="document_binary") from None
    if "\x00" in text:
        raise errors.Invalid("The file holds more than text.", code="document_binary")
    return text


def _plain(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = "\n".join(" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return _LINES.sub("\n\n", lines).strip()


class _Reader(HTMLParser):
    """Collects what a reader sees, with an empty line between blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Begin a block, or what nobody sees."""
        self._unseen += tag in _UNSEEN
        if tag in _APART:
            self.pieces.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _APART:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._unseen:
            self.pieces.append(data.replace("\n", " "))

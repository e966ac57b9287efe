"""Check: the answer is well-formed XML."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from xml.parsers import expat

import pydantic

from domain.checks import fences
from domain.checks.result import CheckResult, Given, of
from domain.checks.rule import About, Case, Rule

MAX_DEPTH = 200
Name = Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=200)]


class Xml(Rule):
    """One XML document, without a document type and so without entities of its own."""

    ABOUT: ClassVar[About] = About(
        "xml", "Is XML", "Format",
        "The answer, or the first fenced block in it, is one well-formed XML document with the elements asked for.",
        (
            Case({"kind": "xml", "root": "letter"}, "<letter><dose>5 mg</dose></letter>", "pass"),
            Case({"kind": "xml", "elements": ["dose"]}, "<letter>None</letter>", "fail"),
        ),
        limits=f"Up to {MAX_DEPTH} levels deep; a document type, and so entities of one's own, are refused.",
    )  # fmt: skip

    kind: Literal["xml"]
    root: Name | None = pydantic.Field(None, title="Outermost element", description="Left empty: any.")
    elements: Annotated[tuple[Name, ...], pydantic.Field(max_length=100)] = pydantic.Field(
        (), title="Elements", description="Names of elements that must be there, one a line."
    )
    place: Literal["anywhere", "whole", "fence"] = pydantic.Field(
        "anywhere", title="Where", description="The first fenced block or else the whole; the whole; a block alone."
    )

    def run(self, given: Given) -> CheckResult:
        """Read the document and its elements."""
        text = fences.taken(given.response, self.place)
        if text is None:
            return of(False, "There is no fenced block.")
        reader = _Reader()
        try:
            reader.read(text)
        except (expat.ExpatError, _Refused) as error:
            return of(False, f"Not XML: {error}.")
        if self.root is not None and reader.root != self.root:
            return of(False, f"The outermost element is {reader.root[:100]}.")
        missing = [name for name in self.elements if name not in reader.names]
        return of(not missing, f"Missing: {', '.join(missing)}." if missing else "Well-formed XML.")


class _Refused(Exception):
    """Something that is XML and not taken here."""


class _Reader:
    """Collects the names of elements while a document is parsed without building it."""

    def __init__(self) -> None:
        self.root = ""
        self.names: set[str] = set()
        self._depth = 0

    def read(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.Parse(text.encode(), True)

    def _refuse(self, *_: Any) -> None:
        raise _Refused("a document type is not taken")

    def _open(self, name: str, _attributes: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Refused(f"it is nested more than {MAX_DEPTH} deep")
        self.root = self.root or name
        self.names.add(name)

    def _close(self, _name: str) -> None:
        self._depth -= 1

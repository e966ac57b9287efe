"""Check: the answer cites, and what it cites is in the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import pydantic

from domain.checks.result import MAX_SPANS, CheckResult, Given, Span, abstain, of
from domain.checks.rule import About, Case, Rule

MAX_RANGE = 200
_NUMBERED = re.compile(r"\[(\d{1,4}(?:\s{0,3}[,;\u2013-]\s{0,3}\d{1,4}){0,50})\]")
_AUTHOR = re.compile(
    r"\(([A-Z][\w'\u2019-]{1,60}(?:\s(?:and|&|et al\.?,?)(?:\s[A-Z][\w'\u2019-]{1,60})?)?,?\s\d{4}[a-z]?)\)"
)
_HEADING = re.compile(
    r"^[ \t#*_]{0,12}(?:references|sources|bibliography|literature|works cited|literatur|quellen)[ \t:*_]{0,6}$",
    re.IGNORECASE | re.MULTILINE,
)
_ENTRY = re.compile(r"^\s{0,8}(?:\[(\d{1,4})\]|(\d{1,4})[.)])", re.MULTILINE)
Mark = Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=300)]


class Citations(Rule):
    """Enough citations, each of which is in the list."""

    ABOUT: ClassVar[About] = About(
        "citations", "Citations", "Facts",
        "Marks such as [1], [2, 5], [3-6] or (Smith et al., 2020). Each has to be in the list: the one that is given "
        "here, or else the numbered list under References or Sources at the end of the answer.",
        (
            Case({"kind": "citations", "min": 1}, "It helps [1].\n\nReferences\n[1] Smith 2020", "pass"),
            Case({"kind": "citations", "known": ["1", "2"]}, "It helps [3].", "fail"),
        ),
        limits="Answers of up to 200,000 characters.", max_answer=200_000,
        abstains="Where there is no citation to look up.",
    )  # fmt: skip

    kind: Literal["citations"]
    min: Annotated[int, pydantic.Field(strict=True, ge=0, le=10_000)] = pydantic.Field(
        1, title="At least so many citations", description="Different marks; 0 where an answer need not cite."
    )
    known: Annotated[tuple[Mark, ...], pydantic.Field(max_length=2_000)] = pydantic.Field(
        (),
        title="What may be cited",
        description="Numbers, or name and year, one a line. Left empty: the answer's list.",
    )
    listed: bool = pydantic.Field(
        True, title="Each mark must be in the list", description="Untick to count marks alone."
    )

    def run(self, given: Given) -> CheckResult:
        """Find the marks before the list and look each up."""
        heading = list(_HEADING.finditer(given.response))
        end = heading[-1].start() if heading else len(given.response)
        marks = dict.fromkeys(mark for mark, _ in _marks(given.response[:end]))
        spans = tuple(span for _, span in _marks(given.response[:end]))[:MAX_SPANS]
        if not marks and self.min == 0:
            return abstain("There is nothing to look up: no citation was found.")
        if len(marks) < self.min:
            return of(False, f"{len(marks)} different citations.", spans)
        if not self.listed:
            return of(True, f"{len(marks)} different citations.", spans)
        known = {_plain(mark) for mark in self.known} or _entries(given.response[end:])
        if not known and not self.known:
            return of(False, f"{len(marks)} different citations and no list of references.", spans)
        missing = [mark for mark in marks if _plain(mark) not in known]
        said = f"Not in the list: {', '.join(missing[:20])}." if missing else f"All {len(marks)} are in the list."
        return of(not missing, said, spans)


def _marks(text: str) -> Iterator[tuple[str, Span]]:
    for match in _NUMBERED.finditer(text):
        for number in _numbers(match[1]):
            yield number, Span(*match.span())
    for match in _AUTHOR.finditer(text):
        yield match[1], Span(*match.span())


def _numbers(inner: str) -> Iterator[str]:
    for piece in re.split(r"[,;]", inner):
        ends = [int(end) for end in re.split(r"[\u2013-]", piece)]
        yield from map(str, range(ends[0], min(ends[-1], ends[0] + MAX_RANGE) + 1))


def _entries(text: str) -> set[str]:
    """The numbers of a list of references, and name and year of entries that begin so."""
    numbers = {one or other for one, other in _ENTRY.findall(text)}
    lines = {_plain(line) for line in text.split("\n") if line.strip()}
    years = {
        f"{name} {year}" for line in lines for name, year in re.findall(r"^([\w'-]+).{0,300}?\b(\d{4}[a-z]?)\b", line)
    }
    return {str(int(number)) for number in numbers} | years


def _plain(mark: str) -> str:
    """A mark for looking up: the number alone, or first name and year."""
    bare = re.sub(r"[\[\]().,\u2019]", " ", mark.lower()).split()
    if len(bare) == 1 and bare[0].isdecimal():
        return str(int(bare[0]))
    years = [word for word in bare if re.fullmatch(r"\d{4}[a-z]?", word)]
    return f"{bare[0]} {years[0]}" if bare and years else " ".join(bare)

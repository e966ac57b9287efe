"""Check: what the answer says of things in a table is what the table says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import pydantic

from domain.checks.instructions import text as cut
from domain.checks.result import MAX_SPANS, CheckResult, Given, Span, abstain, of
from domain.checks.rule import About, Case, Rule

MAX_ROWS = 500
Cell = Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=300, pattern=r"\S")]


class Lookup(Rule):
    """Where a thing of the table is named, its value stands in the same sentence and no value of another."""

    ABOUT: ClassVar[About] = About(
        "lookup", "Table look-up", "Facts",
        "A table of things and their values. Each sentence that names a thing and a value is compared with the table; "
        "an answer that names none gets no answer.",
        (
            Case({"kind": "lookup", "table": {"France": "Paris", "Peru": "Lima"}}, "Paris is in France.", "pass"),
            Case({"kind": "lookup", "table": {"France": "Paris", "Peru": "Lima"}}, "France has Lima.", "fail"),
            Case({"kind": "lookup", "table": {"France": "Paris"}}, "I do not know.", "abstain"),
        ),
        limits=f"At most {MAX_ROWS} rows; answers of up to 50,000 characters.", max_answer=50_000,
        abstains="Where no sentence names a thing of the table with a value.",
    )  # fmt: skip

    kind: Literal["lookup"]
    table: Annotated[Mapping[Cell, Cell], pydantic.Field(min_length=1, max_length=MAX_ROWS)] = pydantic.Field(
        title="Table", description="A thing, =, its value; one pair a line.", json_schema_extra={"input": "table"}
    )
    all_named: bool = pydantic.Field(
        False,
        title="All must be named",
        description="Each thing of the table has to stand in the answer with its value.",
    )

    def run(self, given: Given) -> CheckResult:
        """Compare sentence by sentence."""
        right, wrong, spans = set(), [], []
        values = {value.lower(): value for value in self.table.values()}
        place = 0
        for sentence in cut.sentences(given.response):
            start = given.response.find(sentence, place)
            place = start + len(sentence) if start >= 0 else place
            said = [value for small, value in values.items() if _stands(small, sentence)]
            things = [thing for thing in self.table if _stands(thing.lower(), sentence)] if said else []
            if not things:
                continue
            allowed = {self.table[thing] for thing in things}
            if set(said) == allowed:
                right.update(things)
                continue
            wrong.append(f"{sentence[:200]}: the table has {', '.join(f'{t} = {self.table[t]}' for t in things[:5])}")
            if start >= 0:
                spans.append(Span(start, start + len(sentence)))
        missing = [thing for thing in self.table if thing not in right] if self.all_named else []
        if not right and not wrong and not missing:
            return abstain("No sentence names a thing of the table with a value.")
        said_of = f"{len(right)} right, {len(wrong)} wrong" + (f", {len(missing)} not said" if missing else "")
        return of(not wrong and not missing, f"{said_of}.", tuple(spans[:MAX_SPANS]), tuple(wrong[:20]))


def _stands(small: str, sentence: str) -> bool:
    """Whether a text in small letters stands in a sentence as words of their own."""
    folded = sentence.lower()
    if small not in folded:
        return False
    return re.search(rf"(?<!\w){re.escape(small)}(?!\w)", folded) is not None

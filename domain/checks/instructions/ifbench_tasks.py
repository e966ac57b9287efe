"""IFBench: tasks whose whole answer is known or bounded."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from itertools import pairwise

from domain.checks.instructions import text as cut
from domain.checks.instructions.ifbench_family import IFBENCH
from domain.checks.instructions.listing import listed
from domain.checks.result import CheckResult, of

COUNTRIES = 52
BORN, DIED = 1769, 1821
_MULTIPLES = [14, 21, 28, 35, 42, 49]
_QUESTION = re.compile(r"\n*Question \d+[.|):;]?\s*")
_OPTION = re.compile(r"[A-Ea-e][.|)]\s*\w")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SPECIAL = re.compile(r'".*[^\d\w\s].*"')
# Capitals north of 45°, from north to south.
_CAPITALS = tuple(
    listed("""
    Reykjavik Helsinki Oslo Tallinn Stockholm Riga Moscow Copenhagen Vilnius Minsk Dublin Berlin Amsterdam Warsaw
    London Brussels Prague Luxembourg Paris Vienna Bratislava Budapest Vaduz Chisinau Bern Ljubljana Zagreb
    """)
)


@IFBENCH.add("custom:multiples", "The numbers in the answer are the multiples of 7 from 14 to 49.")
def multiples(text: str) -> CheckResult:
    """All numbers in their order."""
    found = re.findall(r"\d+", text)
    return of(found == [str(n) for n in _MULTIPLES], f"Numbers: {', '.join(found[:20])}.")


@IFBENCH.add("custom:mcq_count_length", "Four questions of five options each, each longer than the one before.")
def mcq_count_length(text: str) -> CheckResult:
    """The text begins with Question; options begin with a letter from A to E."""
    if not text.startswith("Question"):
        return of(False, "It does not begin with “Question”.")
    questions = [part.strip() for part in _QUESTION.split(text) if part.strip()]
    options, lengths = [], []
    for question in questions:
        lines = [line.strip() for line in question.split("\n")]
        is_option = [bool(_OPTION.match(line)) for line in lines]
        options.append(sum(is_option))
        asked = lines[: is_option.index(True)] if any(is_option) else lines
        lengths.append(len(" ".join(asked).strip()))
    ok = options == [5] * 4 and all(before < after for before, after in pairwise(lengths))
    return of(ok, f"{len(questions)} questions; options {options[:10]}, lengths {lengths[:10]}.")


@IFBENCH.add("custom:reverse_newline", "At least 52 lines from Zimbabwe on are in reverse order of the alphabet.")
def reverse_newline(text: str) -> CheckResult:
    """Countries of Africa, accents aside."""
    lines = [name for line in text.split("\n") if (name := cut.trimmed(line))]
    start = next((n for n, line in enumerate(lines) if "Zimbabwe" in line), None)
    if start is None:
        return of(False, "Zimbabwe is missing.")
    names = [_plain(line) for line in lines[start:]]
    ordered = all(before >= after for before, after in pairwise(names))
    return of(len(names) >= COUNTRIES and ordered, f"{len(names)} lines{'' if ordered else ', not in order'}.")


@IFBENCH.add("custom:word_reverse", "A sentence on the bald eagle with its words in reverse order.")
def word_reverse(text: str) -> CheckResult:
    """Read backwards by words it names the animal and is one sentence."""
    turned = " ".join(reversed(cut.bare_words(text)))
    ok = "bald eagle" in turned and cut.sentences(turned) == [turned]
    return of(ok, f"Backwards: “{turned[:200]}”.")


@IFBENCH.add("custom:character_reverse", "A sentence on the bald eagle with its letters in reverse order.")
def character_reverse(text: str) -> CheckResult:
    """The animal's name stands there backwards."""
    ok = "elgae dlab" in text.lower()
    return of(ok, "The name stands there backwards." if ok else "The name does not stand there backwards.")


@IFBENCH.add(
    "custom:european_capitals_sort", "The 27 European capitals north of 45°, from north to south, with commas."
)
def european_capitals_sort(text: str) -> CheckResult:
    """Names in their order, accents aside."""
    found = [name.strip() for name in _plain(text).split(",") if name.strip()]
    wrong = next((n for n, pair in enumerate(zip(found, _CAPITALS, strict=False)) if pair[0] != pair[1]), None)
    said = f"{len(found)} names" + ("" if wrong is None else f"; number {wrong + 1} is “{found[wrong][:40]}”")
    return of(tuple(found) == _CAPITALS, said + ".")


@IFBENCH.add("custom:csv_city", "CSV of ID, Country, City, Year, Count with 7 rows.")
def csv_city(text: str) -> CheckResult:
    """A head and seven rows of five."""
    rows = _rows(text, ",")
    return _table(rows, 8, bool(rows) and rows[0] == ["ID", "Country", "City", "Year", "Count"])


@IFBENCH.add(
    "custom:csv_special_character",
    "CSV of ProductID, Category, Brand, Price, Stock with 14 rows, one field quoted for its special character.",
)
def csv_special_character(text: str) -> CheckResult:
    """A head, fourteen rows of five, and a quoted field with a special character."""
    head = _has_head(text, ("ProductID", "Category", "Brand", "Price", "Stock"), ",")
    # Quotation marks are kept in the fields, so that one can see which field had them.
    rows = _rows(text.replace('"', '"""'), ",")
    special = any(_SPECIAL.match(field) for row in rows[1:] for field in row)
    return _table(rows, 15, head and special)


@IFBENCH.add(
    "custom:csv_quotes",
    "Tab-separated StudentID, Subject, Grade, Semester, Score with 3 rows, each field in double quotes.",
)
def csv_quotes(text: str) -> CheckResult:
    """A head and three rows of five quoted fields."""
    head = _has_head(text, ("StudentID", "Subject", "Grade", "Semester", "Score"), "\t")
    rows = _rows(text.replace('"', '"""'), "\t")
    quoted = all(len(f.strip()) > 1 and f.strip()[0] == f.strip()[-1] == '"' for row in rows for f in row)
    return _table(rows, 4, head and quoted)


@IFBENCH.add("custom:date_format_list", "Dates as YYYY-MM-DD with commas, within Napoleon's life.")
def date_format_list(text: str) -> CheckResult:
    """Each part is a date of those years; 29 February is let by in any year."""
    for part in map(str.strip, text.strip().split(",")):
        found = _DATE.fullmatch(part)
        if not found or not BORN <= int(found[1]) <= DIED or not _is_day(int(found[2]), int(found[3])):
            return of(False, f"“{part[:60]}” is no such date.")
    return of(True, "All dates have the form.")


def _is_day(month: int, day: int) -> bool:
    if month > 12 or month < 1 or day < 1:
        return False
    try:
        dt.date(2000, month, day)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return []


def _has_head(text: str, names: tuple[str, ...], delimiter: str) -> bool:
    head = text.split("\n", 1)[0].strip()
    return [name.strip(" \t").strip('"') for name in head.split(delimiter)] == list(names)


def _table(rows: list[list[str]], wanted: int, other: bool) -> CheckResult:
    shaped = len(rows) == wanted and all(len(row) == 5 for row in rows)
    return of(shaped and other, f"{len(rows)} lines; fields {[len(row) for row in rows[:20]]}.")

"""A report as one HTML file: rules and drawings inside, no script, nothing fetched."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from domain.audits.plots import Plot
from domain.papers import sketch
from domain.papers.shapes import Fact, Paper, Part, Table

WIDE = 640.0
INKS = ("#2456b3", "#b3541e", "#1f7a4d", "#7a3fa0", "#8a6d00")
FRAME, BOUND = "#6b7280", "#374151"
RULES = Path(__file__).resolve().parent / "report.css"


def as_html(paper: Paper) -> bytes:
    """The report as a file that opens anywhere and prints well."""
    page = ET.Element("html", lang="en")
    head = ET.SubElement(page, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _said(head, "title", paper.title)
    _said(head, "style", RULES.read_text(encoding="utf-8"))
    main = ET.SubElement(ET.SubElement(page, "body"), "main")
    _said(main, "h1", paper.title)
    _said(main, "p", paper.verdict, "verdict")
    _facts(main, paper.facts)
    for part in paper.parts:
        _part(main, part)
    _said(main, "h2", "Signature")
    _facts(main, paper.signed)
    line = ET.SubElement(main, "div", {"class": "sign"})
    _said(line, "div", "Name and signature")
    _said(line, "div", "Date")
    _said(main, "p", paper.foot(), "foot")
    written: bytes = ET.tostring(page, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + written + b"\n"


def _part(parent: ET.Element, part: Part) -> None:
    section = ET.SubElement(parent, "section")
    _said(section, f"h{part.level}", part.title)
    for said in part.said:
        _said(section, "p", said)
    _facts(section, part.facts)
    if part.table is not None:
        _table(section, part.table, part.title)
    for plot in part.plots:
        _plot(section, plot)
    for note in part.notes:
        _said(section, "p", note, "note")


def _facts(parent: ET.Element, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    found = ET.SubElement(parent, "dl")
    for fact in facts:
        _said(found, "dt", fact.name)
        _said(found, "dd", fact.value, "exact" if fact.exact else "")


def _table(parent: ET.Element, table: Table, title: str) -> None:
    box = ET.SubElement(parent, "div", {"class": "wide", "tabindex": "0", "role": "region", "aria-label": clean(title)})
    made = ET.SubElement(box, "table")
    heads = ET.SubElement(ET.SubElement(made, "thead"), "tr")
    for column in table.columns:
        _said(heads, "th", column.title, "num" if column.number else "").set("scope", "col")
    body = ET.SubElement(made, "tbody")
    for row in table.rows:
        line = ET.SubElement(body, "tr")
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            made_cell = _said(line, "td" if place else "th", cell, "num" if column.number else "")
            if not place:
                made_cell.set("scope", "row")


def _plot(parent: ET.Element, plot: Plot) -> None:
    high = sketch.height_of(plot)
    box = ET.SubElement(
        parent, "svg",
        {
            "viewBox": f"0 0 {WIDE:g} {high:g}", "width": f"{WIDE:g}", "role": "img", "aria-label": clean(plot.title),
            "font-family": "system-ui, sans-serif", "font-size": "8",
        },
    )  # fmt: skip
    for stroke in sketch.strokes_of(plot, WIDE, high):
        box.append(_stroke(stroke))


def _stroke(stroke: sketch.Stroke) -> ET.Element:
    ink = _ink(stroke.tone)
    match stroke:
        case sketch.Line(x0, y0, x1, y1, tone):
            dashed = {"stroke-dasharray": "3 3"} if tone == -2 else {}
            ends = {"x1": _at(x0), "y1": _at(y0), "x2": _at(x1), "y2": _at(y1)}
            return ET.Element("line", ends | dashed | {"stroke": ink, "stroke-width": "1.4" if tone >= 0 else "0.8"})
        case sketch.Dot(x, y):
            return ET.Element("circle", {"cx": _at(x), "cy": _at(y), "r": "2.2", "fill": ink})
        case sketch.Box(x, y, wide, high, _, shade):
            fill = ink if shade is None else shaded(shade)
            return ET.Element("rect", {"x": _at(x), "y": _at(y), "width": _at(wide), "height": _at(high), "fill": fill})
        case sketch.Words(x, y, text, anchor, tone):
            words = ET.Element("text", {"x": _at(x), "y": _at(y), "text-anchor": anchor, "fill": ink})
            words.text = clean(text)
            return words


def shaded(shade: float) -> str:
    """A colour from almost white to deep blue."""
    red, green, blue = (round(light + shade * (deep - light)) for light, deep in ((239, 36), (243, 86), (251, 179)))
    return f"#{red:02x}{green:02x}{blue:02x}"


def clean(text: str) -> str:
    """The text without control characters, which no file of this kind may hold."""
    return "".join(letter if letter >= " " and letter not in "\ufffe\uffff" else " " for letter in text)


def _ink(tone: int) -> str:
    return INKS[tone % len(INKS)] if tone >= 0 else {-1: BOUND, -2: FRAME, -3: "#ffffff"}[tone]


def _said(parent: ET.Element, tag: str, text: str, rule: str = "") -> ET.Element:
    made = ET.SubElement(parent, tag, {"class": rule} if rule else {})
    made.text = text if tag == "style" else clean(text)
    return made


def _at(value: float) -> str:
    return f"{value:.1f}"

"""A report as a PDF, by fpdf2 and the two fonts beside this file."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from domain.audits.plots import Plot
from domain.papers import sketch
from domain.papers.pages import INKS, clean, shaded
from domain.papers.shapes import Fact, Paper, Part, Table

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).resolve().parent / "fonts"
PLAIN, BOLD = FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"
MARGIN, WIDE = 42.0, 511.0
MOST_ROWS = 60
"""Rows of a table on paper; the HTML report has all of them."""
LACKING = "□"
SIZES = {1: 16.0, 2: 12.0, 3: 10.0}
BODY, SMALL, GREY = 9.0, 8.0, 75


def as_pdf(paper: Paper) -> bytes:
    """The report on A4; letters beyond Latin, Greek, Cyrillic and Hebrew stand as an empty box."""
    made = _empty(paper)
    _heading(made, paper.title, 1)
    made.set_font("studio", "B", BODY + 1)
    _block(made, paper.verdict, 14)
    _facts(made, paper.facts)
    for part in paper.parts:
        _part(made, part)
    _signature(made, paper)
    return bytes(made.output())


def _empty(paper: Paper) -> "FPDF":
    from fpdf import FPDF

    logging.getLogger("fpdf").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)

    class Sheets(FPDF):
        """Pages with the origin of the report and their number at the foot."""

        def footer(self) -> None:
            """Write it."""
            self.set_y(-32)
            self.set_font("studio", "", 7)
            self.set_text_color(GREY)
            self.cell(WIDE - 50, 10, clean(paper.foot())[:150])
            self.cell(50, 10, f"{self.page_no()} of {{nb}}", align="R")
            self.set_text_color(0)

    made = Sheets(unit="pt", format="A4")
    made.add_font("studio", "", PLAIN)
    made.add_font("studio", "B", BOLD)
    made.set_margins(MARGIN, MARGIN, MARGIN)
    made.set_auto_page_break(auto=True, margin=48)
    made.set_title(clean(paper.title))
    made.set_author(clean(paper.taken_by))
    made.set_creator("Rubric Studio")
    made.set_lang("en")
    made.set_creation_date(paper.taken_at)
    made.add_page()
    return made


def _part(made: "FPDF", part: Part) -> None:
    if made.will_page_break(90):
        made.add_page()
    made.ln(10 if part.level == 2 else 5)
    _heading(made, part.title, part.level)
    made.set_font("studio", "", BODY)
    for said in part.said:
        _block(made, said, 13)
    _facts(made, part.facts)
    if part.table is not None and part.table.rows:
        _table(made, part.table)
    for plot in part.plots:
        _plot(made, plot)
    left_out = len(part.table.rows) - MOST_ROWS if part.table is not None else 0
    notes = [*part.notes, f"{left_out} more rows are in the HTML report."] if left_out > 0 else part.notes
    _grey(made, notes)


def _said(made: "FPDF", text: str) -> str:
    """The text with a box for each letter that the font lacks."""
    known = made.current_font.cmap  # type: ignore[union-attr]
    return "".join(letter if ord(letter) in known else LACKING for letter in clean(text))


def _heading(made: "FPDF", text: str, level: int) -> None:
    made.set_font("studio", "B", SIZES[level])
    made.start_section(_said(made, text), level=level - 1)
    _block(made, text, SIZES[level] * 1.35)


def _block(made: "FPDF", text: str, high: float) -> None:
    made.multi_cell(WIDE, high, _said(made, text), align="L", new_x="LMARGIN", new_y="NEXT")


def _grey(made: "FPDF", texts: Sequence[str]) -> None:
    made.set_font("studio", "", SMALL)
    made.set_text_color(GREY)
    for text in texts:
        _block(made, text, 11)
    made.set_text_color(0)


def _facts(made: "FPDF", facts: Sequence[Fact]) -> None:
    from fpdf.enums import WrapMode

    for fact in facts:
        if made.will_page_break(12):
            made.add_page()
        made.set_font("studio", "", SMALL)
        top = made.get_y()
        made.set_text_color(GREY)
        made.multi_cell(130, 12, _said(made, fact.name), align="L", new_x="RIGHT", new_y="TOP")
        made.set_text_color(0)
        made.set_xy(MARGIN + 135, top)
        wrapped = WrapMode.CHAR if fact.exact else WrapMode.WORD
        made.multi_cell(
            WIDE - 135, 12, _said(made, fact.value), align="L", wrapmode=wrapped, new_x="LMARGIN", new_y="NEXT"
        )


def _table(made: "FPDF", table: Table) -> None:
    from fpdf.fonts import FontFace

    made.ln(3)
    made.set_font("studio", "", 7.5)
    made.set_draw_color(200)
    shares = tuple(column.share for column in table.columns)
    aligned = tuple("RIGHT" if column.number else "LEFT" for column in table.columns)
    with made.table(
        col_widths=shares, text_align=aligned, line_height=10.5, padding=2, borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD"), width=WIDE, wrapmode="CHAR" if len(shares) > 6 else "WORD",
    ) as sheet:  # fmt: skip
        sheet.row([_said(made, column.title) for column in table.columns])
        for row in table.rows[:MOST_ROWS]:
            sheet.row([_said(made, cell) for cell in row])
    made.ln(4)


def _plot(made: "FPDF", plot: Plot) -> None:
    high = sketch.height_of(plot)
    if made.will_page_break(high + 18):
        made.add_page()
    made.set_font("studio", "B", SMALL)
    _block(made, plot.title, 14)
    left, top = MARGIN, made.get_y()
    made.set_font("studio", "", 6.5)
    for stroke in sketch.strokes_of(plot, WIDE, high):
        _stroke(made, stroke, left, top)
    made.set_draw_color(0)
    made.set_fill_color(0)
    made.set_xy(MARGIN, top + high + 4)


def _stroke(made: "FPDF", stroke: sketch.Stroke, left: float, top: float) -> None:
    ink = INKS[stroke.tone % len(INKS)] if stroke.tone >= 0 else "#6b7280"
    match stroke:
        case sketch.Line(x0, y0, x1, y1, tone):
            made.set_draw_color(ink)
            made.set_line_width(1.1 if tone >= 0 else 0.5)
            made.set_dash_pattern(**({"dash": 3, "gap": 3} if tone == -2 else {}))
            made.line(left + x0, top + y0, left + x1, top + y1)
            made.set_dash_pattern()
        case sketch.Dot(x, y):
            made.set_fill_color(ink)
            made.circle(x=left + x, y=top + y, radius=1.8, style="F")
        case sketch.Box(x, y, wide, high, _, shade):
            made.set_fill_color(ink if shade is None else shaded(shade))
            made.rect(left + x, top + y, wide, high, style="F")
        case sketch.Words(x, y, text, anchor, tone):
            said = _said(made, text)
            aside = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * made.get_string_width(said)
            made.set_text_color("#ffffff" if tone == -3 else "#374151")
            made.text(left + x - aside, top + y, said)
            made.set_text_color(0)


def _signature(made: "FPDF", paper: Paper) -> None:
    if made.will_page_break(120 + 12 * len(paper.signed)):
        made.add_page()
    made.ln(10)
    _heading(made, "Signature", 2)
    _facts(made, paper.signed)
    made.ln(46)
    made.set_draw_color(0)
    made.set_line_width(0.6)
    at = made.get_y()
    made.line(MARGIN, at, MARGIN + 310, at)
    made.line(MARGIN + 340, at, MARGIN + WIDE, at)
    made.set_font("studio", "", SMALL)
    made.cell(340, 14, "Name and signature")
    made.cell(WIDE - 340, 14, "Date")

"""Reports as files: whole, safe, the same twice."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from domain.audits.plots import Form, Plot, Series
from domain.papers import Column, Fact, Paper, Part, Table, as_html, as_pdf, sketch

PLOTS = {
    "curve": Plot("Curve", "n", "score", lines=[0.5], series=[
        Series("proxy", [1, 2, 4], [0.1, None, 0.4], low=[0, None, 0.2], high=[0.2, None, 0.5]),
        Series("gold", [1, 2, 4], [0.1, 0.3, 0.2]),
    ]),
    "across": Plot("Bars", "gain", "", [Series("x", [0.1, -0.2], ["markdown", "typos"], Form.BARS)], across=True,
                   lines=[0.05]),
    "upright": Plot("Bars", "criterion", "share", [Series("a", ["c1", "c2"], [0.1, 0.8], Form.BARS)]),
    "cells": Plot("Matrix", "", "", cells=[[0, 0.5, None], [0.5, 0, 0.9]], columns=["a", "b", "c"], rows=["a", "b"]),
    "tree": Plot("Tree", "distance", "", [Series("t", [0, 1, None, 1], [0, 0, None, 1], Form.TREE)],
                 ticks=["one", "two"]),
    "points": Plot("Calibration", "said", "so", [Series("p", [0.2, 0.9], [0.3, 0.8], Form.POINTS)], diagonal=True),
    "empty": Plot("Nothing", "x", "y"),
    "constant": Plot("One", "x", "y", [Series("p", [3], [0.0], Form.POINTS)]),
}  # fmt: skip


def make_paper(**change):
    table = Table([Column("Figure"), Column("Value", number=True)], [["Share <script>alert(1)</script>", "6.5 %"]] * 64)
    said = ["13 of 200 \x07 attacks & more pass 中."]
    parts = [Part("Reading", said=said, table=table), Part("Plots", plots=list(PLOTS.values()))]
    given = {
        "title": "Attacks: letters@1", "verdict": "Poor", "facts": [Fact("Digest", "sha256:" + "4f" * 32, exact=True)],
        "parts": parts, "signed": [Fact("Run by", "Hanna Adler")], "taken_by": "Michael Okafor",
        "taken_at": datetime(2026, 11, 28, 14, tzinfo=UTC), "home": "Rubric Studio, workspace Clinic",
    }  # fmt: skip
    return Paper(**{**given, **change})


class Heard(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") or str(value).startswith("http")]


def test_the_page_stands_alone_and_runs_nothing():
    page = as_html(make_paper()).decode()
    heard = Heard()
    heard.feed(page)
    assert "script" not in heard.tags and heard.links == []
    assert heard.tags.count("svg") == len(PLOTS) and heard.tags.count("tr") == 65
    assert "&lt;script&gt;" in page and "attacks &amp; more pass 中" in page and "\x07" not in page
    assert "Name and signature" in page and "Taken by Michael Okafor on 2026-11-28 14:00 UTC" in page


def test_the_pdf_is_the_same_twice_and_leaves_no_letter_out_silently():
    made = as_pdf(make_paper())
    assert made.startswith(b"%PDF-") and made.rstrip().endswith(b"%%EOF")
    assert as_pdf(make_paper()) == made
    assert as_pdf(make_paper(taken_by="Sara Lindqvist")) != made


@pytest.mark.parametrize("name", PLOTS)
def test_all_strokes_lie_on_the_surface(name):
    wide, high = 500.0, sketch.height_of(PLOTS[name])
    strokes = sketch.strokes_of(PLOTS[name], wide, high)
    for stroke in strokes:
        match stroke:
            case sketch.Line(x0, y0, x1, y1):
                ends = [(x0, y0), (x1, y1)]
            case sketch.Box(x, y, across, down):
                ends = [(x, y), (x + across, y + down)]
            case sketch.Dot(x, y) | sketch.Words(x, y):
                ends = [(x, y)]
        assert all(-0.01 <= x <= wide + 0.01 and -0.01 <= y <= high + 0.01 for x, y in ends), (name, stroke)


def test_values_stand_where_the_axis_says():
    strokes = sketch.strokes_of(PLOTS["curve"], 500.0, 200.0)
    proxy = [one for one in strokes if isinstance(one, sketch.Dot) and one.tone == 0 and one.y > sketch.TOP]
    assert len(proxy) == 2 and proxy[0].x < proxy[1].x and proxy[0].y > proxy[1].y
    gold = [one for one in strokes if isinstance(one, sketch.Line) and one.tone == 1]
    assert len(gold) == 2 and gold[0].y1 < gold[0].y0 and gold[1].y1 > gold[1].y0
    up, down = [one for one in sketch.strokes_of(PLOTS["across"], 500.0, 200.0) if isinstance(one, sketch.Box)]
    assert up.x == pytest.approx(down.x + down.wide) and down.wide == pytest.approx(2 * up.wide) and up.y < down.y
    cells = [one for one in sketch.strokes_of(PLOTS["cells"], 500.0, 200.0) if isinstance(one, sketch.Box)]
    assert [one.shade for one in cells] == pytest.approx([0, 5 / 9, 5 / 9, 0, 1])

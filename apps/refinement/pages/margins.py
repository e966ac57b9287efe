"""What the page of a judge's margins shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.accounts.permissions import Actor, Role
from apps.judging import queries as judging
from apps.refinement import forms, queries
from apps.refinement.models import MarginPair, MarginReport
from apps.refinement.pages.frame import crumbs
from apps.rubrics.models import RubricVersion
from domain import selection
from domain.selection import Usefulness

MOST_SHOWN = 200
BINS = 20
TONES = {Usefulness.HELPFUL: "g", Usefulness.NEUTRAL: "", Usefulness.MISLEADING: "r"}


@dataclass(frozen=True)
class Line:
    """A pair with its margins, how the rubric shifted them, and what that makes of it."""

    pair: MarginPair
    shift: float | None
    word: str
    tone: str


def margin_form(actor: Actor, data: Mapping[str, Any] | None) -> forms.MarginForm:
    """The form, with the data sets and judges that there are."""
    return forms.MarginForm(
        data, datasets=judging.datasets_with_preferences(actor), judges=judging.judge_choices(actor)
    )  # fmt: skip


def margins_page(actor: Actor, version: RubricVersion, form: forms.MarginForm) -> dict[str, Any]:
    """The newest report of the version, where the one asked for last stands, and the form."""
    asked = queries.asked_margins(version)
    report = asked if asked is not None and asked.done_at else queries.newest_margins(version)
    waits = asked is not None and asked.done_at is None
    return {
        "version": version, "rubric": version.rubric, "crumbs": crumbs(actor, version, "With and without"),
        "form": form, "may_measure": actor.can(Role.AUTHOR), "asked": asked if waits else None,
        "polling": bool(waits and asked and asked.job and asked.job.is_open),
        "why": queries.why_not(asked) if waits and asked else "", "report": report,
        **(_shown(report) if report else {}),
    }  # fmt: skip


def _shown(report: MarginReport) -> dict[str, Any]:
    lines = [_line(pair) for pair in queries.pairs_of_margins(report)]
    lines.sort(key=lambda one: (one.shift is None, one.shift or 0.0))
    return {
        "figures": report.figures, "lines": lines[:MOST_SHOWN], "unshown": max(0, len(lines) - MOST_SHOWN),
        "current": queries.margins_hold(report), "plot": _plot([one.shift for one in lines if one.shift is not None]),
        "numbered": list(enumerate(report.criteria, 1)),
    }  # fmt: skip


def _line(pair: MarginPair) -> Line:
    if pair.base is None or pair.whole is None:
        return Line(pair, None, pair.reason or "cannot be assessed", "w")
    label = selection.usefulness(pair.whole, pair.base)
    return Line(pair, pair.whole - pair.base, str(label), TONES[label])


def _plot(shifts: list[float]) -> dict[str, Any] | None:
    """A histogram of the shifts, with its table."""
    if not shifts:
        return None
    counts, edges = np.histogram(shifts, bins=BINS)
    middles = ((edges[:-1] + edges[1:]) / 2).round(3).tolist()
    figure = {
        "data": [{"type": "bar", "x": middles, "y": counts.tolist(), "name": "pairs"}],
        "layout": {
            "height": 260, "xaxis": {"title": "shift of the margin towards the label, in nats"},
            "yaxis": {"title": "pairs"}, "showlegend": False,
        },
    }  # fmt: skip
    rows = [
        [f"{low:.2f} to {high:.2f}", count]
        for low, high, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True)
        if count
    ]
    return {"figure": figure, "table": {"columns": ["Shift", "Pairs"], "rows": rows}}

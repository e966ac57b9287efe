"""What an export would hold, and what one holds: figures, histograms with the band marked, the first rows."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import orjson

from apps.accounts.permissions import Actor
from apps.jobs import queries as jobs
from apps.training import forms, queries
from apps.training.models import DataExport
from apps.training.queries import selecting
from domain import errors, selection

SHOWN = 2
MOST_SHOWN = 4_000
FIELDS = ("source", "kind", "name", "non_commercial")


def export_preview(actor: Actor, form: forms.ExportForm) -> dict[str, Any]:
    """What the export in a valid form would hold, from stored scores."""
    wish = form.wish()
    side, rule = wish["side"], selection.read_rule(wish["kind"], wish["rule"])
    source = selecting.load(side, most=selecting.MOST_PREVIEWED)
    if not source.answers:
        raise errors.Conflict("Nothing of this run has been judged yet.", code="run_not_judged")
    chosen = selecting.select(actor, source, wish["kind"], rule)
    return {
        "about": form.about,
        "rows": len(chosen.picks),
        "figures": chosen.figures,
        "cut": source.cut,
        "plots": [_plot(one, n) for n, one in enumerate(chosen.plots) if one.values],
        "dataset": source.dataset,
        "refusal": selection.refusal(
            source.dataset.licence, non_commercial=wish["non_commercial"], changes_texts=form.about.changes_texts
        ),
    }


def kind_titles() -> dict[str, str]:
    """What the kinds of export are called."""
    return {about.name: about.title for about in selection.KINDS.values()}


def export_initial(said: Mapping[str, str]) -> dict[str, Any]:
    """What a form begins with: what was typed or asked for, and boxes left empty where they were on the screen."""
    kind = said.get("kind", "")
    found: dict[str, Any] = {
        name: value for name, value in said.items() if name in FIELDS or name.startswith(f"{kind}-")
    }
    about = selection.KINDS.get(kind)
    if about is not None and said.get("shown") == kind:
        boxes = [f"{kind}-{one.name}" for one in about.settings if one.sort is selection.Sort.YES]
        found |= {name: name in said for name in boxes}
    return found


def export_page(export: DataExport) -> dict[str, Any]:
    """An export with its figures, its first rows and what it was made by."""
    about = selection.KINDS[export.kind]
    state = queries.state_of(export)
    settings = [(one.title, _said(export.rule.get(one.name), one)) for one in about.settings]
    first = [_row(row) for row in islice(queries.export_rows(export), SHOWN)] if state == "done" else []
    return {
        "export": export, "about": about, "state": state, "settings": settings, "first": first,
        "columns": selecting.columns_of(export.kind), "live": state in {"queued", "running", "paused"},
        "reasons": jobs.reasons(export.job) if state in {"failed", "queued"} and export.job else [],
    }  # fmt: skip


def _said(value: Any, one: selection.Setting) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return dict(one.choices).get(value, str(value))


def _row(row: dict[str, Any]) -> str:
    text = orjson.dumps(row, option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} …"


def _plot(plot: selecting.Plot, number: int) -> dict[str, Any]:
    """A bar for each bin; those in the band are full, the rest pale, and its ends are lines."""
    bins = selection.histogram(plot.values)
    inside = [_holds(plot, (low + high) / 2) for low, high, _ in bins]
    shapes = [
        {"type": "line", "x0": end, "x1": end, "yref": "paper", "y0": 0, "y1": 1, "line": {"dash": "dot"}}
        for end in (plot.low, plot.high)
        if end is not None
    ]
    figure = {
        "data": [
            {
                "type": "bar", "x": [round((low + high) / 2, 6) for low, high, _ in bins],
                "y": [count for _, _, count in bins], "width": [high - low for low, high, _ in bins],
                "marker": {"opacity": [1 if one else 0.35 for one in inside]},
                "hovertemplate": "%{x:.3g}: %{y}<extra></extra>",
            }
        ],
        "layout": {
            "height": 240, "showlegend": False, "bargap": 0.05, "xaxis": {"title": plot.title},
            "yaxis": {"rangemode": "tozero"}, "shapes": shapes, "margin": {"l": 40, "r": 8, "t": 8, "b": 40},
        },
    }  # fmt: skip
    rows = [
        [f"{low:.3g} to {high:.3g}", count, "yes" if one else "no"]
        for (low, high, count), one in zip(bins, inside, strict=True)
        if count
    ]
    return {
        "id": f"export-plot-{number}",
        "figure": figure,
        "label": f"{plot.title}: how many have which value, with the part that stays marked",
        "table": {"columns": [plot.title, "how many", "inside"], "rows": rows},
    }


def _holds(plot: selecting.Plot, value: float) -> bool:
    return (plot.low is None or value >= plot.low) and (plot.high is None or value <= plot.high)

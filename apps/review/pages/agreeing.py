"""What the pages of agreement show: tables, plots with their tables, and plain advice."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset
from apps.review import permissions
from apps.review.queries.dashboards import PREFERENCES, Closely, Confusion, CriterionRow, Dashboard, RaterRow
from domain import agreement

WHOLE = "the whole response"
BETTER = "which of two answers is better"
MOST_BARS = 30
COLOURS = [[0.0, "rgba(40, 105, 190, 0.06)"], [1.0, "rgba(40, 105, 190, 0.95)"]]
RULES = {
    "unanimous": "all say the same", "majority": "more than half say the same",
    "drop_distant": "mean without the most distant of three or more",
    "spread_limit": "mean where answers lie within a quarter of the scale",
}  # fmt: skip


def dashboard(actor: Actor, found: Dashboard) -> dict[str, Any]:
    """All of a page: what everybody may see, and what only authors or approvers may."""
    authors, close = actor.can(Role.AUTHOR), found.closely
    whole = BETTER if found.of == PREFERENCES else WHOLE
    context: dict[str, Any] = {
        "found": found,
        "rows": [(row.criterion or whole, row, advice(row)) for row in found.rows],
        "cannot": [row.criterion or whole for row in found.rows if row.cannot],
        "close": close,
        "close_name": (close.criterion or whole) if close else "",
        "authors": authors,
        "plot": _alphas(found.rows, whole),
        "rules": RULES,
    }
    if close is None:
        return context
    context |= {
        "missing": _missing(close),
        "drift": _drift(close),
        "raters": raters(actor, close),
        "everybody": permissions.may_see_people(actor),
    }
    if authors:
        context |= {
            "matrix": _matrix(close),
            "confusion": _confusion(close.confusion),
            "differing": _differing(found, whole),
        }
    return context


def name_of(criterion: str | None) -> str:
    """A criterion's name on screen."""
    return criterion or WHOLE


def crumbs(actor: Actor, dataset: Dataset, label: str) -> list[dict[str, str]]:
    """Where the agreement of a data set, or what follows from it, stands."""
    slug = actor.workspace.slug
    return [
        {"label": "Data", "url": reverse("datasets:list", args=[slug])},
        {"label": dataset.title, "url": reverse("datasets:detail", args=[slug, dataset.slug])},
        {"label": label, "url": ""},
    ]


def advice(row: CriterionRow) -> str:
    """What the agreement on a criterion means for it, in plain words."""
    alpha = row.alpha
    if not alpha.n_items:
        return "Nobody shared an answer: give answers to two people."
    if alpha.value is None:
        return "Everybody gave the same value; nothing can be said of chance."
    if row.cannot:
        return "People themselves do not agree. Say it in other words, split it, or give examples before judging by it."
    if alpha.low is None or alpha.low < agreement.TOLERABLE:
        return "Not settled: more shared answers would tell."
    return "People agree well enough to judge by it."


def raters(actor: Actor, close: Closely) -> list[RaterRow]:
    """The rows of people that the actor may see: all for approvers, else their own."""
    if permissions.may_see_people(actor):
        return close.raters
    return [row for row in close.raters if row.voice.user is not None and row.voice.user == actor.user.pk]


def _alphas(rows: Sequence[CriterionRow], whole: str) -> dict[str, Any] | None:
    shown = [row for row in rows if row.alpha.value is not None][:MOST_BARS][::-1]
    if not shown:
        return None
    values = [float(row.alpha.value or 0) for row in shown]
    above = [(row.alpha.high if row.alpha.high is not None else value) - value for row, value in _with(shown, values)]
    below = [value - (row.alpha.low if row.alpha.low is not None else value) for row, value in _with(shown, values)]
    line = {"type": "line", "x0": agreement.TOLERABLE, "x1": agreement.TOLERABLE, "yref": "paper", "y0": 0, "y1": 1}
    return {
        "data": [
            {
                "type": "scatter", "mode": "markers", "orientation": "h", "x": _round(values),
                "y": [row.criterion or whole for row in shown], "marker": {"size": 9},
                "error_x": {"type": "data", "symmetric": False, "array": _round(above), "arrayminus": _round(below)},
            }
        ],
        "layout": {
            "height": 90 + 26 * len(shown), "xaxis": {"title": "Krippendorff's alpha", "range": [-0.4, 1.05]},
            "yaxis": {"type": "category"}, "shapes": [{**line, "line": {"dash": "dot"}}],
        },
    }  # fmt: skip


def _missing(close: Closely) -> list[tuple[str, str]]:
    """What is done about missing ratings, said once, with the coefficients that do so."""
    found: dict[str, list[str]] = {}
    for one in close.coefficients:
        names = found.setdefault(one.policy.missing, [])
        if one.metric.label not in names:
            names.append(one.metric.label)
    return [(", ".join(names), sentence) for sentence, names in found.items()]


def _with(rows: Sequence[CriterionRow], values: Sequence[float]) -> list[tuple[CriterionRow, float]]:
    return list(zip(rows, values, strict=True))


def _matrix(close: Closely) -> dict[str, Any] | None:
    """The heat map of pairs of voices, with the table of all pairs."""
    if not close.matrix:
        return None
    names = [voice.name for voice in close.voices]
    cells: list[list[float | None]] = [[None] * len(names) for _ in names]
    for one in close.matrix:
        value = None if one.value is None else round(one.value, 3)
        cells[one.first][one.second] = cells[one.second][one.first] = value
    table = {
        "columns": ["One", "Other", close.pair_metric.label, "95 % interval", "Items both rated"],
        "rows": [
            [names[one.first], names[one.second], _shown(one.value), _ends(one.low, one.high), one.n_items]
            for one in close.matrix
        ],
    }
    return {"figure": _heat(names, names, cells, (0, 1), 120 + 30 * len(names)), "table": table}


def _confusion(found: Confusion | None) -> dict[str, Any] | None:
    if found is None:
        return None
    names = [f"{level:g}" for level in found.levels]
    figure = _heat(names, names, found.counts, None, 140 + 44 * len(names))
    figure["layout"] |= {"xaxis": {"title": found.columns, "type": "category"}}
    figure["layout"] |= {"yaxis": {"title": found.rows, "type": "category", "autorange": "reversed"}}
    table = {
        "columns": [f"{found.rows} \\ {found.columns}", *names],
        "rows": [[name, *(f"{count:.0f}" for count in row)] for name, row in zip(names, found.counts, strict=True)],
    }
    return {"figure": figure, "table": table, "rows": found.rows, "columns": found.columns}


def _differing(found: Dashboard, whole: str) -> dict[str, Any] | None:
    """The heat map of criteria and people: how often a person differs from others."""
    rows = [row.criterion for row in found.rows[:MOST_BARS] if row.alpha.n_items]
    people = [voice for voice in found.people if any(_pairs(found, name, voice.key) for name in rows)]
    if not rows or not people:
        return None
    cells = [[_share(found, name, voice.key) for voice in people] for name in rows]
    names, across = [name or whole for name in rows], [voice.name for voice in people]
    figure = _heat(names, across, cells, (0, 1), 140 + 28 * len(names))
    table = {
        "columns": ["Criterion", *across],
        "rows": [[name, *(_shown(cell) for cell in row)] for name, row in zip(names, cells, strict=True)],
    }
    return {"figure": figure, "table": table}


def _pairs(found: Dashboard, criterion: str | None, key: str) -> int:
    one = found.differing.get(criterion, {}).get(key)
    return one.pairs if one else 0


def _share(found: Dashboard, criterion: str | None, key: str) -> float | None:
    one = found.differing.get(criterion, {}).get(key)
    return None if one is None or one.differs is None else round(one.differs, 3)


def _drift(close: Closely) -> dict[str, Any] | None:
    if len(close.drift) < 2:
        return None
    names = [str(n + 1) for n in range(len(close.drift))]
    shares = [None if window.percent is None else round(100 * window.percent, 1) for window in close.drift]
    above, below = (
        [0 if end is None or share is None else round(abs(100 * end - share), 1) for end, share in pairs]
        for pairs in (
            [(window.high, share) for window, share in zip(close.drift, shares, strict=True)],
            [(window.low, share) for window, share in zip(close.drift, shares, strict=True)],
        )
    )
    figure = {
        "data": [
            {
                "type": "scatter", "mode": "lines+markers", "x": names, "y": shares,
                "error_y": {"type": "data", "symmetric": False, "array": above, "arrayminus": below},
            }
        ],
        "layout": {
            "height": 260, "xaxis": {"title": "stretch of as many answers, oldest first", "type": "category"},
            "yaxis": {"title": "equal, %", "range": [0, 102]},
        },
    }  # fmt: skip
    rows = [
        [
            name, _day(window.start), _day(window.end), "–" if share is None else f"{share:.0f} %",
            _ends(window.low, window.high), window.n_items,
        ]
        for name, share, window in zip(names, shares, close.drift, strict=True)
    ]  # fmt: skip
    columns = ["Stretch", "From", "To", "Equal", "95 % interval", "Answers"]
    return {"figure": figure, "table": {"columns": columns, "rows": rows}}


def _heat(
    down: Sequence[str], across: Sequence[str], cells: Sequence[Sequence[float | None]],
    ends: tuple[float, float] | None, height: int,
) -> dict[str, Any]:  # fmt: skip
    """A heat map in one hue, so that it reads the same without colour vision."""
    limits = {"zmin": ends[0], "zmax": ends[1]} if ends else {}
    return {
        "data": [
            {
                "type": "heatmap", "x": list(across), "y": list(down), "z": [list(row) for row in cells],
                "colorscale": COLOURS, "xgap": 1, "ygap": 1, "colorbar": {"thickness": 10},
                "texttemplate": "%{z}" if len(down) * len(across) <= 150 else "", "hoverongaps": False, **limits,
            }
        ],
        "layout": {
            "height": height, "xaxis": {"type": "category"}, "yaxis": {"type": "category", "autorange": "reversed"},
        },
    }  # fmt: skip


def _round(values: Sequence[float]) -> list[float]:
    return [round(value, 4) for value in values]


def _ends(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"


def _day(seconds: float) -> str:
    return date_format(timezone.localtime(datetime.fromtimestamp(seconds, UTC)), "j M Y")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"

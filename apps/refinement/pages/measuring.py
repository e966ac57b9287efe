"""What the page of the quality gate shows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.judging import queries as judging
from apps.refinement import forms, queries
from apps.refinement.models import GateReport
from apps.refinement.pages.frame import crumbs
from apps.refinement.queries import badges
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement import Fault, Standing, advice

MOST_SHOWN = 40
SHORT = 28
COLOURS = [[0.0, "rgba(190, 60, 50, 0.9)"], [0.5, "rgba(128, 128, 128, 0.08)"], [1.0, "rgba(40, 105, 190, 0.9)"]]
WORDS = {
    Standing.KEEP: "keep", Standing.WATCH: "look at", Standing.DROP: "harms", Standing.UNKNOWN: "too few pairs",
}  # fmt: skip
MEASURES = ("agrees", "edge", "better meet", "worse meet", "spread", "helps")


@dataclass(frozen=True)
class Line:
    """A criterion as the table shows it: number, what was measured, its badge, and what to do."""

    number: int
    told: dict[str, Any]
    tone: str
    word: str
    advice: list[tuple[str, str]]


def measure_form(actor: Actor, version: RubricVersion, data: Mapping[str, Any] | None) -> forms.MeasureForm:
    """The form, with the data sets and judges that there are."""
    datasets = judging.datasets_with_preferences(actor)
    return forms.MeasureForm(data, datasets=datasets, judges=judging.fit_judges(version))


def gate_page(actor: Actor, version: RubricVersion, form: forms.MeasureForm, asked: str) -> dict[str, Any]:
    """The report that is asked for, else the newest; where the one asked for last stands; and the form."""
    state = queries.report_state(version)
    listed = queries.reports_of(version)
    chosen = next((one for one in listed if str(one.pk) == asked), None)
    if asked and chosen is None:
        raise errors.NotFound("There is no such report of this rubric.", code="report_unknown")
    report = chosen or next((one for one in listed if one.version_id == version.pk), None)
    return {
        "version": version,
        "rubric": version.rubric,
        "crumbs": crumbs(actor, version, "On labelled pairs"),
        "form": form,
        "may_measure": actor.can(Role.AUTHOR),
        "state": state if state is not None and state.report.done_at is None and chosen is None else None,
        "polling": state is not None and state.is_live,
        "listed": listed,
        "margins": queries.newest_margins(version),
        "report": report,
        **(_shown(report) if report else {}),
    }


def gate_panel(actor: Actor, version: RubricVersion) -> dict[str, Any]:
    """Counts of what was found of a version last."""
    report = queries.newest_report(version)
    counts = Counter(one["standing"] for one in report.criteria) if report else Counter()
    kinds = [(WORDS[kind], badges.TONES[kind], counts[kind]) for kind in Standing if counts[kind]]
    return {
        "version": version,
        "rubric": version.rubric,
        "report": report,
        "kinds": kinds,
        "may_draft": actor.can(Role.AUTHOR),
    }


def _shown(report: GateReport) -> dict[str, Any]:
    counts = Counter(one["standing"] for one in report.criteria)
    numbers = {one["id"]: n for n, one in enumerate(report.criteria, 1)}
    silent = [numbers[name] for name in report.figures["silent"] if name in numbers]
    return {
        "lines": [_line(n, one, numbers) for n, one in enumerate(report.criteria, 1)],
        "figures": report.figures,
        "harmful": counts[Standing.DROP],
        "watched": counts[Standing.WATCH],
        "silent": silent,
        "current": queries.still_holds(report),
        "heat": _measures(report.criteria),
        "same": _correlations(report),
        "unshown": max(0, len(report.criteria) - MOST_SHOWN),
    }


def _line(number: int, one: dict[str, Any], numbers: dict[str, int]) -> Line:
    standing = Standing(one["standing"])
    said = []
    for each in one["faults"]:
        found = advice(Fault(each["fault"]))
        other = f" (criterion {numbers[each['other']]})" if each["other"] in numbers else ""
        said.append((f"{found.title}{other}", found.sentence))
    return Line(number, one, badges.TONES[standing], WORDS[standing], said)


def _measures(criteria: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Criteria by measures, each on a scale from bad (-1) to good (1), as a heat map with its table."""
    shown = criteria[:MOST_SHOWN]
    if not shown:
        return None
    cells = [_scaled(one) for one in shown]
    names = [str(n) for n in range(1, len(shown) + 1)]
    texts = [[f"{_short(one['text'])}: {said}" for _, said in row] for one, row in zip(shown, cells, strict=True)]
    figure = {
        "data": [
            {
                "type": "heatmap", "x": list(MEASURES), "y": names, "zmin": -1, "zmax": 1, "colorscale": COLOURS,
                "z": [[goodness for goodness, _ in row] for row in cells],
                "text": texts,
                "hovertemplate": "%{y}, %{x}<br>%{text}<extra></extra>", "xgap": 1, "ygap": 1,
                "colorbar": {"thickness": 10, "len": 0.9, "tickvals": [-1, 0, 1], "ticktext": ["bad", "", "good"]},
            }
        ],
        "layout": {
            "height": max(260, min(900, 120 + 24 * len(shown))),
            "xaxis": {"type": "category", "side": "top"},
            "yaxis": {"type": "category", "autorange": "reversed", "title": "criterion"},
        },
    }  # fmt: skip
    rows = [
        [f"{name}: {_short(one['text'])}", *(said for _, said in row)]
        for name, one, row in zip(names, shown, cells, strict=True)
    ]
    return {"figure": figure, "table": {"columns": ["Criterion", *MEASURES], "rows": rows}}


def _scaled(one: dict[str, Any]) -> list[tuple[float | None, str]]:
    """How good each measure of a criterion is from -1 to 1, and the measure in words."""
    rate, shift = one["consistency"]["value"], one["shift"]
    moved = shift["helpful"] + shift["misleading"]
    gap = None if one["upper"] is None else one["upper"] - one["lower"]
    return [
        (None if rate is None else 2 * rate - 1, _percent(rate)),
        (one["edge"], _signed(one["edge"])),
        (gap, _percent(one["upper"])),
        (gap, _percent(one["lower"])),
        (None if one["spread"] is None else min(1.0, 4 * one["spread"]) * 2 - 1, _signed(one["spread"])),
        (
            (shift["helpful"] - shift["misleading"]) / moved if moved else None,
            f"{shift['helpful']} helped, {shift['misleading']} misled",
        ),
    ]


def _correlations(report: GateReport) -> dict[str, Any] | None:
    count = min(MOST_SHOWN, len(report.criteria))
    if count < 2:
        return None
    names = [str(n) for n in range(1, count + 1)]
    values = [row[:count] for row in report.correlations[:count]]
    figure = {
        "data": [
            {
                "type": "heatmap", "x": names, "y": names, "z": values, "zmin": -1, "zmax": 1, "colorscale": COLOURS,
                "xgap": 1, "ygap": 1, "hovertemplate": "%{y} × %{x}: %{z}<extra></extra>",
                "colorbar": {"thickness": 10, "len": 0.9, "tickvals": [-1, 0, 1]},
            }
        ],
        "layout": {
            "height": max(260, min(640, 120 + 24 * count)),
            "xaxis": {"type": "category", "title": "criterion", "constrain": "domain"},
            "yaxis": {"type": "category", "autorange": "reversed", "title": "criterion"},
        },
    }  # fmt: skip
    rows = [
        [f"{name}: {_short(one['text'])}", *(_signed(cell) for cell in row)]
        for name, one, row in zip(names, report.criteria, values, strict=False)
    ]
    return {"figure": figure, "table": {"columns": ["Criterion", *names], "rows": rows}}


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"

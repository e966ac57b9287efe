"""What a fit of weights shows: what was learnt, how sure it is, and how it predicts."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.judging import forms, queries
from apps.judging.pages.weighing import base
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import FittedArtefact, RubricVersion

SHORT = 20
NAMES = {
    "fitted": ("Fitted weights", "on prompts they were not fitted on"),
    "uniform": ("All weights equal", "on the same pairs"),
    "stated": ("The weights as they are", "weighted sum, before gates"),
}


def fit_form(actor: Actor, version: RubricVersion, data: Mapping[str, Any] | None) -> forms.WeightFitForm:
    """The form, with the data sets and judges that there are."""
    datasets = queries.datasets_with_preferences(actor)
    return forms.WeightFitForm(data, datasets=datasets, judges=queries.fit_judges(version))


def weight_fit(actor: Actor, version: RubricVersion, form: forms.WeightFitForm, digest: str) -> dict[str, Any]:
    """The fit of this digest, else the last one of the version, and the form for another."""
    state = queries.last_fit(version)
    frozen = queries.fits_of(version)
    chosen = next((one for one in frozen if one.digest == digest), None)
    made = chosen or (state.artefact if state else None)
    context = base(actor, version, "Fit from preferences") | {
        "form": form,
        "state": state if chosen is None else None,
        "polling": state is not None and state.is_live,
        "frozen": frozen,
        "may_fit": actor.can(Role.AUTHOR),
        "can_fit": bool(form.fields["dataset"].choices) and bool(form.fields["judge"].choices),  # type: ignore[attr-defined]
    }
    return context | _shown(version, made) if made is not None else context


def _shown(version: RubricVersion, made: FittedArtefact) -> dict[str, Any]:
    told = made.inputs
    texts = {one.id: one.text for one in rubric_queries.domain_rubric(version).criteria}
    numbers = {name: place for place, name in enumerate(texts, start=1)}
    rows = [
        {
            **one, "number": numbers.get(one["criterion"], "–"), "text": texts.get(one["criterion"], one["criterion"]),
            "reading": _reading(one),
        }
        for one in sorted(told["weights"], key=lambda one: -abs(one["revealed"]))
    ]  # fmt: skip
    accuracy = told["accuracy"]
    return {
        "fit": made,
        "told": told,
        "rows": rows,
        "figures": [(*said, accuracy[name]) for name, said in NAMES.items()],
        "gain": accuracy["gain"],
        "notes": _notes(told, numbers),
        "forest": _forest(rows),
        "curve": _curve(told["curve"], accuracy["uniform"]["value"]),
        "scatter": _scatter(rows),
        "takeable": all(one["revealed"] >= 0 for one in rows) and any(one["revealed"] > 0 for one in rows),
    }


def _reading(one: Mapping[str, Any]) -> str:
    """What a weight says, in plain words."""
    if one["low"] <= 0 <= one["high"]:
        return "may be nothing" if one["stated"] <= one["high"] else "less than stated, may be nothing"
    if one["revealed"] < 0:
        return "people like the opposite"
    if one["stated"] < one["low"]:
        return "matters more than stated"
    return "matters less than stated" if one["stated"] > one["high"] else "as stated"


def _notes(told: Mapping[str, Any], numbers: Mapping[str, int]) -> list[str]:
    found = []
    if told["constant"]:
        named = ", ".join(str(numbers.get(name, name)) for name in told["constant"])
        found.append(
            f"Nothing can be said of criterion {named}: its verdicts never differ within a pair. It keeps its share."
        )
    if told["separable"]:
        found.append(
            "All pairs can be put right at once, so only the penalty keeps the weights finite: collect more pairs."
        )
    if told["opposed"]:
        found.append(f"{told['opposed']} preferences say the reverse of one another on the same verdicts.")
    if told["alike"]:
        found.append(f"{told['alike']} pairs have the same verdicts on both answers; no weights can tell them apart.")
    if told["unjudged"]:
        found.append(f"{told['unjudged']} pairs were left out, as a verdict on one of their answers is missing.")
    if told["accuracy"]["gain"]["low"] <= 0:
        found.append("Fitted weights are not surely better than equal ones on unseen prompts.")
    if told["accuracy"]["fitted"]["low"] <= 0.5:
        found.append("On unseen prompts they may be no better than chance.")
    return found


def _forest(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = [f"{row['number']}: {_short(row['text'])}" for row in rows]
    revealed = [round(100 * row["revealed"], 2) for row in rows]
    return {
        "data": [
            {
                "type": "scatter", "mode": "markers", "name": "revealed, 95 % interval", "x": revealed, "y": names,
                "error_x": {
                    "type": "data", "symmetric": False,
                    "array": [round(100 * max(0.0, row["high"] - row["revealed"]), 2) for row in rows],
                    "arrayminus": [round(100 * max(0.0, row["revealed"] - row["low"]), 2) for row in rows],
                },
                "marker": {"size": 9},
            },
            {
                "type": "scatter", "mode": "markers", "name": "stated", "y": names,
                "x": [round(100 * row["stated"], 2) for row in rows], "marker": {"symbol": "diamond-open", "size": 10},
            },
        ],
        "layout": {
            "height": 130 + 30 * len(rows), "xaxis": {"title": "share of the weight, %"},
            "yaxis": {"autorange": "reversed", "automargin": True}, "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
            "shapes": [{"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": {"dash": "dot"}}],
        },
    }  # fmt: skip


def _curve(points: list[dict[str, Any]], uniform: float) -> dict[str, Any]:
    sizes = [one["pairs"] for one in points]
    figure = {
        "data": [
            {
                "type": "scatter", "mode": "lines+markers", "name": "fitted", "x": sizes,
                "y": [round(100 * one["value"], 2) for one in points],
                "error_y": {
                    "type": "data", "symmetric": False,
                    "array": [round(100 * (one["high"] - one["value"]), 2) for one in points],
                    "arrayminus": [round(100 * (one["value"] - one["low"]), 2) for one in points],
                },
            },
            {
                "type": "scatter", "mode": "lines", "name": "all weights equal", "x": [sizes[0], sizes[-1]],
                "y": [round(100 * uniform, 2)] * 2, "line": {"dash": "dot"},
            },
        ],
        "layout": {
            "height": 340, "xaxis": {"title": "pairs learnt from"}, "yaxis": {"title": "accuracy on unseen prompts, %"},
            "showlegend": True, "legend": {"orientation": "h", "y": -0.25},
        },
    }  # fmt: skip
    rows = [[one["pairs"], f"{one['value']:.1%}", f"{one['low']:.1%} to {one['high']:.1%}"] for one in points]
    return {"figure": figure, "table": {"columns": ["Pairs", "Accuracy", "95 % interval"], "rows": rows}}


def _scatter(rows: list[dict[str, Any]]) -> dict[str, Any]:
    most = round(100 * max(max(row["revealed"], row["stated"]) for row in rows) * 1.1, 2)
    return {
        "data": [
            {
                "type": "scatter", "mode": "markers+text", "textposition": "top center",
                "x": [round(100 * row["stated"], 2) for row in rows],
                "y": [round(100 * row["revealed"], 2) for row in rows],
                "text": [str(row["number"]) for row in rows], "marker": {"size": 10},
            }
        ],
        "layout": {
            "height": 340, "xaxis": {"title": "stated share, %"}, "yaxis": {"title": "revealed share, %"},
            "shapes": [{"type": "line", "x0": 0, "y0": 0, "x1": most, "y1": most, "line": {"dash": "dot"}}],
        },
    }  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"

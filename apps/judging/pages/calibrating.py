"""What the page of a judge's calibration shows."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.judging.models import JudgeVersion
from apps.judging.pages.judges import judge_crumbs
from apps.rubrics.models import RubricVersion
from domain import calibration as fitting
from domain import errors

METHODS = {
    fitting.Method.PLATT: "Platt: one slope and one offset; needs 20 known values",
    fitting.Method.ISOTONIC: "isotonic: any rising curve; needs 50 known values",
}


def calibration(actor: Actor, judge: JudgeVersion, asked: QueryDict) -> dict[str, Any]:
    """The fit of a judge under one rubric version, with its plot, and what was frozen before."""
    versions = queries.versions_judged_by(judge)
    version = _chosen(versions, asked.get("rubric", ""))
    method = _method(asked.get("method", ""))
    crumbs = judge_crumbs(actor, "Calibration")
    crumbs.insert(
        1, {"label": str(judge), "url": reverse("judges:detail", args=[actor.workspace.slug, judge.judge.name])}
    )
    context: dict[str, Any] = {
        "judge": judge,
        "versions": versions,
        "version": version,
        "method": method.value,
        "methods": [(each.value, said) for each, said in METHODS.items()],
        "frozen": queries.calibrations_of(judge),
        "may_fit": actor.can(Role.AUTHOR),
        "crumbs": crumbs,
    }
    if version is None:
        return context
    found = queries.calibration_report(judge, version, method)
    context |= {"report": found, "ready": len(found.ready)}
    if found.before is not None and found.after is not None:
        context["plot"] = _plot(found.before, found.after)
        context["table"] = _table(found.before, found.after)
    return context


def _chosen(versions: Sequence[RubricVersion], ref: str) -> RubricVersion | None:
    if not ref:
        return versions[0] if versions else None
    found = next((version for version in versions if str(version) == ref), None)
    if found is None:
        raise errors.NotFound(f"This judge has no verdicts under {ref[:100]}.", code="version_unknown")
    return found


def _method(name: str) -> fitting.Method:
    try:
        return fitting.Method(name) if name else fitting.Method.PLATT
    except ValueError:
        raise errors.Invalid(f"There is no method “{name[:40]}”; there are platt and isotonic.") from None


def _plot(before: fitting.Fit, after: fitting.Fit) -> dict[str, Any]:
    return {
        "data": [_line(before, "as the judge says"), _line(after, "calibrated, on folds not fitted on")],
        "layout": {
            "height": 380, "xaxis": {"title": "said", "range": [0, 1]}, "yaxis": {"title": "true", "range": [0, 1]},
            "shapes": [{"type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1, "line": {"dash": "dot"}}],
            "showlegend": True, "legend": {"orientation": "h", "y": -0.25},
        },
    }  # fmt: skip


def _line(found: fitting.Fit, name: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines+markers", "name": name,
        "x": [round(one.said, 4) for one in found.bins], "y": [round(one.truth, 4) for one in found.bins],
    }  # fmt: skip


def _table(before: fitting.Fit, after: fitting.Fit) -> dict[str, Any]:
    rows = [
        (name, f"{one.said:.2f}", f"{one.truth:.2f}", one.size)
        for name, found in (("as it says", before), ("calibrated", after))
        for one in found.bins
    ]
    return {"columns": ["Which", "Said", "True", "Decisions"], "rows": rows}

"""What pages show of several judges as one: a jury's panel on a run, the plan of a cascade."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.judging import forms, queries, services
from apps.judging.models import Run, RunItem
from apps.judging.pages.runs import crumbs
from domain import errors

PAGE = 25
RULES = dict(forms.JURY_RULES)


def together(actor: Actor, run: Run, page: str | None) -> dict[str, Any]:
    """The scores of all judges of a run together, and the form to make them; nothing for a run of one judge."""
    several = len(run.judges.all()) > 1
    if not several and run.combination is None:
        return {}
    found: dict[str, Any] = {"stages": queries.stages_of(run)}
    if several and not found["stages"] and actor.can(Role.AUTHOR):
        given = run.combination.payload if run.combination else {}
        quorum = len(run.judges.all()) // 2 + 1
        initial = {"rule": given.get("rule", "mean"), "quorum": given.get("quorum", quorum)}
        found["jury_form"] = forms.JuryForm(initial=initial)
    if run.combination is None:
        return found
    shown = Paginator(queries.leading_items(run), PAGE).get_page(page)
    rows = queries.combined(run, list(shown.object_list))
    way = run.combination.payload
    said = RULES.get(way.get("rule", ""), "each verdict of the last judge that was asked")
    queues = list(run.queues.filter(rule__kind="escalated")) if way.get("people") else []
    return found | {
        "together": rows,
        "together_page": shown,
        "way": said,
        "quorum": way.get("quorum"),
        "queues": queues,
    }


def of_answer(item: RunItem) -> queries.Combined | None:
    """What all judges say together of the answer of one item; nothing where the run does not combine them."""
    if item.run.combination is None:
        return None
    return queries.combined(item.run, [item])[0]


def cascade_initial(actor: Actor) -> dict[str, Any]:
    """What the plan of a cascade starts with."""
    default = queries.default_judge_or_none(actor)
    return {"first": str(default) if default else "", "target": 0.9, "least_margin": 0.1, "people": True}


def cascade(actor: Actor, form: forms.CascadeForm) -> dict[str, Any]:
    """The cost curve of the chosen cascade on what is known."""
    context: dict[str, Any] = {"crumbs": crumbs(actor, "Cascade")}
    if not form.is_bound or not form.is_valid():
        return context
    try:
        judges = form.judges()
        version = form.version()
        report = queries.cascade_report(
            version, judges[0], judges[1] if len(judges) > 1 else None, target=form.cleaned_data["target"] or 0.9,
            cost_ratio=form.cleaned_data["cost_ratio"],
        )  # fmt: skip
    except (errors.Invalid, errors.NotFound) as error:
        return context | {"reason": error.message}
    context |= {"report": report, "back": reverse("judging:list", args=[actor.workspace.slug])}
    if form.cleaned_data["dataset"]:
        context |= _estimates(actor, form, report)
    if report.pooled.points:
        context |= {"plot": _plot(report), "table": _table(report)}
    return context


def _estimates(actor: Actor, form: forms.CascadeForm, report: queries.CascadeReport) -> dict[str, Any]:
    """What each judge would be asked: the first about everything, the second about the share that gold escalates."""
    chosen = form.selection()
    share = report.pooled.choice.point.escalated if report.pooled.choice else None
    try:
        found = [
            (judge, services.estimate_run(by=actor, **(chosen | {"judges": [judge]}))) for judge in chosen["judges"]
        ]
    except (errors.Invalid, errors.NotFound) as error:
        return {"no_estimate": error.message}
    stages = [{"judge": found[0][0], "estimate": found[0][1], "share": 1.0}]
    stages += [{"judge": judge, "estimate": queries.scaled(one, share), "share": share} for judge, one in found[1:]]
    return {"stages": stages}


def _plot(report: queries.CascadeReport) -> dict[str, Any]:
    points = report.pooled.points
    shares = [round(100 * one.escalated, 2) for one in points]
    agreement, low = ([round(100 * getattr(one, name), 2) for one in points] for name in ("agreement", "low"))
    line = {"type": "scatter", "mode": "lines", "x": shares}
    data: list[dict[str, Any]] = [
        line | {"name": "agreement with what is known", "y": agreement},
        line | {"name": "lower end of the interval", "y": low, "line": {"dash": "dot"}},
    ]
    if report.pooled.choice is not None:
        point = report.pooled.choice.point
        x, y = round(100 * point.escalated, 2), round(100 * point.agreement, 2)
        data.append(
            {"type": "scatter", "mode": "markers", "name": "chosen", "x": [x], "y": [y], "marker": {"size": 12}}
        )
    goal = 100 * report.target
    return {
        "data": data,
        "layout": {
            "height": 380, "xaxis": {"title": "share of verdicts escalated, %", "range": [0, 101]},
            "yaxis": {"title": "agreement, %"}, "legend": {"orientation": "h", "y": -0.25}, "showlegend": True,
            "shapes": [{"type": "line", "x0": 0, "x1": 101, "y0": goal, "y1": goal, "line": {"dash": "dash"}}],
        },
    }  # fmt: skip


def _table(report: queries.CascadeReport) -> dict[str, Any]:
    points = report.pooled.points
    step = max(1, len(points) // 12)
    shown = [*points[::step], points[-1]] if points[-1] not in points[::step] else points[::step]
    rows = [
        (
            f"{p.threshold:.3f}",
            f"{p.escalated:.0%}",
            f"{p.agreement:.1%}",
            f"{p.low:.1%} to {p.high:.1%}",
            f"{p.cost:.2f}",
        )
        for p in shown
    ]
    return {"columns": ["Margin below", "Escalated", "Agreement", "95 % interval", "Cost"], "rows": rows}

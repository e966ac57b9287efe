"""What the pages of a step and of an alarm show."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging import queries as judge_queries
from apps.training import queries
from apps.training.models import Alarm, RewardItem, TrainingRun
from apps.training.pages.choices import approved_versions
from apps.training.pages.runs import alarm_row, figure, line, thinned
from domain import watch

MOST_ROWS = 200
BEGINS = 160
SHOWN_BEHIND = 20


def step_page(run: TrainingRun, step: int) -> dict[str, Any]:
    """The rollouts of a step by group, each with its verdicts, and the steps beside it."""
    found = list(queries.rollouts_at(run, step)[: MOST_ROWS + 1])
    asked = list(run.requests.filter(step=step).select_related("pin__release", "training_run").order_by("created_at"))
    shown = found[:MOST_ROWS]
    known = run.watched_steps.order_by("step")
    before = known.filter(step__lt=step).last()
    after = known.filter(step__gt=step).first()
    row = known.filter(step=step).first()
    return {
        "rollouts": rollout_rows(shown, queries.texts_of(item.subject_id for item in shown)),
        "more": len(found) > MOST_ROWS,
        "total": queries.rollouts_at(run, step).count(),
        "before": before.step if before else None,
        "after": after.step if after else None,
        "figures": watch.plain(watch.Step.read(step, row.figures)) if row else {},
        "requests": asked,
        "told": queries.provenance(asked[-1], shown) if asked else None,
        "pins": sorted({one.pin.number for one in asked if one.pin}),
    }


def rollout_rows(items: list[RewardItem], texts: Mapping[int, str]) -> list[dict[str, Any]]:
    """Rollouts with how they begin, what they were paid, and where their verdicts are."""
    return [
        {
            "item": item,
            "result": item.result or {},
            "place": item.run_item,
            "group": queries.group_of(item),
            "begins": " ".join(texts[item.subject_id][:BEGINS].split()) if item.subject_id in texts else None,
        }
        for item in items
    ]


def alarm_page(alarm: Alarm) -> dict[str, Any]:
    """What was seen, the curve it was seen on, the rollouts behind it, and what became of it."""
    rule = watch.RULES.get(alarm.kind)
    behind = queries.behind(alarm)
    return {
        **alarm_row(alarm),
        "rule": rule,
        "plot": _plot(alarm, rule),
        "behind": behind[:SHOWN_BEHIND],
        "behind_n": len(behind),
        "events": alarm.events.select_related("by").order_by("pk"),
        "criterion": _criterion(alarm),
    }


def pin_choices(actor: Actor) -> tuple[list[Any], list[Any]]:
    """What a run can be pinned to, and by whom it can be judged."""
    live = [one for one in queries.releases(actor) if queries.deprecation_of(one) is None]
    pins = [
        ("Releases", [(f"release:{one.name}", f"{one.name} ({_many(getattr(one, 'size', 0))})") for one in live]),
        ("Approved versions", [(str(one), f"{one.title}, version {one.number}") for one in approved_versions(actor)]),
    ]
    return [group for group in pins if group[1]], [(str(one), str(one)) for one in judge_queries.judge_choices(actor)]


def _many(rubrics: int) -> str:
    return "1 rubric" if rubrics == 1 else f"{rubrics} rubrics"


def _criterion(alarm: Alarm) -> dict[str, Any] | None:
    """The criterion a dead one is about, as the run is pinned to it."""
    if alarm.kind != "dead_criterion":
        return None
    pin = queries.current_pin(alarm.training_run)
    named = queries.criteria_of(pin).get(alarm.about)
    if named is None:
        return None
    version = next(one for one in queries.pinned_versions(pin) if one.rubric.slug == named.slug)
    return {"text": named.criterion.text, "id": named.criterion.id, "version": version}


def _plot(alarm: Alarm, rule: watch.Rule | None) -> dict[str, Any] | None:
    """Values and windows around an alarm, with its limit."""
    run = alarm.training_run
    if alarm.kind == watch.LIMIT:
        points = [watch.Point(step, value, 1) for step, value in queries.telemetry(run).get(alarm.about, [])]
    elif rule is not None:
        points = dict(watch.series_by_name(rule, queries.watched_steps(run), queries.telemetry(run)))[alarm.about]
    else:
        return None
    width = int(alarm.figures.get("window", 10))
    smooth = thinned(watch.smoothed(points, width))
    shown = thinned(points)
    limit, baseline, form = alarm.figures["limit"], alarm.figures.get("baseline"), alarm.figures["form"]
    bound = {"fall": limit * (baseline or 0), "rise": limit * (baseline or 0), "grow": limit + (baseline or 0)}.get(
        form, limit
    )
    said = ".0%" if rule is not None and rule.percent else ".4g"
    values = [point.total / point.n for point in shown]
    data = [
        {**line([one.step for one in shown], values, "each step", said, run), "opacity": 0.45},
        line([one.step for one in smooth], [one.value for one in smooth], f"windows of {width} steps", said, run),
    ]
    plot = figure(data, height=300, marks=[alarm.step], form=said, legend=True)
    edge = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": bound, "y1": bound, "line": {"dash": "dot"}}
    plot["layout"]["shapes"].append(edge)
    rows = [[one.step, format(one.value, said)] for one in smooth]
    return {"figure": plot, "table": {"columns": ["step", f"window of {width} steps"], "rows": rows}, "bound": bound}

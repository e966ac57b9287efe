"""What the page of a training run shows: curves whose points lead to verdicts, alarms, criteria."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from apps.training import queries
from apps.training.models import Alarm, Suspension, TrainingRun
from domain import watch

MOST_CURVES = 24
MOST_LINES = 8
MOST_POINTS = 800
LATEST = 10
BAND = "rgba(120, 125, 145, 0.22)"
HEALTH = (
    ("spread", "Spread within groups", ("variance_collapse",), ".3f"),
    ("zero_variance", "Groups without variance", ("zero_variance",), ".0%"),
    ("saturation", "Rewards at the top", ("saturation",), ".0%"),
    ("unscored", "Rollouts without a reward", ("unscored",), ".0%"),
    ("length", "Words of a rollout", ("length",), ".1f"),
    ("repetition", "Repeated phrases", ("repetition",), ".1%"),
    ("gap", "Score less shadow judge’s", ("divergence",), ".3f"),
    ("canary", "Canaries misjudged", ("canary",), ".0%"),
    ("wait", "Seconds until rewarded", ("queue_lag",), ".1f"),
)


def run_page(run: TrainingRun) -> dict[str, Any]:
    """Curves, criteria and alarms of a run, from its figures."""
    steps = queries.watched_steps(run)
    pin = queries.current_pin(run)
    alarms = list(run.alarms.prefetch_related("events").order_by("closed_at", "-step", "-created_at"))
    return {
        "pin": pin,
        "pins": run.pins.count(),
        "alarms": [one for one in map(alarm_row, alarms) if one["state"] in {"open", "over"}],
        "quiet_alarms": [one for one in map(alarm_row, alarms) if one["state"] in {"muted", "closed"}],
        "kinship": queries.kinship_of(run, pin),
        "watched": len(queries.watch_settings(run).rules) + len(queries.watch_settings(run).limits),
        "reward": reward_curve(run, steps),
        "health": health(run, steps, alarms),
        "criteria": criteria(run, steps),
        "phrases": queries.shared_phrases(run, [one.at for one in steps[-LATEST:]]) if steps else [],
        "curves": curves(run),
    }


def alarm_row(alarm: Alarm) -> dict[str, Any]:
    """An alarm in a list."""
    return {
        "alarm": alarm,
        "title": queries.title_of(alarm.kind),
        "says": queries.said_of(alarm),
        "state": queries.alarm_state(alarm),
    }


def curves(run: TrainingRun) -> list[dict[str, Any]]:
    """One quiet plot per reported number, with its table."""
    found = []
    for index, (name, curve) in enumerate(sorted(queries.telemetry(run).items())[:MOST_CURVES]):
        kept = thinned(curve)
        steps, values = [step for step, _ in kept], [value for _, value in kept]
        found.append(
            {
                "id": f"curve-{index}",
                "name": name,
                "figure": figure([line(steps, values, name, ".4g", run)]),
                "last": values[-1],
                "table": {"columns": ["step", name], "rows": [[step, f"{value:.6g}"] for step, value in kept]},
            }
        )
    return found


def reward_curve(run: TrainingRun, steps: Sequence[watch.Step]) -> dict[str, Any] | None:
    """The mean reward by step with a deviation on either side; each point leads to its rollouts."""
    plain = [(one.at, watch.plain(one)) for one in thinned(steps)]
    scored = [(at, found) for at, found in plain if "mean" in found]
    if not plain:
        return None
    places, means = [at for at, _ in scored], [found["mean"] for _, found in scored]
    edges = [[found["mean"] + side * found.get("deviation", 0.0) for _, found in scored] for side in (-1, 1)]
    hidden = {"type": "scatter", "mode": "lines", "x": places, "line": {"width": 0}, "hoverinfo": "skip"}
    data = [
        line(places, means, "mean reward", ".3f", run),
        {**hidden, "y": edges[0]},
        {**hidden, "y": edges[1], "fill": "tonexty", "fillcolor": BAND},
    ]
    rows = [{"step": at, **found} for at, found in plain]
    return {"figure": figure(data, height=280), "rows": rows, "steps": len(steps)}


def health(run: TrainingRun, steps: Sequence[watch.Step], alarms: Sequence[Alarm]) -> list[dict[str, Any]]:
    """A plot for each figure that is known, with the steps of its alarms."""
    plain = [(one.at, watch.plain(one)) for one in thinned(steps)]
    found = []
    for name, title, kinds, form in HEALTH:
        known = [(at, figures[name]) for at, figures in plain if name in figures]
        if not known:
            continue
        marks = [one for one in alarms if one.kind in kinds and one.step is not None]
        places, values = [at for at, _ in known], [value for _, value in known]
        found.append(
            {
                "id": f"health-{name}",
                "title": title,
                "figure": figure(
                    [line(places, values, title, form, run)], marks=[one.step for one in marks], form=form
                ),
                "alarms": [{"pk": one.pk, "step": one.step} for one in marks],
                "last": format(values[-1], form),
                "table": {"columns": ["step", title], "rows": [[at, format(value, form)] for at, value in known]},
            }
        )
    return found


def criteria(run: TrainingRun, steps: Sequence[watch.Step]) -> dict[str, Any]:
    """Each criterion at first and of late, how many groups it tells apart, and whether it is suspended."""
    named = queries.criteria_of(queries.current_pin(run))
    names = list(dict.fromkeys(name for one in steps for name in one.criteria))[: watch.MOST_CRITERIA]
    held = {(one.rubric.slug, one.criterion): one for one in Suspension.objects.filter(
        workspace=run.workspace, lifted_at=None, rubric__slug__in={name.partition(":")[0] for name in names}
    ).select_related("rubric")}  # fmt: skip
    versions = {version.rubric.slug: version for version in queries.pinned_versions(queries.current_pin(run))}
    rows: list[dict[str, Any]] = []
    for name in names:
        slug, _, key = name.partition(":")
        sums = [one.criteria[name] for one in steps if name in one.criteria]
        first, late = _pooled(sums[:LATEST]), _pooled(sums[-LATEST:])
        one = named.get(name)
        rows.append(
            {
                "name": name,
                "slug": slug,
                "text": one.criterion.text if one else name,
                "guard": one.is_guard if one else False,
                "first": first.value.mean,
                "late": late.value.mean,
                "apart": late.apart.mean,
                "missing": late.missing,
                "version": versions.get(slug),
                "criterion": key,
                "suspended": held.get((slug, key)),
            }
        )
    kept = thinned(steps)
    shown = sorted(rows, key=_moved, reverse=True)[:MOST_LINES]
    data = []
    for row in shown:
        points = [(one.at, one.criteria[row["name"]].value.mean) for one in kept if row["name"] in one.criteria]
        known = [(at, value) for at, value in points if value is not None]
        data.append(line([at for at, _ in known], [v for _, v in known], _brief(row["text"]), ".2f", run))
    plot = figure(data, height=300, legend=True) if data else None
    return {"rows": rows, "figure": plot, "shown": len(shown)}


def line(steps: Sequence[int], values: Sequence[float], name: str, form: str, run: TrainingRun) -> dict[str, Any]:
    """A curve over steps whose points open the rollouts of their step."""
    return {
        "type": "scatter", "mode": "lines+markers" if len(steps) < 60 else "lines", "x": list(steps), "y": list(values),
        "name": name, "hovertemplate": f"step %{{x}}: %{{y:{form}}}<extra></extra>", "marker": {"size": 5},
        "customdata": [step_address(run, step) for step in steps],
    }  # fmt: skip


def step_address(run: TrainingRun, step: int) -> str:
    """Where the rollouts of a step are."""
    return reverse("training:step", args=[run.workspace.slug, run.pk, step])


def figure(
    data: Sequence[Mapping[str, Any]], *, height: int = 220, marks: Sequence[int | None] = (), form: str = "",
    legend: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Curves over steps, quiet, with a dashed line at each step of an alarm; shares begin at nothing."""
    axis: dict[str, Any] = {}
    if form.endswith("%"):
        highest = max((value for one in data for value in one["y"]), default=0.0)
        axis = {"tickformat": ".0%", "range": [0, max(0.05, 1.08 * highest)]}
    layout: dict[str, Any] = {
        "height": height, "margin": {"l": 48, "r": 8, "t": 8, "b": 36}, "xaxis": {"title": "step"},
        "yaxis": axis, "showlegend": legend,
        "shapes": [
            {"type": "line", "x0": mark, "x1": mark, "yref": "paper", "y0": 0, "y1": 1, "line": {"dash": "dash"}}
            for mark in marks
        ],
    }  # fmt: skip
    if legend:
        layout["legend"] = {"orientation": "h", "y": -0.3}
    return {"data": [dict(one) for one in data], "layout": layout}


def thinned(values: Sequence[Any]) -> Sequence[Any]:
    """At most so many as a plot can show, evenly chosen, the last one among them."""
    every = -(-len(values) // MOST_POINTS) or 1
    return values[::-1][::every][::-1]


def _pooled(sums: Sequence[watch.CriterionSums]) -> watch.CriterionSums:
    return watch.CriterionSums(
        watch.Sum(sum(one.value.total for one in sums), sum(one.value.n for one in sums)),
        sum(one.missing for one in sums),
        watch.Sum(sum(one.apart.total for one in sums), sum(one.apart.n for one in sums)),
    )


def _moved(row: Mapping[str, Any]) -> float:
    return abs(row["late"] - row["first"]) if row["late"] is not None and row["first"] is not None else -1.0


def _brief(text: str, most: int = 48) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

"""What the pages of scoring a run again show."""

from typing import Any

import numpy as np
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.jobs.models import Job
from apps.judging import forms, queries
from apps.judging.models import Run
from apps.judging.pages.runs import crumbs
from domain.scoring.table import Floats

BINS = 20
PART = "Not all answers are scored yet."


def rescore(actor: Actor, run: Run, form: forms.RescoreForm) -> dict[str, Any]:
    """The choice, and what was scored again before."""
    together = queries.together_of(run)
    return {
        "jury": together.jury if together else None,
        "cascade": bool(queries.stages(run.combination)),
        "several": run.judges.count() > 1,
        "run": run,
        "form": form,
        "rows": [(job, said(queries.rescoring_asked(job.params))) for job in queries.rescorings_of(run)],
        "crumbs": _crumbs(actor, run, "Score again"),
    }


def rescored(actor: Actor, run: Run, job: Job) -> dict[str, Any]:
    """Before and after."""
    found = queries.rescored(run, job)
    moved = found.movement
    return {
        "run": run,
        "job": job,
        "found": found,
        "moved": moved,
        "said": said(found.again),
        "polling": job.is_open,
        "plot": _plot(found.before, found.after) if moved.compared else None,
        "table": _table(found.before, found.after) if moved.compared else None,
        "crumbs": _crumbs(actor, run, "Scored again"),
    }


def said(again: queries.Rescoring) -> str:
    """With what, in words."""
    parts = [str(again.version) if again.version else "the versions that judged"]
    if again.profile is not None:
        parts.append(f"profile {again.profile}")
    if again.artefacts:
        parts.append(f"{len(again.artefacts)} calibration{'s' if len(again.artefacts) > 1 else ''}")
    return ", ".join(parts)


def _crumbs(actor: Actor, run: Run, last: str) -> list[dict[str, str]]:
    return crumbs(actor, (run.name, reverse("judging:detail", args=[actor.workspace.slug, run.pk])), last)


def _edges(before: Floats, after: Floats) -> Floats:
    """Bins over all scores of either side, at least from 0 to 1."""
    known = np.concatenate([before[~np.isnan(before)], after[~np.isnan(after)], [0.0, 1.0]])
    return np.linspace(known.min(), known.max(), BINS + 1)


def _counts(values: Floats, edges: Floats) -> list[int]:
    return [int(count) for count in np.histogram(values[~np.isnan(values)], bins=edges)[0]]


def _plot(before: Floats, after: Floats) -> dict[str, Any]:
    edges = _edges(before, after)
    middles = [round(float(one), 4) for one in (edges[:-1] + edges[1:]) / 2]
    bars = {"type": "bar", "x": middles}
    return {
        "data": [
            {**bars, "name": "before", "y": _counts(before, edges)},
            {**bars, "name": "after", "y": _counts(after, edges)},
        ],
        "layout": {
            "height": 300, "barmode": "group", "xaxis": {"title": "score"}, "yaxis": {"title": "answers"},
            "legend": {"orientation": "h", "y": -0.3}, "showlegend": True,
        },
    }  # fmt: skip


def _table(before: Floats, after: Floats) -> dict[str, Any]:
    edges = _edges(before, after)
    rows = [
        (f"{low:.2f} to {high:.2f}", one, other)
        for low, high, one, other in zip(
            edges[:-1], edges[1:], _counts(before, edges), _counts(after, edges), strict=True
        )
    ]
    return {"columns": ["Score", "Before", "After"], "rows": rows}

"""What the pages of compared judges show."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.judging import forms, queries
from apps.judging.models import Run, VerdictStatus
from apps.judging.pages.accuracy import TIES
from apps.judging.pages.judges import judge_crumbs
from domain import accuracy, ensembles, strategies
from domain import bakeoff as figures

SHOWN = 50
LEAST_DRAWN = 2
ONLY_LABELS = (
    "Nobody said which answers of this data set are better, so no judge is recommended; "
    "how far each agrees with people stands below, by criterion."
)
RULES = {
    ensembles.Rule.MEAN: "mean of all",
    ensembles.Rule.WEIGHTED: "weighted by accuracy on the other half",
    ensembles.Rule.MIN: "the strictest of all",
    ensembles.Rule.CAUTIOUS: "mean less one standard deviation",
}


def bakeoff_initial(given: QueryDict) -> dict[str, Any]:
    """What the form starts with."""
    return {name: given[name] for name in ("rubric", "dataset") if name in given} | {"judges": given.getlist("judge")}


def bakeoff_form(actor: Actor, form: forms.BakeoffForm) -> dict[str, Any]:
    """The form, what it lacks, and the comparisons before."""
    return {
        "form": form,
        "runs": queries.list_bakeoffs(actor)[:SHOWN],
        "may_start": actor.can(Role.AUTHOR),
        "lacking": _lacking(form),
        "crumbs": judge_crumbs(actor, "Compare"),
    }


def bakeoff(actor: Actor, run: Run) -> dict[str, Any]:
    """The figures of one comparison."""
    found = queries.bakeoff_of(run)
    ranked = sorted(found.contenders, key=lambda one: -(_mean(one) if one.credits else -1.0))
    steps = [{"label": "Compare", "url": reverse("judges:compare", args=[actor.workspace.slug])}]
    start, here = judge_crumbs(actor, run.name)
    return {
        "run": run,
        "version": run.versions.select_related("rubric").get(),
        "progress": queries.run_progress(run),
        "polling": run.job is not None and run.job.is_open,
        "rows": [_row(one) for one in ranked],
        "ensembles": [_ensemble(each) for each in found.ensembles],
        "single": _ensemble(found.single) if found.single else None,
        "criteria": _criteria(ranked),
        "ranked": ranked,
        "said": recommendation(found.choice) if queries.is_ordered(run) else ONLY_LABELS,
        "plot": _plot(ranked),
        "crumbs": [start, *steps, here],
    }


def recommendation(choice: figures.Choice | None) -> str:
    """Which judge to take, and how sure that is."""
    if choice is None:
        return "Nobody has won a comparison yet, so there is nothing to recommend."
    few = f" With fewer than {figures.FEW} prompts this says little." if choice.few else ""
    if choice.difference is None:
        rest = "no cheaper one is as good as far as this sample can tell"
        if choice.level:
            named = ", ".join((choice.best, *choice.level[:-1])) + f" and {choice.level[-1]}"
            return f"{named} won equally large shares of comparisons; {rest}.{few}"
        return f"{choice.best} won the largest share of comparisons, and {rest}.{few}"
    gap = choice.difference
    saves = f" and needs {choice.saves:.0%} fewer tokens a verdict" if choice.saves else ""
    return (
        f"Take {choice.take}: it is not clearly worse than {choice.best}, the best here "
        f"({100 * gap.value:.1f} points less, 95 % interval {100 * gap.low:.1f} to {100 * gap.high:.1f}, "
        f"{gap.prompts} prompts){saves}.{few}"
    )


def _lacking(form: forms.BakeoffForm) -> str:
    offered = {name: getattr(form.fields[name], "choices", []) for name in ("dataset", "judges", "rubric")}
    if not offered["dataset"]:
        return "dataset"
    if len(offered["judges"]) < 2:
        return "judges"
    return "" if any(group for _, group in offered["rubric"]) else "rubric"


def _row(one: queries.Contender) -> dict[str, Any]:
    measures = one.accuracy.measures if one.accuracy else {}
    sort = "pairs" if one.accuracy and one.accuracy.compares else "wins"
    won = {ties: measures.get(f"{sort}_{ties}") for ties in TIES}
    strict, lenient = won[accuracy.Ties.STRICT], won[accuracy.Ties.LENIENT]
    known = strict is not None and lenient is not None and strict.value is not None and lenient.value is not None
    return {
        "judge": one.judge,
        "strategy": strategies.get(one.judge.strategy).about.title,
        "won": [_percent(won[ties]) for ties in (accuracy.Ties.SPLIT, accuracy.Ties.STRICT, accuracy.Ties.LENIENT)],
        "ties": f"{100 * (lenient.value - strict.value):.1f}" if known else "–",  # type: ignore[union-attr,operator]
        "prompts": one.accuracy.prompts if one.accuracy else 0,
        "verdicts": one.verdicts,
        "unscored": one.unscored,
        "reasons": [(VerdictStatus(status).label, count) for status, count in one.reasons.most_common()],
        "cost": one.cost,
        "reused": one.verdicts - one.cost.asked,
    }


def _percent(found: accuracy.Estimate | None) -> tuple[str, str]:
    if found is None or found.value is None or found.low is None or found.high is None:
        return "–", ""
    return f"{100 * found.value:.1f}", f"{100 * found.low:.1f} to {100 * found.high:.1f}"


def _ensemble(figure: queries.EnsembleFigure) -> dict[str, Any]:
    single = len(figure.weights) == 1
    return {
        "name": next(iter(figure.weights)) if single else RULES[figure.rule],
        "single": single,
        "won": [_percent(figure.measures.get(f"wins_{t}")) for t in ("split", "strict", "lenient")],
        "best": _percent(figure.measures.get("best_split")),
        "prompts": figure.prompts,
        "weights": ", ".join(f"{name} {share:.2f}" for name, share in figure.weights.items())
        if figure.rule is ensembles.Rule.WEIGHTED
        else "",
    }


def _criteria(ranked: list[queries.Contender]) -> list[dict[str, Any]]:
    """A row for each criterion that people labelled, a cell for each judge."""
    known = {a.criterion.id: a.criterion for one in ranked for a in one.agreements}
    return [
        {
            "text": criterion.text,
            "cells": [next((a for a in one.agreements if a.criterion.id == name), None) for one in ranked],
        }
        for name, criterion in known.items()
    ]


def _mean(one: queries.Contender) -> float:
    return sum(one.credits.values()) / len(one.credits)


def _plot(ranked: list[queries.Contender]) -> dict[str, Any] | None:
    """A point for each judge that won something and cost something; nothing to compare in a single one."""
    drawn = [one for one in ranked if one.credits and one.cost.tokens_a_verdict is not None]
    if len(drawn) < LEAST_DRAWN:
        return None
    widest = max(one.cost.tokens_a_verdict or 0 for one in drawn)
    return {
        "data": [
            {
                "type": "scatter", "mode": "markers+text", "textposition": "top center",
                "x": [round(one.cost.tokens_a_verdict or 0, 1) for one in drawn],
                "y": [round(100 * _mean(one), 2) for one in drawn],
                "text": [one.name for one in drawn], "marker": {"size": 10},
            }
        ],
        "layout": {
            "height": 340, "showlegend": False, "yaxis": {"title": "comparisons won, %"},
            # Room on the right for the last judge's name.
            "xaxis": {"title": "tokens computed and written, a verdict", "range": [0, 1.25 * widest]},
        },
    }  # fmt: skip

"""What the pages of rankings and of smoothed scores show."""

from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.judging import forms, queries
from apps.judging.forms.rankings import METHODS
from apps.judging.models import Run
from apps.judging.pages.runs import crumbs
from domain import errors

SAID = dict(METHODS)


def run_ranking(actor: Actor, run: Run, form: forms.RankingForm, after: int) -> dict[str, Any]:
    """The answers to some prompts of a run by the comparisons that it made."""
    context = {**_common(actor, run, form, "Ranking"), "possible": queries.judged_kinds(run).compares, "after": after}
    if not context["possible"] or not form.is_valid():
        return context
    settings = form.settings()
    page = queries.ranked_prompts(run, after)
    found = _tried(context, lambda: queries.rankings_of(run, page.span, settings) if page.span else [])
    return context | {"found": found, "next": page.next, "method": SAID[settings.method], "settings": settings}


def run_smoothed(actor: Actor, run: Run, form: forms.SmoothingForm, after: int) -> dict[str, Any]:
    """The answers to some prompts of a run with smoothed scores beside their own."""
    possible = queries.judged_kinds(run).judges_answers
    context = {**_common(actor, run, form, "Smoothed scores"), "possible": possible, "after": after}
    if not context["possible"] or not form.is_valid():
        return context
    page = queries.ranked_prompts(run, after)
    found = _tried(context, lambda: queries.smoothed_of(run, page.span, form.settings()) if page.span else [])
    near = sum(bool(one.neighbours) for one in found)
    return context | {"found": found, "next": page.next, "near": near}


def _common(actor: Actor, run: Run, form: Any, title: str) -> dict[str, Any]:
    where = reverse("judging:detail", args=[actor.workspace.slug, run.pk])
    return {"run": run, "form": form, "crumbs": crumbs(actor, (run.name, where), title)}


def _tried(context: dict[str, Any], find: Any) -> list[Any]:
    """What is found, or why it cannot be, for the page to say."""
    try:
        return list(find())
    except errors.Conflict as error:
        context["reason"] = error.message
        return []

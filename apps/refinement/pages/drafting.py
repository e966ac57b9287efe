"""What the pages of drafts show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.datasets import queries as datasets
from apps.datasets.models import Dataset
from apps.judging import queries as judging
from apps.refinement import forms, queries, services
from apps.refinement.models import Draft
from apps.refinement.pages.frame import crumbs
from apps.refinement.pages.lineage import Branch, lineage
from apps.review import queries as review
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement.loop import Method, Need
from domain.refinement.registry import METHODS

DROPPED = {
    "echo": "speaks of the answers or the label", "copied": "copies a passage", "orders": "gives orders",
    "long": "is too long", "repeated": "says the same again", "many": "is one too many",
    "known": "stands in the rubric", "inverted": "sides with the worse answer at least as often",
    "silent": "tells no pair apart", "unchecked": "could not be checked",
    "unproven": "not enough held-out labels reproduced",
}  # fmt: skip
OPS = {"add": "new", "change": "reworded", "remove": "taken out"}
WHO = {"writer": "Writer", "judge": "Judge", "person": "People", "studio": "Studio"}
MOST_FACTS = 12
MOST_RUBRICS = 30
_OWN = ("cost", "dropped", "consistency")
_BEHIND = {
    "difference": "", "passage": "Passage", "source": "In", "part": "Serves", "why": "Because", "quotes": "Comments",
    "quote": "Comment", "bank": "Drawn from", "like": "Like", "joins": "Joins", "rests_on": "Rests on",
    "question": "Asked", "answer": "Answered", "by": "Met by", "citations": "Cites", "from": "From",
}  # fmt: skip
"""Words behind a suggestion, by their names in its evidence, and how they are called on the page."""


@dataclass(frozen=True)
class Line:
    """A suggestion with what became of it and the figures beside it."""

    told: dict[str, Any]
    tone: str
    word: str
    op: str
    facts: list[tuple[str, Any]]
    behind: list[tuple[str, str]]


@dataclass(frozen=True)
class Spent:
    """What one of those who were asked cost."""

    who: str
    name: str
    cost: queries.Cost


def method_of(kind: str) -> Method:
    """The method of that kind."""
    found = queries.methods().get(kind)
    if found is None:
        raise errors.NotFound("There is no such method.", code="method_unknown")
    return found


def draft_form(
    actor: Actor, method: Method, data: Mapping[str, Any] | None, files: Any = None, **initial: Any
) -> forms.DraftForm:
    """The form of a method, with the data sets and models that there are."""
    offered = forms.Offered(
        judging.datasets_with_preferences(actor), list(datasets.list_datasets(actor)[:500]),
        review.list_queues(actor) if Need.COMMENTS in method.needs else [],
    )  # fmt: skip
    return forms.DraftForm(
        data, files, method=method, offered=offered, judges=judging.judge_choices(actor), initial=initial
    )  # fmt: skip


def wanted_of(actor: Actor, version: RubricVersion, form: forms.DraftForm) -> services.Wanted:
    """What a valid form asks for."""
    said = form.cleaned_data
    return services.Wanted(
        method=form.method.kind, version=version, judge=judging.judge_by_ref(actor, said["judge"]),
        writer=judging.judge_by_ref(actor, said["writer"]) if said["writer"] else None,
        inputs=form.inputs, params=form.params, seed=said["seed"], budget=form.budget,
    )  # fmt: skip


def draft_page(
    actor: Actor, version: RubricVersion, form: forms.DraftForm | None, foreseen: services.Foreseen | None = None
) -> dict[str, Any]:
    """The methods, the form of the one that was chosen, and what was drafted before."""
    return {
        "version": version, "rubric": version.rubric, "crumbs": crumbs(actor, version, "Draft and refine"),
        "form": form, "method": form.method if form else None, "methods": list(queries.methods().values()),
        "drafts": [(one, METHODS.get(one.method)) for one in queries.drafts_of(version)],
        "governing": queries.governing(version.rubric), "foreseen": foreseen,
    }  # fmt: skip


def draft_from(actor: Actor, dataset: Dataset) -> dict[str, Any]:
    """The rubrics that criteria of a data set may be drafted for, the last edited first."""
    versions = Prefetch("versions", RubricVersion.objects.defer("document"))
    listed = rubrics.library(actor).prefetch_related(versions)[:MOST_RUBRICS]
    found = [(one, rubrics.newest_of(one.versions.all())) for one in listed]
    place = [actor.workspace.slug]
    return {
        "dataset": dataset, "found": found, "most": MOST_RUBRICS,
        "crumbs": [
            {"label": "Data", "url": reverse("datasets:list", args=place)},
            {"label": dataset.title, "url": reverse("datasets:detail", args=[*place, dataset.slug])},
            {"label": "Draft criteria", "url": ""},
        ],
    }  # fmt: skip


def draft_detail(actor: Actor, draft: Draft, answer: forms.AnswerForm | None = None) -> dict[str, Any]:
    """How far a draft is, who was asked what, what was written, and what came of what."""
    dropped = draft.figures.get("dropped", {})
    live = queries.is_live(draft)
    lines = [_line(one) for one in draft.suggestions]
    return {
        "draft": draft, "version": draft.version, "rubric": draft.version.rubric,
        "crumbs": crumbs(actor, draft.version, f"Draft {draft.pk}"), "method": METHODS.get(draft.method),
        "polling": live, "progress": queries.progress_of(draft), "cost": queries.cost_of(draft),
        "spent": _spent(draft), "lines": lines, "kept": sum(not one["drop"] for one in draft.suggestions),
        "dropped": [(count, DROPPED.get(name, name)) for name, count in dropped.items()],
        "consistency": draft.figures.get("consistency"), "facts": _facts(draft.figures),
        "rates": _rates(draft.figures), "lineage": _lineage(draft), "params": _params(draft),
        "turns": draft.figures.get("turns", []), "questions": queries.questions_of(draft),
        "answer": answer or forms.AnswerForm(),
        "meta": queries.governed_by(draft),
        "stopped": draft.state == Draft.State.WORKING and not live,
    }  # fmt: skip


def _line(one: dict[str, Any]) -> Line:
    drop = one["drop"]
    return Line(
        one, "r" if drop else "g", DROPPED.get(drop, drop) if drop else "kept", OPS.get(one["op"], one["op"]),
        _plain(one["evidence"], ("kind", *_BEHIND)), _behind(one["evidence"]),
    )  # fmt: skip


def _behind(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The words that a suggestion rests on, each with what they are."""
    told = [(title, _text_of(evidence.get(name))) for name, title in _BEHIND.items()]
    return [(title, text) for title, text in told if text]


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    texts = [one.get("text", "") if isinstance(one, dict) else one for one in value]
    return " · ".join(one for one in texts if isinstance(one, str) and one)


def _lineage(draft: Draft) -> list[Branch]:
    return lineage(draft.suggestions, DROPPED) if any(one["parents"] for one in draft.suggestions) else []


def _facts(figures: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return _plain(figures, _OWN)


def _plain(values: Mapping[str, Any], without: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Numbers and short texts with readable names."""
    shown = [
        (name.replace("_", " "), round(value, 3) if isinstance(value, float) else value)
        for name, value in values.items()
        if name not in without and isinstance(value, int | float | str) and not isinstance(value, bool) and value != ""
    ]
    return shown[:MOST_FACTS]


def _rates(figures: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Shares with their intervals, by readable names."""
    return [
        (name.replace("_", " "), value)
        for name, value in figures.items()
        if name != "consistency" and isinstance(value, dict) and {"value", "low", "high", "count"} <= set(value)
    ]


def _params(draft: Draft) -> list[tuple[str, Any]]:
    method = METHODS.get(draft.method)
    titles = {one.name: one.title for one in method.params} if method else {}
    return [(titles.get(name, name), value) for name, value in draft.params.items()]


def _spent(draft: Draft) -> list[Spent]:
    names = {"writer": str(draft.writer), "judge": str(draft.judge)}
    return [Spent(WHO.get(role, role), names.get(role, ""), cost) for role, cost in queries.costs_by_role(draft)]

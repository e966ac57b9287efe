"""Choosing which answers stay in view beside the editor."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.datasets import queries as dataset_queries
from apps.datasets.models import Response
from apps.judging import queries, services
from apps.judging.models import PinnedAnswer
from apps.judging.pages import frame
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import subjects

PAGE = 20
EXCERPT = 220
MOST_RUBRICS = 60


@dataclass(frozen=True)
class Choice:
    """An answer to choose, and its pin where it has one."""

    response: Response
    excerpt: str
    pin: PinnedAnswer | None


def pinning(actor: Actor, version: RubricVersion, given: QueryDict) -> dict[str, Any]:
    """What is pinned to a rubric, and a page of the answers to choose from."""
    wanted = {name: given.get(name, "").strip()[:200] for name in ("q", "dataset")}
    if "dataset" not in given:
        wanted["dataset"] = queries.judged_dataset(version)
    pins = queries.pins_of(version.rubric)
    by_text = queries.pins_by_text(pins)
    page = Paginator(queries.pinnable(actor, version, **wanted), PAGE).get_page(given.get("page"))
    return {
        "version": version,
        "crumbs": frame.crumbs(actor, version, "Pinned answers"),
        "tabs": frame.tabs(actor, version, ""),
        "may_write": actor.can(Role.AUTHOR),
        "pinned": [_choice(pin.subject.members.all()[0].response, by_text) for pin in pins],
        "most": services.MOST_PINNED,
        "page": page,
        "rows": [_choice(response, by_text) for response in page],
        "wanted": wanted,
        "query": urlencode(wanted),
        "filtered": any(given.get(name, "").strip() for name in wanted),
        "datasets": [] if version.scope == "prompt" else list(dataset_queries.list_datasets(actor)),
    }


def pin_choice(actor: Actor, response: Response, given: QueryDict) -> dict[str, Any]:
    """One answer, and the rubrics by title with whether it is pinned there."""
    q = given.get("q", "").strip()[:200]
    rubrics = rubric_queries.library(actor, rubric_queries.Wanted(q=q))
    found = rubric_queries.with_figures(actor, rubrics[: MOST_RUBRICS + 1])
    pins = queries.pins_on(response)
    prompt = response.prompt
    place = [actor.workspace.slug, prompt.dataset.slug]
    return {
        "response": response,
        "text": subjects.text_of(response.parts),
        "q": q,
        "rows": [(rubric, pins.get(rubric.pk)) for rubric in found[:MOST_RUBRICS]],
        "more": len(found) > MOST_RUBRICS,
        "may_write": actor.can(Role.AUTHOR),
        "crumbs": [
            {"label": "Data", "url": reverse("datasets:list", args=place[:1])},
            {"label": prompt.dataset.title, "url": reverse("datasets:detail", args=place)},
            {"label": prompt.external_id, "url": reverse("datasets:prompt", args=[*place, prompt.pk])},
            {"label": "Pin", "url": ""},
        ],
    }


def _choice(response: Response, by_text: dict[tuple[int, str], PinnedAnswer]) -> Choice:
    text = " ".join(subjects.text_of(response.parts).split())
    return Choice(response, text[:EXCERPT], by_text.get(queries.text_key(response)))

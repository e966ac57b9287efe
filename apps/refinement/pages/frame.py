"""Crumbs of the pages of refinement."""

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion


def crumbs(actor: Actor, version: RubricVersion, *more: str) -> list[dict[str, str]]:
    """The way from the library over a version's quality to a page."""
    place = [actor.workspace.slug, version.rubric.slug, version.number]
    return [
        {"label": "Rubrics", "url": reverse("rubrics:list", args=[actor.workspace.slug])},
        {"label": version.title, "url": reverse("rubrics:edit", args=place)},
        {"label": "Quality", "url": reverse("rubrics:quality", args=place)},
        *({"label": label, "url": ""} for label in more),
    ]

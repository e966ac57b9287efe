"""Crumbs and tabs of the pages of judging that belong to a rubric."""

from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion


def crumbs(actor: Actor, version: RubricVersion, *more: str) -> list[dict[str, str]]:
    """The way from the library to a page of a version."""
    place = [actor.workspace.slug, version.rubric.slug, version.number]
    home = {"label": version.title, "url": reverse("rubrics:edit", args=place) if more else ""}
    start = {"label": "Rubrics", "url": reverse("rubrics:list", args=[actor.workspace.slug])}
    return [start, home, *({"label": label, "url": ""} for label in more)]


def tabs(actor: Actor, version: RubricVersion, active: str) -> list[dict[str, Any]]:
    """The parts of a rubric, as on its other pages."""
    place = [actor.workspace.slug, version.rubric.slug, version.number]
    names = [
        ("Edit" if version.is_draft else "Criteria", "rubrics:edit"),
        ("Scoring", "rubrics:scoring"),
        ("Weights", "weights:overview"),
        ("Try", "judging:try"),
        ("Quality", "rubrics:quality"),
        ("Discuss", "rubrics:discuss"),
        ("Versions", "rubrics:versions"),
        ("Standards", "rubrics:version-standards"),
        ("Use", "rubrics:use"),
    ]
    return [{"label": label, "url": reverse(name, args=place), "active": label == active} for label, name in names]

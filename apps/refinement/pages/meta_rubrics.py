"""What the pages of the rules for writing rubrics show."""

from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.refinement import forms, queries
from apps.refinement.models import MetaRubric, MetaRubricVersion
from domain import prompts, rubric


def rules_page(actor: Actor, form: forms.NewRulesForm) -> dict[str, Any]:
    """All rules of the workspace, and a form for new ones."""
    return {
        "crumbs": _crumbs(actor), "rules": queries.meta_rubrics_of(actor), "form": form,
        "may_write": actor.can(Role.AUTHOR), "may_write_general": actor.can(Role.ADMIN),
    }  # fmt: skip


def rules_detail(
    actor: Actor, found: MetaRubric, form: forms.RulesForm | None = None, wanted: int | None = None
) -> dict[str, Any]:
    """The version that governs or the one that is looked at, what it changed, and all there were."""
    versions = list(found.versions.select_related("created_by").order_by("-number"))
    shown = _shown(found, versions, wanted)
    before = next((one for one in versions if shown and one.number < shown.number), None)
    start = {"text": shown.text if shown else "", "seen": versions[0].number if versions else 0}
    return {
        "crumbs": _crumbs(actor, found.title), "found": found, "versions": versions, "shown": shown,
        "pieces": rubric.words(before.text, shown.text) if before and shown else None, "before": before,
        "form": form or forms.RulesForm(initial=start), "may_write": _may_write(actor, found.tag),
    }  # fmt: skip


def new_rules(actor: Actor, tag: str, start: str, form: forms.RulesForm | None = None) -> dict[str, Any]:
    """A form for rules that are not there yet."""
    text = prompts.load("meta_starters").sections.get(start, "")
    return {
        "crumbs": _crumbs(actor, f"Rules for {tag}" if tag else "General rules"), "tag": tag, "start": start,
        "form": form or forms.RulesForm(initial={"text": text, "seen": 0}), "may_write": _may_write(actor, tag),
    }  # fmt: skip


def _shown(found: MetaRubric, versions: list[MetaRubricVersion], wanted: int | None) -> MetaRubricVersion | None:
    if wanted is not None:
        return queries.get_meta_version(found, wanted)
    return found.current or (versions[0] if versions else None)


def _may_write(actor: Actor, tag: str) -> bool:
    return actor.can(Role.AUTHOR if tag else Role.ADMIN)


def _crumbs(actor: Actor, *more: str) -> list[dict[str, str]]:
    place = [actor.workspace.slug]
    rules = {"label": "Rules for writing", "url": reverse("refinement:meta-rubrics", args=place) if more else ""}
    return [
        {"label": "Rubrics", "url": reverse("rubrics:list", args=place)}, rules,
        *({"label": label, "url": ""} for label in more),
    ]  # fmt: skip

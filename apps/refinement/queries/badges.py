"""The badge of every criterion, of what was measured last of the rubric."""

from typing import Any

from django.urls import reverse

from apps.refinement.models import GateReport
from apps.rubrics.models import RubricVersion
from apps.rubrics.registry import Badge
from domain.refinement import Fault, Standing, advice

TONES = {Standing.KEEP: "g", Standing.WATCH: "w", Standing.DROP: "r", Standing.UNKNOWN: ""}


def badges_of(version: RubricVersion) -> dict[str, Badge]:
    """By criterion id; each holds only for the text that was measured."""
    rows = GateReport.objects.filter(version__rubric=version.rubric_id, done_at__isnull=False)
    newest = rows.order_by("-pk").values_list("criteria", "version__number").first()
    if newest is None:
        return {}
    told, number = newest
    place = [version.rubric.workspace.slug, version.rubric.slug, number]
    url = reverse("refinement:gate", args=place)
    return {one["id"]: Badge(words(one), TONES[Standing(one["standing"])], one["text"], url) for one in told}


def words(one: dict[str, Any]) -> str:
    """What stands on the badge: the gravest fault, else how well the criterion agrees with the labels."""
    if one["faults"]:
        return advice(Fault(one["faults"][0]["fault"])).title
    value = one["consistency"]["value"]
    if Standing(one["standing"]) is Standing.UNKNOWN or value is None:
        return "too few labelled pairs"
    return f"agrees with {value:.0%} of pairs"

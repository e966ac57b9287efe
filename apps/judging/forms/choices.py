"""Rubrics and judges as choices show them."""

from typing import Any

from apps.accounts.permissions import Actor
from apps.judging.models import EngineKind, JudgeVersion
from apps.rubrics.models import RubricSetVersion, RubricVersion, VersionStatus
from domain import strategies

OPEN = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)


def rubric_choices(actor: Actor) -> list[Any]:
    """Versions that are not retired, and rubric sets, as grouped choices."""
    versions = (
        RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None, status__in=OPEN)
        .select_related("rubric")
        .order_by("rubric__title", "-number")
    )
    sets = RubricSetVersion.objects.filter(rubric_set__workspace=actor.workspace, status__in=OPEN)
    groups: list[Any] = [
        ("Rubrics", [(str(v), f"{v.rubric.title}, version {v.number} ({v.get_status_display()})") for v in versions])
    ]
    found = [
        (str(s), f"{s.rubric_set.title}, version {s.number} ({s.get_status_display()})")
        for s in sets.select_related("rubric_set").order_by("rubric_set__title", "-number")
    ]
    return [*groups, ("Rubric sets", found)] if found else groups


def judge_label(judge: JudgeVersion) -> str:
    """A judge as choices show it."""
    note = ", for trying things" if judge.engine == EngineKind.EMBEDDED else ""
    how = strategies.get(judge.strategy).about.title if judge.strategy in strategies.NAMES else judge.strategy
    return f"{judge} · {judge.model} · {how}, {judge.get_protocol_display()}{note}"

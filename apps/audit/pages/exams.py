"""Exams on screen."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.audit import queries
from apps.audit.models import Exam, Sitting
from apps.audit.pages.findings import FigureLine, crumbs, figure_line
from apps.judging import queries as judging
from apps.judging.models import Licence
from domain.audits.shapes import written

TITLES = {
    "balanced_accuracy": ("Balanced accuracy", "at least"),
    "false_accepts": ("Wrong answers accepted", "at most"),
    "false_rejects": ("Right answers rejected", ""),
    "unscored": ("Without a score", "at most"),
    "swap_consistency": ("Both orders agree", "at least"),
}


@dataclass(frozen=True)
class SittingLine:
    """A judge at an exam: its figures, and whether its licence holds."""

    sitting: Sitting
    state: str
    figures: list[FigureLine]
    licensed: bool
    criteria: tuple[tuple[FigureLine, str], ...] = ()


def exam_page(actor: Actor, exam: Exam) -> dict[str, Any]:
    """What it asks for and who sat it."""
    lines = [_line(one) for one in queries.sittings_of(exam)]
    return {
        "exam": exam, "lines": lines, "live": any(line.state in ("queued", "running", "paused") for line in lines),
        "bars": [(title, word, exam.bar[name]) for name, (title, word) in TITLES.items() if name in exam.bar],
        "judges": judging.judge_choices(actor) if actor.can(Role.APPROVER) and exam.retired_at is None else [],
        "may_license": actor.can(Role.APPROVER), "due": queries.due_again(exam) if exam.retired_at is None else [],
        "crumbs": crumbs(actor, exam.name, middle=("Exams", "audit:exams")),
    }  # fmt: skip


def _line(sitting: Sitting) -> SittingLine:
    figures = [
        figure_line({"title": title, "unit": "share", **sitting.figures[name]})
        for name, (title, _) in TITLES.items()
        if name in sitting.figures and sitting.figures[name]["n"]
    ]
    if sitting.marked_at is not None:
        state, criteria = "passed" if sitting.passed else "failed", _criteria(sitting)
        return SittingLine(sitting, state, figures, _holds(sitting.licence), criteria)
    return SittingLine(sitting, str(sitting.run.job.state) if sitting.run.job else "queued", figures, licensed=False)


def _criteria(sitting: Sitting) -> tuple[tuple[FigureLine, str], ...]:
    """Agreement with people by criterion, with Cohen's kappa; old sittings have none."""
    return tuple(
        (figure_line({"title": one["criterion"], "unit": "share", **one}), written(one["kappa"]))
        for one in sitting.figures.get("criteria", ())
    )


def _holds(licence: Licence | None) -> bool:
    """Whether a licence holds now."""
    if licence is None or licence.revoked_at is not None:
        return False
    return licence.expires_at is None or licence.expires_at > timezone.now()

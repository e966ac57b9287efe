"""The steps of a draft: what undo and redo would do, all of them, and what the draft said after one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.rubrics.models import Revision, RubricVersion
from domain.rubric import steps


@dataclass(frozen=True)
class Chain:
    """A whole document and the changes that lead from it to a step."""

    whole: dict[str, Any]
    changes: tuple[dict[str, Any], ...]

    def document(self) -> dict[str, Any]:
        """What the draft said after that step."""
        return steps.replay(self.whole, self.changes)


def revisions_around(version: RubricVersion) -> tuple[Revision | None, Revision | None]:
    """The step an undo would take back and the one a redo would bring back."""
    light = version.revisions.defer("document", "change")
    done = list(light.filter(undone=False).order_by("-number")[:2])
    undone = light.filter(undone=True, aside=False, number__gt=done[0].number if done else 0)
    return (done[0] if len(done) > 1 else None), undone.order_by("number").first()


def current_step(version: RubricVersion) -> Revision | None:
    """The step whose document the draft says now; none before the first edit."""
    return version.revisions.defer("document", "change").filter(undone=False).order_by("-number").first()


def steps_of(version: RubricVersion) -> QuerySet[Revision]:
    """All steps of a draft without their documents, newest first."""
    return version.revisions.defer("document", "change").select_related("by").order_by("-number")


def steps_to(step: Revision) -> Chain:
    """How a step's document is made; it was made against the step with the number before, undone or not."""
    all_steps = Revision.objects.filter(version=step.version_id)
    start = all_steps.filter(number__lte=step.number, document__isnull=False).order_by("-number")[0]
    between = all_steps.filter(number__gt=start.number, number__lte=step.number).order_by("number")
    assert start.document is not None
    return Chain(start.document, tuple(change or {} for change in between.values_list("change", flat=True)))


def step_document(step: Revision) -> dict[str, Any]:
    """What the draft said after a step."""
    return steps_to(step).document()

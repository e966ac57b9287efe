"""What the pages show on which comments become criteria."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.jobs.models import OPEN_JOBS
from apps.review import queries
from apps.review.models import CandidateCriterion, Queue, Reading
from apps.review.pages.queues import crumbs, queue_tabs
from apps.rubrics.models import Rubric
from domain.principles import Standing

MOST_LISTED = 100
STANDINGS = {
    Standing.AGREED: ("people agree", "g"),
    Standing.SPLIT: ("people differ on an answer", "r"),
    Standing.SEVERAL: ("several people", "a"),
    Standing.ALONE: ("one person", ""),
}


@dataclass(frozen=True)
class Line:
    """A candidate with what it rests on."""

    row: CandidateCriterion
    words: str
    tone: str
    evidence: list[queries.Evidence]

    @property
    def chosen(self) -> bool:
        """Whether it is suggested: all who wrote about an answer hold it, and nobody differs."""
        return self.row.standing == Standing.AGREED and self.row.state == CandidateCriterion.State.OPEN


def comments_page(actor: Actor, queue: Queue | None, rubric: Rubric | None) -> dict[str, Any]:
    """How much people wrote, and what was read of it so far."""
    written = queries.comments_of_queue(queue) if queue else queries.comments_on_rubric(rubric) if rubric else []
    return {
        **_frame(actor, queue, rubric),
        "written": len(written),
        "people": len({one.by.pk for one in written}),
        "most": queries.MOST_COMMENTS,
        "readings": queries.readings_of(actor, queue=queue, rubric=rubric),
    }


def candidates_page(actor: Actor, reading: Reading) -> dict[str, Any]:
    """How far a reading is, and its candidates: what is open first."""
    rows = list(queries.candidates_of(reading))
    order = list(STANDINGS)
    still = sorted(
        (one for one in rows if one.state == CandidateCriterion.State.OPEN),
        key=lambda one: (order.index(Standing(one.standing)) if one.standing != Standing.SPLIT else 2, one.position),
    )
    done = [one for one in rows if one.state != CandidateCriterion.State.OPEN]
    shown = still[:MOST_LISTED]
    evidence = queries.evidence_of(shown)
    job = reading.job
    return {
        **_frame(actor, reading.queue, None if reading.queue else reading.version.rubric, reading),
        "reading": reading,
        "read": queries.read_so_far(reading),
        "live": job is not None and job.state in OPEN_JOBS,
        "lines": [Line(one, *STANDINGS[Standing(one.standing)], evidence.get(one.pk, [])) for one in shown],
        "more": len(still) - len(shown),
        "done": done,
        "found": len(rows),
    }


def _frame(actor: Actor, queue: Queue | None, rubric: Rubric | None, reading: Reading | None = None) -> dict[str, Any]:
    """Where the page stands: under its queue, else under Review."""
    title = "Criteria from comments"
    slug = actor.workspace.slug
    if queue is not None:
        place = reverse("review:comments", args=[slug, queue.pk])
        found: dict[str, Any] = {"queue": queue, "heading": queue.name, "tabs": queue_tabs(actor, queue, "comments")}
        trail = crumbs(actor, queue, title)
    else:
        assert rubric is not None
        place = reverse("review:rubric-comments", args=[slug, rubric.slug])
        found = {"rubric": rubric, "heading": f"{rubric.title}: criteria from comments", "tabs": []}
        trail = crumbs(actor, None, title)
    if reading is not None:
        trail[-1] = {"label": title, "url": place}
        trail.append({"label": f"Reading {reading.pk}", "url": ""})
    return {**found, "crumbs": trail, "place": place}

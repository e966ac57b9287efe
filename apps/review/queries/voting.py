"""What people voted on the edits of a proposal and on the criteria of a rubric; votes advise and decide nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.review.models import Queue, Review
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Hunk, Proposal, RubricVersion
from domain import rubric
from domain.decisions import UNDECIDED
from domain.decisions.votes import NECESSITY, TRIAGE, Vote


@dataclass(frozen=True)
class Said:
    """One person's reason, and the words that they would have instead."""

    who: str
    label: str
    note: str
    text: str


@dataclass(frozen=True)
class Tally:
    """The votes on one edit or criterion; `worded_otherwise` counts those on other words, which are not in the rest."""

    name: str
    title: str
    counts: tuple[tuple[str, int], ...]
    undecided: int
    worded_otherwise: int
    said: tuple[Said, ...]


def votes_on_proposal(proposal: Proposal) -> list[Tally]:
    """The votes on each edit of a proposal that somebody voted on, in the order of the edits."""
    of: dict[int, list[Review]] = defaultdict(list)
    for review in _votes(Queue.Task.TRIAGE).filter(item__queue__proposal=proposal):
        of[review.item.payload.get("hunk") or 0].append(review)
    hunks = proposal.hunks.filter(pk__in=of).order_by("position")
    return [_tally(f"hunk-{hunk.position}", _title(hunk), TRIAGE, of[hunk.pk]) for hunk in hunks]


def votes_on_criteria(version: RubricVersion) -> list[Tally]:
    """The votes on each criterion of a rubric that somebody voted on, in the order of this version.

    Votes were cast on a wording: those on other words than this version's are counted apart.
    """
    said = rubrics.domain_rubric(version)
    of: dict[str, list[Review]] = defaultdict(list)
    for review in _votes(Queue.Task.NECESSITY).filter(item__version__rubric=version.rubric_id):
        of[review.item.criterion].append(review)
    found = []
    for criterion in said.criteria:
        if criterion.id in of:
            now = rubric.criterion_digest(said, criterion, "isolated")
            same = [one for one in of[criterion.id] if one.payload.get("digest") == now or UNDECIDED in one.payload]
            other = len(of[criterion.id]) - len(same)
            found.append(_tally(criterion.id, criterion.text, NECESSITY, same, other))
    return found


def _votes(task: str) -> QuerySet[Review]:
    rows = Review.objects.filter(item__queue__task=task, item__repeat_of=None)
    return rows.select_related("by", "item").order_by("pk")


def _tally(name: str, title: str, offered: Sequence[Vote], reviews: Sequence[Review], other: int = 0) -> Tally:
    labels = {one.name: one.label for one in offered}
    votes = Counter(str(one.payload.get("vote") or "") for one in reviews)
    said = [
        Said(one.by.name, labels.get(str(one.payload.get("vote")), "cannot be decided"), one.note,
             str(one.payload.get("text") or ""))
        for one in reviews
        if one.note or one.payload.get("text")
    ]  # fmt: skip
    undecided = sum(count for vote, count in votes.items() if vote not in labels)
    return Tally(name, title, tuple((labels[one], votes[one]) for one in labels), undecided, other, tuple(said))


def _title(hunk: Hunk) -> str:
    side = hunk.after if isinstance(hunk.after, dict) else hunk.before if isinstance(hunk.before, dict) else {}
    return f"{hunk.get_op_display().capitalize()} {side.get('text') or side.get('title') or hunk.pointer}"

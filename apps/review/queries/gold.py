"""What people settled on: lists, the history of one, and what exams may ask."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset, SubjectKind, SubjectMember
from apps.review.models import Gold, Queue, Review, ReviewItem
from apps.review.queries.asks import GoldOf
from apps.review.queries.asks.verdicts import decide_on
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import errors
from domain import rubric as rubrics
from domain.rubric import Criterion

RELATED = ("decided_by", "subject__prompt__dataset", "item__queue__workspace", "item__version__rubric__workspace")
GOLD_FILTERS = {
    "rubric": "item__version__rubric__slug",
    "criterion": "criterion",
    "dataset": "subject__prompt__dataset__slug",
    "queue": "item__queue",
    "how": "provenance__how",
}


@dataclass(frozen=True)
class GoldCase:
    """A question whose answer is known: a subject, a criterion as it is worded, and the value people settled on."""

    gold: int
    subject_id: int
    criterion: str
    criterion_digest: str
    value: float
    how: str


@dataclass(frozen=True)
class SettledPair:
    """Two answers in an order, with the strength that people settled on: from −3, the first is much better, to 3.

    None where they could not agree.
    """

    prompt: int
    responses: tuple[int, int]
    strength: float | None
    votes: int
    how: str


def list_gold(actor: Actor, wanted: Mapping[str, str], *, superseded: bool = False) -> QuerySet[Gold]:
    """Gold of the workspace by the filters of `GOLD_FILTERS`, the latest first; what was replaced only where asked."""
    rows = Gold.objects.filter(workspace=actor.workspace)
    if not superseded:
        rows = rows.filter(superseded_by=None)
    for name, path in GOLD_FILTERS.items():
        given = wanted.get(name, "")
        if not given:
            continue
        if name == "queue" and not (given.isascii() and given.isdigit() and len(given) < 19):
            raise errors.Invalid("A queue is named by its number.", code="queue_invalid")
        rows = rows.filter(**{path: given})
    return rows.select_related(*RELATED).order_by("-created_at", "-pk")


def get_gold(actor: Actor, key: int) -> Gold:
    """A piece of gold of the workspace."""
    found = Gold.objects.select_related(*RELATED).filter(workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such gold here.", code="gold_unknown")
    return found


def gold_of_item(item: ReviewItem) -> list[Gold]:
    """What holds on an item, one a criterion."""
    rows = Gold.objects.filter(item=item, superseded_by=None)
    return list(rows.select_related(*RELATED).order_by("criterion"))


def gold_history(gold: Gold) -> list[Gold]:
    """All that was ever settled on the same answer and wording, the latest first."""
    rows = Gold.objects.filter(
        workspace=gold.workspace_id, subject=gold.subject_id, criterion_digest=gold.criterion_digest
    )
    return list(rows.select_related(*RELATED).order_by("-created_at", "-pk"))


def reviews_behind(gold: Gold) -> list[Review]:
    """The decisions a piece of gold rests on."""
    keys = [key for key in gold.provenance.get("reviews", []) if isinstance(key, int)]
    return list(Review.objects.filter(pk__in=keys, item__queue__workspace=gold.workspace_id).select_related("by"))


def criteria_of_gold(rows: Iterable[Gold]) -> dict[int, Criterion]:
    """The criterion of each piece of gold, as its item's version has it; left out where it is gone."""
    rubrics_read: dict[int, rubrics.Rubric] = {}
    found = {}
    for gold in rows:
        version = gold.item.version if gold.item else None
        if version is None:
            continue
        if version.pk not in rubrics_read:
            rubrics_read[version.pk] = rubric_queries.domain_rubric(version)
        criterion = rubrics_read[version.pk].criterion(gold.criterion)
        if criterion is not None:
            found[gold.pk] = criterion
    return found


def gold_as_given(gold: Gold, given: Mapping[str, Any], note: str) -> GoldOf:
    """What would hold in the place of gold: `{value, applies}` on the criterion as it was worded."""
    criterion = criteria_of_gold([gold]).get(gold.pk)
    if criterion is None:
        raise errors.Conflict(
            "The item or criterion this was settled on is gone, so it can only be read.", code="criterion_gone"
        )
    decision = decide_on(criterion, given, note)
    return GoldOf(gold.criterion, gold.criterion_digest, decision.value, decision.payload)


def gold_places(actor: Actor) -> dict[str, list[str]]:
    """The rubrics, criteria and data sets that current gold is about, for filters."""
    rows = Gold.objects.filter(workspace=actor.workspace, superseded_by=None).order_by()
    return {
        name: sorted(value for value in rows.values_list(GOLD_FILTERS[name], flat=True).distinct()[:500] if value)
        for name in ("rubric", "criterion", "dataset", "how")
    }


def gold_cases(version: RubricVersion) -> list[GoldCase]:
    """What a judge can be examined on: current gold on the criteria as this version words them, oldest first.

    What was withdrawn, could not be decided or does not apply has no value to compare with and is left out.
    """
    digests = rubrics.criterion_digests(rubric_queries.domain_rubric(version), "isolated")
    rows = Gold.objects.filter(
        workspace=version.rubric.workspace_id, criterion_digest__in=sorted(set(digests.values())), superseded_by=None,
        value__isnull=False,
    )  # fmt: skip
    return [
        GoldCase(
            row.pk, row.subject_id, row.criterion, row.criterion_digest, row.value, str(row.provenance.get("how", ""))
        )
        for row in rows.order_by("pk")
        if row.value is not None
    ]


def settled_pairs(dataset: Dataset) -> list[SettledPair]:
    """Which of two answers of a data set is better as a whole, where people settled on it, oldest first.

    What two people or more agreed on, a queue's rule settled, or an author; one vote alone settles nothing.
    """
    rows = Gold.objects.filter(
        workspace=dataset.workspace_id, criterion_digest=f"task:{Queue.Task.PAIR}", superseded_by=None,
        subject__kind=SubjectKind.PAIR, subject__prompt__dataset=dataset,
    )  # fmt: skip
    placed = SubjectMember.objects.filter(subject__in=rows.values("subject")).order_by("subject", "position")
    members: dict[int, list[int]] = defaultdict(list)
    for subject, response in placed.values_list("subject", "response"):
        members[subject].append(response)
    return [
        SettledPair(
            prompt, (members[subject][0], members[subject][1]), value, len(provenance.get("reviews", [])),
            str(provenance.get("how", "")),
        )
        for subject, prompt, value, provenance in rows.order_by("pk").values_list(
            "subject", "subject__prompt", "value", "provenance"
        )
    ]  # fmt: skip


def unsettled_pairs(dataset: Dataset) -> int:
    """How many pairs of a data set somebody voted on with nothing settled: one vote alone, or people who differ."""
    voted = ReviewItem.objects.filter(
        queue__workspace=dataset.workspace_id, queue__task=Queue.Task.PAIR, criterion="", is_gold=False,
        subject__kind=SubjectKind.PAIR, subject__prompt__dataset=dataset, reviews__isnull=False,
    )  # fmt: skip
    settled = Gold.objects.filter(
        workspace=dataset.workspace_id, criterion_digest=f"task:{Queue.Task.PAIR}", superseded_by=None
    )
    return voted.exclude(subject__in=settled.values("subject")).values("subject").distinct().count()

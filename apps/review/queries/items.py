"""One item: its rubric, criterion, response, verdicts and decisions."""

from collections.abc import Iterable
from statistics import median

from apps.accounts.permissions import Actor
from apps.datasets.models import Response
from apps.judging.models import Verdict
from apps.review.models import Claim, Queue, Review, ReviewItem
from apps.review.queries.choices import label_of
from apps.rubrics import queries as rubric_queries
from domain import errors
from domain.rubric import Criterion, Rubric

RELATED = ("item__queue__workspace", "item__subject__prompt__dataset", "item__version__rubric")
RECENT = 20


def rubric_of(item: ReviewItem) -> Rubric:
    """What the item's version says."""
    if item.version is None:
        raise errors.Conflict("This item has no rubric version.", code="item_without_rubric")
    return rubric_queries.domain_rubric(item.version)


def criterion_of(item: ReviewItem) -> Criterion:
    """The criterion the item asks about."""
    criterion = rubric_of(item).criterion(item.criterion)
    if criterion is None:
        raise errors.Conflict(
            "The criterion is no longer in this draft, so it cannot be decided.", code="criterion_gone"
        )
    return criterion


def criteria_of(items: Iterable[ReviewItem]) -> dict[int, Criterion]:
    """The criterion of each item, reading every version once."""
    rubrics: dict[int | None, Rubric] = {}
    found = {}
    for item in items:
        if item.version_id not in rubrics:
            rubrics[item.version_id] = rubric_of(item)
        criterion = rubrics[item.version_id].criterion(item.criterion)
        if criterion is not None:
            found[item.pk] = criterion
    return found


def words_of(review: Review, criterion: Criterion) -> str:
    """What a person finally says, in words."""
    value, applies = said(review)
    return label_of(criterion, value, applies=applies)


def review_of(claim: Claim) -> Review | None:
    """The decision a claim led to."""
    return Review.objects.filter(claim=claim).first()


def response_of(item: ReviewItem) -> Response:
    """The response the item asks about."""
    return Response.objects.get(memberships__subject=item.subject_id, memberships__position=0)


def verdicts_of(item: ReviewItem) -> list[Verdict]:
    """The judges' verdicts under review; never to be shown before a blind decision is stored."""
    rows = Verdict.objects.filter(workspace=item.queue.workspace_id, key__in=item.verdict_keys)
    return list(rows.select_related("judge_version__judge").order_by("judge_version", "sample"))


def said(review: Review) -> tuple[float | None, bool]:
    """What a person finally says: the value, and whether the criterion applies."""
    if review.after == Review.After.CHANGED:
        return review.after_value, not review.payload.get("after_not_applicable", False)
    return review.value, not review.payload.get("not_applicable", False)


def get_claim(actor: Actor, key: int) -> Claim:
    """The person's own claim."""
    claim = (
        Claim.objects.select_related(*RELATED)
        .filter(pk=key, user=actor.user, item__queue__workspace=actor.workspace)
        .first()
    )
    if claim is None:
        raise errors.NotFound("There is no such claim of yours.", code="claim_unknown")
    return claim


def get_review(actor: Actor, key: int) -> Review:
    """The person's own decision."""
    review = (
        Review.objects.select_related(*RELATED)
        .filter(pk=key, by=actor.user, item__queue__workspace=actor.workspace)
        .first()
    )
    if review is None:
        raise errors.NotFound("There is no such decision of yours.", code="review_unknown")
    return review


def get_item(actor: Actor, key: int) -> ReviewItem:
    """An item of the workspace."""
    item = (
        ReviewItem.objects.select_related("queue__workspace", "subject__prompt__dataset", "version__rubric")
        .filter(pk=key, queue__workspace=actor.workspace)
        .first()
    )
    if item is None:
        raise errors.NotFound("There is no such item here.", code="item_unknown")
    return item


def my_reviews(actor: Actor, queue: Queue, most: int = 50) -> list[Review]:
    """The person's last decisions in a queue."""
    rows = Review.objects.select_related(*RELATED).filter(by=actor.user, item__queue=queue)
    return list(rows.order_by("-pk")[:most])


def pace(actor: Actor, queue: Queue) -> float | None:
    """Decisions a minute over the person's last ones in a queue."""
    rows = Review.objects.filter(by=actor.user, item__queue=queue, seconds__gt=0)
    taken = rows.order_by("-pk").values_list("seconds", flat=True)[:RECENT]
    recent = [seconds for seconds in taken if seconds]
    return 60 / median(recent) if len(recent) >= 3 else None

"""One item: its rubric, criterion, response, verdicts and decisions."""

from collections.abc import Iterable
from statistics import median

from apps.accounts.permissions import Actor
from apps.judging.models import Verdict
from apps.review.models import Claim, Queue, Review, ReviewItem
from apps.review.queries.asks import rubric_of
from domain import errors
from domain.rubric import Criterion, Rubric

RELATED = ("item__queue", "item__subject__prompt__dataset", "item__version__rubric")
RECENT = 20


def criteria_of(items: Iterable[ReviewItem]) -> dict[int, Criterion]:
    """The criterion of each item, reading every version once."""
    rubrics: dict[int | None, Rubric] = {}
    found = {}
    for item in items:
        if item.version_id is None:
            continue
        if item.version_id not in rubrics:
            rubrics[item.version_id] = rubric_of(item)
        criterion = rubrics[item.version_id].criterion(item.criterion)
        if criterion is not None:
            found[item.pk] = criterion
    return found


def review_of(claim: Claim) -> Review | None:
    """The decision a claim led to."""
    return Review.objects.filter(claim=claim).first()


def verdicts_of(item: ReviewItem) -> list[Verdict]:
    """The judges' verdicts under review; never to be shown before a blind decision is stored."""
    rows = Verdict.objects.filter(workspace=item.queue.workspace_id, key__in=item.verdict_keys)
    return list(rows.select_related("judge_version__judge").order_by("judge_version", "sample"))


def get_claim(actor: Actor, key: int) -> Claim:
    """The person's own claim."""
    claim = (
        Claim.objects.select_related(*RELATED)
        .filter(pk=key, user=actor.user, item__queue__workspace=actor.workspace)
        .first()
    )
    if claim is None:
        raise errors.NotFound("There is no such claim of yours.", code="claim_unknown")
    claim.item.queue.workspace = actor.workspace
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
    review.item.queue.workspace = actor.workspace
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
    mine = Claim.objects.filter(queue=queue, user=actor.user, state=Claim.State.ANSWERED).order_by("-pk")[:most]
    keys = list(mine.values_list("pk", flat=True))
    return list(Review.objects.select_related(*RELATED).filter(claim__in=keys).order_by("-claim"))


def beside(actor: Actor, review: Review) -> tuple[int | None, int | None]:
    """The person's decision before this one in its queue, and the one after it."""
    mine = Claim.objects.filter(queue=review.item.queue_id, user=actor.user, state=Claim.State.ANSWERED)
    before = mine.filter(pk__lt=review.claim_id).order_by("-pk").values_list("review", flat=True).first()
    after = mine.filter(pk__gt=review.claim_id).order_by("pk").values_list("review", flat=True).first()
    return before, after


def lately(actor: Actor, queue: Queue) -> tuple[int | None, float | None]:
    """The decision that the person made last in a queue, and decisions a minute over their last ones there."""
    mine = Claim.objects.filter(queue=queue, user=actor.user, state=Claim.State.ANSWERED)
    rows = list(mine.order_by("-pk").values_list("review", "review__seconds")[:RECENT])
    recent = [seconds for _, seconds in rows if seconds]
    return (rows[0][0] if rows else None), (60 / median(recent) if len(recent) >= 3 else None)


def given_back(queue: Queue, most: int = 200) -> list[Claim]:
    """Items that people skipped or declined, with what they said, the latest first."""
    rows = Claim.objects.filter(queue=queue, state__in=[Claim.State.SKIPPED, Claim.State.DECLINED])
    related = ("user", "item__queue", "item__version__rubric", "item__subject__prompt")
    return list(rows.select_related(*related).order_by("-pk")[:most])

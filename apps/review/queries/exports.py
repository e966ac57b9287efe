"""Labels, decisions and gold as rows, each with where it came from; people go by pseudonyms unless names are asked."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from apps.datasets.models import Dataset, Label, Rater, Subject
from apps.review.models import Gold, Queue, Review, ReviewItem
from apps.review.queries.asks import Ask
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import rubric as rubrics

BATCH = 1_000
Row = dict[str, Any]
M = TypeVar("M", bound=Model)
_PLACE = {"dataset": "text", "prompt_id": "text", "response_ids": "json", "subject_hash": "text"}
_WORDING = {
    "rubric": "text", "version": "whole", "rubric_digest": "text", "criterion": "text", "criterion_digest": "text",
}  # fmt: skip
_DRAWN = {"queue_id": "whole", "queue": "text", "task": "text", "item": "whole", "rule": "text", "seed": "whole"}
REVIEW_COLUMNS = {
    "review": "whole", **_DRAWN, **_PLACE, **_WORDING, "rater": "text", "mode": "text", "value": "number",
    "applies": "yes", "payload": "json", "confidence": "number", "spans": "json", "note": "text", "seconds": "number",
    "repeat": "whole", "after": "text", "after_value": "number", "after_reason": "text", "final_value": "number",
    "final_applies": "yes", "item_state": "text", "decided_at": "time", "changed_at": "time",
}  # fmt: skip
LABEL_COLUMNS = {
    "label": "whole", **_PLACE, "criterion": "text", "value": "number", "payload": "json", "rater": "text",
    "rater_sort": "text", "mode": "text", "repeat": "whole", "confidence": "number", "spans": "json", "note": "text",
    "labelled_at": "time", "review": "whole", **_DRAWN, "rubric": "text", "version": "whole", "rubric_digest": "text",
    "criterion_digest": "text",
}  # fmt: skip
GOLD_COLUMNS = {
    "gold": "whole", "current": "yes", **_PLACE, **_WORDING, "value": "number", "applies": "yes", "how": "text",
    "decided_by": "text", "reason": "text", "reviews": "json", "provenance": "json", "decided_at": "time",
    "superseded_by": "whole", **_DRAWN,
}  # fmt: skip


def export_reviews(queue: Queue, *, named: bool) -> Iterator[Row]:
    """Every decision of a queue, the first one and what was made of it after the reveal."""
    rows = Review.objects.filter(item__queue=queue).select_related(
        "by", "item__queue", "item__subject__prompt__dataset", "item__version__rubric"
    )
    wordings = Wordings()
    for review in _in_batches(rows.prefetch_related("item__subject__members__response")):
        final = Ask.said(review)
        yield {
            "review": review.pk, **_drawn(review.item), **_place(review.item.subject), **wordings.of(review.item),
            "rater": _person(queue.workspace_id, f"user:{review.by_id}", review.by.name, named=named),
            "mode": review.mode, "value": review.value, "applies": not review.payload.get("not_applicable", False),
            "payload": review.payload, "confidence": review.confidence, "spans": review.spans, "note": review.note,
            "seconds": review.seconds, "repeat": review.repeat, "after": review.after,
            "after_value": review.after_value, "after_reason": review.after_reason, "final_value": final.value,
            "final_applies": final.applies, "item_state": review.item.state, "decided_at": review.created_at,
            "changed_at": review.changed_at,
        }  # fmt: skip


def export_labels(dataset: Dataset, *, named: bool) -> Iterator[Row]:
    """Every label of a data set, whoever gave it; those of a queue say which and under which wording."""
    rows = Label.objects.filter(dataset=dataset).select_related("rater", "subject__prompt__dataset")
    wordings = Wordings()
    for batch in _batches(rows.prefetch_related("subject__members__response")):
        reviews = Review.objects.select_related("item__queue", "item__version__rubric").in_bulk(
            [label.review_id for label in batch if label.review_id is not None]
        )
        for label in batch:
            review = reviews.get(label.review_id) if label.review_id is not None else None
            yield {
                "label": label.pk, **_place(label.subject),
                "value": label.value, "payload": label.payload, "rater": _rater(label.rater, named=named),
                "rater_sort": label.rater.sort, "mode": label.mode, "repeat": label.repeat,
                "confidence": label.confidence, "spans": label.spans, "note": label.note,
                "labelled_at": label.created_at, "review": label.review_id,
                **(_drawn(review.item) if review else dict.fromkeys(_DRAWN)),
                **(wordings.of(review.item) if review else dict.fromkeys(_WORDING)),
                "criterion": label.criterion,
            }  # fmt: skip


def export_gold(rows: QuerySet[Gold], *, named: bool) -> Iterator[Row]:
    """Gold with how it was settled and on which decisions it rests."""
    related = ("decided_by", "subject__prompt__dataset", "item__queue", "item__version__rubric")
    wordings = Wordings()
    for gold in _in_batches(rows.select_related(*related).prefetch_related("subject__members__response")):
        who = gold.decided_by
        yield {
            "gold": gold.pk, "current": gold.superseded_by_id is None, **_place(gold.subject),
            **(wordings.of(gold.item) if gold.item else dict.fromkeys(_WORDING)),
            "criterion": gold.criterion, "criterion_digest": gold.criterion_digest,
            "value": gold.value, "applies": not gold.provenance.get("not_applicable", False),
            "how": gold.provenance.get("how", ""),
            "decided_by": _person(gold.workspace_id, f"user:{who.pk}", who.name, named=named) if who else None,
            "reason": gold.reason, "reviews": gold.provenance.get("reviews", []), "provenance": gold.provenance,
            "decided_at": gold.created_at, "superseded_by": gold.superseded_by_id,
            **(_drawn(gold.item) if gold.item else dict.fromkeys(_DRAWN)),
        }  # fmt: skip


class Wordings:
    """The wording an item asked about, reading every version once."""

    def __init__(self) -> None:
        self._digests: dict[int, dict[str, str]] = {}

    def of(self, item: ReviewItem) -> Row:
        """Rubric, version, its digest where it is frozen, criterion and the digest of its wording."""
        version = item.version
        if version is None:
            return {**dict.fromkeys(_WORDING), "criterion": item.criterion or None}
        if version.pk not in self._digests:
            self._digests[version.pk] = _digests(version)
        return {
            "rubric": version.rubric.slug, "version": version.number, "rubric_digest": version.digest or None,
            "criterion": item.criterion or None, "criterion_digest": self._digests[version.pk].get(item.criterion),
        }  # fmt: skip


def _digests(version: RubricVersion) -> dict[str, str]:
    return dict(rubrics.criterion_digests(rubric_queries.domain_rubric(version), "isolated"))


def _place(subject: Subject | None) -> Row:
    if subject is None:
        return dict.fromkeys(_PLACE)
    return {
        "dataset": subject.prompt.dataset.slug, "prompt_id": subject.prompt.external_id,
        "response_ids": [member.response.external_id for member in subject.members.all()],
        "subject_hash": subject.hash,
    }  # fmt: skip


def _drawn(item: ReviewItem) -> Row:
    queue = item.queue
    return {
        "queue_id": queue.pk, "queue": queue.name, "task": queue.task, "item": item.pk,
        "rule": str(queue.rule.get("kind", "")), "seed": queue.seed,
    }  # fmt: skip


def _rater(rater: Rater, *, named: bool) -> str:
    key = f"user:{rater.user_id}" if rater.user_id else f"rater:{rater.pk}"
    return _person(rater.workspace_id, key, rater.name, named=named)


def _person(workspace_id: int, key: str, name: str, *, named: bool) -> str:
    """A name, or a pseudonym that stays the same over all exports of a workspace and cannot be turned back."""
    return name if named else "p_" + salted_hmac("review.export", f"{workspace_id}:{key}").hexdigest()[:12]


def _in_batches(rows: QuerySet[M]) -> Iterator[M]:
    for batch in _batches(rows):
        yield from batch


def _batches(rows: QuerySet[M]) -> Iterator[list[M]]:
    """All rows in the order of their keys, read in pieces, each by itself: a slow reader holds no cursor open."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk

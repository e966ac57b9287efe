"""Having people look at preferences that judges doubt."""

from collections.abc import Collection

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset
from apps.review import queries
from apps.review.models import Queue
from apps.review.services import queues
from domain import errors

MOST_ASKED = 200


def queue_of_doubts(*, by: Actor, dataset: Dataset, voters: Collection[str] = ()) -> Queue:
    """A queue in which two people each compare the answers of the preferences that every judge contradicts.

    With `voters` every one of these alone. The most doubted come first, at most 200; the labels stay as they are.
    """
    doubted = queries.label_quality_of(dataset, only=voters).mislabelled[:MOST_ASKED]
    if not doubted:
        raise errors.Conflict("No preference is contradicted by every judge.", code="nothing_doubted")
    named = dict.fromkeys((one.prompt_id, name) for one in doubted for name in (one.better, one.worse))
    rule = {"kind": "picked", "size": len(doubted), "responses": [list(pair) for pair in named]}
    return queues.create_queue(
        by=by, name=f"Doubted preferences of {dataset.title}"[:200], dataset=dataset, task=Queue.Task.PAIR, rule=rule,
        overlap=2,
    )  # fmt: skip

"""What can be done with queues, claims and decisions."""

from apps.review.services.adjudicating import (
    MOST_SENT,
    adjudicate,
    mark_disagreed,
    send_back,
    set_consensus,
    supersede_gold,
)
from apps.review.services.answering import answer, change, keep
from apps.review.services.claiming import (
    claim,
    decline,
    heartbeat,
    release,
    release_ahead,
    release_dead_leases,
    skip,
)
from apps.review.services.commenting import (
    READ,
    dismiss_candidate,
    propose_candidates,
    reopen_candidate,
    start_reading,
)
from apps.review.services.doubting import queue_of_doubts
from apps.review.services.exemplifying import suggest_example
from apps.review.services.flagging import Flagged, queue_of_flagged
from apps.review.services.queues import DRAW, add_items, check_source, create_queue, set_state
from apps.review.services.revising import reveal, revise

__all__ = [
    "DRAW",
    "MOST_SENT",
    "READ",
    "Flagged",
    "add_items",
    "adjudicate",
    "answer",
    "change",
    "check_source",
    "claim",
    "create_queue",
    "decline",
    "dismiss_candidate",
    "heartbeat",
    "keep",
    "mark_disagreed",
    "propose_candidates",
    "queue_of_doubts",
    "queue_of_flagged",
    "release",
    "release_ahead",
    "release_dead_leases",
    "reopen_candidate",
    "reveal",
    "revise",
    "send_back",
    "set_consensus",
    "set_state",
    "skip",
    "start_reading",
    "suggest_example",
    "supersede_gold",
]

"""What is known about queues, decisions and their agreement."""

from apps.review.queries.asks import ASKS, Ask, GoldOf, ask_of, asks_of
from apps.review.queries.choices import NOT_APPLICABLE, SURE, UNDECIDED, Choice, choices_for, label_of
from apps.review.queries.items import (
    criteria_of,
    get_claim,
    get_item,
    get_review,
    my_reviews,
    pace,
    review_of,
    verdicts_of,
)
from apps.review.queries.queues import (
    QueueProgress,
    conflicts,
    get_queue,
    list_queues,
    open_queues,
    progress,
)
from apps.review.queries.reports import CriterionAgreement, JudgeAgreement, QueueReport, report
from apps.review.queries.seats import MOST_COUNTED, Waiting, my_progress, offers, open_count, waiting

__all__ = [
    "ASKS",
    "MOST_COUNTED",
    "NOT_APPLICABLE",
    "SURE",
    "UNDECIDED",
    "Ask",
    "Choice",
    "CriterionAgreement",
    "GoldOf",
    "JudgeAgreement",
    "QueueProgress",
    "QueueReport",
    "Waiting",
    "ask_of",
    "asks_of",
    "choices_for",
    "conflicts",
    "criteria_of",
    "get_claim",
    "get_item",
    "get_queue",
    "get_review",
    "label_of",
    "list_queues",
    "my_progress",
    "my_reviews",
    "offers",
    "open_count",
    "open_queues",
    "pace",
    "progress",
    "report",
    "review_of",
    "verdicts_of",
    "waiting",
]

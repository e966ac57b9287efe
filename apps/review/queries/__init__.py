"""What is known about queues, decisions and their agreement."""

from apps.review.queries.asks import ASKS, Ask, GoldOf, ask_of, asks_of
from apps.review.queries.choices import NOT_APPLICABLE, SURE, UNDECIDED, Choice, choices_for, label_of
from apps.review.queries.drawing import TASKS, Place, Wish, check_task, draw
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
from apps.review.queries.planning import Effort, Plan, effort, is_long, next_position, plan, verdict_count, wish_of
from apps.review.queries.pool import Candidate, Draw
from apps.review.queries.previews import Preview, preview
from apps.review.queries.queues import QueueProgress, conflicts, get_queue, list_queues, open_queues, progress
from apps.review.queries.reports import CriterionAgreement, JudgeAgreement, QueueReport, report
from apps.review.queries.seats import MOST_COUNTED, Waiting, my_progress, offers, open_count, waiting

__all__ = [
    "ASKS",
    "MOST_COUNTED",
    "NOT_APPLICABLE",
    "SURE",
    "TASKS",
    "UNDECIDED",
    "Ask",
    "Candidate",
    "Choice",
    "CriterionAgreement",
    "Draw",
    "Effort",
    "GoldOf",
    "JudgeAgreement",
    "Place",
    "Plan",
    "Preview",
    "QueueProgress",
    "QueueReport",
    "Waiting",
    "Wish",
    "ask_of",
    "asks_of",
    "check_task",
    "choices_for",
    "conflicts",
    "criteria_of",
    "draw",
    "effort",
    "get_claim",
    "get_item",
    "get_queue",
    "get_review",
    "is_long",
    "label_of",
    "list_queues",
    "my_progress",
    "my_reviews",
    "next_position",
    "offers",
    "open_count",
    "open_queues",
    "pace",
    "plan",
    "preview",
    "progress",
    "report",
    "review_of",
    "verdict_count",
    "verdicts_of",
    "waiting",
    "wish_of",
]

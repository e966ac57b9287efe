"""What the pages of reviews show."""

from apps.review.pages.decisions import (
    Opinion,
    decision_page,
    opinions_of_judges,
    opinions_of_people,
    reveal_page,
    settle_page,
)
from apps.review.pages.queues import crumbs, queue_tabs

__all__ = [
    "Opinion",
    "crumbs",
    "decision_page",
    "opinions_of_judges",
    "opinions_of_people",
    "queue_tabs",
    "reveal_page",
    "settle_page",
]

"""What the pages of reviews show."""

from apps.review.pages.decisions import (
    Opinion,
    decision_page,
    opinions_of_judges,
    opinions_of_people,
    opinions_of_reviews,
    reveal_page,
    settle_page,
)
from apps.review.pages.exports import ExportLink, export_links
from apps.review.pages.gold import GoldLine, gold_crumbs, gold_given, gold_lines, gold_page
from apps.review.pages.queues import crumbs, queue_tabs

__all__ = [
    "ExportLink",
    "GoldLine",
    "Opinion",
    "crumbs",
    "decision_page",
    "export_links",
    "gold_crumbs",
    "gold_given",
    "gold_lines",
    "gold_page",
    "opinions_of_judges",
    "opinions_of_people",
    "opinions_of_reviews",
    "queue_tabs",
    "reveal_page",
    "settle_page",
]

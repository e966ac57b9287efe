"""What the pages of reviews show."""

from apps.review.pages.commenting import candidates_page, comments_page
from apps.review.pages.decisions import (
    Opinion,
    answer_text,
    decision_page,
    opinions_of_judges,
    opinions_of_people,
    opinions_of_reviews,
    reveals_after,
    review_page,
    settle_page,
    unnamed,
)
from apps.review.pages.doubting import doubts_page
from apps.review.pages.estimating import dataset_tabs, estimates_page
from apps.review.pages.exports import ExportLink, export_links
from apps.review.pages.gold import GoldLine, gold_crumbs, gold_given, gold_lines, gold_page
from apps.review.pages.people import own_page
from apps.review.pages.queues import crumbs, drawn_page, nothing_left, preview_page, queue_initial, queue_tabs

__all__ = [
    "ExportLink",
    "GoldLine",
    "Opinion",
    "answer_text",
    "candidates_page",
    "comments_page",
    "crumbs",
    "dataset_tabs",
    "decision_page",
    "doubts_page",
    "drawn_page",
    "estimates_page",
    "export_links",
    "gold_crumbs",
    "gold_given",
    "gold_lines",
    "gold_page",
    "nothing_left",
    "opinions_of_judges",
    "opinions_of_people",
    "opinions_of_reviews",
    "own_page",
    "preview_page",
    "queue_initial",
    "queue_tabs",
    "reveals_after",
    "review_page",
    "settle_page",
    "unnamed",
]

"""What the pages of audits show."""

from apps.audit.pages.benchmarks import board_page, board_url, result_page
from apps.audit.pages.cards import back_to, card_page
from apps.audit.pages.exams import exam_page
from apps.audit.pages.findings import crumbs, finding_page, known_entry, rows_of
from apps.audit.pages.tables import tables_of

__all__ = [
    "back_to",
    "board_page",
    "board_url",
    "card_page",
    "crumbs",
    "exam_page",
    "finding_page",
    "known_entry",
    "result_page",
    "rows_of",
    "tables_of",
]

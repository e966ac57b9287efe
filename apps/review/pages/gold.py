"""What the pages of gold show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.review import queries
from apps.review.models import Gold
from apps.review.pages.decisions import opinions_of_reviews
from domain import errors
from domain.rubric import Criterion

HOW = {
    "agreement": "people agreed",
    "adjudication": "an author decided",
    "superseded": "put in the place of earlier gold",
    "reopened by a change": "open again since somebody changed a decision",
    "cannot agree": "people cannot agree",
}


@dataclass(frozen=True)
class GoldLine:
    """Gold with its criterion's text and the value in words, as far as the item still tells."""

    gold: Gold
    text: str
    words: str
    how: str


def gold_lines(rows: Iterable[Gold]) -> list[GoldLine]:
    """Gold as lines of a table."""
    found = list(rows)
    criteria = queries.criteria_of_gold(found)
    return [_line(row, criteria.get(row.pk)) for row in found]


def gold_page(gold: Gold) -> dict[str, Any]:
    """One piece of gold: the answer, what people said, what held before."""
    criterion = queries.criteria_of_gold([gold]).get(gold.pk)
    ask = queries.ask_of(gold.item) if gold.item is not None and criterion is not None else None
    return {
        "gold": gold,
        "line": gold_lines([gold])[0],
        "ask": ask,
        "shown": ask.shown if ask else None,
        "choices": queries.choices_for(criterion) if criterion else [],
        "people": opinions_of_reviews(ask, queries.reviews_behind(gold)) if ask else [],
        "history": gold_lines(queries.gold_history(gold)),
        "spans": [],
        "may_change": ask is not None and gold.superseded_by_id is None,
        "may_exemplify": ask is not None and gold.superseded_by_id is None and gold.value is not None,
    }


def gold_given(gold: Gold, token: str) -> dict[str, Any]:
    """The value behind a choice, as it is sent over REST."""
    criterion = queries.criteria_of_gold([gold]).get(gold.pk)
    for choice in queries.choices_for(criterion) if criterion else []:
        if choice.token == token:
            return {"value": choice.value, "applies": token != queries.NOT_APPLICABLE}
    raise errors.Invalid("This is no answer on offer for the criterion.", code="value_not_offered")


def gold_crumbs(actor: Actor, gold: Gold) -> list[dict[str, str]]:
    """Where the page of one piece of gold stands."""
    slug = actor.workspace.slug
    return [
        {"label": "Review", "url": reverse("review:list", args=[slug])},
        {"label": "Gold", "url": reverse("review:gold", args=[slug])},
        {"label": f"Gold {gold.pk}", "url": ""},
    ]


def _line(gold: Gold, criterion: Criterion | None) -> GoldLine:
    how = str(gold.provenance.get("how", ""))
    applies = not gold.provenance.get("not_applicable", False)
    if gold.value is None and applies:
        words = "no value: withdrawn or cannot be decided"
    elif criterion is None:
        words = "does not apply" if not applies else f"{gold.value:.2f}"
    else:
        words = queries.label_of(criterion, gold.value, applies=applies)
    return GoldLine(gold, criterion.text if criterion else gold.criterion, words, HOW.get(how, how))

"""The tasks of queues, one module a task: what is shown, how an answer is read, what it becomes, when people differ.

A new task is a value of `Queue.Task`, a subclass of `Ask` here, and its question's template in `review/asks/`.
Each class says in its docstring which fields of an item it reads and what an answer looks like.
"""

from collections.abc import Iterable

from apps.review.models import Queue, ReviewItem
from apps.review.queries.asks.base import Ask, GoldOf, LabelOf, PreferenceOf, rubric_of
from apps.review.queries.asks.compared import AskPair, AskRanking
from apps.review.queries.asks.responses import AskResponse
from apps.review.queries.asks.single import AskCritique, AskMistakes, AskRating
from apps.review.queries.asks.verdicts import AskVerdict
from apps.review.queries.asks.voting import AskNecessity, AskTriage
from domain import errors
from domain.rubric import Rubric

ASKS: dict[str, type[Ask]] = {
    Queue.Task.VERDICT: AskVerdict,
    Queue.Task.RESPONSE: AskResponse,
    Queue.Task.PAIR: AskPair,
    Queue.Task.RANKING: AskRanking,
    Queue.Task.RATING: AskRating,
    Queue.Task.SPANS: AskMistakes,
    Queue.Task.CRITIQUE: AskCritique,
    Queue.Task.NECESSITY: AskNecessity,
    Queue.Task.TRIAGE: AskTriage,
}


def ask_of(item: ReviewItem, seat: int = 0) -> Ask:
    """The item as its task asks it, for the person with this key."""
    return ASKS[item.queue.task](item, seat)


def asks_of(items: Iterable[ReviewItem]) -> dict[int, Ask]:
    """Each item as its task asks it, reading every version once; items whose criterion is gone are left out."""
    rubrics: dict[int, Rubric] = {}
    found: dict[int, Ask] = {}
    for item in items:
        if item.version_id is not None and item.version_id not in rubrics:
            rubrics[item.version_id] = rubric_of(item)
        ask = ASKS[item.queue.task](item, rubric=rubrics.get(item.version_id or 0))
        try:
            ask.title  # noqa: B018  (a title names what is asked, so it fails where that is gone)
        except errors.Conflict:
            continue
        found[item.pk] = ask
    return found


__all__ = ["ASKS", "Ask", "GoldOf", "LabelOf", "PreferenceOf", "ask_of", "asks_of", "rubric_of"]

"""Several answers to one prompt, shown in an order drawn for each person."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.review.queries.asks.base import Ask, GoldOf, LabelOf, PreferenceOf, Told
from apps.review.queries.choices import KEYS, Choice, undecided_choice
from apps.review.queries.choices import UNDECIDED as NONE
from domain import errors, subjects
from domain.decisions import UNDECIDED, Decision, pairs, rankings
from domain.rubric import Need

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Shown(Told):
    """What is compared: answers as (letter, text) in the order they are shown in."""

    about: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    choices: tuple[Choice, ...] = ()


class Compared(Ask):
    """Item: subject of several responses; `version` and `criterion` where one criterion is asked about.

    `payload["question"]` takes the place of the task's own question.
    """

    document = "review/asks/_compared_document.html"
    question = "review/asks/_compared_question.html"
    asks_for = ""

    @property
    def order(self) -> list[int]:
        """The stored places of the answers in the order this person is shown them; always the same for a person."""
        places = list(range(len(self.responses)))
        if self.seat:
            random.Random(f"{self.item.pk}:{self.seat}").shuffle(places)
        return places

    @property
    def about(self) -> str:
        """What is asked."""
        if self.item.payload.get("question"):
            return str(self.item.payload["question"])
        if not self.item.criterion:
            return self.asks_for
        criterion = self.rubric.criterion(self.item.criterion)
        if criterion is None:
            raise errors.Conflict(
                "The criterion is no longer in this draft, so it cannot be decided.", code="criterion_gone"
            )
        return criterion.text

    @property
    def title(self) -> str:
        """The prompt, and the criterion where there is one."""
        return f"{self.prompt.external_id}: {self.about}"

    @property
    def shown(self) -> Shown:
        """Task and answers under letters."""
        criterion = self.rubric.criterion(self.item.criterion) if self.item.criterion else None
        told = self.told(reference=criterion is not None and Need.REFERENCE in criterion.all_needs)
        return Shown(
            **{**vars(told), "response": ""}, about=self.about, answers=tuple(self.answers), choices=self.choices
        )

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Letter and text of each answer as shown."""
        texts = [subjects.text_of(response.parts) for response in self.responses]
        return [(LETTERS[n], texts[place]) for n, place in enumerate(self.order)]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        return (undecided_choice(),)

    def body(self) -> dict[str, Any]:
        """Task and answers in the order of this person."""
        told = self.told_body()
        return {**told, "question": self.about, "responses": [text for _, text in self.answers]}

    def stored(self, decision: Decision) -> list[PreferenceOf]:
        """The preference of these ranks, with the order that was shown."""
        ranks, keys = decision.payload["ranks"], [response.pk for response in self.responses]
        names = [response.external_id for response in self.responses]
        shown = [names[place] for place in decision.payload.get("shown", self.order)]
        return [
            PreferenceOf(
                tuple(zip(keys, ranks, strict=True)),
                criterion=self.item.criterion or None,
                strength=None if decision.value is None else abs(decision.value),
                extensions={"shown": shown},
            )
        ]

    def preferences(self, decision: Decision) -> list[PreferenceOf]:
        """One, unless it could not be decided."""
        return [] if decision.is_undecided else self.stored(decision)

    def labels(self, decision: Decision) -> list[LabelOf]:
        """That somebody could not decide is a label of the whole without a value; else there is none."""
        return [LabelOf(self.item.criterion or None, None)] if decision.is_undecided else []

    def kind_of_gold(self, value: float | None, payload: Mapping[str, Any]) -> list[GoldOf]:
        """Gold for the order of the whole subject."""
        digest = f"task:{self.item.queue.task}" + (f":{self.item.criterion}" if self.item.criterion else "")
        return [GoldOf(self.item.criterion or self.item.queue.task, digest[:71], value, payload)]


class AskPair(Compared):
    """Item: subject a pair, members in their stored order; else as above.

    Answer: `{strength}` from −3, the answer shown first is much better, to 3, the one shown second is; 0 is a tie. A
    reason in the note is needed. The decision's value is the strength in the stored order; `shown` is recorded.
    """

    answer = "review/asks/_choices.html"
    asks_for = "Which answer is better?"
    note_label = "Why?"
    note_needed = True
    tolerance = pairs.SPREAD / (2 * pairs.MOST)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Seven strengths, then that it cannot be decided."""
        offered = [
            Choice(KEYS[n], str(strength), None, _upper(said)) for n, (strength, said) in enumerate(pairs.WORDS.items())
        ]
        return (*offered, undecided_choice())

    def body(self) -> dict[str, Any]:
        """Task, both answers, and the strengths."""
        scale = [{"strength": strength, "label": said} for strength, said in pairs.WORDS.items()]
        return {**super().body(), "choices": scale}

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From the chosen strength."""
        picked = picked_in(form)
        return {UNDECIDED: True} if picked == NONE else {"strength": number(picked)}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:  # noqa: ARG002
        """The strength, turned to the stored order."""
        strength, order = pairs.read_strength(given), self.order
        turned = strength if order == [0, 1] else -strength
        ranks = [1, 1] if not turned else [1, 2] if turned < 0 else [2, 1]
        return Decision(float(turned), {"ranks": ranks, "shown": order})

    def says(self, decision: Decision) -> str:
        """The strength in words, with the letters that this person was shown."""
        turned = decision.value or 0.0
        return pairs.WORDS[int(turned if self.order == [0, 1] else -turned)]

    def apart(self, first: Decision, second: Decision) -> float:
        """The difference of the strengths."""
        return pairs.distance(first.value or 0.0, second.value or 0.0)

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """The mean strength."""
        if said[0].is_undecided:
            return said[0]
        value = pairs.together([one.value or 0.0 for one in said])
        return Decision(float(value), {"ranks": [1, 1] if not value else [1, 2] if value < 0 else [2, 1]})

    def gold(self, decision: Decision) -> list[GoldOf]:
        """The strength in the stored order."""
        return [] if decision.is_undecided else self.kind_of_gold(decision.value, {})

    def words_of_verdict(self, criterion: str, value: float | None, *, applies: bool) -> str | None:
        """Which answer the judge finds the criterion more true of; above one half it is the first in stored order."""
        found = self.rubric.criterion(criterion) if self.item.version_id else None
        if found is None:
            return None
        if not applies or value is None:
            return f"{found.text}: does not apply" if not applies else f"{found.text}: no verdict"
        first = LETTERS[self.order.index(0)]
        second = LETTERS[self.order.index(1)]
        side = "equally true of both" if value == 0.5 else f"more true of {first if value > 0.5 else second}"
        return f"{found.text}: {side}"


class AskRanking(Compared):
    """Item: subject a list of 2 to 26 responses in their stored order; else as above.

    Answer: `{ranks}`, one for each answer in the order shown, 1 is best, equal ranks are ties. The decision holds
    `ranks` in the stored order and what was `shown`; its value is empty.
    """

    answer = "review/asks/_ranking_answer.html"
    scripts = ("vendor/sortablejs-1.15.7/Sortable.min.js", "js/ranking.js")
    asks_for = "Put the answers in order, the best first."
    tolerance = 0.2

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From one rank an answer as shown."""
        if form.get("choice") == NONE:
            return {UNDECIDED: True}
        ranks = [form.get(f"rank-{n}", "") for n in range(len(self.responses))]
        if not any(ranks):
            raise errors.Invalid(
                "Put the answers in order first, or say that the order is right.", code="ranks_missing"
            )
        return {"ranks": [number(rank) for rank in ranks]}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:  # noqa: ARG002
        """The ranks, turned to the stored order."""
        ranks, order = rankings.read_ranks(given, len(self.responses)), self.order
        turned = [0] * len(ranks)
        for n, place in enumerate(order):
            turned[place] = ranks[n]
        return Decision(payload={"ranks": turned, "shown": order})

    def says(self, decision: Decision) -> str:
        """The letters in order, with = between ties."""
        ranks = [decision.payload["ranks"][place] for place in self.order]
        groups = [[LETTERS[n] for n, rank in enumerate(ranks) if rank == own] for own in sorted(set(ranks))]
        return " > ".join(" = ".join(group) for group in groups)

    def apart(self, first: Decision, second: Decision) -> float:
        """Kendall's distance with ties."""
        return rankings.distance(first.payload["ranks"], second.payload["ranks"])

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """The order of the mean ranks."""
        if said[0].is_undecided:
            return said[0]
        return Decision(payload={"ranks": list(rankings.together([one.payload["ranks"] for one in said]))})

    def gold(self, decision: Decision) -> list[GoldOf]:
        """The ranks, without a number."""
        return [] if decision.is_undecided else self.kind_of_gold(None, {"ranks": list(decision.payload["ranks"])})


def picked_in(form: Mapping[str, Any]) -> str:
    """The token of the choice that was sent; raises `Invalid` where none was."""
    picked = str(form.get("choice", ""))
    if not picked:
        raise errors.Invalid("Choose an answer.", code="choice_missing")
    return picked


def number(text: str) -> int | str:
    """A whole number where the text is one; what is none is left for the reader to refuse."""
    try:
        return int(text)
    except ValueError:
        return text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Deciding one criterion of one response."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.review.queries.asks.base import Ask, GoldOf, LabelOf, Told
from apps.review.queries.choices import NOT_APPLICABLE, Choice, choices_for, label_of
from domain import decisions, errors
from domain import rubric as rubrics
from domain.decisions import Decision, NotOffered
from domain.rubric import Criterion, Evidence, Need, Rubric


@dataclass(frozen=True)
class Shown(Told):
    """What is decided on."""

    criterion: Criterion | None = None
    title: str = ""
    guidelines: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    marks: bool = False


class AskVerdict(Ask):
    """Item: subject a response, `version`, `criterion`, `verdict_keys`. Answer: `{value, applies, spans}`."""

    question = "review/asks/_verdict_question.html"
    scripts = ("js/evidence-select.js",)
    marks = True

    @property
    def criterion(self) -> Criterion:
        """The criterion the item asks about."""
        criterion = self.rubric.criterion(self.item.criterion)
        if criterion is None:
            raise errors.Conflict(
                "The criterion is no longer in this draft, so it cannot be decided.", code="criterion_gone"
            )
        return criterion

    def words_of_verdict(self, criterion: str, value: float | None, *, applies: bool) -> str | None:
        """The label of the value."""
        found = self.rubric.criterion(criterion)
        return None if found is None else label_of(found, value, applies=applies)

    @property
    def title(self) -> str:
        """The criterion's text."""
        return self.criterion.text

    @property
    def shown(self) -> Shown:
        """Task, answer, criterion and choices."""
        criterion = self.criterion
        return Shown(
            **vars(self.told(reference=Need.REFERENCE in criterion.all_needs)),
            criterion=criterion,
            title=self.rubric.title,
            guidelines=tuple(guideline.text for guideline in self.rubric.guidelines),
            choices=tuple(choices_for(criterion)),
            marks=criterion.evidence is not Evidence.NONE,
        )

    def body(self) -> dict[str, Any]:
        """Task, answer, criterion and the values on offer."""
        criterion = self.criterion
        return {
            "rubric": str(self.item.version),
            "criterion": {"id": criterion.id, "text": criterion.text, "kind": criterion.kind},
            **self.told_body(),
            "response": self.text,
            "choices": [
                {"value": choice.value, "label": choice.label, "applies": choice.token != NOT_APPLICABLE}
                for choice in choices_for(criterion)
            ],
        }

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From the chosen token and the hidden field of marked passages."""
        token = form.get("choice", "")
        if not token:
            raise errors.Invalid("Choose an answer.", code="choice_missing")
        choice = next((choice for choice in choices_for(self.criterion) if choice.token == token), None)
        if choice is None:
            raise NotOffered("This is no answer on offer for the criterion.")
        return {"value": choice.value, "applies": token != NOT_APPLICABLE, "spans": spans_field(form)}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:
        """A value on offer, null with a note, or that the criterion does not apply."""
        spans = self.marked(given.get("spans"))
        decided = decide_on(self.criterion, given, note)
        return Decision(decided.value, decided.payload, spans)

    def says(self, decision: Decision) -> str:
        """The label of the value."""
        return label_of(self.criterion, decision.value, applies=decision.applies)

    def apart(self, first: Decision, second: Decision) -> float:
        """The difference of the values."""
        return distance_of(first, second)

    def labels(self, decision: Decision) -> list[LabelOf]:
        """One, on the criterion."""
        return [LabelOf(self.item.criterion, decision.value, spans=decision.spans)]

    def gold(self, decision: Decision) -> list[GoldOf]:
        """The value for the criterion as it is worded."""
        return [gold_of(self.rubric, self.criterion, decision)]


def decide_on(criterion: Criterion, given: Mapping[str, Any], note: str) -> Decision:
    """The decision on one criterion, as {value, applies}; raises `Invalid`."""
    value, applies = given.get("value"), given.get("applies", True)
    offered = choices_for(criterion)
    if not applies:
        if value is not None or not any(choice.token == NOT_APPLICABLE for choice in offered):
            raise NotOffered("“Does not apply” is no answer to this criterion.")
        return Decision(payload={"not_applicable": True})
    if value is None:
        return decisions.undecided(note)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise errors.Invalid(
            "The value of an answer is a number, or null where it cannot be decided.", code="value_invalid"
        )
    if not any(choice.value is not None and decisions.same_number(choice.value, value) for choice in offered):
        raise NotOffered("This is no answer on offer for the criterion.")
    return Decision(float(value))


def distance_of(first: Decision, second: Decision) -> float:
    """How far two decisions on a criterion are apart; a value is far from “does not apply” and “cannot be decided”."""
    if first.applies != second.applies or (first.value is None) != (second.value is None):
        return 1.0
    if first.value is None or second.value is None or decisions.same_number(first.value, second.value):
        return 0.0
    return min(1.0, abs(first.value - second.value))


def gold_of(rubric: Rubric, criterion: Criterion, decision: Decision) -> GoldOf:
    """What a settled decision says of a criterion as it is worded."""
    digest = rubrics.criterion_digest(rubric, criterion, "isolated")
    return GoldOf(criterion.id, digest, decision.value, {} if decision.applies else {"not_applicable": True})


def spans_field(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The marked passages in the hidden field of a form."""
    try:
        spans = json.loads(form.get("evidence") or "[]")
    except ValueError:
        raise errors.Invalid("The marked passages could not be read.", code="spans_invalid") from None
    if not isinstance(spans, list) or not all(isinstance(span, dict) for span in spans):
        raise errors.Invalid("The marked passages could not be read.", code="spans_invalid")
    return spans

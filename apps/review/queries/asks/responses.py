"""Deciding all criteria of one response on one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.review.queries.asks.base import Ask, GoldOf, LabelOf, Told
from apps.review.queries.asks.verdicts import decide_on, distance_of, gold_of, spans_field
from apps.review.queries.choices import NOT_APPLICABLE, Choice, choices_for, label_of
from domain import errors
from domain.decisions import Decision, NotOffered
from domain.rubric import Criterion, Kind, Need


@dataclass(frozen=True)
class Part:
    """One criterion with what can be chosen; its choices are sent as `choice-ID`, its note as `note-ID`."""

    criterion: Criterion
    choices: tuple[Choice, ...]

    @property
    def name(self) -> str:
        """The name of the field that holds the choice."""
        return f"choice-{self.criterion.id}"


@dataclass(frozen=True)
class Shown(Told):
    """What is decided on."""

    title: str = ""
    guidelines: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    marks: bool = True


class AskResponse(Ask):
    """Item: subject a response, `version`, `criterion` empty, `verdict_keys` of all criteria.

    `payload["criteria"]`, a list of ids, asks for some of them only; computed checks are never asked.
    Answer: `{criteria: {id: {value, applies, note}}, spans}`, each criterion asked for exactly once.
    """

    question = "review/asks/_response_question.html"
    answer = "review/asks/_response_answer.html"
    scripts = ("js/evidence-select.js", "js/parts.js")
    marks = True

    @property
    def criteria(self) -> list[Criterion]:
        """The criteria asked about."""
        wanted = self.item.payload.get("criteria")
        found = [one for one in self.rubric.criteria if one.kind is not Kind.CHECK and (not wanted or one.id in wanted)]
        if not found:
            raise errors.Conflict("The criteria are no longer in this draft.", code="criterion_gone")
        return found

    def words_of_verdict(self, criterion: str, value: float | None, *, applies: bool) -> str | None:
        """The label of the value."""
        found = self.rubric.criterion(criterion)
        return None if found is None else label_of(found, value, applies=applies)

    @property
    def title(self) -> str:
        """The rubric, and how much of it."""
        return f"{len(self.criteria)} criteria of “{self.rubric.title}”"

    @property
    def shown(self) -> Shown:
        """Task, answer, and each criterion with its choices."""
        criteria = self.criteria
        return Shown(
            **vars(self.told(reference=any(Need.REFERENCE in one.all_needs for one in criteria))),
            title=self.rubric.title,
            guidelines=tuple(guideline.text for guideline in self.rubric.guidelines),
            parts=tuple(Part(one, tuple(choices_for(one))) for one in criteria),
        )

    def body(self) -> dict[str, Any]:
        """Task, answer, and each criterion with the values on offer."""
        return {
            "rubric": str(self.item.version),
            **self.told_body(),
            "response": self.text,
            "criteria": [
                {
                    "id": one.id,
                    "text": one.text,
                    "kind": one.kind,
                    "choices": [
                        {"value": choice.value, "label": choice.label, "applies": choice.token != NOT_APPLICABLE}
                        for choice in choices_for(one)
                    ],
                }
                for one in self.criteria
            ],
        }

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From one chosen token a criterion."""
        found: dict[str, Any] = {}
        for one in self.criteria:
            token = form.get(f"choice-{one.id}", "")
            if not token:
                raise errors.Invalid(f"Choose an answer for “{one.text}”.", code="choice_missing")
            choice = next((choice for choice in choices_for(one) if choice.token == token), None)
            if choice is None:
                raise NotOffered(f"This is no answer on offer for “{one.text}”.")
            note = form.get(f"note-{one.id}", "")
            found[one.id] = {"value": choice.value, "applies": token != NOT_APPLICABLE, "note": note}
        return {"criteria": found, "spans": spans_field(form)}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:
        """One decision a criterion; all of them, and no others."""
        answers = given.get("criteria")
        asked = self.criteria
        if not isinstance(answers, Mapping) or set(answers) != {one.id for one in asked}:
            names = ", ".join(one.id for one in asked)
            raise errors.Invalid(f"Answer each of these criteria once: {names}.", code="criteria_invalid")
        payload: dict[str, Any] = {}
        for one in asked:
            answer = answers[one.id]
            if not isinstance(answer, Mapping):
                raise errors.Invalid(f"The answer to “{one.id}” could not be read.", code="criteria_invalid")
            own = str(answer.get("note") or "")
            decided = decide_on(one, answer, own or note)
            payload[one.id] = {"value": decided.value, **decided.payload, **({"note": own} if own else {})}
        return Decision(payload={"criteria": payload}, spans=self.marked(given.get("spans")))

    def parts(self, decision: Decision) -> list[tuple[Criterion, Decision]]:
        """What was decided on each criterion."""
        answers = decision.payload.get("criteria") or {}
        return [
            (one, Decision(answers[one.id].get("value"), answers[one.id])) for one in self.criteria if one.id in answers
        ]

    def says(self, decision: Decision) -> str:
        """What was decided on each criterion, in the rubric's order."""
        return "; ".join(
            f"{one.text}: {label_of(one, part.value, applies=part.applies)}" for one, part in self.parts(decision)
        )

    def apart(self, first: Decision, second: Decision) -> float:
        """The largest difference on a criterion, so that one disagreement is a conflict."""
        others = {one.id: part for one, part in self.parts(second)}
        return max(
            (distance_of(part, others[one.id]) if one.id in others else 1.0 for one, part in self.parts(first)),
            default=0.0,
        )

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """What all of them say."""
        return Decision(payload=said[0].payload)

    def labels(self, decision: Decision) -> list[LabelOf]:
        """One a criterion."""
        return [LabelOf(one.id, part.value) for one, part in self.parts(decision)]

    def gold(self, decision: Decision) -> list[GoldOf]:
        """One a criterion that was decided."""
        return [
            gold_of(self.rubric, one, part)
            for one, part in self.parts(decision)
            if part.value is not None or not part.applies
        ]

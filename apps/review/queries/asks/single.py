"""One answer rated, marked with errors, or written about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from apps.review.queries.asks.base import Ask, GoldOf, LabelOf, Told
from apps.review.queries.asks.compared import number, picked_in
from apps.review.queries.asks.verdicts import spans_field
from apps.review.queries.choices import KEYS, Choice, undecided_choice
from apps.review.queries.choices import UNDECIDED as NONE
from domain import errors
from domain.decisions import UNDECIDED, Decision, mistakes, ratings
from domain.decisions.mistakes import Mistake


@dataclass(frozen=True)
class Shown(Told):
    """What is decided on."""

    about: str = ""
    help: str = ""
    choices: tuple[Choice, ...] = ()
    marks: bool = True
    categories: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()


class Single(Ask):
    """Item: subject a response. `payload["question"]` takes the place of the task's own question."""

    question = "review/asks/_single_question.html"
    scripts: ClassVar[tuple[str, ...]] = ("js/evidence-select.js",)
    marks = True
    asks_for = ""
    help = ""

    @property
    def about(self) -> str:
        """What is asked."""
        return str(self.item.payload.get("question") or self.asks_for)

    @property
    def title(self) -> str:
        """The prompt, the model's answer of it, and what is asked."""
        return f"{self.prompt.external_id}: {self.about}"

    @property
    def shown(self) -> Shown:
        """Task, answer and choices."""
        return Shown(**vars(self.told()), about=self.about, help=self.help, choices=self.choices)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        return (undecided_choice(),)

    def body(self) -> dict[str, Any]:
        """Task and answer."""
        return {**self.told_body(), "question": self.about, "response": self.text}


class AskRating(Single):
    """Item: as above; `criterion` names the aspect that is rated, empty for the whole.

    `payload["levels"]` may give five of its own, worst first, each `{label, anchor}`.
    Answer: `{level, spans}` from 1, the worst, to 5; it is the value of the decision and of its label.
    """

    asks_for = "How good is this answer?"
    tolerance = 0.25

    @property
    def about(self) -> str:
        """What is asked."""
        aspect = self.item.criterion.replace("_", " ")
        return str(
            self.item.payload.get("question") or (f"How good is this answer in {aspect}?" if aspect else self.asks_for)
        )

    @property
    def levels(self) -> list[tuple[str, str]]:
        """Name and meaning of each level, worst first."""
        own = self.item.payload.get("levels")
        if isinstance(own, list) and len(own) == len(ratings.LEVELS) and all(isinstance(one, Mapping) for one in own):
            return [(str(one.get("label", "")), str(one.get("anchor", ""))) for one in own]
        return list(ratings.LEVELS)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The levels, best first, each under the key of its number."""
        offered = [
            Choice(KEYS[n - 1], str(n), float(n), f"{n} {label}", anchor)
            for n, (label, anchor) in enumerate(self.levels, 1)
        ]
        return (*reversed(offered), undecided_choice())

    def body(self) -> dict[str, Any]:
        """Task, answer and levels."""
        levels = [{"level": n, "label": label, "anchor": anchor} for n, (label, anchor) in enumerate(self.levels, 1)]
        return {**super().body(), "aspect": self.item.criterion or None, "choices": levels}

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From the chosen level and the marked passages."""
        picked = picked_in(form)
        return {UNDECIDED: True} if picked == NONE else {"level": number(picked), "spans": spans_field(form)}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:  # noqa: ARG002
        """The level."""
        return Decision(float(ratings.read_level(given)), spans=self.marked(given.get("spans")))

    def says(self, decision: Decision) -> str:
        """Number and name of the level."""
        level = round(decision.value or 1)
        return f"{level} {self.levels[level - 1][0]}"

    def apart(self, first: Decision, second: Decision) -> float:
        """The difference of the levels."""
        return ratings.distance(first.value or 0.0, second.value or 0.0)

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """The median."""
        return said[0] if said[0].is_undecided else Decision(ratings.together([one.value or 0.0 for one in said]))

    def labels(self, decision: Decision) -> list[LabelOf]:
        """One, of the aspect or the whole."""
        return [LabelOf(self.item.criterion or "rating", decision.value, spans=decision.spans)]

    def gold(self, decision: Decision) -> list[GoldOf]:
        """The level."""
        if decision.is_undecided:
            return []
        name = self.item.criterion or "rating"
        return [GoldOf(name, f"task:rating:{name}"[:71], decision.value)]


class AskMistakes(Single):
    """Item: as above; `payload["categories"]`, a list of names, takes the place of the MQM typology.

    Answer: `{errors: [{start, end, category, severity}]}`, without `start` and `end` where an error has no place; an
    empty list says that there is none. The value is the MQM score, and the label's criterion is `mqm`.
    """

    asks_for = "Mark every error, with its kind and severity."
    help = (
        "Select the words that are wrong, then say how severe it is and of which kind. A click on a mark takes it away."
    )
    answer = "review/asks/_mistakes_answer.html"
    scripts = ("js/evidence-select.js", "js/mistakes.js")
    tolerance = 0.5

    @property
    def categories(self) -> tuple[str, ...]:
        """The kinds on offer."""
        own = self.item.payload.get("categories")
        kept = [str(one)[: mistakes.MOST_NAME] for one in own] if isinstance(own, list) else []
        return tuple(dict.fromkeys(kept)) or mistakes.CATEGORIES

    @property
    def points(self) -> list[tuple[str, str]]:
        """What a major and a minor error of each kind cost."""
        return [
            (one, " ".join(f"{Mistake(one, severity).points:g}" for severity in mistakes.SEVERITIES[:2]))
            for one in self.categories
        ]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """That there is no error, and that it cannot be decided."""
        return (Choice("9", "clean", 0.0, "No error", "You read it all and found none"), undecided_choice())

    @property
    def shown(self) -> Shown:
        """Task, answer, kinds and severities."""
        told = vars(self.told())
        return Shown(
            **told, about=self.about, help=self.help, choices=self.choices, categories=self.categories,
            severities=mistakes.SEVERITIES,
        )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """Task, answer, kinds and severities."""
        return {**super().body(), "categories": list(self.categories), "severities": list(mistakes.SEVERITIES)}

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From the hidden field of errors; that there is none is said, not left out."""
        picked = form.get("choice")
        if picked == NONE:
            return {UNDECIDED: True}
        try:
            found = json.loads(form.get("errors") or "[]")
        except ValueError:
            raise errors.Invalid("The marked errors could not be read.", code="errors_invalid") from None
        if not found and picked != "clean":
            raise errors.Invalid("Mark an error, or say that there is none.", code="errors_missing")
        if found and picked == "clean":
            raise errors.Invalid("You marked errors and said that there is none.", code="errors_contradict")
        return {"errors": found}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:  # noqa: ARG002
        """The errors and their score."""
        found = mistakes.read_mistakes(self.text, given, self.categories)
        rows = [{name: value for name, value in asdict(one).items() if name != "text"} for one in found]
        spans = [asdict(one) | {"note": f"{one.severity}: {one.category}"} for one in found if one.start is not None]
        return Decision(mistakes.score(found), {"errors": rows}, spans)

    def says(self, decision: Decision) -> str:
        """The score, and how many errors of each severity."""
        found = _mistakes(decision)
        if not found:
            return "no error, score 0"
        counts = [(name, sum(one.severity == name for one in found)) for name in mistakes.SEVERITIES]
        said = ", ".join(f"{count} {name.lower()}" for name, count in counts if count)
        return f"score {decision.value:g}: {said}"

    def apart(self, first: Decision, second: Decision) -> float:
        """How little the marked errors overlap."""
        return mistakes.distance(_mistakes(first), _mistakes(second))

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """The decision with the middle score, of two in the middle the worse."""
        return sorted(said, key=lambda one: one.value or 0.0)[(len(said) - 1) // 2]

    def labels(self, decision: Decision) -> list[LabelOf]:
        """One with the score, its errors beside it."""
        payload = {} if decision.is_undecided else {"errors": list(decision.payload["errors"])}
        return [LabelOf("mqm", decision.value, payload, decision.spans)]

    def gold(self, decision: Decision) -> list[GoldOf]:
        """The score, with the errors."""
        if decision.is_undecided:
            return []
        return [GoldOf("mqm", "task:spans:mqm", decision.value, {"errors": list(decision.payload["errors"])})]


class AskCritique(Single):
    """Item: as above. Answer: `{spans}`; the critique is the note, which is needed. People cannot be in conflict."""

    asks_for = "What is good and what is bad about this answer?"
    help = "Write what you would tell its writer, and mark the passages that you mean."
    answer = "review/asks/_critique_answer.html"
    note_label = "Critique"
    note_needed = True
    note_rows = 7

    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """From the marked passages."""
        return {"spans": spans_field(form)}

    def read(self, given: Mapping[str, Any], note: str) -> Decision:  # noqa: ARG002
        """The passages."""
        return Decision(payload={"critique": True}, spans=self.marked(given.get("spans")))

    def says(self, decision: Decision) -> str:
        """That there is one; its words are the note."""
        count = len(decision.spans)
        return "a critique" + (f" with {count} passage{'' if count == 1 else 's'}" if count else "")

    def apart(self, first: Decision, second: Decision) -> float:  # noqa: ARG002
        """Critiques are no votes."""
        return 0.0

    def labels(self, decision: Decision) -> list[LabelOf]:
        """One that holds the words as its note."""
        return [LabelOf("critique", None, {"critique": True}, decision.spans)]


def _mistakes(decision: Decision) -> list[Mistake]:
    return [Mistake(**row) for row in decision.payload.get("errors") or []]

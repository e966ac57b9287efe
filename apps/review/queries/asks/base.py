"""What every task of a queue can say of one of its items."""

import abc
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from apps.datasets.models import Prompt, Response, Subject
from apps.review.models import Review, ReviewItem
from apps.rubrics import queries as rubric_queries
from domain import decisions, errors, subjects
from domain.decisions import UNDECIDED, Decision
from domain.rubric import Rubric


@dataclass(frozen=True)
class LabelOf:
    """A label that a decision becomes: for the item's subject, on a criterion or on the whole."""

    criterion: str | None
    value: float | None
    payload: Mapping[str, Any] = field(default_factory=dict)
    spans: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class PreferenceOf:
    """A preference that a decision becomes: (response key, rank), 1 is best, equal ranks are ties."""

    ranks: Sequence[tuple[int, int]]
    criterion: str | None = None
    strength: float | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GoldOf:
    """What a settled decision holds as gold: a value for a criterion as worded by its digest."""

    criterion: str
    digest: str
    value: float | None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What is shown of any item: the task as the model was given it."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    context: str = ""
    reference: str = ""
    response: str = ""


def rubric_of(item: ReviewItem) -> Rubric:
    """What the item's version says."""
    if item.version is None:
        raise errors.Conflict("This item has no rubric version.", code="item_without_rubric")
    return rubric_queries.domain_rubric(item.version)


class Ask(abc.ABC):
    """One item as its task asks it.

    `document`, `question` and `answer` are templates that get `ask` and `shown`: what is judged, what is asked, and
    the form's fields, which `given` reads. A subclass says how an answer is read, what it is in words, how far two
    answers are apart, and what is stored of it.
    """

    document: ClassVar[str] = "review/asks/_response_document.html"
    question: ClassVar[str] = ""
    answer: ClassVar[str] = "review/asks/_choices.html"
    scripts: ClassVar[tuple[str, ...]] = ()
    marks: ClassVar[bool] = False
    """Whether passages of the answer may be marked beside the decision."""
    note_label: ClassVar[str] = "Note"
    note_needed: ClassVar[bool] = False
    note_rows: ClassVar[int] = 1
    tolerance: ClassVar[float] = 0.0
    """Answers further apart than this are a conflict."""

    def __init__(self, item: ReviewItem, seat: int = 0, rubric: Rubric | None = None) -> None:
        """`seat` is the person's key: what is shown in a drawn order is drawn for them; 0 is the stored order."""
        self.item = item
        self.seat = seat
        self._rubric = rubric

    @property
    def title(self) -> str:
        """The item in a list."""
        return self.item.subject.prompt.external_id if self.item.subject else str(self.item)

    @property
    @abc.abstractmethod
    def shown(self) -> Any:
        """What the templates show; never anything a judge or another person said."""

    @abc.abstractmethod
    def body(self) -> dict[str, Any]:
        """The same over REST."""

    @abc.abstractmethod
    def given(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """The answer as REST takes it, from the fields of the posted form."""

    def decide(self, given: Mapping[str, Any], note: str = "") -> Decision:
        """The decision in an answer as REST takes it; raises `Invalid` with a sentence for the person.

        Of every task it may be `{"undecided": true}` with a note that says why.
        """
        return decisions.undecided(note) if given.get(UNDECIDED) is True else self.read(given, note)

    def words(self, decision: Decision) -> str:
        """The decision in words."""
        return "cannot be decided" if decision.is_undecided else self.says(decision)

    def distance(self, first: Decision, second: Decision) -> float:
        """How far two decisions are apart, 0 to 1; whoever cannot decide differs from whoever did."""
        if first.is_undecided or second.is_undecided:
            return float(first.is_undecided != second.is_undecided)
        return self.apart(first, second)

    @abc.abstractmethod
    def read(self, given: Mapping[str, Any], note: str) -> Decision:
        """The decision of somebody who could decide; raises `Invalid`."""

    @abc.abstractmethod
    def says(self, decision: Decision) -> str:
        """The decision of somebody who could decide, in words."""

    @abc.abstractmethod
    def apart(self, first: Decision, second: Decision) -> float:
        """How far two people are apart who both could decide, 0 to 1."""

    def words_of_verdict(self, criterion: str, value: float | None, *, applies: bool) -> str | None:  # noqa: ARG002
        """A judge's value in the words of the choices; None where verdicts do not stand against the decision."""
        return None

    def labels(self, decision: Decision) -> list[LabelOf]:  # noqa: ARG002
        """The labels it becomes."""
        return []

    def preferences(self, decision: Decision) -> list[PreferenceOf]:  # noqa: ARG002
        """The preferences it becomes."""
        return []

    def gold(self, decision: Decision) -> list[GoldOf]:  # noqa: ARG002
        """What holds once people settled on it; empty where the task has no gold."""
        return []

    def agreed(self, said: Sequence[Decision]) -> Decision:
        """What people say who are no further apart than the tolerance."""
        return said[0]

    def is_conflict(self, said: Sequence[Decision]) -> bool:
        """Whether two of the decisions are further apart than the tolerance."""
        return any(
            self.distance(first, second) > self.tolerance for n, first in enumerate(said) for second in said[n + 1 :]
        )

    @staticmethod
    def first_of(review: Review) -> Decision:
        """What a person said before anything was revealed."""
        payload = {name: value for name, value in review.payload.items() if name != "after"}
        return Decision(review.value, payload, tuple(review.spans))

    @classmethod
    def said(cls, review: Review) -> Decision:
        """What a person finally says."""
        if review.after != Review.After.CHANGED:
            return cls.first_of(review)
        return Decision(review.after_value, review.payload.get("after") or {})

    def told(self, *, reference: bool = False) -> Told:
        """The task as the model was given it, and the answer where there is one."""
        prompt = self.prompt
        return Told(
            messages=prompt.messages,
            context=subjects.text_of(prompt.context or ()),
            reference=subjects.text_of(prompt.reference or ()) if reference else "",
            response=self.text if self.responses else "",
        )

    def told_body(self) -> dict[str, Any]:
        """The task over REST."""
        prompt = self.prompt
        return {
            "prompt": [{"role": turn["role"], "text": subjects.text_of(turn["parts"])} for turn in prompt.messages],
            "reference": subjects.text_of(prompt.reference) if prompt.reference else None,
        }

    @property
    def subject(self) -> Subject:
        """What is judged."""
        return self.item.about

    @property
    def rubric(self) -> Rubric:
        """What the item's version says."""
        if self._rubric is None:
            self._rubric = rubric_of(self.item)
        return self._rubric

    @property
    def prompt(self) -> Prompt:
        """What was asked of the model."""
        return self.subject.prompt

    @functools.cached_property
    def responses(self) -> list[Response]:
        """The answers in their stored order."""
        members = self.subject.members.select_related("response").order_by("position")
        return [member.response for member in members]

    @property
    def text(self) -> str:
        """The text of the one answer."""
        return subjects.text_of(self.responses[0].parts)

    def marked(self, spans: Any) -> list[dict[str, Any]]:
        """Passages of the one answer, checked."""
        return decisions.read_spans(self.text, spans or [])

"""The shape of what drafts or refines: a pure function from the answers so far to the next questions, or to the end.

A method never waits. Whoever runs it stores each answer under its key and calls `step` again, so a loop that was
stopped goes on where it was and asks nothing twice, and the same answers lead to the same end.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain import errors
from domain.ports import LabelRequest, TextRequest


class Refused(errors.Conflict):
    """Nothing can be drafted from this, or what was drafted does not hold; the sentence says why."""

    default_code = "draft_refused"


class Role(enum.StrEnum):
    """Who is asked: the model that writes, the judge that checks (they may be one), a person, or the studio itself.

    A person answers a TextRequest, whose words are the question; the loop waits for it. The studio answers Alike.
    """

    WRITER = "writer"
    JUDGE = "judge"
    PERSON = "person"
    STUDIO = "studio"


class Need(enum.StrEnum):
    """What a method works on, besides the rubric."""

    PAIRS = "pairs"
    ANSWERS = "answers"
    POLICY = "policy"
    DOCUMENT = "document"
    CASES = "cases"
    PASSAGES = "passages"
    COMMENTS = "comments"
    CONVERSATION = "conversation"
    FAULTS = "faults"
    META = "meta"


class Op(enum.StrEnum):
    """What a suggestion does to the rubric."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class Text(NamedTuple):
    """An answer: its key, the prompt it answers, who wrote it, and what it says. The text is hostile."""

    key: int
    prompt: int
    author: str
    text: str


class Pair(NamedTuple):
    """Two answers to a prompt of which people said that the first is better."""

    better: Text
    worse: Text


class Present(NamedTuple):
    """A criterion that the rubric has."""

    id: str
    text: str
    weight: float


class Source(NamedTuple):
    """A piece of what was given to write from: a passage of a document, a comment, a case of the bank, a reply.

    `by` is who wrote it; of a comment `answer` is the key of the answer and `about` the criterion it was written to.
    """

    key: str
    title: str
    text: str
    by: str = ""
    about: str = ""
    answer: int | None = None


class Verdict(NamedTuple):
    """What people and the judge found of a criterion on an answer, as degrees in [0, 1]; None where there is none.

    `settled` is what people settled on, `votes` what each of them said.
    """

    criterion: str
    answer: int
    settled: float | None = None
    judged: float | None = None
    votes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """All that a method may see, frozen when the loop is begun. `prompts` are texts by the keys that answers name.

    `weak` and `strong` name authors of answers; `sources` come in the order given; `meta` is the text of the
    meta-rubric that governs the writing; `turned_down` are suggestions that people rejected, with their reasons.
    `secret` makes the fences of prompts, which no text that is fenced can foresee. `verdicts` are on the answers.
    """

    criteria: tuple[Present, ...] = ()
    prompts: Mapping[int, str] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    answers: tuple[Text, ...] = ()
    sources: tuple[Source, ...] = ()
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    goal: str = ""
    meta: str = ""
    turned_down: tuple[tuple[str, str], ...] = ()
    secret: str = ""
    verdicts: tuple[Verdict, ...] = ()


class Alike(NamedTuple):
    """A question to the studio: how alike each two of these texts are in meaning."""

    texts: tuple[str, ...]


class Ask(NamedTuple):
    """A question to a model: `key` names it within its loop for good, `purpose` says on the page what it is for."""

    key: str
    role: Role
    purpose: str
    request: TextRequest | LabelRequest | Alike


class Answer(NamedTuple):
    """What came of a question: a text a suffix, or the probabilities of a suffix's labels; None where it failed.

    `alike` are cosines, a row a text, by the model named in `by` ("words" where they were compared by their words).
    `reason` says why all of it failed, e.g. that the budget is used up; it is empty otherwise.
    """

    texts: tuple[str | None, ...] = ()
    labels: tuple[Mapping[str, float] | None, ...] = ()
    reason: str = ""
    alike: tuple[tuple[float, ...], ...] = ()
    by: str = ""


class Suggestion(NamedTuple):
    """One criterion that came up, kept or not, with where it came from.

    `key` is its name in the lineage and `parents` those of what it was made of; `round` counts from 0; `drop` says in
    few words why it is not proposed and is empty where it is. `target` is the criterion that is changed or removed.
    `evidence` are plain figures and short texts that stand beside the hunk.
    """

    key: str
    op: Op
    text: str
    target: str = ""
    parents: tuple[str, ...] = ()
    round: int = 0
    drop: str = ""
    weight: float | None = None
    kind: str = ""
    evidence: Mapping[str, Any] = {}


class More(NamedTuple):
    """What to ask next; `stage` is a word for the page, e.g. "Splitting, round 2"."""

    stage: str
    asks: tuple[Ask, ...]


class End(NamedTuple):
    """What the loop came to: every suggestion with its fate, figures for the page, and a sentence on why it stopped.

    An end without a suggestion that is kept is a refusal, and `stopped` is its reason.
    """

    suggestions: tuple[Suggestion, ...]
    figures: Mapping[str, Any]
    stopped: str


Step = Callable[[Inputs, Mapping[str, Any], int, Mapping[str, Answer]], More | End]


@dataclass(frozen=True)
class Param:
    """A setting of a method: a whole number or a share within bounds."""

    name: str
    title: str
    default: float
    low: float
    high: float
    whole: bool = True
    help: str = ""


@dataclass(frozen=True)
class Method:
    """A way of drafting or refining. `step(inputs, params, seed, answers)` is pure; it raises Refused
    where the inputs do not do, at the latest on its first call.

    `frontier` says where a paper's figures came from a stronger model. `most_calls` tells from the settings and the
    inputs how many calls it takes at most, where that can be told.
    """

    kind: str
    title: str
    question: str
    needs: frozenset[Need]
    params: tuple[Param, ...]
    source: str
    step: Step
    frontier: str = ""
    most_calls: Callable[[Mapping[str, Any], Inputs], int] | None = None

    @property
    def takes_files(self) -> bool:
        """Whether a file may be given to write from."""
        return bool({Need.DOCUMENT, Need.PASSAGES} & self.needs)

    def settled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, defaults included. Raises Invalid for unknown names and values out of bounds."""
        known = {one.name: one for one in self.params}
        if unknown := sorted(set(given) - set(known)):
            raise errors.Invalid(f"This method has no setting {str(unknown[0])[:40]}.", code="param_unknown")
        found: dict[str, Any] = {}
        for one in self.params:
            value = given.get(one.name, one.default)
            if isinstance(value, bool) or not isinstance(value, int | float) or not one.low <= value <= one.high:
                raise errors.Invalid(f"{one.title} lies between {one.low:g} and {one.high:g}.", code="param_invalid")
            if one.whole and value != int(value):
                raise errors.Invalid(f"{one.title} is a whole number.", code="param_invalid")
            found[one.name] = int(value) if one.whole else float(value)
        return found


def unanswered(asks: tuple[Ask, ...], answers: Mapping[str, Answer]) -> tuple[Ask, ...]:
    """Those of the questions that have no answer yet, in their order."""
    return tuple(one for one in asks if one.key not in answers)

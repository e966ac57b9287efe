"""An item passes only if it is true and no general guideline is broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from domain import prompts, verdicts
from domain.ports import Failure, FailureKind, LabelReply, LabelRequest, Part
from domain.rubric import Criterion, Guideline, Kind
from domain.strategies.protocol import (
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Question,
    SamePrompts,
    Setting,
    failed,
    one_of,
)
from domain.strategies.yes_no import NO, YES
from domain.verdicts import DOES_NOT_APPLY, Verdict

PROMPT = "judge_guidelines_and"
_GUIDELINE = Criterion(id="guideline", text="guideline")
SCOPE = Setting(
    "guidelines",
    "item",
    one_of("item", "answer"),
    "Guidelines are asked of each item (item) or once of the whole answer (answer).",
    "Ask the guidelines",
    (("item", "For each item"), ("answer", "Once for the whole answer")),
)


class GuidelinesAnd(SamePrompts):
    """Asks whether each item is true and each guideline broken, and joins them with AND."""

    about = About(
        name="guidelines_and",
        title="Items and guidelines",
        does="An item passes only if it is true and none of the rubric's general guidelines is broken; says by number "
        "which guideline was. A pitfall is judged alone.",
        source="AI Co-Scientists (2025)",
        prompts=(PROMPT,),
        kinds=frozenset({Kind.BINARY, Kind.ANSWER, Kind.NUGGET}),
        heeds_polarity=True,
        settings=(SCOPE,),
        asks_for="one token a criterion and, for each, one a guideline",
    )

    def cost(self, load: Load) -> Cost:
        """One request of all items, and of all guidelines for each of them or once."""
        times = 1 if SCOPE.of(load.settings) == "answer" else load.criteria
        count = load.criteria + times * load.guidelines
        return Cost(1, count, count)

    def judge(self, question: Question) -> Judging:
        """Ask for all items and guidelines in one request."""
        asked = _Asked(question)
        batch = yield Ask(asked.request(), "labels", PROMPT)
        findings = Findings()
        for place, criterion in enumerate(question.criteria):
            replies = [batch.replies[at] for at in (place, *asked.guidelines_of(place))]
            away = next((each.failure for each in replies if _is_away(each.failure)), None)
            if away is not None:
                findings.fail(criterion, away, (0, place))
                continue
            told = [_told(question, _GUIDELINE, reply) for reply in replies[1:]]
            findings.take(_joined(_told(question, criterion, replies[0]), told), (0, place))
        return findings


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """Where in the request each question stands: all items first, then the guidelines."""

    question: Question

    @property
    def guidelines(self) -> Sequence[Guideline]:
        return self.question.material.rubric.guidelines

    @property
    def judged_alone(self) -> list[bool]:
        return [criterion.is_pitfall for criterion in self.question.criteria]

    def guidelines_of(self, place: int) -> range:
        """The positions of the guidelines that are joined to an item."""
        if self.judged_alone[place]:
            return range(0)
        items, count = len(self.question.criteria), len(self.guidelines)
        before = 0 if self._once else sum(not alone for alone in self.judged_alone[:place])
        return range(items + before * count, items + (before + 1) * count)

    def request(self) -> LabelRequest:
        """All questions, after the same shared part."""
        material, criteria = self.question.material, self.question.criteria
        sections = prompts.load(PROMPT).sections
        places = [prompts.of_criterion(each, material.number(each)) for each in criteria]
        suffixes = [prompts.fill(sections["suffix"], each) for each in places]
        joined = [each for each, alone in zip(places, self.judged_alone, strict=True) if not alone]
        section, asked_of = ("of_answer", joined[:1]) if self._once else ("of_item", joined)
        for each in asked_of:
            for guideline in self.guidelines:
                told = {**each, "guideline": [Part(guideline.text, trusted=False)]}
                suffixes.append(prompts.fill(sections[section], told))
        labels = [_labels(criterion) for criterion in criteria]
        labels += [(YES, NO)] * (len(suffixes) - len(labels))
        return LabelRequest(prompts.fill(sections["shared"], material.shared()), tuple(suffixes), tuple(labels))

    @property
    def _once(self) -> bool:
        return bool(SCOPE.of(self.question.settings) == "answer")


def _labels(criterion: Criterion) -> tuple[str, ...]:
    return (YES, NO, DOES_NOT_APPLY.text) if isinstance(criterion.applies_when, str) else (YES, NO)


def _is_away(failure: Failure | None) -> bool:
    return failure is not None and failure.kind is FailureKind.UNAVAILABLE


def _told(question: Question, criterion: Criterion, reply: LabelReply) -> Verdict:
    """Read one reply as Yes or No, whatever the kind of the criterion."""
    if reply.failure is not None:
        return failed(criterion, reply.failure)
    return verdicts.read_distribution(
        criterion.model_copy(update={"kind": Kind.BINARY, "levels": None}),
        reply.probabilities,
        label_mass=reply.label_mass,
        min_label_mass=float(question.settings.get("min_label_mass", verdicts.MIN_LABEL_MASS)),
    )


def _joined(item: Verdict, told: Sequence[Verdict]) -> Verdict:
    """AND in three values: what is known to be false decides, else what is unknown leaves the whole unknown."""
    broken = [n for n, each in enumerate(told, start=1) if each.is_scored and each.value]
    unknown = [n for n, each in enumerate(told, start=1) if not each.is_scored]
    if not item.is_scored:
        return item
    detail = {"item": item.value, "broken": broken, "unknown": unknown, "guidelines": len(told)}
    if item.value and unknown and not broken:
        first = told[unknown[0] - 1]
        reason = f"Guideline {unknown[0]} could not be judged: {first.reason}"
        return dataclasses.replace(verdicts.unscored(item.criterion_id, first.status, reason), detail=detail)
    known = [item.probability, *(1 - each.probability for each in told if each.probability is not None)]
    return dataclasses.replace(
        item,
        value=0.0 if broken else item.value,
        probability=min(each for each in known if each is not None),
        detail=detail,
    )

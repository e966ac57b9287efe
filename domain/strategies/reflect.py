"""A first reading, then a second one that reads the criteria again and corrects the first."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from domain import prompts, reply_forms, verdicts
from domain.ports import Part, TextBatch, TextRequest, text_of
from domain.rubric import Criterion
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, SamePrompts, positions
from domain.verdicts import Label, Status, Verdict

FIRST, SECOND = "judge_reasoned", "judge_reflect"
MAX_TOKENS = 160
_NO_REASON = "(no reason was given)"


class Reflect(SamePrompts):
    """The second reading sees the reason of the first, never its answer; only the second counts."""

    about = About(
        name="reflect",
        title="Second reading",
        does="Reads twice: the second reading sees the reason of the first without its answer, reads the criterion "
        "again and corrects. Shows the first value and whether it changed.",
        source="SciRM (2026)",
        prompts=(FIRST, SECOND),
        quotes=("isolated",),
        needs_logprobs=False,
        asks_for="two reasons a criterion, about a hundred tokens each",
    )

    def cost(self, load: Load) -> Cost:
        """Two requests."""
        tokens = int(load.settings.get("max_reasoning_tokens", MAX_TOKENS))
        return Cost(2, 2 * load.criteria, 2 * load.criteria * tokens)

    def judge(self, question: Question) -> Judging:
        """Ask for a reason and an answer, then for better ones."""
        findings = Findings()
        rendered = prompts.render(FIRST, question.material, question.criteria)
        first: TextBatch = yield Ask(
            _request(question, question.criteria, rendered.shared, rendered.suffixes), "first_reading", FIRST
        )
        read = positions(first, question.criteria, findings, 0)
        if not read:
            return findings
        criteria = [question.criteria[place] for place in read]
        texts = [first.texts[place] or "" for place in read]
        sections = prompts.load(SECOND).sections
        again = _request(
            question,
            criteria,
            prompts.fill(sections["shared"], question.material.shared()),
            [_suffix(question, *each) for each in zip(criteria, texts, strict=True)],
        )
        second: TextBatch = yield Ask(again, "second_reading", SECOND)
        for at in positions(second, criteria, findings, 1):
            before = verdicts.read_answer(criteria[at], texts[at])
            findings.take(_read(question, criteria[at], before, second.texts[at] or ""), (1, at))
        return findings


def _request(
    question: Question, criteria: Sequence[Criterion], shared: tuple[Part, ...], suffixes: Sequence[tuple[Part, ...]]
) -> TextRequest:
    most = int(question.settings.get("max_reasoning_tokens", MAX_TOKENS))
    return TextRequest(
        shared,
        tuple(suffixes),
        max_tokens=most,
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
        forms=question.held(reply_forms.reasoned(most, reply_forms.replies(each)) for each in criteria),
    )


def _suffix(question: Question, criterion: Criterion, text: str) -> tuple[Part, ...]:
    token = question.material.shared()["token"]
    said = verdicts.before_answer(text).replace(text_of(tuple(token)), "")  # a reader that copied the fences opens none
    reason = verdicts.read_reasoned(said).rationale or _NO_REASON
    places: dict[str, Sequence[Part]] = {
        **prompts.of_criterion(criterion, question.material.number(criterion)),
        "token": token,
        "first": [Part(reason, trusted=False)],
    }
    return prompts.fill(prompts.load(SECOND).sections["suffix"], places)


def _read(question: Question, criterion: Criterion, before: Label | None, text: str) -> Verdict:
    after = verdicts.read_answer(criterion, text)
    detail: dict[str, Any] = {"first": _shown(before)}
    if after is None:
        said = "The second reading has no last line Answer: with one reply on offer."
        return dataclasses.replace(verdicts.unscored(criterion.id, Status.UNPARSEABLE, said), detail=detail)
    if before is not None:
        detail["changed"] = before != after
    if after.value is None:
        said = "The second reading says that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, reason=said, detail=detail)
    verdict = Verdict(criterion.id, Status.OK, value=after.value, detail=detail)
    reasoned = verdicts.read_reasoned(verdicts.before_answer(text))
    return verdicts.check_evidence(criterion, verdict, reasoned, question.material.text(0))


def _shown(before: Label | None) -> float | str:
    """The first value as a number, or a word where there was none."""
    if before is None:
        return "unreadable"
    return "not_applicable" if before.value is None else before.value

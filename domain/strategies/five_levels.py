"""Absolute grading on five anchored levels: feedback first, then the level."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain import prompts, reply_forms, verdicts
from domain.ports import Form, Part, TextBatch, TextRequest
from domain.rubric import Criterion, Kind
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, SamePrompts, positions
from domain.verdicts import DOES_NOT_APPLY, Status, Verdict

PROMPT = "judge_five_levels"
MAX_TOKENS = 160
LEVELS = 5
_RESULT = re.compile(r"(?:\[\s*RESULT\s*\]|^[\s*#]*RESULT\s*:)(.*)$", re.IGNORECASE | re.MULTILINE)
_GRADE = re.compile(r"[\s*\[(\"':]*([1-5]|X)[\s*\])\"'.]*(?:(?:/|out of)\s*5[\s*\])\"'.]*)?")
_TITLE = re.compile(r"^\W*feedback\W*:\s*", re.IGNORECASE)


class FiveLevels(SamePrompts):
    """Writes feedback, then the level from 1 to 5; an ordinal criterion brings its own five levels."""

    about = About(
        name="five_levels",
        title="Five levels with feedback",
        does="Writes feedback, then grades on five levels: those of an ordinal criterion with five, else from not true "
        "to entirely true. The feedback is kept as the rationale.",
        source="Prometheus (2023)",
        prompts=(PROMPT,),
        kinds=frozenset({Kind.BINARY, Kind.ANSWER, Kind.NUGGET, Kind.ORDINAL}),
        needs_logprobs=False,
        asks_for="feedback of about a hundred tokens a criterion",
    )

    def cost(self, load: Load) -> Cost:
        """One request."""
        tokens = int(load.settings.get("max_reasoning_tokens", MAX_TOKENS))
        return Cost(1, load.criteria, load.criteria * tokens)

    def judge(self, question: Question) -> Judging:
        """Ask for feedback and a level for every criterion that has five levels, or none of its own."""
        findings = Findings()
        criteria: list[Criterion] = []
        for criterion in question.criteria:
            if isinstance(criterion.levels, tuple) and len(criterion.levels) != LEVELS:
                said = f"The criterion has {len(criterion.levels)} levels, and this judge grades on five."
                findings.refuse(criterion, said)
            else:
                criteria.append(criterion)
        if not criteria:
            return findings
        batch: TextBatch = yield Ask(_request(question, criteria), "feedback", PROMPT)
        for at in positions(batch, criteria, findings, 0):
            findings.take(_read(criteria[at], batch.texts[at] or ""), (0, at))
        return findings


def read_level(text: str) -> str | None:
    """The last result of a reply, `1` to `5` or `X`; None where there is none or more than one level stands there."""
    found = _RESULT.findall(verdicts.spoken(text))
    grade = _GRADE.fullmatch(found[-1]) if found else None
    return grade.group(1) if grade else None


def _request(question: Question, criteria: Sequence[Criterion]) -> TextRequest:
    sections = prompts.load(PROMPT).sections
    most = int(question.settings.get("max_reasoning_tokens", MAX_TOKENS))
    return TextRequest(
        prompts.fill(sections["shared"], question.material.shared()),
        tuple(_suffix(question, criterion) for criterion in criteria),
        max_tokens=most,
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
        forms=question.held(_form(most, criterion) for criterion in criteria),
    )


def _form(tokens: int, criterion: Criterion) -> Form:
    levels = reply_forms.with_absent(criterion, *(str(level) for level in range(1, LEVELS + 1)))
    return reply_forms.line_then(tokens, "Feedback: ", "[RESULT] ", levels)


def _suffix(question: Question, criterion: Criterion) -> tuple[Part, ...]:
    sections = prompts.load(PROMPT).sections
    own = criterion.levels if isinstance(criterion.levels, tuple) else ()
    said = [": ".join(text for text in (level.label, level.anchor) if text) for level in own]
    anchors = [Part(text, trusted=False) for text in said] or [Part(line) for line in sections["levels"].splitlines()]
    lines = [part for n, anchor in enumerate(anchors, start=1) for part in (Part(f"\n{n} = "), anchor)]
    places = prompts.of_criterion(criterion, question.material.number(criterion))
    return prompts.fill(sections["suffix"], {**places, "lines": lines})


def _read(criterion: Criterion, text: str) -> Verdict:
    level = read_level(text)
    conditional = isinstance(criterion.applies_when, str)
    if level is None or (level == DOES_NOT_APPLY.text.strip() and not conditional):
        said = "The reply has no [RESULT] with one whole number from 1 to 5."
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, said)
    feedback = _TITLE.sub("", _RESULT.split(verdicts.spoken(text), maxsplit=1)[0]).strip()[: verdicts.MAX_RATIONALE]
    if not level.isdigit():
        said = "The judge says that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, rationale=feedback, reason=said)
    own = criterion.levels if isinstance(criterion.levels, tuple) else None
    value = own[int(level) - 1].value if own else (int(level) - 1) / (LEVELS - 1)
    return Verdict(criterion.id, Status.OK, value=value, rationale=feedback, detail={"level": int(level)})

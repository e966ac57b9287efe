"""Facts in packs: one line a fact says whether the answer supports it, in part or not."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import Any

from domain import prompts, reply_forms, verdicts
from domain.ports import Form, Part, TextBatch, TextRequest
from domain.rubric import Criterion, Kind
from domain.strategies import packs
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, SamePrompts, Setting, whole
from domain.verdicts import Status, Verdict

PROMPT = "judge_nuggets"
TOKENS_A_LINE = 12
SPARE_TOKENS = 24
ABSENT = "n/a"
OFFERED = ("support", "partial", "not")
WORDS: dict[str, float] = {"support": 1.0, "partial": 0.5, "partial_support": 0.5, "not": 0.0, "not_support": 0.0}
_LINE = re.compile(r"^[\s*`>-]*(\d{1,6})\s*[.):=-]+(.*)$")
_AROUND = " \t*`\"'.,;()[]"

SIZE = Setting("pack", 10, whole(1, 10), "A call holds 1 to 10 facts.", "Facts a call")
AGAIN = Setting(
    "ask_again",
    True,
    lambda value: isinstance(value, bool),
    "To ask again is true or false.",
    "Ask alone for facts whose line could not be read",
)


class NuggetBatch(SamePrompts):
    """Asks for several facts in one reply of one line each; only what can be read counts."""

    about = About(
        name="nugget_batch",
        title="Facts in packs",
        does="Asks for up to ten facts in one reply, one line each: support, partial or not. A line that is missing, "
        "doubled or not one of these words leaves only its fact unscored.",
        source="Search-Gen-V (2025)",
        prompts=(PROMPT,),
        kinds=frozenset({Kind.NUGGET, Kind.BINARY}),
        protocols=("rubric_context",),
        needs_logprobs=False,
        settings=(SIZE, AGAIN),
        asks_for="about five tokens a fact",
    )

    def cost(self, load: Load) -> Cost:
        """One request of as many questions as there are packs; asking again is not counted."""
        count = -(-load.criteria // SIZE.of(load.settings))
        return Cost(1, count, load.criteria * TOKENS_A_LINE)

    def judge(self, question: Question) -> Judging:
        """Ask for all packs at once, then, where wanted, alone for each fact that could not be read."""
        findings = Findings()
        made = packs.packed(question.criteria, SIZE.of(question.settings))
        lost = yield from _asked(question, made, findings, 0)
        if lost and AGAIN.of(question.settings):
            yield from _asked(question, [(criterion,) for criterion in lost], findings, 1)
        return findings


def read_lines(text: str) -> dict[int, list[str]]:
    """What each number was said to be, in small letters, as often as it was said."""
    said: dict[int, list[str]] = {}
    for line in verdicts.spoken(text).splitlines():
        if match := _LINE.match(line):
            word = match.group(2).strip(_AROUND).lower()
            said.setdefault(int(match.group(1)), []).append(re.sub(r"[\s-]+", "_", word))
    return said


def _asked(
    question: Question, made: Sequence[packs.Pack], findings: Findings, ask: int
) -> Generator[Ask, Any, list[Criterion]]:
    """Put packs to the judge; returns those criteria whose line could not be read."""
    batch: TextBatch = yield Ask(_request(question, made), "facts", PROMPT)
    lost = []
    for at, (pack, text, failure) in enumerate(zip(made, batch.texts, batch.failures, strict=True)):
        said = read_lines(text or "")
        for number, criterion in enumerate(pack, start=1):
            if failure is not None:
                findings.fail(criterion, failure, (ask, at))
                continue
            verdict = _read(criterion, number, said.get(number, []))
            findings.take(verdict, (ask, at))
            lost += [criterion] if verdict.status is Status.UNPARSEABLE else []
    return lost


def _request(question: Question, made: Sequence[packs.Pack]) -> TextRequest:
    sections = prompts.load(PROMPT).sections
    longest = max(len(pack) for pack in made)
    return TextRequest(
        prompts.fill(sections["shared"], question.material.shared()),
        tuple(_suffix(pack) for pack in made),
        max_tokens=SPARE_TOKENS + TOKENS_A_LINE * longest,
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
        forms=question.held(_form(pack) for pack in made),
    )


def _form(pack: packs.Pack) -> Form:
    return reply_forms.numbered([(*OFFERED, ABSENT) if _is_conditional(each) else OFFERED for each in pack])


def _suffix(pack: packs.Pack) -> tuple[Part, ...]:
    sections = prompts.load(PROMPT).sections
    absent = [Part(sections["absent"] + "\n")] if any(map(_is_conditional, pack)) else []
    return prompts.fill(sections["suffix"], {"items": packs.items(PROMPT, pack), "absent": absent})


def _read(criterion: Criterion, number: int, said: Sequence[str]) -> Verdict:
    if len(said) != 1:
        fault = f"The reply has {len(said) or 'no'} line{'s' * bool(said)} for number {number} of its pack."
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, fault)
    if said[0] == ABSENT and _is_conditional(criterion):
        reason = "The judge says that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, reason=reason)
    if said[0] not in WORDS:
        fault = f"The reply for number {number} is none of support, partial and not."
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, fault)
    return Verdict(criterion.id, Status.OK, value=WORDS[said[0]], detail={"number": number})


def _is_conditional(criterion: Criterion) -> bool:
    return isinstance(criterion.applies_when, str)

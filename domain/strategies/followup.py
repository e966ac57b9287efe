"""What the user would say next: whether praise or complaint follows more likely on the answer (FLR)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from domain import prompts
from domain.ports import LikelihoodBatch, LikelihoodReply, LikelihoodRequest
from domain.rubric import Criterion
from domain.strategies import likelihoods
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Place, Question, Setting, number
from domain.verdicts import Status, Verdict

NAME = "followup"
EVERY = "*"
_SECTION = re.compile(r"\[(\S{1,120})\]")
_MOST = 40
DEFAULT_BANK = """\
+ Thank you, that is exactly what I asked for.
+ Yes, this part is done very well.
+ Great, that is right and clear.
+ Perfect, nothing is missing here.
- No, that is not what I asked for.
- This part is wrong.
- You left out what matters most to me.
- That is confusing and does not help me.
"""


class Bank(NamedTuple):
    """What a content user and a discontented one may say next."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]

    @property
    def utterances(self) -> tuple[str, ...]:
        """All of them, the positive ones first."""
        return self.positive + self.negative


def parse_bank(text: str) -> dict[str, Bank]:
    """The utterances by criterion id, `*` for all others; raises ValueError with the line that is wrong.

    A line `+ …` is what a content user says, `- …` a discontented one; `[criterion-id]` begins the utterances of one
    criterion.
    """
    found: dict[str, dict[str, list[str]]] = {}
    name = EVERY
    for n, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if not said:
            continue
        if section := _SECTION.fullmatch(said):
            name = section.group(1)
        elif said[0] in "+-" and said[1:].strip():
            found.setdefault(name, {"+": [], "-": []})[said[0]].append(said[1:].strip())
        else:
            raise ValueError(f"Line {n} begins with neither + nor - nor a criterion in brackets: {said[:60]}")
    banks = {key: Bank(tuple(each["+"]), tuple(each["-"])) for key, each in found.items()}
    for key, bank in banks.items():
        if not bank.positive or not bank.negative or len(bank.utterances) > _MOST:
            raise ValueError(f"[{key}] needs lines of both kinds, + and -, {_MOST} at most.")
    if EVERY not in banks:
        raise ValueError("Utterances for all criteria without their own are missing: begin with them, or with [*].")
    return banks


def nats(positive: list[float], negative: list[float]) -> float:
    """The score of one criterion: mean of the positive less mean of the negative, in nats a token."""
    return math.fsum(positive) / len(positive) - math.fsum(negative) / len(negative)


class FollowUp:
    """Compares how likely a content and a discontented user's next message are."""

    about = About(
        name=NAME,
        title="Follow-up likelihood",
        does="Reads whether the model expects praise or complaint as the user's next message.",
        source="FLR (2409.13948), with the log-probability of whole utterances",
        prompts=(NAME,),
        needs_likelihoods=True,
        settings=(
            Setting(
                "utterances", DEFAULT_BANK, lambda value: _fault(value) == "",
                "Utterances are lines that begin with + or -, both kinds, with [criterion-id] before those of one.",
                "What users say",
            ),
            Setting("calibrate", True, lambda value: isinstance(value, bool), "To calibrate is true or false.",
                    "Subtract what is expected after an empty answer"),
            Setting("sharpness", 1.0, number(0.01, 100), "The sharpness is 0.01 to 100.",
                    "How steeply nats become a value"),
        ),
        asks_for="the likelihood of eight short messages a criterion; nothing is written",
    )  # fmt: skip

    def prompt_names(self, protocol: str) -> tuple[str, ...]:
        """The one prompt, whatever the protocol."""
        del protocol
        return (NAME,)

    def cost(self, load: Load) -> Cost:
        """Each utterance after the answer, and once more after an empty one where that is subtracted."""
        times = 2 if load.settings.get("calibrate", True) else 1
        said = len(_banks(load.settings)[EVERY].utterances)
        return Cost(times, times * load.criteria * said, times * load.criteria * said)

    def judge(self, question: Question) -> Judging:
        """Ask for the likelihood of every utterance after the answer, then after an empty one."""
        findings = Findings()
        banks = _banks(question.settings)
        said = {criterion.id: banks.get(criterion.id, banks[EVERY]) for criterion in question.criteria}
        first: LikelihoodBatch = yield Ask(_request(question, said, "shared"), "likelihoods", NAME)
        heard = _taken(first, question, said, findings, 0)
        neutral: dict[str, list[LikelihoodReply]] = {}
        if heard and question.settings.get("calibrate", True):
            second: LikelihoodBatch = yield Ask(_request(question, said, "neutral"), "neutral", NAME)
            neutral = _taken(second, question, said, findings, 1)
            heard = {name: replies for name, replies in heard.items() if name in neutral}
        starts = _starts(question, said)
        for criterion in question.criteria:
            if criterion.id in heard:
                verdict = _read(question, criterion, said[criterion.id], heard[criterion.id], neutral.get(criterion.id))
                findings.take(verdict, (0, starts[criterion.id]))
        return findings


def _fault(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 20_000:
        return "The utterances are a text."
    try:
        parse_bank(value)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _banks(settings: Mapping[str, Any]) -> dict[str, Bank]:
    return parse_bank(str(settings.get("utterances", DEFAULT_BANK)))


def _request(question: Question, said: Mapping[str, Bank], section: str) -> LikelihoodRequest:
    rendered = prompts.render(NAME, question.material, question.criteria, section=section)
    each = list(zip(question.criteria, rendered.suffixes, strict=True))
    return LikelihoodRequest(
        rendered.shared,
        tuple(suffix for criterion, suffix in each for _ in said[criterion.id].utterances),
        tuple(utterance for criterion, _ in each for utterance in said[criterion.id].utterances),
    )


def _starts(question: Question, said: Mapping[str, Bank]) -> dict[str, int]:
    starts, at = {}, 0
    for criterion in question.criteria:
        starts[criterion.id] = at
        at += len(said[criterion.id].utterances)
    return starts


def _taken(
    batch: LikelihoodBatch, question: Question, said: Mapping[str, Bank], findings: Findings, ask: int
) -> dict[str, list[LikelihoodReply]]:
    """The replies of each criterion all of whose utterances were answered; the first failure counts for the others."""
    heard = {}
    for criterion in question.criteria:
        start = _starts(question, said)[criterion.id]
        replies = batch.replies[start : start + len(said[criterion.id].utterances)]
        failed = [(place, reply.failure) for place, reply in enumerate(replies, start) if reply.failure]
        if failed:
            place, failure = failed[0]
            if Place(criterion.id) not in findings.verdicts:
                findings.fail(criterion, failure, (ask, place))
        else:
            heard[criterion.id] = list(replies)
    return heard


def _read(
    question: Question,
    criterion: Criterion,
    bank: Bank,
    replies: list[LikelihoodReply],
    neutral: list[LikelihoodReply] | None,
) -> Verdict:
    found = likelihoods.means(replies)
    before = [0.0] * len(replies) if neutral is None else likelihoods.means(neutral)
    if found is None or before is None:
        return likelihoods.unusable(criterion)
    split = len(bank.positive)
    raw = nats(found[:split], found[split:])
    expected = nats(before[:split], before[split:])
    score = raw - expected
    value = 1 / (1 + math.exp(-max(-500.0, min(500.0, float(question.settings.get("sharpness", 1.0)) * score))))
    detail = {
        "nats": score,
        "nats_raw": raw,
        "nats_neutral": expected,
        "positive": math.fsum(found[:split]) / split,
        "negative": math.fsum(found[split:]) / (len(found) - split),
    }
    return Verdict(criterion.id, Status.OK, value=value, detail=detail)

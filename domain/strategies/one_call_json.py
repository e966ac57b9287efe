"""All criteria in one JSON reply, for servers that give no log-probabilities."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain import prompts, reply_forms, verdicts
from domain.ports import Form, Part, TextBatch, TextRequest
from domain.rubric import Criterion
from domain.strategies import packs
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
    whole,
)
from domain.verdicts import Entry, Reasoned, Status, Verdict

PROMPT = "judge_one_call"
SPARE_TOKENS = 40
_ONE_WORD = re.compile(r"\s*\w+\s*[.!]?\s*")

SIZE = Setting("pack", 8, whole(1, 50), "A call holds 1 to 50 criteria.", "Criteria a call")
TOKENS = Setting(
    "tokens_a_criterion", 90, whole(20, 500), "A criterion has 20 to 500 tokens of the reply.", "Tokens a criterion"
)


class OneCallJson(SamePrompts):
    """Asks for verdicts on many criteria in one JSON object; whole entries of a reply that was cut off are kept."""

    about = About(
        name="one_call_json",
        title="One call, JSON",
        does="Asks for quotes, a reason and a verdict on every criterion in one JSON reply. For servers without "
        "log-probabilities: slower than one token a criterion, and longer replies may be cut off.",
        source="common practice",
        prompts=(PROMPT,),
        protocols=("rubric_context",),
        quotes=("rubric_context",),
        needs_logprobs=False,
        settings=(SIZE, TOKENS),
        asks_for="up to ninety tokens a criterion",
    )

    def cost(self, load: Load) -> Cost:
        """One request of as many questions as there are packs."""
        count = -(-load.criteria // SIZE.of(load.settings))
        written = count * SPARE_TOKENS + load.criteria * TOKENS.of(load.settings)
        return Cost(1, count, written)

    def judge(self, question: Question) -> Judging:
        """Ask for all packs at once."""
        made = packs.packed(question.criteria, SIZE.of(question.settings))
        batch: TextBatch = yield Ask(_request(question, made), "verdicts", PROMPT)
        findings = Findings()
        for at, (pack, text, failure) in enumerate(zip(made, batch.texts, batch.failures, strict=True)):
            entries = [] if failure else verdicts.read_entries(text or "")
            for number, criterion in enumerate(pack, start=1):
                if failure:
                    findings.fail(criterion, failure, (0, at))
                    continue
                own = [entry for entry in entries if entry.number == number]
                findings.take(_read(question, criterion, own, bool(entries)), (0, at))
        return findings


def _request(question: Question, made: Sequence[packs.Pack]) -> TextRequest:
    sections = prompts.load(PROMPT).sections
    longest = max(len(pack) for pack in made)
    return TextRequest(
        prompts.fill(sections["shared"], question.material.shared()),
        tuple(_suffix(pack) for pack in made),
        max_tokens=SPARE_TOKENS + TOKENS.of(question.settings) * longest,
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
        forms=question.held(_form(question, pack) for pack in made),
    )


def _form(question: Question, pack: packs.Pack) -> Form:
    offered = [reply_forms.replies(criterion) for criterion in pack]
    return reply_forms.entries(TOKENS.of(question.settings), offered)


def _suffix(pack: packs.Pack) -> tuple[Part, ...]:
    places: dict[str, Sequence[Part]] = {"items": packs.items(PROMPT, pack), "count": [Part(str(len(pack)))]}
    return prompts.fill(prompts.load(PROMPT).sections["suffix"], places)


def _read(question: Question, criterion: Criterion, own: Sequence[Entry], is_json: bool) -> Verdict:
    if len(own) != 1:
        missing = "no whole entry for this criterion" if is_json else "no list of verdicts in JSON"
        said = f"The reply has {f'{len(own)} entries for this criterion' if own else missing}."
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, said)
    entry = own[0]
    label = verdicts.label_of(criterion, entry.reply) if _ONE_WORD.fullmatch(entry.reply) else None
    if label is None:
        said = "The verdict in the reply is none of those on offer for this criterion."
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, said)
    reason = entry.reason[: verdicts.MAX_RATIONALE]
    if label.value is None:
        said = "The judge says that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, rationale=reason, reason=said)
    verdict = Verdict(criterion.id, Status.OK, value=label.value)
    reasoned = Reasoned(entry.quotes[: verdicts.MAX_QUOTES], reason)
    return verdicts.check_evidence(criterion, verdict, reasoned, question.material.text(0))

"""A critique first, then the label after it; a critique that a person edited is scored again in the same way."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from domain import prompts, verdicts
from domain.ports import LabelReply, LabelRequest, TextBatch, TextRequest
from domain.rubric import Criterion
from domain.strategies.label_distribution import read_labels
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, SamePrompts, positions
from domain.verdicts import Reasoned, Verdict, labels_for

PROMPT = "judge_critique"
MAX_TOKENS = 160
_QUOTED = re.compile(r"[\"“„]([^\"“”„]{3,300})[\"“”]")
_TITLE = re.compile(r"^\W*critique\W*:\s*", re.IGNORECASE)


class Critique(SamePrompts):
    """Writes a critique of the answer for each criterion, and reads the label's probability after it."""

    about = About(
        name="critique",
        title="Critique, then score",
        does="Writes a critique of two to four sentences, then reads the probability of each reply after it. The "
        "critique is kept as the rationale and can be edited and scored again.",
        source="MM-RLHF (2025), BaseReward (2025)",
        prompts=(PROMPT,),
        quotes=("isolated",),
        asks_for="a critique of about a hundred tokens and one token more a criterion",
    )

    def cost(self, load: Load) -> Cost:
        """Two requests."""
        tokens = int(load.settings.get("max_reasoning_tokens", MAX_TOKENS))
        return Cost(2, 2 * load.criteria, load.criteria * (tokens + 1))

    def judge(self, question: Question) -> Judging:
        """Ask for the critiques that are not given, then for all labels."""
        findings = Findings()
        rendered = prompts.render(PROMPT, question.material, question.criteria)
        known = dict(question.critiques)
        wanted = [n for n, criterion in enumerate(question.criteria) if criterion.id not in known]
        if wanted:
            batch: TextBatch = yield Ask(_critique_request(question, rendered, wanted), "critiques", PROMPT)
            criteria = [question.criteria[n] for n in wanted]
            for at in positions(batch, criteria, findings, 0):
                known[criteria[at].id] = _TITLE.sub("", verdicts.before_answer(batch.texts[at] or ""))
        scored = [n for n, criterion in enumerate(question.criteria) if criterion.id in known]
        if not scored:
            return findings
        criteria = [question.criteria[n] for n in scored]
        labels = yield Ask(_label_request(rendered, criteria, scored, known), "labels", PROMPT)
        ask = 1 if wanted else 0
        for at in positions(labels, criteria, findings, ask):
            findings.take(_read(question, criteria[at], labels.replies[at], known[criteria[at].id]), (ask, at))
        return findings


def _critique_request(question: Question, rendered: prompts.Rendered, wanted: Sequence[int]) -> TextRequest:
    return TextRequest(
        rendered.shared,
        tuple(rendered.suffixes[n] for n in wanted),
        max_tokens=int(question.settings.get("max_reasoning_tokens", MAX_TOKENS)),
        stop=("\nAnswer:",),
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
    )


def _label_request(
    rendered: prompts.Rendered, criteria: Sequence[Criterion], scored: Sequence[int], known: dict[str, str]
) -> LabelRequest:
    return LabelRequest(
        rendered.shared,
        tuple(rendered.suffixes[n] for n in scored),
        tuple(tuple(label.text for label in labels_for(criterion)) for criterion in criteria),
        tuple(prompts.lead_after(known[criterion.id]) for criterion in criteria),
    )


def _read(question: Question, criterion: Criterion, reply: LabelReply, critique: str) -> Verdict:
    verdict = read_labels(question, criterion, reply)
    quotes = tuple(_QUOTED.findall(critique)[:3])
    reasoned = Reasoned(quotes, critique[: verdicts.MAX_RATIONALE])
    checked = verdicts.check_evidence(criterion, verdict, reasoned, question.material.text(0))
    return dataclasses.replace(checked, detail={"edited": True}) if criterion.id in question.critiques else checked

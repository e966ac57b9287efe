"""One token a criterion: the distribution over its labels, with or without the whole rubric or reasoning first."""

from __future__ import annotations

from collections.abc import Sequence

from domain import prompts, reply_forms, verdicts
from domain.ports import LabelReply, LabelRequest, TextBatch, TextRequest
from domain.rubric import PROTOCOLS, Criterion
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, positions
from domain.verdicts import Verdict, labels_for

MAX_REASONING_TOKENS = 160


class LabelDistribution:
    """Reads the probability of each label after all criteria of an answer, in one request."""

    about = About(
        name="label_distribution",
        title="Label distribution",
        does="Reads the probability of each answer on offer (Yes or No, the levels of a scale) from one token.",
        source="G-Eval (2023) and later; stack of protocols ours",
        prompts=tuple(f"judge_{protocol}" for protocol in PROTOCOLS),
        protocols=PROTOCOLS,
        quotes=("reasoned",),
        asks_for="one token a criterion; reasoned about a hundred more",
    )

    def prompt_names(self, protocol: str) -> tuple[str, ...]:
        """The prompt of the protocol."""
        return (f"judge_{protocol}",)

    def cost(self, load: Load) -> Cost:
        """One request, or two where the judge reasons first."""
        if load.protocol != "reasoned":
            return Cost(1, load.criteria, load.criteria)
        written = int(load.settings.get("max_reasoning_tokens", MAX_REASONING_TOKENS)) + 1
        return Cost(2, 2 * load.criteria, load.criteria * written)

    def judge(self, question: Question) -> Judging:
        """Ask for reasoning where the protocol has it, then for the labels."""
        name = self.prompt_names(question.protocol)[0]
        rendered = prompts.render(name, question.material, question.criteria)
        findings = Findings()
        texts: TextBatch | None = None
        asked = list(range(len(question.criteria)))
        if question.protocol == "reasoned":
            texts = yield Ask(_reasoning_request(question, rendered), "reasoning", name)
            asked = positions(texts, question.criteria, findings, 0)
        if not asked:
            return findings
        request = _label_request(question.criteria, rendered, texts, asked)
        batch = yield Ask(request, "labels", name)
        criteria = [question.criteria[position] for position in asked]
        ask = 0 if texts is None else 1
        for place in positions(batch, criteria, findings, ask):
            reasoning = _written(texts, asked[place])
            findings.take(_read(question, criteria[place], batch.replies[place], reasoning), (ask, place))
        return findings


def _reasoning_request(question: Question, rendered: prompts.Rendered) -> TextRequest:
    most = int(question.settings.get("max_reasoning_tokens", MAX_REASONING_TOKENS))
    return TextRequest(
        rendered.shared,
        rendered.suffixes,
        max_tokens=most,
        stop=("\nAnswer:",),
        temperature=float(question.settings.get("temperature", 0.0)),
        seed=question.seed,
        forms=question.held([reply_forms.reasoned(most)] * len(rendered.suffixes)),
    )


def _label_request(
    criteria: Sequence[Criterion], rendered: prompts.Rendered, texts: TextBatch | None, asked: list[int]
) -> LabelRequest:
    leads = () if texts is None else tuple(prompts.lead_after(_written(texts, n) or "") for n in asked)
    return LabelRequest(
        rendered.shared,
        tuple(rendered.suffixes[n] for n in asked),
        tuple(tuple(label.text for label in labels_for(criteria[n])) for n in asked),
        leads,
    )


def _written(texts: TextBatch | None, position: int) -> str | None:
    """What the model wrote before its verdict; None where no reasoning was asked for."""
    return None if texts is None else texts.texts[position] or ""


def _read(question: Question, criterion: Criterion, reply: LabelReply, reasoning: str | None) -> Verdict:
    verdict = read_labels(question, criterion, reply)
    if reasoning is None:
        return verdict
    return verdicts.check_evidence(criterion, verdict, verdicts.read_reasoned(reasoning), question.material.text(0))


def read_labels(question: Question, criterion: Criterion, reply: LabelReply) -> Verdict:
    """The verdict of a reply over the criterion's own labels, by the judge's settings."""
    settings = question.settings
    return verdicts.read_distribution(
        criterion,
        reply.probabilities,
        label_mass=reply.label_mass,
        min_label_mass=float(settings.get("min_label_mass", verdicts.MIN_LABEL_MASS)),
        value_from="expectation" if settings.get("value_from") == "expectation" else "mode",
    )

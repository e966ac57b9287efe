"""How likely the reference answer becomes once the model has read the answer; nothing is written or parsed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from domain import prompts
from domain.ports import DEFAULT_LEAD, LikelihoodBatch, LikelihoodReply, LikelihoodRequest
from domain.rubric import Criterion, Kind
from domain.strategies import likelihoods
from domain.strategies.protocol import About, Ask, Cost, Findings, Judging, Load, Question, Setting, number, one_of
from domain.strategies.protocol import positions as answered
from domain.verdicts import Status, Verdict, unscored

NAME = "reference_likelihood"
LOG_FORMS = ("mean", "sum")
FORMS = (*LOG_FORMS, "geo_mean", "mean_prob", "prob")
FLOOR = 10.0
VANISHING = 1e-8
"""Below this, differences of probabilities are lost beside those of other answers."""


def measure(logprobs: Sequence[float], form: str) -> float:
    """The likelihood of a text in one of the forms, from its tokens' log-probabilities in nats.

    `sum` and `mean` (a token) are in nats and at most 0; `prob`, `geo_mean` (exp of the mean) and `mean_prob` (the mean
    of the tokens' probabilities) are in [0, 1].
    """
    total = math.fsum(logprobs)
    if form == "sum":
        return total
    if form == "prob":
        return math.exp(total)
    if form == "mean_prob":
        return math.fsum(map(math.exp, logprobs)) / len(logprobs)
    mean = total / len(logprobs)
    return mean if form == "mean" else math.exp(mean)


def value_of(measured: float, form: str, *, before: float | None, floor: float) -> float:
    """The value in [0, 1]: affine in the measure, so that advantages within a group keep their shape.

    Nats are counted from `-floor` (value 0) to 0 (value 1). Against `before`, the measure without any answer, ½ is
    nothing gained.
    """
    if form in LOG_FORMS:
        measured = 1 + max(measured, -floor) / floor
        before = None if before is None else 1 + max(before, -floor) / floor
    return measured if before is None else 0.5 + (measured - before) / 2


def vanishes(measured: float, form: str, floor: float) -> bool:
    """Whether a likelihood is so small that its value tells answers no longer apart."""
    return measured <= -floor if form in LOG_FORMS else measured < VANISHING


class ReferenceLikelihood:
    """Reads the log-probability of the reference answer after the answer, against that without any."""

    about = About(
        name=NAME,
        title="Reference likelihood",
        does="Reads how likely the model finds the reference answer once it has read the answer.",
        source="Likelihood-based reward designs (2602.03979); VeriFree, RLPR (2025)",
        prompts=(NAME,),
        kinds=frozenset({Kind.ANSWER}),
        needs_likelihoods=True,
        needs_reference=True,
        settings=(
            Setting(
                "form", "mean", one_of(*FORMS), f"The form is one of {', '.join(FORMS)}.", "Form of the likelihood",
                (
                    ("mean", "log-probability a token"), ("sum", "log-probability of the whole"),
                    ("geo_mean", "geometric mean of the tokens' probabilities"),
                    ("mean_prob", "mean of the tokens' probabilities"), ("prob", "probability of the whole"),
                ),
            ),
            Setting(
                "gain", False, lambda value: isinstance(value, bool), "The gain is true or false.",
                "Only what the answer adds",
            ),
            Setting(
                "floor_nats", FLOOR, number(0.1, 10_000), "The floor is 0.1 to 10,000 nats.",
                "Nats below which a log-probability counts as 0",
            ),
        ),
        asks_for="the likelihood of the reference answer; nothing is written",
    )  # fmt: skip

    def prompt_names(self, protocol: str) -> tuple[str, ...]:
        """The one prompt, whatever the protocol."""
        del protocol
        return (NAME,)

    def cost(self, load: Load) -> Cost:
        """One request, or two where the likelihood without an answer is subtracted."""
        times = 2 if load.settings.get("gain") else 1
        return Cost(times, times * load.criteria, times * load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask for the likelihood of the reference after the answer, and without it where the gain is wanted."""
        findings = Findings()
        reference = (question.material.reference or "").strip()
        if not reference:
            for place, criterion in enumerate(question.criteria):
                lacking = "This judge needs a reference answer, and the prompt has none."
                findings.take(unscored(criterion.id, Status.REFUSED_INPUT, lacking), (0, place))
            return findings
        batch: LikelihoodBatch = yield Ask(_request(question, reference, "shared"), "likelihoods", NAME)
        left = answered(batch, question.criteria, findings, 0)
        before: LikelihoodBatch | None = None
        if left and question.settings.get("gain"):
            before = yield Ask(_request(question, reference, "baseline"), "baseline", NAME)
            left = [place for place in answered(before, question.criteria, findings, 1) if place in left]
        for place in left:
            criterion = question.criteria[place]
            other = before.replies[place] if before else None
            findings.take(_read(question, criterion, batch.replies[place], other), (0, place))
        return findings


def _request(question: Question, reference: str, section: str) -> LikelihoodRequest:
    rendered = prompts.render(NAME, question.material, question.criteria, section=section)
    return LikelihoodRequest(
        rendered.shared, rendered.suffixes, (f" {reference}",) * len(rendered.suffixes), DEFAULT_LEAD
    )


def _read(question: Question, criterion: Criterion, reply: LikelihoodReply, before: LikelihoodReply | None) -> Verdict:
    read = [reply] if before is None else [reply, before]
    if not all(likelihoods.usable(each.logprobs) for each in read):
        return likelihoods.unusable(criterion)
    form = str(question.settings.get("form", "mean"))
    floor = float(question.settings.get("floor_nats", FLOOR))
    measured = measure(reply.logprobs, form)
    without = None if before is None else measure(before.logprobs, form)
    detail = {
        "form": form,
        "tokens": len(reply.logprobs),
        "sum": reply.total,
        "mean": reply.mean,
        "vanishing": vanishes(measured, form, floor),
    }
    if before is not None:
        detail |= {"sum_before": before.total, "mean_before": before.mean}
    value = value_of(measured, form, before=without, floor=floor)
    return Verdict(criterion.id, Status.OK, value=value, detail=detail)

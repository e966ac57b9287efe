"""Tries a judge as a whole: its engine, its labels, and an example with a known answer through its own strategy."""

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

from apps.judging.models import JudgeVersion
from apps.judging.runners import asking
from domain import errors, strategies
from domain.strategies import rehearsal
from domain.verdicts import Verdict
from engines.probe import NOT_OFFERED
from engines.protocol import Check, Engine

SECONDS = 180.0
ADVICE = {
    "reachable": "Start the server or correct its address; the worker must reach it, the browser need not.",
    "model": "Name the model as the server lists it under /v1/models.",
    "context_length": "Start the server with a longer context, or set how long answers are cut.",
    "labels": "Choose other grades in the judge's settings, another strategy, or another model.",
    "logprobs": "Switch log-probabilities on at the server, or choose a strategy that needs none.",
    "likelihoods": "Serve the model with vLLM or llama.cpp, or choose a strategy that needs no likelihoods.",
    "prefix_sharing": "Until then every criterion pays for the whole answer again.",
    "known_answer": "Choose another strategy or protocol, or a larger model.",
}
_UNUSED_WITHOUT_LOGPROBS = {"logprobs", "prefix_sharing"}


def rehearse(version: JudgeVersion, engine: Engine) -> tuple[Check, ...]:
    """One check for each thing that this judge needs of its engine; what its strategy does not need is left out."""
    about = strategies.get(version.strategy).about
    checks = [check for check in engine.probe() if _concerns(check, about, version.settings)]
    if checks and checks[-1].value != "unavailable" and checks[0].ok:
        try:
            checks = _own(checks, version, engine)
        except errors.Unavailable as away:
            checks.append(Check("known_answer", False, "unavailable", away.message))
    return tuple(_advised(check) for check in checks)


def _concerns(check: Check, about: strategies.About, settings: Mapping[str, Any]) -> bool:
    if check.name == "form":
        return bool(settings.get(strategies.HELD))
    if check.name in _UNUSED_WITHOUT_LOGPROBS:
        return about.needs_logprobs
    return check.name != "likelihoods" or about.needs_likelihoods


def _own(checks: list[Check], version: JudgeVersion, engine: Engine) -> list[Check]:
    """The engine's checks, with those of labels and of the known answer made by this judge instead."""
    kept = [_strict(check) for check in checks if check.name not in ("labels", "known_answer")]
    labels = _labels(version, engine)
    place = next((n for n, check in enumerate(kept) if check.name in ("logprobs", "prefix_sharing")), len(kept))
    return [*kept[:place], labels, *kept[place:], _known_answer(version, engine)]


def _strict(check: Check) -> Check:
    """An engine without likelihoods is a fault only for a judge that needs them, such as this one."""
    refused = check.name == "likelihoods" and check.value == NOT_OFFERED
    return dataclasses.replace(check, ok=False) if refused else check


def _labels(version: JudgeVersion, engine: Engine) -> Check:
    wanted = rehearsal.labels_of(version.strategy, version.protocol, version.settings, engine.check_labels)
    if not wanted:
        return Check("labels", True, "none", "This judge reads text or likelihoods, no labels.")
    for labels in wanted:
        failure = engine.check_labels(labels)
        if failure is not None:
            return Check("labels", False, "not single tokens", failure.detail)
    shown = sorted({label.strip() for labels in wanted for label in labels})
    sentence = f"Every label that this judge reads is one token of the model: {', '.join(shown)}."
    return Check("labels", True, f"{len(shown)} labels", sentence)


def _known_answer(version: JudgeVersion, engine: Engine) -> Check:
    example = rehearsal.example(version.strategy, version.protocol, version.settings)
    deadline = time.time() + SECONDS
    findings = [_driven(version, question, engine, deadline) for question in example.questions]
    away = next((each.away for each in findings if each.away), "")
    if away:
        return Check("known_answer", False, "unavailable", away)
    better, worse = (findings[number].verdicts[place] for number, place in (example.better, example.worse))
    for verdict in (better, worse):
        if not verdict.is_scored:
            sentence = f"The judge gave no verdict on a short example: {verdict.reason}"
            return Check("known_answer", False, verdict.status.value, sentence)
    return _compared(better, worse)


def _compared(better: Verdict, worse: Verdict) -> Check:
    high, low = better.value or 0.0, worse.value or 0.0
    if high == low and better.probability is not None and worse.probability is not None:
        high, low = better.probability, worse.probability
    value = f"{high:.2f} against {low:.2f}"
    if high > low:
        sentence = (
            f"Asked as this judge asks, a right answer to a short question gets {high:.2f}, a wrong one {low:.2f}."
        )
        return Check("known_answer", True, value, sentence)
    sentence = f"What is wrong in a short example gets {low:.2f}, what is right only {high:.2f}: so it cannot judge."
    return Check("known_answer", False, value, sentence)


def _driven(
    version: JudgeVersion, question: strategies.Question, engine: Engine, deadline: float
) -> strategies.Findings:
    steps = strategies.get(version.strategy).judge(question)
    batch: asking.Batch | None = None
    while True:
        try:
            asked = steps.send(batch)
        except StopIteration as done:
            found: strategies.Findings = done.value
            return found
        batch = asking.put(engine, asked.request, deadline)


def _advised(check: Check) -> Check:
    advice = ADVICE.get(check.name, "")
    if check.ok or not advice or check.sentence.endswith(advice):
        return check
    return dataclasses.replace(check, sentence=f"{check.sentence.rstrip()} {advice}")

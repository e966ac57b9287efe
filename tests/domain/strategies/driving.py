"""Drives a strategy with a scripted engine, as a worker does."""

from collections.abc import Mapping
from typing import Any

from domain import prompts, strategies, subjects
from domain.ports import LabelRequest, LikelihoodRequest
from domain.rubric import Rubric
from engines.scripted import Script, ScriptedEngine


def drive(
    strategy: str,
    rubric: Rubric,
    script: Script,
    *,
    answers: tuple[str, ...] = ("Take 5 mg.",),
    task: Any = "What helps?",
    reference: str | None = None,
    context: str | None = None,
    protocol: str = "isolated",
    settings: Mapping[str, Any] | None = None,
    sample: int = 0,
    critiques: Mapping[str, str] | None = None,
) -> tuple[Any, list[Any], ScriptedEngine]:
    """The findings of a strategy over all criteria of a rubric, its asks, and the engine that was asked."""
    engine = ScriptedEngine(script)
    material = prompts.Material(
        rubric,
        subjects.as_messages(task),
        tuple(map(subjects.as_parts, answers)),
        "secret",
        "sha256:s",
        reference,
        context,
    )
    filled = strategies.filled(strategies.get(strategy).about, settings or {})
    question = strategies.Question(material, rubric.criteria, protocol, filled, sample, dict(critiques or {}))
    steps = strategies.get(strategy).judge(question)
    asked: list[Any] = []
    batch: Any = None
    while True:
        try:
            ask = steps.send(batch)
        except StopIteration as done:
            return done.value, asked, engine
        asked.append(ask)
        request = ask.request
        if isinstance(request, LabelRequest):
            batch = engine.label_distributions(request)
        elif isinstance(request, LikelihoodRequest):
            batch = engine.likelihoods(request)
        else:
            batch = engine.complete(request)


def values(findings: strategies.Findings) -> dict[str, Any]:
    """The value of each criterion, or the status where there is none."""
    return {
        place.criterion if not place.member else f"{place.criterion}/{place.member}": verdict.value
        if verdict.is_scored
        else verdict.status.value
        for place, verdict in findings.verdicts.items()
    }

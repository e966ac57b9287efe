"""Every strategy against a real model: what a judge's questions come to, and that texts are read as verdicts."""

import math
import re
from collections.abc import Mapping
from typing import Any

from domain import prompts, strategies, subjects
from domain.ports import LabelRequest, LikelihoodRequest, TextBatch, TextRequest
from domain.rubric import Kind
from domain.strategies import rehearsal
from engines.protocol import Engine
from tests.domain.builders import make_rubric
from tests.domain.gbnf import as_regex

CASES = [(each.about.name, protocol) for each in strategies.every() for protocol in each.about.protocols]
CRITERIA: dict[Kind, dict[str, Any]] = {
    Kind.BINARY: {"id": "dose", "text": "Names a dose.", "evidence": "none"},
    Kind.ORDINAL: {
        "id": "clear",
        "kind": "ordinal",
        "text": "Is clear.",
        "levels": [{"value": n / 4, "label": f"level {n}", "anchor": f"Clear to degree {n} of 4."} for n in range(5)],
    },
    Kind.ANSWER: {"id": "result", "kind": "answer", "text": "Reaches the result.", "needs": ["reference"]},
    Kind.NUGGET: {
        "id": "fact",
        "kind": "nugget",
        "text": "Aspirin thins the blood.",
        "applies_when": "It names a drug.",
    },
}
ANSWERS = ("Take 75 mg of aspirin a day; it thins the blood.", "Rest, and ask your doctor.", "Aspirin may help.")
MOST_ROUNDS = 200


def put(engine: Engine, request: strategies.Request) -> Any:
    """The batch that answers a request."""
    if isinstance(request, LabelRequest):
        return engine.label_distributions(request)
    if isinstance(request, LikelihoodRequest):
        return engine.likelihoods(request)
    return engine.complete(request)


def judge(
    engine: Engine, name: str, protocol: str, settings: Mapping[str, Any], most_criteria: int
) -> tuple[strategies.Findings, list[tuple[strategies.Request, Any]], int]:
    """The findings of a strategy on real answers, every exchange, and how many criteria there were."""
    strategy = strategies.get(name)
    about = strategy.about
    rubric = make_rubric(*[CRITERIA[kind] for kind in CRITERIA if kind in about.kinds][:most_criteria])
    material = prompts.Material(
        rubric,
        subjects.as_messages("How much aspirin should I take?"),
        tuple(map(subjects.as_parts, ANSWERS[: {"pair": 2, "list": 3}.get(about.subject, 1)])),
        "secret",
        "sha256:s",
        "75 mg",
        None,
    )
    chosen = strategies.filled(about, settings)
    steps = strategy.judge(strategies.Question(material, rubric.criteria, protocol, chosen))
    batch: Any = None
    exchanges: list[tuple[strategies.Request, Any]] = []
    while len(exchanges) < MOST_ROUNDS:
        try:
            ask = steps.send(batch)
        except StopIteration as done:
            return done.value, exchanges, len(rubric.criteria)
        batch = put(engine, ask.request)
        exchanges.append((ask.request, batch))
    raise AssertionError(f"{name} never ends.")


def assert_judged(engine: Engine, name: str, protocol: str, *, most_criteria: int = 4, **settings: Any) -> None:
    """A judge that holds its model to the form of its replies gets a verdict on every criterion.

    So small a model puts little of its probability on labels, and repeats itself for ever where nothing is drawn.
    """
    held = {strategies.HELD: True, "min_label_mass": 0.0, "temperature": 0.7}
    findings, exchanges, count = judge(engine, name, protocol, held | settings, most_criteria)
    assert exchanges
    assert not findings.away
    assert len({place.criterion for place in findings.verdicts}) == count
    texts = [(request, batch) for request, batch in exchanges if isinstance(request, TextRequest) and request.forms]
    assert bool(texts) == rehearsal.has_form(name, protocol)
    whole = all(is_whole(request, batch) for request, batch in texts)
    fits = {"ok", "not_applicable", "evidence_invalid", "cannot_assess"} | (set() if whole else {"unparseable"})
    for verdict in findings.verdicts.values():
        assert verdict.status in fits, (verdict.reason, [batch.texts for _, batch in texts])
        assert verdict.is_scored == (verdict.value is not None)
        assert verdict.value is None or (math.isfinite(verdict.value) and 0 <= verdict.value <= 1)
    assert any(verdict.is_scored for verdict in findings.verdicts.values())


def is_whole(request: TextRequest, batch: TextBatch) -> bool:
    """Whether every text is in its form; one that had no room for all of it was cut off."""
    assert batch.held
    pairs = list(zip(batch.texts, request.forms, strict=True))
    return all(re.fullmatch(as_regex(form.grammar), text or "") for text, form in pairs)

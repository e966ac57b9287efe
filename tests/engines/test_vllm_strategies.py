"""Every strategy runs for real on a vLLM server; `make test-vllm` starts one."""

import math
import os
from collections.abc import Iterator
from typing import Any

import pytest

from domain import prompts, strategies, subjects
from domain.ports import LabelRequest, LikelihoodRequest
from domain.rubric import Kind
from engines.protocol import Engine
from engines.served import ServedEngine
from tests.domain.builders import make_rubric

URL = os.environ.get("STUDIO_VLLM_URL", "")
pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(not URL, reason="STUDIO_VLLM_URL names no vLLM server; run make test-vllm."),
]
CASES = [(each.about.name, protocol) for each in strategies.every() for protocol in each.about.protocols]
CRITERIA: dict[Kind, dict[str, Any]] = {
    Kind.BINARY: {"id": "dose", "text": "Names a dose."},
    Kind.ORDINAL: {
        "id": "clear",
        "kind": "ordinal",
        "text": "Is clear.",
        "levels": [{"value": n / 4, "label": f"level {n}", "anchor": f"Clear to degree {n} of 4."} for n in range(5)],
    },
    Kind.ANSWER: {"id": "result", "kind": "answer", "text": "Reaches the result.", "needs": ["reference"]},
    Kind.NUGGET: {"id": "fact", "kind": "nugget", "text": "Aspirin thins the blood."},
}
ANSWERS = ("Take 75 mg of aspirin a day; it thins the blood.", "Rest, and ask your doctor.", "Aspirin may help.")


@pytest.fixture(scope="module")
def engine() -> Iterator[ServedEngine]:
    engine = ServedEngine(URL)
    yield engine
    engine.close()


def asked(engine: Engine, request: strategies.Request) -> Any:
    if isinstance(request, LabelRequest):
        return engine.label_distributions(request)
    if isinstance(request, LikelihoodRequest):
        return engine.likelihoods(request)
    return engine.complete(request)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "protocol"), CASES)
def test_a_strategy_runs_to_findings(engine: ServedEngine, name: str, protocol: str) -> None:
    strategy = strategies.get(name)
    about = strategy.about
    count = {"response": 1, "pair": 2}.get(about.subject, 3 if about.subject == "list" else 1)
    kinds = [kind for kind in CRITERIA if kind in about.kinds]
    rubric = make_rubric(*(CRITERIA[kind] for kind in kinds))
    assert rubric.criteria, f"{name} judges none of the kinds that are tried"
    material = prompts.Material(
        rubric,
        subjects.as_messages("How much aspirin should I take?"),
        tuple(map(subjects.as_parts, ANSWERS[:count])),
        "secret",
        "sha256:s",
        "75 mg",
        None,
    )
    settings = strategies.filled(about, {"max_reasoning_tokens": 24})
    steps = strategy.judge(strategies.Question(material, rubric.criteria, protocol, settings))
    batch: Any = None
    rounds = 0
    while True:
        try:
            ask = steps.send(batch)
        except StopIteration as done:
            findings = done.value
            break
        batch = asked(engine, ask.request)
        rounds += 1
        assert rounds < 200
    assert rounds > 0
    assert not findings.away
    judged = {place.criterion for place in findings.verdicts}
    assert judged == {criterion.id for criterion in rubric.criteria}
    for verdict in findings.verdicts.values():
        if verdict.is_scored:
            assert verdict.value is not None and math.isfinite(verdict.value) and 0 <= verdict.value <= 1
        else:
            assert verdict.value is None and verdict.reason
            assert verdict.status in {"unparseable", "cannot_assess", "evidence_invalid", "not_applicable"}, verdict

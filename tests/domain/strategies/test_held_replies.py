"""What a model writes that is held to the form of its replies is read, whatever it says."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import prompts, strategies, subjects
from domain.ports import LabelBatch, LabelReply, LabelRequest, TextBatch, TextRequest, Usage
from domain.strategies.protocol import HELD
from tests.domain.builders import make_rubric
from tests.domain.gbnf import as_regex

WRITING = [
    ("label_distribution", "reasoned"),
    ("five_levels", "isolated"),
    ("nugget_batch", "rubric_context"),
    ("one_call_json", "rubric_context"),
    ("reflect", "isolated"),
    ("votes", "isolated"),
    ("trajectory_points", "isolated"),
]
CRITERIA: dict[str, dict[str, Any]] = {
    "binary": {"id": "dose", "text": "Names a dose.", "evidence": "none"},
    "nugget": {"id": "fact", "kind": "nugget", "text": "Aspirin thins the blood.", "applies_when": "It names a drug."},
    "ordinal": {
        "id": "clear", "kind": "ordinal", "text": "Is clear.", "evidence": "none",
        "levels": [{"value": n / 4, "label": f"level {n}", "anchor": f"Clear to degree {n}."} for n in range(5)],
    },
    "numeric": {"id": "number", "kind": "numeric", "text": "How many?", "levels": {"min": 0, "max": 4, "step": 1}},
}  # fmt: skip
READ = {"ok", "not_applicable"}


def question(name: str, protocol: str, **more: Any) -> strategies.Question:
    about = strategies.get(name).about
    rubric = make_rubric(*(criterion for kind, criterion in CRITERIA.items() if kind in about.kinds))
    material = prompts.Material(
        rubric,
        subjects.as_messages("What helps?"),
        (subjects.as_parts("Take 5 mg."),),
        "secret",
        "sha256:s",
        None,
        None,
    )
    chosen = strategies.filled(about, {HELD: True, "max_reasoning_tokens": 8, **more})
    return strategies.Question(material, rubric.criteria, protocol, chosen)


def answered(data: st.DataObject, request: strategies.Request) -> LabelBatch | TextBatch:
    if isinstance(request, LabelRequest):
        even = [LabelReply(dict.fromkeys(labels, 1 / len(labels)), 1.0) for labels in request.labels]
        return LabelBatch(tuple(even), Usage(), "", ("",) * len(even), "")
    assert isinstance(request, TextRequest)
    assert request.forms, "It writes without a form."
    texts = tuple(data.draw(st.from_regex(as_regex(form.grammar), fullmatch=True)) for form in request.forms)
    return TextBatch(texts, (None,) * len(texts), Usage(), held=True)


@pytest.mark.parametrize(("name", "protocol"), WRITING)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_reply_in_its_form_is_a_verdict(name: str, protocol: str, data: st.DataObject) -> None:
    steps = strategies.get(name).judge(question(name, protocol, tokens_a_criterion=20, votes=3))
    batch: Any = None
    try:
        while True:
            batch = answered(data, steps.send(batch).request)
    except StopIteration as done:
        found = done.value.verdicts
    assert len(found) == len(question(name, protocol).criteria)
    tied = {"cannot_assess"} if name == "votes" else set()
    assert {verdict.status.value for verdict in found.values()} <= READ | tied


@pytest.mark.parametrize(("name", "protocol"), WRITING)
def test_a_judge_that_does_not_hold_asks_for_no_form(name: str, protocol: str) -> None:
    request = next(strategies.get(name).judge(question(name, protocol, **{HELD: False}))).request
    assert isinstance(request, TextRequest)
    assert request.forms == ()


def test_what_has_no_verdict_in_it_has_no_form() -> None:
    for name in ("critique", "solve_first"):
        assert (name, "isolated") not in WRITING
    request = next(strategies.get("critique").judge(question("critique", "isolated"))).request
    assert isinstance(request, TextRequest)
    assert request.forms == ()

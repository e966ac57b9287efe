"""Remarks on how a version is written, and asking a judge, over REST."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.rubrics import queries, services
from engines.scripted import Script, ScriptedEngine, by_text
from tests import factories
from tests.api.conftest import Caller, caller_of, problem, work

pytestmark = pytest.mark.django_db
PLACE = "/rubrics/letters/versions/1/quality"
WRITTEN: list[dict[str, Any]] = [
    {"id": "a", "text": "Names an appropriate drug.", "weight": 2.0},
    {"id": "b", "text": "States the dose and explains how to take it."},
]


@pytest.fixture
def version(bob: Caller):
    document = factories.make_document(criteria=WRITTEN)
    return services.create_rubric(by=bob.actor, document=document, slug="letters", title="Letters")


def test_remarks_have_their_place_and_count(bob: Caller, version) -> None:
    body = bob.get(PLACE).json()
    by_rule = {remark["rule"]: remark for remark in body["lint"]}
    vague = by_rule["vague_words"]
    start, end = vague["span"]
    assert WRITTEN[0]["text"][start:end] == "appropriate"
    assert (vague["criterion"], vague["severity"], vague["opinion"], vague["dismissed"]) == ("a", "warning", None, None)
    assert by_rule["compound"]["fix"]
    assert body["counts"]["warning"] == sum(remark["severity"] == "warning" for remark in body["lint"])
    assert body["counts"]["opinion"] == 0


def test_what_was_set_aside_says_by_whom_and_does_not_count(bob: Caller, version) -> None:
    before = bob.get(PLACE).json()["counts"]["warning"]
    (found,) = [r.finding for r in queries.lint_findings(version) if r.finding.rule.name == "vague_words"]
    services.dismiss_finding(by=bob.actor, version=version, fingerprint=found.fingerprint, reason="One drug only.")
    body = bob.get(PLACE).json()
    (remark,) = [remark for remark in body["lint"] if remark["rule"] == "vague_words"]
    assert (remark["dismissed"]["by"], remark["dismissed"]["reason"]) == ("bob", "One drug only.")
    assert body["counts"]["warning"] == before - 1


def test_the_truth_table_comes_with_its_outcomes(bob: Caller, version) -> None:
    rows = [
        {"id": "t_1", "title": "No drug", "when": {"a": 0}, "expect": {"kind": "equals", "value": 0}},
        {"id": "t_2", "others": "best", "expect": {"kind": "equals", "value": 1}},
    ]
    assert bob.get(PLACE).json()["truth_table"] == []
    services.edit_truth_table(by=bob.actor, version=version, rows=rows)
    failed, held = bob.get(PLACE).json()["truth_table"]
    assert (failed["id"], failed["holds"], failed["tried"], failed["failed"]) == ("t_1", False, 2, 1)
    assert failed["example"] == {"b": 1.0}
    assert failed["got"] == pytest.approx(1 / 3)
    assert (held["holds"], held["reading"]) == (True, "If every criterion is at its best, the score is 1.")
    document = bob.get("/rubrics/letters/versions/1").json()
    assert document["extensions"]["rubricstudio"]["truth_table"] == rows


def test_strangers_and_tokens_without_the_scope_see_nothing(bob: Caller, charlie: Caller, version) -> None:
    problem(charlie.get(PLACE), 404)
    problem(caller_of(bob.actor, "data:read").get(PLACE), 403)
    problem(bob.get("/rubrics/letters/versions/9/quality"), 404)
    problem(charlie.post(f"{PLACE}/ask"), 404)
    problem(caller_of(bob.actor, "rubrics:write").post(f"{PLACE}/ask"), 403)


def test_a_judge_is_asked_and_its_doubts_come_as_opinions(
    bob: Caller, judge, version, play: Callable[[Script], ScriptedEngine]
) -> None:
    play(by_text({"asks for one thing": {" Yes": 0.2, " No": 0.8}}, default=" Yes"))
    asked = bob.post(f"{PLACE}/ask")
    assert asked.status_code == 202, asked.content
    assert asked.json()["purpose"] == "advice"
    assert bob.post(f"{PLACE}/ask", {"judge": "reader@1"}).json()["id"] == asked.json()["id"]
    work()
    assert bob.get(asked["Location"].removeprefix("/api/v1")).json()["progress"]["state"] == "done"
    body = bob.get(PLACE).json()
    thought = [remark for remark in body["lint"] if remark["opinion"]]
    assert [remark["criterion"] for remark in thought] == ["a", "b"]
    assert thought[0]["opinion"] == {"judge": "reader@1", "probability": pytest.approx(0.2), "rationale": ""}
    assert body["counts"]["opinion"] == 2
    assert body["counts"]["advice"] == sum(r["severity"] == "advice" and not r["opinion"] for r in body["lint"])


def test_asking_refuses_what_cannot_be_asked(bob: Caller, version) -> None:
    problem(bob.post(f"{PLACE}/ask"), 409, "judge_no_default")
    problem(bob.post(f"{PLACE}/ask", {"judge": "nobody"}), 404, pointer="/judge")
    problem(bob.post(f"{PLACE}/ask", {"loud": True}), 422, pointer="/loud")

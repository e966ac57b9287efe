"""Published pairs from their file to a winner: imported, compared in both orders, held against the gold labels."""

import json
from typing import Any

import pytest

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.datasets import services as datasets
from apps.judging import queries, services
from apps.judging.models import Run, RunItem, Verdict
from engines.scripted import Ask, Script, ScriptedEngine
from tests import factories
from tests.apps.judging.conftest import work
from tests.processes import Processes
from tests.real_data.test_domain_real import content, records
from tests.real_data.test_whole_way import ended, make_person

SOURCES = {"llmbar": "preferences/llmbar.jsonl", "mt-bench": "preferences/mtbench_human_majority.jsonl"}
SLICE = 40
CRITERIA = [{"id": "c_follows", "text": "The output follows the instruction."}]
pytestmark = [pytest.mark.real_data, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1200)]


@pytest.fixture
def alice() -> Actor:
    return factories.make_actor(Role.ADMIN, username="alice")


def gold(source: str) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in records(SOURCES[source])}


def compared(alice: Actor, source: str, script: Script, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> Run:
    """A run over the first pairs of a file by a judge that plays a script."""
    engine = ScriptedEngine(script, context_length=None)
    monkeypatch.setattr(gateway, "engine_for", lambda asked: engine)
    done = datasets.import_dataset(by=alice, slug=source, format="llmbar", data=content(SOURCES[source]))
    assert done.dataset.preferences.count() == len(gold(source))
    version = factories.make_version(
        workspace=alice.workspace, document=factories.make_document(criteria=CRITERIA), status="approved"
    )
    judge = factories.make_judge(workspace=alice.workspace, strategy="pairwise", **fields)
    run = services.start_run(
        by=alice, name=source, judges=[judge], versions=[version], dataset=done.dataset, filter={"limit": SLICE}
    )
    work()
    return run


def results_of(run: Run) -> list[queries.Result]:
    items = RunItem.objects.filter(run=run).select_related(*queries.RELATED)
    return queries.results(items.prefetch_related("subject__members__response").order_by("index"))


def first_shown(ask: Ask, record: dict[str, Any]) -> int:
    """Which output stands first in a prompt: 1 or 2."""
    after = ask.shared[ask.shared.index("Answer A:") :]
    return 1 if after.index(record["output_1"]) < after.index(record["output_2"]) else 2


def shown(ask: Ask, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The record that a prompt is about."""
    about = (r for r in known.values() if all(r[name] in ask.shared for name in ("input", "output_1", "output_2")))
    return max(about, key=lambda record: len(record["input"]) + len(record["output_1"]) + len(record["output_2"]))


@pytest.mark.parametrize("source", SOURCES)
def test_a_judge_that_knows_the_labels_wins_every_pair(alice, monkeypatch, source: str) -> None:
    known = gold(source)

    def oracle(ask: Ask) -> str:
        record = shown(ask, known)
        return " P" if first_shown(ask, record) == record["label"] else " T"

    found = results_of(compared(alice, source, oracle, monkeypatch))
    assert len(found) == SLICE
    for result in found:
        record = known[result.item.subject.prompt.external_id]
        outputs = [response.parts[0]["text"] for response in result.members]
        winner = outputs["AB".index(result.winner)] if result.winner else None
        assert winner == record[f"output_{record['label']}"]
    assert not any(row.detail["flipped"] for row in Verdict.objects.all())


def test_a_judge_that_likes_the_first_place_wins_nothing_and_is_found_out(alice, monkeypatch) -> None:
    found = results_of(compared(alice, "llmbar", lambda ask: " P", monkeypatch))
    assert {result.reward for result in found} == {0.5}
    assert {row.detail["flipped"] for row in Verdict.objects.all()} == {True}


def test_pairs_over_rest_with_the_embedded_model(processes: Processes) -> None:
    url = processes.start_web().url
    processes.start_sweeper()
    processes.start_worker()
    author, approver = make_person(url, Role.AUTHOR), make_person(url, Role.APPROVER)
    judge = {"name": "small", "engine": {"kind": "embedded"}, "strategy": "pairwise", "default": True}
    approver.post("judges", judge, expect=201)
    pairs = content(SOURCES["llmbar"])
    author.post("datasets/import", pairs, expect=201, format="llmbar", slug="real", title="Real")
    rubric = {"slug": "follows", "title": "Follows", "criteria": CRITERIA}
    author.post("rubrics", rubric, expect=201)
    body = {"rubrics": ["follows@1"], "dataset": "real", "judges": ["small"], "filter": {"limit": 4}}
    run = author.post("runs", body, expect=201)["id"]
    progress = ended(author, run)
    assert (progress["total"], progress["judged"] + progress["failed"]) == (4, 4)
    known = gold("llmbar")
    answer = author.http.get(f"runs/{run}/verdicts.ndjson")
    lines = [line for line in answer.text.splitlines() if line]
    assert len(lines) == 4
    for line in map(json.loads, lines):
        assert line["subject"] == "pair"
        assert line["members"] == [f"{line['prompt_id']}/1", f"{line['prompt_id']}/2"]
        assert line["prompt_id"] in known
        if line["status"] == "ok":
            assert 0 <= line["value"] <= 1
            assert -2 <= line["detail"]["forward"] <= 2
            assert 0 <= line["detail"]["gap"] <= 1
        else:
            assert line["value"] is None
            assert line["reason"]

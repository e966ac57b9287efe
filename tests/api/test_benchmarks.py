"""Benchmarks over REST."""

import json

import pytest

from apps.accounts.permissions import Role
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(bob: Caller) -> dict:
    """RewardBench pairs as published, with the scores of an outside scorer."""
    rows = [
        {"id": n, "prompt": f"Say {n}.", "chosen": f"{n}", "rejected": "no", "subset": subset}
        for n, subset in enumerate(("alpacaeval-easy", "donotanswer", "hep-go", "hep-js"))
    ]
    data = "\n".join(map(json.dumps, rows)).encode()
    url = "/datasets/import?format=rewardbench&slug=rb&title=RB"
    made = bob.post(url, data, Content_Type="application/x-ndjson")
    assert made.status_code == 201, made.content
    scores = [
        {"prompt_id": str(n), "response_id": f"{n}/{side}-1", "scorer": "rm", "score": score}
        for n in range(4)
        for side, score in (("chosen", 1 if n != 3 else 0), ("rejected", 0))
    ]
    table = bob.post("/score-tables", "\n".join(map(json.dumps, scores)).encode(), Content_Type="application/x-ndjson")
    return {"benchmark": "rewardbench", "dataset": "rb", "sources": [{"table": table.json()["id"], "scorer": "rm"}]}


def test_a_benchmark_is_scored_once_and_read(bob: Caller, board: dict):
    kinds = {one["name"]: one for one in bob.get("/benchmarks/kinds").json()["results"]}
    assert len(kinds) == 19 and kinds["rewardbench"]["formats"] == ["rewardbench"]
    done = bob.post("/benchmarks", board)
    assert done.status_code == 201, done.content
    (row,) = done.json()["results"]
    # Chat and Safety 1, Reasoning one of two by equal counts: the mean of three sections.
    assert row["score"]["value"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert (row["items"], row["ties"], row["unscored"], row["chance"]) == (4, 1, 0, 0.5)
    assert {one["name"]: one["value"] for one in row["domains"]}["hep-js"] == 0 and row["lost"][0]["tied"]
    assert [one["name"] for one in row["faults"]] == []
    assert bob.get(f"/benchmarks/{row['id']}").json() == row
    assert bob.get("/benchmarks?benchmark=rewardbench&dataset=rb").json()["results"] == [row]
    assert bob.post("/benchmarks", board).json()["new"] == 0


def test_what_does_not_do_is_refused(bob: Caller, board: dict):
    problem(bob.post("/benchmarks", board | {"benchmark": "x"}), 422, "benchmark_unknown")
    problem(bob.post("/benchmarks", board | {"dataset": "x"}), 404, "dataset_unknown")
    problem(bob.post("/benchmarks", board | {"sources": []}), 422, "benchmark_invalid")
    problem(bob.post("/benchmarks", board | {"sources": [3]}), 422, "invalid")
    problem(bob.post("/benchmarks", board | {"sources": [{"judge": "x", "rubric": "y"}]}), 422, "audit_inputs_invalid")
    problem(bob.post("/benchmarks", board | {"gold": {"table": 1}}), 422, "benchmark_invalid")
    problem(bob.get("/benchmarks/none"), 404, "benchmark_result_unknown")
    problem(bob.get("/benchmarks?benchmark=none"), 422, "benchmark_unknown")
    reader = caller_of(factories.make_actor(Role.ANNOTATOR, workspace=bob.actor.workspace))
    problem(reader.get("/benchmarks"), 403, "role_too_low")

"""Data for training over REST."""

import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from apps.datasets.models import Dataset
from engines.scripted import Script, ScriptedEngine
from tests.api.conftest import Caller, caller_of, problem
from tests.apps.judging.conftest import play, work  # noqa: F401  (the same engine)
from tests.apps.training.studying import Course, make_course, reads, settle_pair

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


@pytest.fixture
def course(alice: Caller, play: Callable[[Script], ScriptedEngine]) -> Course:  # noqa: F811
    """The course that exports are taken from."""
    play(reads)
    return make_course(alice.actor)


def _body(course: Course, **more: Any) -> dict[str, Any]:
    return {"run": str(course.run.pk), "kind": "pairs", **more}


def test_an_export_is_asked_for_written_and_read(alice: Caller, course: Course):
    made = alice.post("/data-exports", _body(course, rule={"which": "all", "least": 0.4}))
    assert made.status_code == 202, made.content
    place = made.json()
    assert (place["state"], place["rows"], place["licence"]) == ("queued", None, "CC-BY-4.0")
    assert place["rule"]["k"] == 1.0
    problem(alice.get(f"/data-exports/{place['id']}/rows.ndjson"), 409, "export_not_done")
    problem(alice.call("delete", f"/data-exports/{place['id']}"), 409, "export_under_way")
    work()
    done = alice.get(f"/data-exports/{place['id']}").json()
    assert done["state"] == "done"
    lines = [json.loads(line) for line in b"".join(alice.get(f"/data-exports/{place['id']}/rows.ndjson")).splitlines()]
    assert len(lines) == done["rows"] > 0
    table = pq.read_table(io.BytesIO(b"".join(alice.get(f"/data-exports/{place['id']}/rows.parquet"))))
    assert table.column("chosen").to_pylist() == [line["chosen"] for line in lines]
    assert table.column("margin").to_pylist() == [line["margin"] for line in lines]
    assert b"".join(alice.get(f"/data-exports/{place['id']}/rows.csv")).startswith(b"prompt_id,")
    assert [one["id"] for one in alice.get("/data-exports").json()["results"]] == [place["id"]]
    assert alice.call("delete", f"/data-exports/{place['id']}").status_code == 204
    problem(alice.get(f"/data-exports/{place['id']}"), 404, "export_unknown")


def test_pairs_of_people_are_asked_for_by_the_rule(alice: Caller, course: Course):
    settle_pair(course, "half-3", "half-0", -3)
    body = _body(course, rule={"decided_by": "people"})
    seen = alice.post("/data-exports/preview", body).json()
    assert seen["rows"] == 1
    assert {"what": "pairs that people settled", "value": 1} in seen["figures"]
    made = alice.post("/data-exports", body).json()
    work()
    (line,) = b"".join(alice.get(f"/data-exports/{made['id']}/rows.ndjson")).splitlines()
    row = json.loads(line)
    assert (row["chosen_id"], row["margin"], row["decided_by"], row["votes"]) == ("half-3", 1.0, "people", 2)


def test_a_preview_counts_and_makes_nothing(alice: Caller, course: Course):
    found = alice.post("/data-exports/preview", _body(course, kind="bands", rule={"low": 0.25, "high": 0.75}))
    assert found.status_code == 200, found.content
    said = found.json()
    assert (said["rows"], said["refusal"], said["cut"]) == (3, "", False)
    assert sum(one["count"] for one in said["histograms"][0]["bins"]) == 5
    assert alice.get("/data-exports").json()["results"] == []
    Dataset.objects.filter(slug="course").update(licence="")
    assert "licence" in alice.post("/data-exports/preview", _body(course)).json()["refusal"]
    problem(alice.post("/data-exports", _body(course)), 409, "licence_forbids")


@pytest.mark.parametrize(
    ("more", "status", "pointer"),
    [
        ({"kind": "all"}, 422, "/kind"), ({"rule": {"top": 1}}, 422, "/rule/top"),
        ({"rule": {"least": -1}}, 422, "/rule/least"), ({"rule": {"decided_by": "me"}}, 422, "/rule/decided_by"),
        ({"rule": []}, 422, "/rule"),
        ({"judge": "nobody@1"}, 422, "/rubric"), ({"extra": 1}, 422, "/extra"),
        ({"kind": "writer"}, 422, "/rule/base"),
    ],
)  # fmt: skip
def test_faults_are_named(alice: Caller, course: Course, more: dict[str, Any], status: int, pointer: str):
    problem(alice.post("/data-exports/preview", _body(course, **more)), status, pointer=pointer)


def test_a_run_that_is_not_there_is_not_found(alice: Caller, charlie: Caller, course: Course):
    problem(alice.post("/data-exports", _body(course, run="no")), 404, "run_unknown")
    problem(charlie.post("/data-exports", _body(course)), 404, "run_unknown")
    problem(alice.get("/data-exports/no"), 404, "export_unknown")


def test_it_needs_the_scope(alice: Caller, course: Course):
    reader = caller_of(alice.actor, "data:read")
    problem(reader.post("/data-exports", _body(course)), 403)
    problem(reader.get("/data-exports"), 403)


def test_the_same_key_makes_one_export(alice: Caller, course: Course):
    first, second = (alice.post("/data-exports", _body(course), Idempotency_Key="one") for _ in range(2))
    assert first.json()["id"] == second.json()["id"]

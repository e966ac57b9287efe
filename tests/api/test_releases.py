"""Releases: manifests, streams that show when they break, Parquet."""

import hashlib
import io
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from django.test import AsyncClient

from apps.accounts.permissions import Role
from apps.rubrics.models import RubricVersion
from apps.training import services as training
from domain import rubric as rubrics
from tests import factories
from tests.api.conftest import ROOT, Caller, caller_of, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(workspace) -> list[RubricVersion]:
    return [
        factories.make_version(
            rubric=factories.make_rubric(workspace=workspace, slug=f"r{n}", title=f"Letters {n}"), status="approved"
        )
        for n in range(3)
    ]


@pytest.fixture
def spring(alice: Caller, versions: list[RubricVersion]) -> dict[str, Any]:
    made = alice.post("/releases", {"name": "spring", "rubrics": ["r2@1", "r0", versions[1].digest], "notes": "first"})
    assert made.status_code == 201, made.content
    assert made["Location"] == "/api/v1/releases/spring"
    body: dict[str, Any] = made.json()
    return body


def lines_of(caller: Caller, query: str = "") -> list[bytes]:
    answer = caller.get(f"/releases/spring/rubrics.ndjson{query}")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/x-ndjson"
    return b"".join(answer).splitlines(keepends=True)


def test_the_manifest_lists_what_its_digest_covers(alice: Caller, spring, versions):
    assert [row["slug"] for row in spring["rubrics"]] == ["r0", "r1", "r2"]
    assert (spring["count"], spring["notes"], spring["deprecated"]) == (3, "first", None)
    covered = hashlib.sha256(rubrics.canonical({"rubrics": spring["rubrics"]})).hexdigest()
    assert spring["digest"] == f"sha256:{covered}"
    read = alice.get("/releases/spring")
    assert read.json() == spring
    assert alice.get("/releases/spring", If_None_Match=read["ETag"]).status_code == 304
    assert [row["name"] for row in alice.get("/releases").json()["results"]] == ["spring"]


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_the_stream_ends_with_count_and_hash_over_all_lines(alice: Caller, spring):
    *documents, end = lines_of(alice)
    assert [orjson.loads(line)["slug"] for line in documents] == ["r0", "r1", "r2"]
    sha = hashlib.sha256(b"".join(documents)).hexdigest()
    assert orjson.loads(end) == {"_end": True, "count": 3, "sha256": sha}
    for line, entry in zip(documents, spring["rubrics"], strict=True):
        document = orjson.loads(line)
        assert document["digest"] == entry["digest"] == rubrics.digest(rubrics.parse(document))


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_a_stream_resumes_where_it_broke(alice: Caller, spring):
    whole = lines_of(alice)
    for after in range(5):
        assert lines_of(alice, f"?after={after}") == whole[min(after, 3) :]
    for wrong in ("-1", "x", "%C2%B2", "9" * 12):
        problem(alice.get(f"/releases/spring/rubrics.ndjson?after={wrong}"), 422, pointer="/after")


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_a_release_says_the_same_after_its_rubrics_were_retired(alice: Caller, spring):
    before = lines_of(alice)
    assert alice.post("/rubrics/r1/versions/1/retire").status_code == 200
    assert lines_of(alice) == before
    assert alice.get("/releases/spring").json() == spring


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_the_stream_is_served_asynchronously():
    def make() -> Caller:
        workspace = factories.make_workspace()
        owner = caller_of(factories.make_actor(Role.ADMIN, workspace=workspace))
        version = factories.make_version(workspace=workspace, status="approved")
        training.create_release(by=owner.actor, name="spring", versions=[version])
        return owner

    from asgiref.sync import sync_to_async

    owner = await sync_to_async(make)()
    answer = await AsyncClient().get(f"{ROOT}/releases/spring/rubrics.ndjson", headers=owner.headers)
    stream: Any = answer
    assert stream.is_async
    body = b"".join([chunk async for chunk in stream.streaming_content])
    assert orjson.loads(body.splitlines()[-1])["count"] == 1


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_parquet_holds_the_same_documents(alice: Caller, spring):
    answer = alice.get("/releases/spring/rubrics.parquet")
    table = pq.read_table(io.BytesIO(b"".join(answer))).to_pylist()
    assert [row["slug"] for row in table] == ["r0", "r1", "r2"]
    assert orjson.loads(table[0]["document"])["digest"] == table[0]["digest"]


def test_only_approved_versions_are_released_and_nothing_is_half_written(alice: Caller, versions, workspace):
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="draft"))
    problem(alice.post("/releases", {"name": "x", "rubrics": ["r0@1", "draft@1"]}), 409, "not_approved")
    problem(alice.post("/releases", {"name": "x", "rubrics": ["r0@1", "gone@1"]}), 404, pointer="/rubrics/1")
    problem(alice.post("/releases", {"name": "x", "rubrics": ["r0@1", "a b"]}), 422, pointer="/rubrics/1")
    problem(alice.post("/releases", {"name": "x", "rubrics": ["r0@1", "r0"]}), 422, pointer="/rubrics")
    problem(alice.post("/releases", {"name": "x", "rubrics": []}), 422, pointer="/rubrics")
    problem(alice.post("/releases", {"name": "x", "rubric_set": "gone"}), 404, pointer="/rubric_set")
    problem(alice.post("/releases", {"name": "a b", "rubrics": ["r0"]}), 422, pointer="/name")
    assert alice.get("/releases").json()["results"] == []


def test_a_name_is_used_once(alice: Caller, spring):
    problem(alice.post("/releases", {"name": "spring", "rubrics": ["r0"]}), 409, "release_exists")


def test_a_deprecated_release_says_why_and_changes_its_etag(alice: Caller, spring, versions, judge):
    before = alice.get("/releases/spring")["ETag"]
    release = training.create_release(by=alice.actor, name="autumn", versions=versions)
    training.deprecate(by=alice.actor, release=release, reason="It rewards length.")
    assert alice.get("/releases/autumn").json()["deprecated"]["reason"] == "It rewards length."
    assert alice.get("/releases/autumn", If_None_Match=before).status_code == 200
    problem(alice.post("/training-runs", {"name": "x", "release": "autumn"}), 409, "deprecated")


def test_strangers_and_authors(alice: Caller, bob: Caller, charlie: Caller, spring):
    problem(bob.post("/releases", {"name": "x", "rubrics": ["r0"]}), 403, "scope_missing")
    for path in ("/releases/spring", "/releases/spring/rubrics.ndjson", "/releases/spring/rubrics.parquet"):
        problem(charlie.get(path), 404, "release_unknown")
    assert bob.get("/releases/spring").status_code == 200

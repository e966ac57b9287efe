"""Releases as files: ranges, compression, entity tags; what changed between two; who pulled."""

import gzip
import hashlib
import io
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from apps.rubrics.models import RubricVersion
from apps.training import queries
from apps.training import services as training
from tests import factories
from tests.api.conftest import Caller, problem
from tests.api.test_releases import spring, versions

__all__ = ["spring", "versions"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
LINES = "/releases/spring/rubrics.ndjson"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


def body(answer: Any) -> bytes:
    return b"".join(answer)


def test_a_range_gives_the_rest_of_a_broken_download(alice: Caller, spring):
    whole = alice.get(LINES)
    text = body(whole)
    assert (whole["Accept-Ranges"], whole["ETag"]) == ("bytes", f'"{spring["digest"]}"')
    part = alice.get(LINES, Range="bytes=100-", If_Range=whole["ETag"])
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-{len(text) - 1}/{len(text)}")
    assert text[:100] + body(part) == text
    assert body(alice.get(LINES, Range="bytes=-10")) == text[-10:]
    assert body(alice.get(LINES, Range="bytes=3-7")) == text[3:8]
    assert alice.get(LINES, Range=f"bytes={len(text)}-").status_code == 416
    for given in ("bytes=", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b"):
        assert alice.get(LINES, Range=given).status_code == 200
    assert body(alice.get(LINES, Range="bytes=100-", If_Range='"other"')) == text


def test_what_the_caller_has_is_not_sent_again(alice: Caller, spring):
    etag = alice.get(LINES)["ETag"]
    assert alice.get(LINES, If_None_Match=etag).status_code == 304
    parquet = alice.get("/releases/spring/rubrics.parquet")
    assert alice.get("/releases/spring/rubrics.parquet", If_None_Match=parquet["ETag"]).status_code == 304
    pulls = alice.get("/releases/spring/pulls").json()["results"]
    assert [(one["times"], one["token"], one["rubrics"]) for one in pulls] == [(2, "test", 6)]


def test_a_stream_is_compressed_where_the_caller_takes_it(alice: Caller, spring):
    packed = alice.get(LINES, Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(body(packed)) == body(alice.get(LINES))


def test_resuming_after_lines_gives_the_same_end(alice: Caller, spring):
    lines = body(alice.get(LINES)).splitlines(keepends=True)
    for after in range(7):
        assert body(alice.get(f"{LINES}?after={after}")) == b"".join(lines[min(after, 3) :])


def test_the_file_is_made_once_and_again_where_it_was_removed(alice: Caller, spring, settings):
    first = body(alice.get(LINES))
    (path,) = (settings.DATA_DIR / "releases").glob("*.ndjson")
    path.unlink()
    assert body(alice.get(LINES)) == first
    end = orjson.loads(first.splitlines()[-1])
    assert end["sha256"] == hashlib.sha256(b"".join(first.splitlines(keepends=True)[:-1])).hexdigest()


def test_a_disk_that_cannot_be_written_is_said(alice: Caller, spring, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("no folder")
    problem(alice.get(LINES), 503, "disk_full")


def test_parquet_is_written_in_groups_of_rows(alice: Caller, workspace, monkeypatch):
    monkeypatch.setattr("apps.training.queries.files.ROWS", 2)
    monkeypatch.setattr("apps.training.queries.files.BATCH", 2)
    made = [factories.make_version(workspace=workspace, status="approved") for _ in range(5)]
    training.create_release(by=alice.actor, name="spring", versions=made)
    table = pq.read_table(io.BytesIO(body(alice.get("/releases/spring/rubrics.parquet"))))
    assert table.num_rows == 5
    assert table.column("digest").to_pylist() == [
        row["digest"] for row in alice.get("/releases/spring").json()["rubrics"]
    ]


def test_what_changed_between_two_releases(alice: Caller, versions: list[RubricVersion], workspace):
    training.create_release(by=alice.actor, name="old", versions=versions[:2])
    RubricVersion.objects.filter(pk=versions[1].pk).update(status="retired")
    new = factories.make_version(
        rubric=versions[1].rubric, status="approved", number=2, document=factories.make_document(title="Changed")
    )
    training.create_release(by=alice.actor, name="new", versions=[new, versions[2]])
    told = alice.get("/releases/new/diff?from=old").json()
    assert (told["from"], told["to"], told["same"]) == ("old", "new", 0)
    assert [one["slug"] for one in told["removed"]] == ["r0"]
    assert [one["slug"] for one in told["added"]] == ["r2"]
    (changed,) = told["changed"]
    assert (changed["slug"], changed["before"]["number"], changed["after"]["digest"]) == ("r1", 1, new.digest)
    problem(alice.get("/releases/new/diff?from=none"), 404, "release_unknown", "/from")
    assert (
        queries.release_diff(queries.get_release(alice.actor, "old"), queries.get_release(alice.actor, "old")).same == 2
    )


def test_a_release_is_deprecated_with_a_reason(alice: Caller, bob: Caller, charlie: Caller, spring):
    problem(alice.post("/releases/spring/deprecate", {"reason": ""}), 422)
    problem(alice.post("/releases/spring/deprecate", {"reason": "  "}), 422)
    problem(bob.post("/releases/spring/deprecate", {"reason": "Old."}), 403)
    problem(charlie.post("/releases/spring/deprecate", {"reason": "Old."}), 404)
    told = alice.post("/releases/spring/deprecate", {"reason": "It rewards length."}).json()
    assert told["deprecated"]["reason"] == "It rewards length."
    problem(alice.post("/releases/spring/deprecate", {"reason": "Again."}), 409, "deprecated")

"""Rubrics and releases: cached by digest, revalidated, resumed, checked."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rubricstudio_client import DigestMismatch, NotFound, Studio, Unavailable

from .conftest import FAST, Played, make_document, make_manifest


def named(document, version=3, status="approved"):
    return {**document, "slug": "letters", "version": version, "status": status}


def test_a_moving_name_is_revalidated(studio: Studio, played: Played):
    played.documents["rubrics/letters"] = named(make_document())
    first = studio.rubric("letters")
    assert (first.slug, first.version, first.status, first.title) == ("letters", 3, "approved", "Letters")
    assert studio.rubric("letters") == first
    assert played.asked[1].headers["If-None-Match"]
    played.documents["rubrics/letters"] = named(make_document("Newer"), 4)
    assert (studio.rubric("letters").version, studio.rubric("letters").title) == (4, "Newer")


def test_a_digest_is_asked_for_once(studio: Studio, played: Played):
    document = make_document()
    played.documents[f"rubric-versions/{document['digest']}"] = document
    assert studio.rubric(document["digest"]).document == document
    assert studio.rubric(document["digest"]).criteria[0]["id"] == "c_drug"
    assert len(played.asked) == 1


def test_a_version_read_by_name_serves_its_digest(studio: Studio, played: Played):
    played.documents["rubrics/letters/versions/3"] = named(make_document())
    digest = studio.rubric("letters@3").digest
    assert studio.rubric(digest).digest == digest
    assert len(played.asked) == 1


def test_a_broken_disk_is_read_around(studio: Studio, played: Played, tmp_path: Path):
    played.documents["rubrics/letters"] = named(make_document())
    studio.rubric("letters")
    (stored,) = (tmp_path / "documents").iterdir()
    changed = json.loads(stored.read_text())
    changed["criteria"][0]["text"] = "Anything."
    stored.write_text(json.dumps(changed))
    assert studio.rubric("letters").criteria[0]["text"].startswith("Names the drug")
    stored.write_text("{")
    assert studio.rubric("letters").version == 3
    assert "If-None-Match" not in played.asked[-1].headers


def test_a_disk_that_cannot_be_written_is_done_without(played: Played, tmp_path: Path):
    (tmp_path / "file").write_text("")
    studio = Studio("http://s", "t", cache_dir=tmp_path / "file" / "x", transport=httpx.MockTransport(played))
    played.documents["rubrics/letters"] = named(make_document())
    assert studio.rubric("letters").version == 3


def test_a_document_that_is_not_its_digest_is_refused(studio: Studio, played: Played):
    played.documents["rubrics/letters"] = {**named(make_document()), "title": "Changed on the way"}
    with pytest.raises(DigestMismatch):
        studio.rubric("letters")
    other = make_document("Other")
    played.documents[f"rubric-versions/{make_document()['digest']}"] = other
    with pytest.raises(DigestMismatch):
        studio.rubric(make_document()["digest"])
    played.faults = [httpx.Response(200, text="<html>Log in to the network</html>")]
    with pytest.raises(DigestMismatch):
        studio.rubric("letters")


def test_an_unknown_rubric_is_a_typed_error(studio: Studio):
    with pytest.raises(NotFound) as error:
        studio.rubric("nothing")
    assert (error.value.status, error.value.code, error.value.request_id) == (404, "not_found", "r-1")
    assert error.value.pointers == (("/items/0/rubric", "unknown"),)


@pytest.mark.asyncio
async def test_rubrics_without_blocking(studio: Studio, played: Played):
    played.documents["rubrics/letters"] = named(make_document())
    async with studio:
        assert (await studio.arubric("letters")).version == 3


class Stream(httpx.SyncByteStream):
    """Bytes that may break off."""

    def __init__(self, data: bytes, breaks_after: int | None) -> None:
        self.data, self.breaks_after = data, breaks_after

    def __iter__(self) -> Iterator[bytes]:
        end = len(self.data) if self.breaks_after is None else self.breaks_after
        for start in range(0, end, 700):
            yield self.data[start : min(start + 700, end)]
        if self.breaks_after is not None:
            raise httpx.ReadError("the connection broke")


class Streaming:
    """A studio that serves one release, breaking off a few times."""

    def __init__(self, breaks: list[int | None] | None = None) -> None:
        self.documents = [make_document(f"Rubric {n}") for n in range(5)]
        self.manifest = make_manifest("spring", self.documents)
        rows = [
            {**document, "slug": f"r{n}", "version": 1, "status": "approved"}
            for n, document in enumerate(self.documents)
        ]
        self.lines = [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]
        sha = hashlib.sha256(b"".join(self.lines)).hexdigest()
        self.end = json.dumps({"count": 5, "sha256": sha})
        self.breaks = breaks or []
        self.after: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/releases/spring"):
            return httpx.Response(200, json=self.manifest)
        after = int(request.url.params["after"])
        self.after.append(after)
        end = b'{"_end":true,' + self.end.encode()[1:] + b"\n"
        data = b"".join(self.lines[after:]) + end
        return httpx.Response(200, stream=Stream(data, self.breaks.pop(0) if self.breaks else None))

    def studio(self, tmp_path: Path) -> Studio:
        return Studio("http://s", "t", cache_dir=tmp_path, retry=FAST, transport=httpx.MockTransport(self))


def test_a_release_is_read_and_kept(tmp_path: Path):
    played = Streaming()
    release = played.studio(tmp_path).release("spring")
    assert (len(release), [rubric.slug for rubric in release]) == (5, ["r0", "r1", "r2", "r3", "r4"])
    assert release.digest == played.manifest["digest"]
    found = release.for_prompt("p2")
    assert found is not None
    assert found.title == "Rubric 2"
    assert release.for_prompt("p9") is None
    assert played.studio(tmp_path).release("spring") == release
    assert played.after == [0]


def test_a_broken_stream_goes_on_where_it_broke(tmp_path: Path):
    played = Streaming()
    size = len(played.lines[0])
    played.breaks = [int(size * 2.5), 10, int(size * 1.2)]
    release = played.studio(tmp_path).release("spring")
    assert played.after == [0, 2, 2, 3]
    assert [rubric.title for rubric in release] == [f"Rubric {n}" for n in range(5)]


def test_a_stream_that_ends_early_is_no_release(tmp_path: Path):
    played = Streaming()
    played.breaks = [300] * 10
    with pytest.raises(Unavailable):
        played.studio(tmp_path).release("spring")
    assert len(played.after) == FAST.tries


def test_a_stream_without_its_last_line_is_read_on(tmp_path: Path):
    played = Streaming()
    whole = played.end

    class Cut(Streaming):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = played(request)
            if len(played.after) == 1 and "rubrics.ndjson" in request.url.path:
                return httpx.Response(200, content=b"".join(played.lines[:3]))
            return answer

    studio = Studio("http://s", "t", cache_dir=tmp_path, retry=FAST, transport=httpx.MockTransport(Cut()))
    assert len(studio.release("spring")) == 5
    assert played.after == [0, 3]
    assert whole == played.end


@pytest.mark.parametrize("fault", ["line", "sha256", "count", "manifest"])
def test_a_release_that_was_tampered_with_is_refused(tmp_path: Path, fault: str):
    played = Streaming()
    if fault == "line":
        played.lines[1] = played.lines[1].replace(b"Rubric 1", b"Rubric X")
    elif fault == "sha256":
        played.end = played.end.replace('"sha256": "', '"sha256": "0')
    elif fault == "count":
        played.end = played.end.replace("5", "4", 1)
    else:
        played.manifest["rubrics"][0]["version"] = 7
    with pytest.raises(DigestMismatch):
        played.studio(tmp_path).release("spring")


def test_a_broken_file_on_disk_is_read_again(tmp_path: Path):
    played = Streaming()
    studio = played.studio(tmp_path)
    studio.release("spring")
    (stored,) = (tmp_path / "releases").iterdir()
    stored.write_bytes(stored.read_bytes()[:-40])
    assert len(studio.release("spring")) == 5
    assert played.after == [0, 0]


@pytest.mark.asyncio
async def test_a_release_without_blocking(tmp_path: Path):
    assert len(await Streaming().studio(tmp_path).arelease("spring")) == 5

"""Rubrics and releases: read, checked against their digests, kept on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from rubricstudio_client import cache, digests
from rubricstudio_client.errors import DigestMismatch, Unavailable, refused
from rubricstudio_client.steps import BUSY, Retry, Send, Steps, answered, retry_after


@dataclass(frozen=True)
class Rubric:
    """A rubric as `rubricstudio/1`, whose digests were recomputed here."""

    document: Mapping[str, Any]
    slug: str | None = None
    version: int | None = None
    status: str | None = None

    @property
    def digest(self) -> str:
        """The digest of all that it says."""
        return str(self.document["digest"])

    @property
    def judged_digest(self) -> str:
        """The digest of what a judge is shown."""
        return str(self.document["judged_digest"])

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.document.get("title", ""))

    @property
    def criteria(self) -> list[Mapping[str, Any]]:
        """Its criteria, in order."""
        return list(self.document["criteria"])

    @property
    def prompt_id(self) -> str | None:
        """The prompt it is bound to, if to one."""
        scope = self.document.get("scope") or {}
        return scope.get("prompt_id") if scope.get("kind") == "prompt" else None


@dataclass(frozen=True)
class Release:
    """An immutable set of approved rubrics."""

    name: str
    digest: str
    manifest: Mapping[str, Any]
    rubrics: tuple[Rubric, ...] = field(repr=False)

    def __iter__(self) -> Iterator[Rubric]:
        return iter(self.rubrics)

    def __len__(self) -> int:
        return len(self.rubrics)

    def for_prompt(self, prompt_id: str) -> Rubric | None:
        """The rubric bound to a prompt."""
        for entry, rubric in zip(self.manifest["rubrics"], self.rubrics, strict=True):
            if entry["prompt_id"] == prompt_id:
                return rubric
        return None


def read_rubric(ref: str, url: str, kept: cache.Cache, retry: Retry) -> Steps[Rubric]:
    """`letters` (latest approved), `letters@3` or `sha256:…`; what the disk has is not sent again."""
    if ref.startswith("sha256:"):
        found = yield from _by_digest(ref, kept, retry)
        return Rubric(found)
    slug, _, number = ref.partition("@")
    path = f"rubrics/{quote(slug, safe='')}" + (f"/versions/{quote(number, safe='')}" if number else "")
    known = kept.name(url, ref)
    stored = _stored(known["digest"], kept) if known and known.get("digest") else None
    headers = {"If-None-Match": str(known["etag"])} if known and stored else {}
    response = yield from answered(Send("GET", path, headers=headers), retry)
    if response.status_code == 304 and known and stored:
        return Rubric(stored, known.get("slug"), known.get("version"), known.get("status"))
    document = _object(response)
    digests.check(document)
    names = {key: document.get(key) for key in ("slug", "version", "status")}
    kept.keep_document(document["digest"], _bare(document))
    etag = response.headers.get("ETag")
    if etag:
        kept.keep_name(url, ref, {"etag": etag, "digest": document["digest"], **names})
    return Rubric(_bare(document), **names)


def _by_digest(digest: str, kept: cache.Cache, retry: Retry) -> Steps[dict[str, Any]]:
    stored = _stored(digest, kept)
    if stored is not None:
        return stored
    response = yield from answered(Send("GET", f"rubric-versions/{digest}"), retry)
    document = _object(response)
    digests.check(document, digest)
    kept.keep_document(digest, document)
    return document


def _stored(digest: str, kept: cache.Cache) -> dict[str, Any] | None:
    """What the disk has, where it is still what it claims."""
    found = kept.document(digest)
    if found is None:
        return None
    try:
        digests.check(found, digest)
    except DigestMismatch:
        return None
    return found


def _bare(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in {"slug", "version", "status"}}


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError as broken:
        raise DigestMismatch("The studio did not answer with JSON; is there something in between?") from broken
    if not isinstance(found, dict):
        raise DigestMismatch("The studio did not answer with a document.")
    return found


class Download:
    """The lines of a release: read on from where the connection broke, checked as a whole."""

    def __init__(self, name: str, manifest: Mapping[str, Any], kept: cache.Cache) -> None:
        self._path = f"releases/{quote(name, safe='')}/rubrics.ndjson"
        self._file: Path = kept.stream(str(manifest["digest"]))
        self._manifest = manifest
        self.lines: list[bytes] = []
        self._end: dict[str, Any] | None = None

    def from_disk(self) -> bool:
        """Take the lines of an earlier download, where they are whole."""
        try:
            self.lines = self._file.read_bytes().splitlines(keepends=True)
            self.check()
        except (OSError, DigestMismatch):
            self.lines = []
            return False
        return True

    def read_on(self, client: httpx.Client, timeout: float) -> float | None:
        """Read from the last whole line on; None when all is there, else how long to wait before going on."""
        with client.stream("GET", self._path, params={"after": len(self.lines)}, timeout=timeout) as response:
            if response.status_code in BUSY:
                return retry_after(response)
            if response.status_code >= 400:
                response.read()
                raise refused(response)
            rest = b""
            for block in response.iter_bytes():
                *whole, rest = (rest + block).split(b"\n")
                for line in whole:
                    self._take(line + b"\n")
        if self._end is None:
            raise httpx.RemoteProtocolError("the stream ended without its last line")
        return None

    def _take(self, line: bytes) -> None:
        if line.startswith(b'{"_end"'):
            self._end = json.loads(line)
        else:
            self.lines.append(line)

    def check(self) -> tuple[Rubric, ...]:
        """Every document is the one that the manifest names, and no line is missing; raises DigestMismatch."""
        if self._end is not None:
            sha = hashlib.sha256(b"".join(self.lines)).hexdigest()
            if (self._end.get("count"), self._end.get("sha256")) != (len(self.lines), sha):
                raise DigestMismatch("The stream is not what its last line says.")
        entries = self._manifest["rubrics"]
        if len(self.lines) != len(entries):
            raise DigestMismatch(f"The release has {len(entries)} rubrics, {len(self.lines)} came.")
        return tuple(_line(line, entry) for line, entry in zip(self.lines, entries, strict=True))

    def keep(self) -> None:
        """Store the lines for the next time."""
        cache.write(self._file, b"".join(self.lines))


def _line(line: bytes, entry: Mapping[str, Any]) -> Rubric:
    try:
        document = json.loads(line)
    except ValueError as broken:
        raise DigestMismatch("A line of the release is no JSON.") from broken
    digests.check(document, str(entry["digest"]))
    return Rubric(_bare(document), entry["slug"], entry["version"], document.get("status"))


def read_manifest(name: str, retry: Retry) -> Steps[dict[str, Any]]:
    """The manifest of a release, checked against its digest."""
    response = yield from answered(Send("GET", f"releases/{quote(name, safe='')}"), retry)
    manifest = _object(response)
    try:
        found = digests.manifest_digest(manifest)
    except (KeyError, TypeError) as broken:
        raise DigestMismatch(f"This is no manifest: {broken!r}.") from broken
    if found != manifest.get("digest"):
        raise DigestMismatch(f"The manifest of {name} has the digest {found}, not {manifest.get('digest')}.")
    return manifest


def too_often(away: Exception) -> Unavailable:
    """The error after the last try."""
    return Unavailable(f"The release could not be read to its end: {away}")

"""Documents on disk by their digest, and which digest a moving name had last."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def usual_folder() -> Path:
    """`RUBRICSTUDIO_CACHE`, or the person's cache folder."""
    given = os.environ.get("RUBRICSTUDIO_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else home / "rubricstudio"


class Cache:
    """A folder; whatever cannot be read is as good as absent, whatever cannot be written is left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def document(self, digest: str) -> dict[str, Any] | None:
        """The stored document of a digest; the caller checks that it is what it claims."""
        return self._read(self._of("documents", digest))

    def keep_document(self, digest: str, document: Mapping[str, Any]) -> None:
        """Store a document under its digest."""
        self._write(self._of("documents", digest), document)

    def name(self, url: str, ref: str) -> dict[str, Any] | None:
        """What a name such as `letters@3` was when it was last read: etag, digest, slug, version, status."""
        return self._read(self._of("names", f"{url}\n{ref}"))

    def keep_name(self, url: str, ref: str, known: Mapping[str, Any]) -> None:
        """Remember what a name is now."""
        self._write(self._of("names", f"{url}\n{ref}"), known)

    def stream(self, digest: str) -> Path:
        """Where the lines of a release lie."""
        return self._of("releases", digest).with_suffix(".ndjson")

    def _of(self, kind: str, key: str) -> Path:
        return self._folder / kind / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _write(self, path: Path, value: Mapping[str, Any]) -> None:
        write(path, json.dumps(value, ensure_ascii=False).encode())


def write(path: Path, data: bytes) -> bool:
    """Put a whole file in place at once, so that no reader sees half of it; False where the folder is not writable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, beside = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError:
        return False
    return True

"""Static files: texts are sent compressed, from copies that are made once and kept under the data folder."""

import gzip
import hashlib
import os
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from servestatic import ServeStaticASGI
from servestatic.responders import StaticFile

TEXTS = (".css", ".js", ".mjs", ".svg", ".json", ".map", ".txt")
WORTH_IT = 1000


class CompressedStatics(ServeStaticASGI):  # type: ignore[misc]
    """Serves what lies in a folder; `packed` is the folder of compressed copies, named by what they hold."""

    def __init__(self, *arguments: Any, packed: Path, **settings: Any) -> None:
        """The other arguments are those of ServeStatic."""
        self.packed = packed
        super().__init__(*arguments, **settings)

    def get_static_file(self, path: str, url: str, stat_cache: dict[str, os.stat_result] | None = None) -> StaticFile:
        """The file with its compressed copy where it has one."""
        file = Path(path)
        copy = self._copy_of(file) if file.suffix in TEXTS and file.stat().st_size > WORTH_IT else None
        if copy is None:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings={"gzip": str(copy)})

    def _copy_of(self, path: Path) -> Path | None:
        """The compressed copy, made where there is none yet; none where the data folder cannot be written."""
        data = path.read_bytes()
        copy = self.packed / f"{hashlib.sha256(data).hexdigest()[:32]}.gz"
        if copy.exists():
            return copy
        try:
            self.packed.mkdir(parents=True, exist_ok=True)
            fresh = copy.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(gzip.compress(data, mtime=0))
            fresh.replace(copy)
        except OSError:
            return None
        return copy

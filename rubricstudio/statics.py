"""Static files: texts are sent compressed, from copies that are made once and kept under the data folder."""

import gzip
import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import brotli
from servestatic import ServeStaticASGI
from servestatic.responders import StaticFile

TEXTS = (".css", ".js", ".mjs", ".svg", ".json", ".map", ".txt")
WORTH_IT = 1000
# Brotli at nine is nearly as small as at eleven, and the first start does not wait for it.
ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": (".gz", partial(gzip.compress, mtime=0)),
    "br": (".br", partial(brotli.compress, quality=9)),
}


class CompressedStatics(ServeStaticASGI):  # type: ignore[misc]
    """Serves what lies in a folder; `packed` is the folder of compressed copies, named by what they hold."""

    def __init__(self, *arguments: Any, packed: Path, **settings: Any) -> None:
        """The other arguments are those of ServeStatic."""
        self.packed = packed
        super().__init__(*arguments, **settings)

    def get_static_file(self, path: str, url: str, stat_cache: dict[str, os.stat_result] | None = None) -> StaticFile:
        """The file with its compressed copies where it has some; the smallest that a browser can read is sent."""
        file = Path(path)
        copies = self._copies_of(file) if file.suffix in TEXTS and file.stat().st_size > WORTH_IT else None
        if copies is None:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings=copies)

    def _copies_of(self, path: Path) -> dict[str, str] | None:
        """The compressed copies, made where there are none yet; none where the data folder cannot be written."""
        data = path.read_bytes()
        name = hashlib.sha256(data).hexdigest()[:32]
        copies: dict[str, str] = {}
        try:
            for encoding, (ending, compress) in ENCODINGS.items():
                copy = self.packed / f"{name}{ending}"
                if not copy.exists():
                    self.packed.mkdir(parents=True, exist_ok=True)
                    fresh = copy.with_suffix(f".{os.getpid()}")
                    fresh.write_bytes(compress(data))
                    fresh.replace(copy)
                copies[encoding] = str(copy)
        except OSError:
            return None
        return copies

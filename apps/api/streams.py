"""Files that never change, sent in pieces: whole or a range of bytes, compressed where the caller takes it."""

import re
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from apps.api.rubrics import matches

PIECE = 256 * 1024
GZIP_WBITS = 31
LEVEL = 1
CACHING = "private, max-age=31536000, immutable"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def send(request: Request, path: Path, *, kind: str, etag: str, start: int = 0) -> HttpResponseBase:
    """The file from `start` on: 304 where the caller has it, 206 for a range of it, 416 for one beyond its end."""
    whole = etag if not start else ""
    if whole and matches(request, whole):
        return HttpResponse(status=304, headers={"ETag": whole, "Cache-Control": CACHING})
    size = path.stat().st_size
    wanted = _range(request, whole, size) if not start else None
    first, last = wanted or (start, size - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Accept-Ranges": "bytes", "Vary": "Accept-Encoding, Authorization", "Cache-Control": CACHING}
    if whole:
        headers["ETag"] = whole
    if wanted is None and kind == "application/x-ndjson" and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers |= {"Content-Encoding": "gzip"}
        pieces = _compressed(path, first)
    else:
        headers |= {"Content-Length": str(last - first + 1), "Content-Encoding": "identity"}
        pieces = _plain(path, first, last)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingHttpResponse(pieces, status=206 if wanted else 200, content_type=kind, headers=headers)


def _range(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """The one range that is asked for; none where there are several, or the caller has part of something else."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or not any(found.groups()) or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last[:15])), size - 1
    return int(first[:15]), min(size - 1, int(last[:15]) if last else size - 1)


async def _plain(path: Path, first: int, last: int) -> AsyncIterator[bytes]:
    file = await sync_to_async(_opened)(path)
    try:
        await sync_to_async(file.seek)(first)
        left = last - first + 1
        while left > 0 and (piece := await sync_to_async(file.read)(min(PIECE, left))):
            left -= len(piece)
            yield piece
    finally:
        file.close()


async def _compressed(path: Path, first: int) -> AsyncIterator[bytes]:
    file = await sync_to_async(_opened)(path)
    try:
        await sync_to_async(file.seek)(first)
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_WBITS)
        while piece := await sync_to_async(_packed)(packer, file):
            yield piece
        yield packer.flush()
    finally:
        file.close()


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _packed(packer: "zlib._Compress", file: IO[bytes]) -> bytes:
    """Some compressed bytes; none at the end."""
    while piece := file.read(PIECE):
        if packed := packer.compress(piece):
            return packed
    return b""

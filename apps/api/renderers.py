"""JSON in and out by orjson: NaN and infinity are refused, sizes are bounded."""

from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from apps.api import errors


class JSONRenderer(BaseRenderer):
    """application/json; problem documents keep their own type."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Bytes of the value; None is an empty body."""
        if data is None:
            return b""
        return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return dict(value.items())
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)


def read_bounded(stream: Any) -> bytes:
    """The whole body, or TooLarge."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise errors.TooLarge(
            f"The body is larger than {most // 1024 // 1024} MB, which is the most this server takes."
        )
    return body


class JSONParser(BaseParser):
    """A JSON object."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value; 400 where it is no JSON."""
        body = read_bounded(stream)
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as broken:
            raise ParseError(f"The body is not valid JSON: {broken}") from broken
        if not isinstance(value, dict):
            raise ParseError("The body must be a JSON object.")
        if b"\\u0000" in body and _holds_nul(value):
            raise ParseError("The body holds the character U+0000, which cannot be stored.")
        return value


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(name) or _holds_nul(inner) for name, inner in value.items())
    if isinstance(value, list):
        return any(_holds_nul(inner) for inner in value)
    return isinstance(value, str) and "\x00" in value


class RawParser(BaseParser):
    """Any body as bytes, for imports whose format the query names."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The bytes."""
        return read_bounded(stream)

"""What goes between a pool and its children: JSON, with its length before it, over one socket."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

MAX_REQUEST = 8 * 1024 * 1024
MAX_REPLY = 1024 * 1024

_HEAD = struct.Struct(">I")
_PIECE = 65_536


class TooLarge(Exception):
    """A message is longer than it may be."""


class Closed(Exception):
    """The other side has gone."""


class Late(Exception):
    """The other side did not answer in time."""


class Broken(Exception):
    """What came is no message."""


def encode(message: dict[str, Any], limit: int) -> bytes:
    """Return the bytes of a message; any text fits, as what is not ASCII is escaped."""
    body = json.dumps(message, separators=(",", ":"), allow_nan=True).encode("ascii")
    if len(body) > limit:
        raise TooLarge(f"The message has {len(body):,} bytes; {limit:,} are allowed.")
    return _HEAD.pack(len(body)) + body


def send(connection: socket.socket, frame: bytes, deadline: float | None) -> None:
    """Send a whole message before the deadline (of the monotonic clock)."""
    connection.settimeout(_left(deadline))
    try:
        connection.sendall(frame)
    except TimeoutError as error:
        raise Late from error
    except OSError as error:
        raise Closed from error


def receive(connection: socket.socket, limit: int, deadline: float | None) -> dict[str, Any]:
    """Read one message of at most `limit` bytes before the deadline (of the monotonic clock)."""
    (length,) = _HEAD.unpack(_exactly(connection, _HEAD.size, deadline))
    if length > limit:
        raise TooLarge(f"A message of {length:,} bytes came; {limit:,} are allowed.")
    try:
        message = json.loads(_exactly(connection, length, deadline))
    except (ValueError, RecursionError) as error:
        raise Broken(str(error)) from error
    if not isinstance(message, dict):
        raise Broken("A message is an object.")
    return message


def _exactly(connection: socket.socket, count: int, deadline: float | None) -> bytes:
    pieces: list[bytes] = []
    while count:
        connection.settimeout(_left(deadline))
        try:
            piece = connection.recv(min(count, _PIECE))
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise Closed from error
        if not piece:
            raise Closed
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return left

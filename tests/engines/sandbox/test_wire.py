"""Messages survive any text, and a bad one is told from a missing one."""

import json
import socket
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.sandbox import wire

ANY_TEXT = st.text(st.characters())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@given(st.dictionaries(ANY_TEXT, VALUES, max_size=4))
def test_any_object_comes_back(message):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, wire.encode(message, 10**6), None)
        assert wire.receive(theirs, 10**6, time.monotonic() + 5) == message


def test_what_is_too_long_is_refused_on_both_sides(pair):
    with pytest.raises(wire.TooLarge):
        wire.encode({"a": "x" * 100}, 50)
    wire.send(pair[0], wire.encode({"a": "x" * 100}, 1000), None)
    with pytest.raises(wire.TooLarge):
        wire.receive(pair[1], 50, time.monotonic() + 5)


def test_silence_is_late_and_an_end_is_closed(pair):
    with pytest.raises(wire.Late):
        wire.receive(pair[1], 50, time.monotonic() + 0.05)
    pair[0].sendall(b"\0\0")
    pair[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(pair[1], 50, time.monotonic() + 5)


@pytest.mark.parametrize("body", [b"[1]", b"nonsense", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_broken(pair, body):
    pair[0].sendall(struct.pack(">I", len(body)) + body)
    with pytest.raises(wire.Broken):
        wire.receive(pair[1], 10**6, time.monotonic() + 5)


def test_a_reader_who_does_not_read_makes_the_sender_late(pair):
    with pytest.raises(wire.Late):
        wire.send(pair[0], b"x" * 20_000_000, time.monotonic() + 0.2)


def test_messages_are_ascii():
    assert json.loads(wire.encode({"a": "é\ud800"}, 100)[4:].decode("ascii")) == {"a": "é\ud800"}

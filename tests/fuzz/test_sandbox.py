"""The protocol between pool and child: neither side can be hung or misled by what the other sends."""

import contextlib
import json
import struct
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.ports import SandboxFault, SandboxReply
from engines.sandbox import pool, tasks, wire
from engines.sandbox.tasks import Family
from tests.fuzz.material import LONG, VALUES, fuzz

REQUEST = {"code": "def check(r):\n    return True", "takes": 1, "response": "x", "seconds": 0.1, "memory": 16_000_000}
FIELDS = ["code", "takes", "response", "reference", "prompt", "seconds", "memory", "tests", "setup", "total"]


@pytest.fixture(scope="module")
def child():
    """A child that is replaced when it has ended."""
    held = [pool.Child(Family.PYTHON)]
    yield held
    held[0].kill()


def alive(held) -> pool.Child:
    if held[0].process.poll() is not None:
        held[0].kill()
        held[0] = pool.Child(Family.PYTHON)
    return held[0]


@fuzz(60)
@given(
    task=st.sampled_from(list(tasks.TASKS)) | LONG, request=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)
)
def test_any_request(child, task, request):
    asked = {**REQUEST, **request, "seconds": 0.1}
    try:
        message = alive(child).ask(wire.encode({"task": task, "request": asked}, wire.MAX_REQUEST), 3)
    except (wire.Closed, wire.Late):
        alive(child).kill()
        return
    assert set(message) in ({"answer"}, {"fault", "detail"})


@fuzz(15, slow=True)
@given(data=st.binary(max_size=200), framed=st.booleans())
@example(data=b"[" * 100_000, framed=True)
@example(data=b"\xff\xff\xff\xff", framed=False)
def test_any_bytes_to_a_child(child, data, framed):
    held = alive(child)
    with contextlib.suppress(wire.Closed, wire.Late, wire.Broken, wire.TooLarge):
        wire.send(held.connection, struct.pack(">I", len(data)) + data if framed else data, time.monotonic() + 1)
        held.connection.shutdown(1)
        assert wire.receive(held.connection, wire.MAX_REPLY, time.monotonic() + 3)
    held.kill()


@fuzz(60)
@given(message=st.dictionaries(st.sampled_from(["answer", "fault", "detail", "x"]), VALUES, max_size=3))
def test_any_message_of_a_child(message):
    reply = pool._read(json.loads(json.dumps(message)))
    assert isinstance(reply, SandboxReply)
    assert (reply.answer is None) is isinstance(reply.fault, SandboxFault)

"""Children answer, are stopped, are replaced, and never outlive those who started them."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain import errors
from domain.ports import SandboxFault
from engines.sandbox import Hurried, Sandbox, pool
from engines.sandbox.tasks import Family
from tests.processes import wait_until

ROOT = Path(__file__).resolve().parents[3]
MEMORY = 64 * 1024 * 1024


def request(code: str = "def check(response, reference, prompt):\n    return True", **more):
    return {"code": code, "takes": 3, "response": "An answer.", "seconds": 1.0, "memory": MEMORY} | more


def value_of(sandbox: Sandbox, **more):
    reply = sandbox.run("python_predicate", request(**more), seconds=5)
    assert reply.answer is not None, reply
    return reply.answer["value"]


def group_of(pid: int) -> list[int]:
    """All processes of a child's session, as the system lists them."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,sid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == pid and not row[2].startswith("Z")]


def test_it_answers(sandbox):
    assert value_of(sandbox) is True


def test_an_unknown_task_is_refused(sandbox):
    with pytest.raises(errors.Invalid, match="no task"):
        sandbox.run("os.system", {}, seconds=1)


def test_algebra_is_loaded_before_it_is_asked():
    opened = Sandbox(size=1)
    try:
        reply = opened.run("algebra_ready", {"a": 1}, seconds=5)
        assert reply.answer is not None
        assert reply.answer["asked"] == {"a": 1}
        assert reply.answer["system"].startswith("sympy ")
    finally:
        opened.close()


def test_the_clock_outside_stops_what_the_clock_inside_does_not(sandbox):
    begun = time.monotonic()
    endless = request("def check(r, f, p):\n    while True:\n        pass", seconds=60)
    reply = sandbox.run("python_predicate", endless, seconds=0.5)
    assert (reply.fault, time.monotonic() - begun < 2) == (SandboxFault.TIME, True)
    assert value_of(sandbox) is True


def test_a_child_killed_in_the_middle_is_told_and_replaced():
    opened = Sandbox(size=1)
    try:
        assert value_of(opened) is True
        (victim,) = opened.pool(Family.PYTHON).processes()
        threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
        endless = request("def check(r, f, p):\n    while True:\n        pass", seconds=60)
        reply = opened.run("python_predicate", endless, seconds=5)
        assert reply.fault is SandboxFault.CRASH
        assert value_of(opened) is True
        wait_until(lambda: not group_of(victim), patience=5, what="the child's own worker to end")
    finally:
        opened.close()


def test_the_interpreter_killed_in_the_middle_is_told_and_replaced():
    opened = Sandbox(size=1)
    try:
        assert value_of(opened) is True
        (child,) = opened.pool(Family.PYTHON).processes()
        (worker,) = [pid for pid in group_of(child) if pid != child]
        threading.Timer(0.3, os.kill, (worker, signal.SIGKILL)).start()
        endless = request("def check(r, f, p):\n    while True:\n        pass", seconds=60)
        assert opened.run("python_predicate", endless, seconds=5).fault is SandboxFault.CRASH
        assert value_of(opened) is True
        assert opened.pool(Family.PYTHON).processes() != [child]
    finally:
        opened.close()


def test_what_is_too_long_never_leaves(sandbox):
    reply = sandbox.run("python_predicate", request(response="x" * 9_000_000), seconds=5)
    assert reply.fault is SandboxFault.SIZE


def test_no_free_child_is_unavailable_and_not_an_answer():
    opened = Sandbox(size=1)
    try:
        assert value_of(opened) is True
        endless = request("def check(r, f, p):\n    while True:\n        pass", seconds=60)
        with ThreadPoolExecutor(1) as other:
            busy = other.submit(opened.run, "python_predicate", endless, seconds=2)
            time.sleep(0.3)
            with pytest.raises(errors.Unavailable) as caught:
                Hurried(opened, 0.2).run("python_predicate", request(), seconds=1)
            assert caught.value.code == "sandbox_busy"
            assert busy.result().fault is SandboxFault.TIME
    finally:
        opened.close()


def test_a_machine_that_starts_no_children_is_unavailable_with_the_reason(monkeypatch):
    monkeypatch.setattr(pool, "_PROGRAM", "raise SystemExit(3)")
    opened = Sandbox(size=1)
    try:
        with pytest.raises(errors.Unavailable, match="cannot start on this machine") as caught:
            opened.run("python_predicate", request(), seconds=1)
        assert caught.value.code == "sandbox_unavailable"
    finally:
        opened.close()


def test_spent_children_are_replaced(monkeypatch):
    monkeypatch.setattr(pool, "RETIRE_AFTER_REQUESTS", 3)
    opened = Sandbox(size=1)
    try:
        seen = set()
        for _ in range(7):
            assert value_of(opened) is True
            seen |= set(opened.pool(Family.PYTHON).processes())
        assert len(seen) == 3
    finally:
        opened.close()


def test_two_hundred_requests_of_eight_threads(sandbox):
    code = "def check(response, reference, prompt):\n    return response == prompt"

    def one(number: int) -> bool | None:
        prompt = str(number) if number % 2 else "other"
        return value_of(sandbox, code=code, response=str(number), prompt=prompt)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(200))) == [bool(number % 2) for number in range(200)]


def test_threads_that_end_take_no_child_with_them(sandbox):
    """The kernel ends a child with the thread that started it: that thread has to be the pool's own."""
    assert value_of(sandbox) is True
    reply = []
    thread = threading.Thread(target=lambda: reply.append(value_of(sandbox)))
    thread.start()
    thread.join()
    before = sandbox.pool(Family.PYTHON).processes()
    assert reply == [True]
    assert value_of(sandbox) is True
    assert sandbox.pool(Family.PYTHON).processes() == before


def test_closing_ends_all_and_refuses_more():
    opened = Sandbox(size=2)
    python = opened.pool(Family.PYTHON)
    assert value_of(opened) is True
    children = python.processes()
    opened.close()
    wait_until(lambda: not any(group_of(pid) for pid in children), patience=5, what="all children to end")
    with pytest.raises(errors.Unavailable, match="closed"):
        python.run("python_predicate", request(), seconds=1)


_PARENT = """
import sys, time, threading
from engines.sandbox import Sandbox
from engines.sandbox.tasks import Family
opened = Sandbox(size=2)
ask = {"code": "def check(r, f, p):\\n    return True", "response": "", "takes": 3, "seconds": 1.0, "memory": 10**8}
opened.run("python_predicate", ask, seconds=5)
while len(opened.pool(Family.PYTHON).processes()) < 2:
    time.sleep(0.05)
ask["code"], ask["seconds"] = "def check(r, f, p):\\n    while True:\\n        pass", 2.0
threading.Thread(target=opened.run, args=("python_predicate", ask), kwargs={"seconds": 60}, daemon=True).start()
time.sleep(0.3)
print(*opened.pool(Family.PYTHON).processes(), flush=True)
time.sleep(60)
"""


def test_nothing_outlives_a_parent_that_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) == 2
    assert all(len(group_of(pid)) == 2 for pid in children)
    parent.kill()
    parent.communicate()
    wait_until(lambda: not any(group_of(pid) for pid in children), patience=10, what="all children to end")


def test_after_a_fork_the_new_process_opens_its_own():
    code = """
import os, sys
from engines import sandbox
first = sandbox.standard()
ask = {"code": "def check(r, f, p):\\n    return True", "response": "", "takes": 3, "seconds": 1.0, "memory": 10**8}
assert first.run("python_predicate", ask, seconds=5).answer["value"]
child = os.fork()
if not child:
    again = sandbox.standard()
    good = again is not first and again.run("python_predicate", ask, seconds=5).answer["value"]
    again.close()
    os._exit(0 if good else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert first.run("python_predicate", ask, seconds=5).answer["value"]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr

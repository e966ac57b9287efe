"""What a child has given up: tried from inside, in a process that confined itself as a child does."""

import subprocess
import sys
from pathlib import Path

import pytest

from engines.sandbox.tasks import Family

ROOT = Path(__file__).resolve().parents[3]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the means tested here are those of Linux")
HELD = {"limits", "network", "rights", "files", "calls", "programs"}


def inside(code: str, *, sealed: bool = True) -> subprocess.CompletedProcess[str]:
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import os, socket, errno, ctypes, threading, subprocess, resource, signal
from engines.sandbox import isolation
held = isolation.confine(512 * 1024 * 1024)
if {sealed!r}:
    held |= isolation.seal()
def refused(act, *numbers):
    try:
        act()
    except OSError as error:
        assert error.errno in (numbers or (errno.EPERM, errno.EACCES)), error
    else:
        raise SystemExit("was allowed")
{code}
print("held", ",".join(name for name, why in held.items() if not why))
"""
    return subprocess.run(
        [sys.executable, "-I", "-c", program], env={}, cwd="/", capture_output=True, text=True, timeout=60
    )


def held_by(done: subprocess.CompletedProcess[str]) -> set[str]:
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stdout.split("held ")[-1].strip().split(","))


@linux
def test_a_child_tells_what_holds(sandbox):
    ask = {
        "code": "def check(r, f, p):\n    return True",
        "response": "",
        "takes": 3,
        "seconds": 1.0,
        "memory": 64_000_000,
    }
    assert sandbox.run("python_predicate", ask, seconds=5).answer == {"value": True, "evidence": "", "printed": ""}
    told = sandbox.held(Family.PYTHON)
    assert set(told) == HELD
    assert told["limits"] == ""


@linux
def test_files_of_the_studio_are_out_of_reach():
    done = inside(
        f"""
if not held["files"]:
    refused(lambda: open({str(ROOT / "manage.py")!r}))
    refused(lambda: open("/etc/passwd"))
    refused(lambda: os.listdir("/"))
    refused(lambda: os.listdir({str(ROOT)!r}))
    assert os.listdir({str(ROOT / "domain")!r})
refused(lambda: open("/tmp/never-written", "w").write("x"), errno.EPERM, errno.EACCES, errno.EFBIG)
"""
    )
    held_by(done)


@linux
def test_the_network_is_out_of_reach():
    done = inside(
        """
if not held["calls"]:
    refused(lambda: socket.socket())
    refused(lambda: socket.socket(socket.AF_UNIX))
elif not held["network"]:
    refused(lambda: socket.create_connection(("127.0.0.1", 9), 1), errno.ENETUNREACH)
"""
    )
    assert {"calls", "network"} & held_by(done)


@linux
def test_other_processes_are_out_of_reach():
    done = inside(
        """
if not held["calls"]:
    refused(lambda: os.kill(os.getppid(), 0))
    refused(os.setsid)
if not held["programs"]:
    refused(os.fork)
    refused(lambda: os.execv(sys.executable, [sys.executable, "-c", "0"]))
    refused(lambda: subprocess.run([sys.executable, "-c", "0"]))
threading.Thread(target=print).start()
"""
    )
    held_by(done)


@linux
def test_rights_are_gone():
    done = inside(
        """
if not held["rights"]:
    status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines()) if held["files"] else {}
    assert int(status.get("CapEff", "0").strip(), 16) == 0
    refused(lambda: os.setuid(12345) if os.getuid() == 0 else os.setuid(0))
"""
    )
    held_by(done)


def test_memory_is_bounded():
    done = inside(
        """
try:
    bytearray(1024 * 1024 * 1024)
except MemoryError:
    pass
else:
    assert sys.platform != "linux"
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
assert resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)
"""
    )
    held_by(done)

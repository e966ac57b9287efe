"""What a child gives up before it touches anything a user wrote; each means is tried, and what held is told."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
import threading
import time
from pathlib import Path

from engines.sandbox import landlock, seccomp

_DIE_WITH_PARENT, _NOT_DUMPABLE, _NO_NEW_RIGHTS = 1, 4, 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
CPU_SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]


def die_with(parent: int) -> None:
    """End when the parent does, at once, where the kernel offers that."""
    if sys.platform == "linux":
        _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def watch(parent: int) -> None:
    """End within a second of the parent, on any system.

    That takes a thread, and a process of several threads gets no user space of its own: `confine` comes before.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    with contextlib.suppress(OSError):
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def confine(memory: int, cache: str = "") -> dict[str, str]:
    """Give up all that the family's programs never need; for each means '' where it holds, else why not.

    What lies in `cache` can still be read.
    """
    held = {"limits": _limits(memory)}
    if sys.platform != "linux":
        return held | dict.fromkeys(("network", "rights", "files", "calls"), f"not offered by {sys.platform}")
    _prctl(_NOT_DUMPABLE, 0)
    held["network"] = _no_network()
    held["rights"] = _no_rights()
    held["files"] = landlock.restrict(_readable(cache), ("/dev/null", "/dev/urandom", "/etc/ld.so.cache"))
    held["calls"] = seccomp.close_outside()
    return held


def seal() -> dict[str, str]:
    """Give up starting programs, once all that are needed run."""
    if sys.platform != "linux":
        return {"programs": f"not offered by {sys.platform}"}
    return {"programs": seccomp.close_programs()}


def _limits(memory: int) -> str:
    wanted = {
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: memory,
    }
    refused = []
    for kind, most in wanted.items():
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            refused.append(str(kind))
    return f"the system refused limits {', '.join(refused)}" if refused else ""


def _no_network() -> str:
    """Move to a network of its own, with nothing in it; as anybody but root that needs a user space of its own too."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) == 0 or libc.unshare(_NEW_NETWORK | _NEW_USER) == 0:
        return ""
    return f"no network space of its own ({os.strerror(ctypes.get_errno())})"


def _no_rights() -> str:
    """Drop every capability and the way to new ones."""
    if _prctl(_NO_NEW_RIGHTS, 1) != 0:
        return "new rights cannot be ruled out"
    libc = ctypes.CDLL(None, use_errno=True)
    head, none = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    return "" if libc.capset(head, none) == 0 else f"capabilities stay ({os.strerror(ctypes.get_errno())})"


def _readable(cache: str) -> list[str]:
    """Return where programs, libraries and our own plain code lie: all that late imports may read."""
    code = [str(ROOT / "domain"), str(ROOT / "engines")]
    python = [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo"]
    return [path for path in dict.fromkeys([*code, *python, *system, cache]) if path not in {"", "/", "/usr"}]


def _prctl(option: int, value: int) -> int:
    return int(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0))

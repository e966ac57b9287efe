"""Linux seccomp: a process gives up system calls for good, without being root.

The calls given up are those that reach the network, other processes, or the kernel's darker corners; the numbers are
those of the kernel's tables for the two machines served here.
"""

from __future__ import annotations

import ctypes
import dataclasses
import errno
import os
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_THREAD = 0x00010000
_SET_FILTER, _ALL_THREADS = 1, 1
_X32 = 0x40000000


@dataclasses.dataclass(frozen=True, slots=True)
class _Machine:
    audit: int
    seccomp: int
    clone: int
    clone3: int
    outside: tuple[int, ...]
    programs: tuple[int, ...]


# socket, connect, accept, accept4, bind, listen, ptrace, process_vm_readv/writev, kill, tkill, setsid,
# setpgid, mount, unshare, setns, add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, io_uring_setup,
# pidfd_send_signal, pidfd_getfd, chroot, pivot_root
_X86 = _Machine(
    audit=0xC000003E,
    seccomp=317,
    clone=56,
    clone3=435,
    outside=(
        *(41, 42, 43, 288, 49, 50, 101, 310, 311, 62, 200, 112, 109, 165, 272, 308, 248, 249, 250, 321, 298, 323),
        *(425, 424, 438, 161, 155),
    ),
    programs=(57, 58, 59, 322),  # fork, vfork, execve, execveat
)
_ARM = _Machine(
    audit=0xC00000B7,
    seccomp=277,
    clone=220,
    clone3=435,
    outside=(
        *(198, 203, 202, 242, 200, 201, 117, 270, 271, 129, 130, 157, 154, 40, 97, 268, 217, 218, 219, 280, 241),
        *(282, 425, 424, 438, 51, 41),
    ),
    programs=(221, 281),
)
_MACHINES = {"x86_64": _X86, "aarch64": _ARM}


def close_outside() -> str:
    """Give up network and other processes; later programs of this process inherit it. Say why not, else ''."""
    return _apply(programs=False)


def close_programs() -> str:
    """Give up starting programs and processes, threads aside; say why it did not work, else ''."""
    return _apply(programs=True)


def _apply(*, programs: bool) -> str:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return f"no filter is known for {platform.machine()}"
    code = _program(machine, programs=programs)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(machine.seccomp, _SET_FILTER, _ALL_THREADS, head) != 0:
        return f"seccomp refused ({os.strerror(ctypes.get_errno())})"
    return ""


def _program(machine: _Machine, *, programs: bool) -> bytes:
    refused = machine.programs if programs else machine.outside
    no = _REFUSE | errno.EPERM
    steps = [
        _step(_LOAD, 4),
        _step(_EQUAL, machine.audit, hit=1),
        _step(_RETURN, no),  # a call in another machine's tongue
        _step(_LOAD, 0),
    ]
    if machine is _X86:
        steps += [_step(_AT_LEAST, _X32, miss=1), _step(_RETURN, no)]
    for number in refused:
        steps += [_step(_EQUAL, number, miss=1), _step(_RETURN, no)]
    if programs:
        # clone3 hides its flags from a filter; told that it does not exist, the C library falls back to clone.
        steps += [_step(_EQUAL, machine.clone3, miss=1), _step(_RETURN, _REFUSE | errno.ENOSYS)]
        steps += [_step(_EQUAL, machine.clone, miss=3), _step(_LOAD, 16), _step(_ANY_BIT, _THREAD, hit=1)]
        steps += [_step(_RETURN, no)]
    steps.append(_step(_RETURN, _ALLOW))
    return b"".join(steps)


def _step(code: int, value: int, *, hit: int = 0, miss: int = 0) -> bytes:
    return struct.pack("=HBBI", code, hit, miss, value)

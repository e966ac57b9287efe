"""Linux Landlock: a process gives up files and TCP for good, without being root."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_RULE_PATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many rights over files each version of Landlock knows, the last one for all later versions.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


def restrict(readable: Iterable[str], usable: Iterable[str] = ()) -> str:
    """Give up all files but those under `readable` (and `usable`, single files); say why it did not work, else ''."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return "this kernel has no Landlock"
    rules = _created(libc, version)
    if rules < 0:
        return f"Landlock refused ({os.strerror(ctypes.get_errno())})"
    try:
        for path in readable:
            _allow(libc, rules, path, _EXECUTE | _READ_FILE | _READ_DIR)
        for path in usable:
            _allow(libc, rules, path, _READ_FILE)
        if libc.syscall(_RESTRICT, rules, 0) != 0:
            return f"Landlock refused ({os.strerror(ctypes.get_errno())})"
    finally:
        os.close(rules)
    return ""


def _created(libc: ctypes.CDLL, version: int) -> int:
    files = (1 << _RIGHTS[min(version, max(_RIGHTS))]) - 1
    tcp = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = struct.pack("=QQQ", files, tcp, scopes)[:size]
    return int(libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), 0))


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - the descriptor is what counts, the path only tells the kind
            rights &= ~_READ_DIR
        libc.syscall(_ADD, rules, _RULE_PATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)

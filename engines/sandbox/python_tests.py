"""Inside a child: code of an answer, and tests of it, each from the same state.

A value is compared here and not beside the code that made it, whose classes may call anything equal. What the
interpreter lacks is told apart from what the code does wrong: the code may be right Python.
"""

from __future__ import annotations

import builtins
import sys
import time
from typing import Any

import pydantic_monty as monty

from engines.sandbox.python import CodeError, Printed, clean, said, session

MAX_SHOWN = 200
_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_MODULES = sys.stdlib_module_names


def tests(request: dict[str, Any]) -> dict[str, Any]:
    """Run the code, then each test; tell of each whether it passed (None: cannot be told) and why not."""
    limits = {"seconds": request["seconds"], "memory": request["memory"]}
    deadline = time.monotonic() + request["total"]
    setup = clean(request["setup"]) or ""
    with session(**limits) as opened:
        try:
            opened.feed_run(setup, print_callback=Printed())
            outside = opened.dump()
            opened.feed_run(clean(request["code"]) or "", print_callback=Printed())
            state = opened.dump()
        except CodeError as error:
            lacking = lacks(error)
            return {"lacks": lacking} if lacking else {"error": said(error)}
    done = []
    for test in request["tests"]:
        if time.monotonic() > deadline:
            done.append({"passed": None, "why": f"not run: all tests together may take {request['total']:g} s"})
            continue
        done.append(_tested(test, state, outside, limits))
    return {"tests": done}


def lacks(error: monty.MontyError) -> str:
    """Say what the interpreter lacks where that is why code failed, else ''."""
    told = said(error)
    kind, message = str(told["type"]), str(told["message"])
    name = message.split("'")[1] if message.count("'") >= 2 else ""
    if kind == "NotImplementedError" and "monty" in message:
        return message.split("does not yet support", 1)[-1].strip() or message
    if kind in ("ModuleNotFoundError", "ImportError"):
        return f"module {name}" if kind == "ModuleNotFoundError" else message
    if kind == "NameError" and hasattr(builtins, name):
        return f"the built-in {name}"
    if kind == "AttributeError":
        return _attribute(message)
    return ""


def _attribute(message: str) -> str:
    """Say which attribute of Python is missing in: 'str' object has no attribute 'x', module 'os' has no …"""
    pieces = message.split("'")
    if len(pieces) < 4:
        return ""
    owner, name = pieces[1], pieces[3]
    if message.startswith("module"):
        return f"{owner}.{name}" if owner in _MODULES else ""
    known = getattr(builtins, owner, None)
    return f"{owner}.{name}" if isinstance(known, type) and hasattr(known, name) else ""


def _tested(test: dict[str, Any], state: bytes, outside: bytes, limits: dict[str, Any]) -> dict[str, Any]:
    alone = None if test["right"] is None else _alone(test["right"], outside, limits)
    with session(**limits) as opened:
        opened.load_session(state)
        try:
            opened.feed_run(test["before"], print_callback=Printed())
            left = _kept(opened, "left_", test["left"])
            if test["right"] is None:
                return _outcome(opened.feed_run("bool(left_)") is True if _has_proxy(left) else bool(left))
            right = _kept(opened, "right_", test["right"]) if alone is None else alone[0]
            return _compared(left, right, opened)
        except CodeError as error:
            lacking = lacks(error)
            if lacking:
                return {"passed": None, "why": f"the sandbox's Python lacks {lacking}"}
            told = said(error)
            return {"passed": False, "why": f"{told['type']}: {told['message']}"[:MAX_SHOWN]}


def _kept(opened: monty.MontySession, name: str, expression: str) -> object:
    """Return the value of an expression, which stays under a name in there."""
    value: object = opened.feed_run(f"{name} = ({expression})\n{name}", print_callback=Printed())
    return value


def _alone(expression: str, outside: bytes, limits: dict[str, Any]) -> tuple[object] | None:
    """Return the value of an expression without the answer's code, or None where it needs that."""
    with session(**limits) as opened:
        opened.load_session(outside)
        try:
            return (opened.feed_run(expression, print_callback=Printed()),)
        except CodeError:
            return None


def _compared(left: object, right: object, opened: monty.MontySession) -> dict[str, Any]:
    try:
        if not _has_proxy(left) and not _has_proxy(right):
            return _outcome(bool(left == right), f"gave {_shown(left)}")
    except RecursionError:
        return _outcome(False, "the value is nested too deeply to compare")
    if _has_proxy(left) and _has_proxy(right):
        # Two objects of the answer's own classes: only these can say whether they are equal.
        return _outcome(opened.feed_run("bool(left_ == right_)") is True)
    return _outcome(False, f"gave {_shown(left)}")


def _outcome(passed: bool, why: str = "it is not true") -> dict[str, Any]:
    return {"passed": passed, "why": "" if passed else why}


def _has_proxy(value: object, depth: int = 0) -> bool:
    """Say whether an object of a class defined inside is in a value."""
    if isinstance(value, _PLAIN):
        return False
    if depth > 200:
        raise RecursionError
    if isinstance(value, list | tuple | set | frozenset):
        return any(_has_proxy(item, depth + 1) for item in value)
    if isinstance(value, dict):
        return any(_has_proxy(key, depth + 1) or _has_proxy(item, depth + 1) for key, item in value.items())
    return isinstance(value, monty.MontyClassProxy)


def _shown(value: object) -> str:
    try:
        said = repr(value)
    except RecursionError:
        return "a value that is nested too deeply"
    return said if len(said) <= MAX_SHOWN else said[:MAX_SHOWN] + "…"

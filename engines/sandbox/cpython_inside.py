"""Runs inside the WebAssembly interpreter as a program: an answer's code, then each test, told line by line.

It runs beside code that may lie: what it tells is a value, which is compared outside, where the right one is known.
"""

import contextlib
import io
import json
import os
import sys
from fractions import Fraction
from typing import Any

MAX_DEPTH = 60
MAX_SHOWN = 200


def encoded(value: Any, depth: int = 0) -> Any:
    """Return a value as plain JSON, equal where Python's == says so; ["?"] for what has no such form."""
    if depth > MAX_DEPTH:
        return ["?"]
    if value is None or isinstance(value, str):
        return ["s", value]
    if isinstance(value, bytes | bytearray):
        return ["y", bytes(value).hex()]
    if isinstance(value, bool | int | float) or type(value).__name__ in ("Decimal", "Fraction"):
        return _number(value)
    if isinstance(value, list | tuple):
        listed: Any = list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value)
        return ["l" if isinstance(value, list) else "t", [encoded(item, depth + 1) for item in listed]]
    if isinstance(value, set | frozenset):
        return ["e", sorted((encoded(item, depth + 1) for item in value), key=json.dumps)]
    if isinstance(value, dict):
        pairs = [[encoded(key, depth + 1), encoded(item, depth + 1)] for key, item in dict.items(value)]
        return ["d", sorted(pairs, key=json.dumps)]
    if type(value).__module__ == "datetime" or type(value).__name__ in ("range", "deque", "complex"):
        return ["o", type(value).__name__, repr(value)]
    return ["?"]


def _number(value: Any) -> Any:
    try:
        exact = Fraction(value)
    except (ValueError, OverflowError):
        return ["?"] if value != value else ["f", str(value).lower()]  # noqa: PLR0124 - nan equals nothing
    return ["#", hex(exact.numerator), hex(exact.denominator)]


def main(job: dict[str, Any]) -> None:
    """Run the tests from `first` on, each after the code anew."""
    write, dumps = os.write, json.dumps

    def tell(**line: Any) -> None:
        write(1, (dumps(line) + "\n").encode())

    sys.stdout = sys.stderr = io.StringIO()
    sys.set_int_max_str_digits(4300)
    _no_sleep()
    for number in range(job["first"], len(job["tests"])):
        test = job["tests"][number]
        sys.stdout = sys.stderr = io.StringIO()
        space: dict[str, Any] = {"__name__": "answer", "__builtins__": __builtins__}
        try:
            exec(compile(job["setup"], "setup", "exec"), space)  # noqa: S102 - that is what this program is for
            exec(compile(job["code"], "code", "exec"), space)  # noqa: S102
        except BaseException as error:  # noqa: BLE001 - whatever the code raises is its answer
            tell(code=_said(error, "code"))
            return
        tell(at=number)
        try:
            _test(test, space, number, tell)
        except BaseException as error:  # noqa: BLE001
            tell(test=number, error=_said(error, "test"))


def _test(test: dict[str, Any], space: dict[str, Any], number: int, tell: Any) -> None:
    exec(compile(test["before"], "test", "exec"), space)  # noqa: S102
    left = eval(compile(test["left"], "test", "eval"), space)  # noqa: S307
    if test["right"] is not None:
        right = eval(compile(test["right"], "test", "eval"), space)  # noqa: S307
        tell(test=number, true=bool(left == right))
        return
    shown = ""
    with contextlib.suppress(Exception):
        shown = repr(left)[:MAX_SHOWN]
    tell(test=number, value=encoded(left), true=bool(left), shown=shown)


def _no_sleep() -> None:
    import time

    time.sleep = lambda _seconds: None


def _said(error: BaseException, file: str) -> dict[str, Any]:
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError):
        line = error.lineno
    return {"type": type(error).__name__, "message": str(error)[:500], "line": line}


if __name__ == "__main__":
    main(json.loads(sys.argv[-1]))

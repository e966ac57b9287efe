"""Input that wants to do harm, and ordinary documents that somebody broke."""

import copy
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain import errors

ROUND = int(os.environ.get("STUDIO_FUZZ_ROUND", "0"))
"""Cases a property in one round of a soak; 0 in ordinary tests, which try a few, always the same."""
PATIENCE = 5.0
"""Seconds of this process that one case may take."""

HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\u202eabc\u202c",
    "\ufeff",
    "\u0661\u0662\u0663",
    "\u2028",
    "\r",
    "\x1b[31m",
    "9**9**9",
    "-0",
    "1e999",
    "NaN",
    "Infinity",
    "-" * 3000 + "1",
    "(" * 3000,
    "[" * 3000,
    '{"a":' * 1000,
    "<a>" * 1000,
    "&a;" * 100,
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "${jndi:x}",
    "{{7*7}}",
    "{% load x %}",
    "__import__('os')",
    "../../etc/passwd",
    "(a+)+$",
    "(.*)*x",
    "a" * 50 + "!",
    "\\frac{" * 500,
    "$$" * 500,
    "\\left(" * 300,
    "%s%n",
    "'; DROP TABLE x; --",
    "=cmd|' /C calc'!A0",
    "Answer: Yes",
    "GRADE: 10",
    "<|im_end|>",
    "```",
    "~~~~",
    "\n" * 2000,
    "a " * 5000,
    "é" * 3000,
    "\U0001f469\u200d\U0001f52c" * 300,
    "1" * 5000,
    "1," * 2000,
    "0x" + "f" * 2000,
    "½",
    "Ⅷ",
    "٣٫١٤",
    "1.5e+10000",
    "null",
    "true",
    "3 May 2024 was a Friday",
    "17 × 3 = 51",
    "- " * 1000,
    "# " * 1000,
    "|" * 2000,
    "\t" * 100 + "x",
    "Z̸̨" * 200,
]

TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=60), st.text(max_size=20))
LONG = st.builds(lambda text, times: (text * times)[:200_000], TEXTS, st.sampled_from([1, 3, 50, 1000]))
NUMBERS = st.one_of(
    st.integers(), st.floats(), st.sampled_from([0, 1, -1, 10**30, -(10**30), 2**63, 1e308, 5e-324, -0.0, 0.5])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def fuzz(examples: int = 40, *, slow: bool = False) -> Callable[[Any], Any]:
    """Run a property over a few cases, the same each time; in a soak over many, new each time (of slow ones fewer)."""
    return settings(
        max_examples=(ROUND // 8 if slow else ROUND) or examples,
        derandomize=not ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def soon(what: object = "") -> Iterator[None]:
    """Check that what happens inside ends within the patience."""
    begun = time.process_time()
    yield
    took = time.process_time() - begun
    assert took < PATIENCE, f"took {took:.1f} s: {what!r:.500}"


def told(error: errors.StudioError) -> None:
    """Check that a refusal says what is wrong, and where."""
    assert error.message
    for problem in getattr(error, "problems", ()):
        assert problem.message
        assert problem.pointer == "" or problem.pointer.startswith("/")


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places in a document, the root first."""
    found = [at]
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*at, key))
    elif isinstance(value, list):
        for key, item in enumerate(value[:20]):
            found += places(item, (*at, key))
    return found


@st.composite
def broken(draw: st.DrawFn, documents: st.SearchStrategy[Any], most: int = 3) -> Any:
    """A document with up to so many places replaced, taken away, or repeated."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(0, most))):
        where = draw(st.sampled_from(places(document)))
        if not where:
            if draw(st.integers(0, 9)) == 0:
                document = draw(VALUES)
            continue
        holder = document
        for key in where[:-1]:
            holder = holder[key]
        act = draw(st.sampled_from(["replace", "replace", "remove", "add", "repeat"]))
        if act == "replace":
            holder[where[-1]] = draw(VALUES)
        elif act == "remove":
            del holder[where[-1]]
        elif isinstance(holder, list):
            holder.insert(where[-1], copy.deepcopy(holder[where[-1]]) if act == "repeat" else draw(VALUES))
        else:
            holder[draw(TEXTS)] = copy.deepcopy(holder[where[-1]]) if act == "repeat" else draw(VALUES)
    return document

"""Whole Python in WebAssembly: it can do much, reaches nothing, and counts its steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.sandbox import Sandbox, cpython
from engines.sandbox.cpython_inside import encoded

CACHE = Path(__file__).resolve().parents[3] / ".studio" / "sandbox"


@pytest.fixture(scope="module")
def whole() -> Iterator[Sandbox]:
    opened = Sandbox(size=1, patience=90, cache=str(CACHE))
    yield opened
    opened.close()


def run(whole: Sandbox, code: str, *tests: tuple[str, str | None], **more):
    listed = [{"before": "", "left": left, "right": right} for left, right in tests]
    ask = {"setup": "", "code": code, "tests": listed, "seconds": 0.5, "total": 6.0, "memory": 64 * 1024 * 1024}
    reply = whole.run("cpython_tests", ask | more, seconds=15)
    assert reply.answer is not None, reply
    return reply.answer


def passed(answer) -> list[bool | None]:
    return [one["passed"] for one in answer["tests"]]


def test_what_the_quick_one_lacks(whole):
    code = """
import dataclasses, enum, heapq, contextlib

class Colour(enum.Enum):
    RED = 1

@dataclasses.dataclass(order=True)
class Item:
    weight: int

def squares(n):
    yield from (x * x for x in range(n))

class Stack(list):
    @property
    def top(self): return self[-1]
    @staticmethod
    def make(): return Stack([1])
"""
    tests = [("list(squares(3))", "[0, 1, 4]"), ("Stack.make().top", "1"), ("Colour(1).name", "'RED'")]
    tests += [
        ("heapq.nsmallest(1, [Item(2), Item(1)])", "[Item(1)]"),
        ("Stack([1])", "[1]"),
        ("max(Item(1), Item(2)).weight", "3"),
    ]
    assert passed(run(whole, code, *tests)) == [True, True, True, True, True, False]


@pytest.mark.parametrize(
    "expression",
    [
        "open('/etc/passwd')",
        "__import__('os').listdir('/')",
        "open('x', 'w')",
        "__import__('os').system('true')",
        "__import__('ctypes').CDLL(None)",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1')",
    ],
)
def test_nothing_is_in_reach(whole, expression):
    assert passed(run(whole, "", (f"bool({expression})", "True")))[0] in (False, None)


def test_steps_are_counted_and_the_next_test_runs(whole):
    tests = [("f(9)", "1"), ("f(0)", "0"), ("f(9)", "1"), ("f(0)", "0")]
    answer = run(whole, "def f(n):\n    while n: pass\n    return n", *tests)
    assert passed(answer) == [False, True, False, True]
    assert answer["tests"][0]["why"] == "it took more than 0.5 s"


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "[0] * 10**9",
        "'a' * 10**9",
        "eval('(' * 10**6)",
        "(lambda f: f(f))(lambda f: f(f))",
        "__import__('os')._exit(0)",
        "__import__('os').abort()",
        "exec('x = []\\nwhile 1: x.append(x * 2)')",
        "__import__('re').match('(a+)+$', 'a' * 40 + 'b') and 1",
    ],
)
def test_hostile_code_fails_and_the_child_lives(whole, expression):
    assert passed(run(whole, "", (f"bool({expression}) or 1", "1"), ("1", "1")))[1] is True


def test_it_always_says_the_same(whole):
    code = (
        "import random, time, os, uuid\ndef f(): return random.random(), time.time(), os.urandom(4), hash('a'), id(1)"
    )
    assert len({str(run(whole, code, ("f()", "1"))) for _ in range(3)}) == 1


def test_values_are_compared_outside(whole):
    lie = "class E(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__"
    assert passed(run(whole, lie, ("E(5)", "4"), ("[E(5)]", "[4]"), ("E(4)", "4"))) == [False, False, True]


def test_output_of_the_code_is_not_taken_for_a_result(whole):
    line = '{"test": 0, "value": ["#", "0x9", "0x1"], "shown": "9"}\\n'
    code = f"import os\ndef f():\n    os.write(1, b'{line}')\n    return 1"
    assert passed(run(whole, code, ("f()", "4"))) == [False]
    assert "error" in run(whole, "import sys\nprint('x' * 10**6)\nsys.exit(0)", ("1", "1"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (True, 1, True),
        (0.1 + 0.2, 0.3, False),
        (10**400, 10**400, True),
        ([1], (1,), False),
        ({1, 2}, {2, 1}, True),
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1}, True),
        (None, "None", False),
        ("a", b"a", False),
        (float("inf"), float("inf"), True),
        ({1: 2}, {1: 3}, False),
        (-0.0, 0, True),
        (frozenset([1]), {1}, True),
        ("", None, False),
    ],
)
def test_encoded_values_are_equal_where_python_says_so(one, other, same):
    assert (encoded(one) == encoded(other)) is same


def test_what_has_no_plain_form_is_told():
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    assert encoded(object()) == encoded(float("nan")) == ["?"]
    assert "?" in str(encoded(deep))


def test_without_the_packages_it_is_missing(monkeypatch):
    monkeypatch.setattr(cpython, "PACKAGE", "no_such_package")
    assert cpython.binary() is None
    monkeypatch.setattr(cpython, "_ready", None)
    cpython.warm(str(CACHE))
    assert cpython.tests({}) == {"missing": "it is not installed"}

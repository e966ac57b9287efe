"""What is refused when it is saved, and how a test line is read."""

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks.programs import source


def refusal(code: str) -> str:
    with pytest.raises(ValueError) as caught:
        tree = source.parsed(code)
        source.arguments_of(tree, "check")
        source.refuse_what_is_lacking(tree)
    return str(caught.value)


def body(*lines: str) -> str:
    return "def check(response):\n" + "\n".join(f"    {line}" for line in lines)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def check(response:", "Line 1: "),
        ("x = 1", "Write a function"),
        ("async def check(response):\n    return True", "Write a function"),
        ("def check():\n    return True", "one, two or three"),
        ("def check(a, b, c, d):\n    return True", "one, two or three"),
        ("def check(*a):\n    return True", "one, two or three"),
        ("def check(a, *, b):\n    return True", "one, two or three"),
        (body("yield 1"), "Line 2: the sandbox's Python has no generators"),
        (body("import socket", "return True"), "no module socket"),
        (body("from . import x", "return True"), "no module ."),
        (body("from subprocess import run", "return True"), "no module subprocess"),
        ("class A(int):\n    pass\n" + body("return True"), "classes that inherit"),
        (body("x = 1", "del x"), "no `del`"),
        ("x" * 20_001, "20,000 are allowed"),
        ("\0", "null bytes"),
        ("(" * 5_000, ""),
        ("-" * 19_000 + "1", "nested too deeply"),
        ("9**" * 3_000 + "9", "nested too deeply"),
        ("not " * 4_000 + "1", "nested too deeply"),
        ("x" + ".a" * 9_000, "nested too deeply"),
        ("lambda: " * 2_400 + "1", ""),
        ("x = '\ud800'", ""),
    ],
)
def test_refused_with_a_sentence(code, said):
    assert said in refusal(code)


def test_kept():
    tree = source.parsed("import re\nfrom collections import Counter\n" + body("return bool(re.search('a', response))"))
    assert source.arguments_of(tree, "check") == 1
    source.refuse_what_is_lacking(tree)


def test_the_last_definition_counts():
    tree = source.parsed("def check(a):\n    return 1\n\ndef check(a, b, /):\n    return True")
    assert source.arguments_of(tree, "check") == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("add(2, 3) == 5", ("", "add(2, 3)", "5")),
        (" s = S(); s.push(1); s.pop() == 1 ", ("s = S()\ns.push(1)", "s.pop()", "1")),
        ("assert f(1)", ("", "f(1)", None)),
        ("assert f(1) == 2, 'words'", ("", "f(1)", "2")),
        ("f(1) != 2", ("", "f(1) != 2", None)),
        ("1 == f(1) == 1", ("", "1 == f(1) == 1", None)),
    ],
)
def test_lines(text, line):
    read = source.test_line(text)
    assert (read.before, read.left, read.right) == line
    assert read.text == text.strip()


@pytest.mark.parametrize(
    "text", ["", "x = 1", "f(1) ==", "import os", "import numpy; 1 == 1", "x" * 2001, "-" * 1999 + "1"]
)
def test_lines_refused(text):
    with pytest.raises(ValueError):
        source.test_line(text)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    for read in (source.parsed, source.test_line):
        with contextlib.suppress(ValueError):
            assert read(text) is not None


def test_the_list_of_modules_is_what_the_sandbox_has(sandbox):
    def has(name: str) -> bool:
        code = f"import {name}\ndef check(r):\n    return True"
        ask = {"code": code, "takes": 1, "response": "", "seconds": 1.0, "memory": 64_000_000}
        reply = sandbox.run("python_predicate", ask, seconds=5)
        return reply.answer is not None and reply.answer.get("value") is True

    public = [name for name in sys.stdlib_module_names if not name.startswith("_")]
    assert {name for name in public if has(name)} == set(source.MODULES)

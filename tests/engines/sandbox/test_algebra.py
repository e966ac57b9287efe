"""Algebra in a process of its own: real SymPy, stopped when it takes too long."""

import pytest

from domain import checks
from domain.checks import Given, Outcome
from domain.checks.equivalence import tokens
from domain.ports import SandboxFault


def ask(sandbox, given, expected, seconds=10.0):
    return sandbox.run("algebra_equal", {"given": given, "expected": expected, "decimals": 6}, seconds=seconds)


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [
        (r"\int_0^1 x dx", r"\frac{1}{2}", True),
        (r"\sum_{k=1}^{n} k", r"\frac{n(n+1)}{2}", True),
        (r"\sin(2x)", r"2 \sin x \cos x", True),
        (r"\lim_{x\to 0} \frac{\sin x}{x}", "2", False),
        (r"\frac{e^x-e^{-x}}{2}", r"\sinh x", True),
        (r"\frac{1}{\sin x \cos x}", r"\tan x + \cot x", True),
        (r"\sqrt{2}", "1.414214", True),
        (r"x \le 2", r"2 \ge x", True),
        ("x^2", "x^3", False),
    ],
)
def test_it_compares(sandbox, given, expected, same):
    assert ask(sandbox, given, expected).answer["equal"] is same


def test_what_it_cannot_read_is_told(sandbox):
    assert ask(sandbox, r"\unknown{", "1").answer == {"given": None, "expected": "1", "equal": None}


def test_it_is_stopped_and_the_next_one_is_answered(sandbox):
    ask(sandbox, "1", "1")
    late = ask(sandbox, r"\prod_{k=1}^{3000} (x+k)^{k}", r"\sum_{k=1}^{4000} x^{k}", seconds=0.3)
    assert (
        late.fault in {SandboxFault.TIME, SandboxFault.CRASH, SandboxFault.MEMORY} or late.answer["equal"] is not True
    )
    assert ask(sandbox, "x + x", "2x").answer["equal"] is True


def test_the_check_uses_it(sandbox):
    found = checks.evaluate({"kind": "equivalent"}, Given(r"\boxed{\int_0^1 x\,dx}", "1/2", None, sandbox))
    assert found.result is Outcome.PASS
    assert "symbolic" in found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "", "__import__('os')", "lambda x", r"\input{x}", "9^9^9", "x^{y^{z^{w^{2}}}}", "100000!", "5!!",
        "x^{123456}",
        "1" * 61, "(" * 41 + ")" * 41, "(", "the end", "2**3**4", "x" * 2_001, "`id`", "a;b\nc#", r"\def\x{1}",
    ],
)  # fmt: skip
def test_what_algebra_never_sees(text):
    assert not tokens.is_admissible(text)


@pytest.mark.parametrize("text", ["x^{2^{n}}", r"\int_0^1 x dx", r"\text{flow max} + 1", "f(x) = 2x", "[1, 2)"])
def test_what_algebra_may_see(text):
    assert tokens.is_admissible(text)

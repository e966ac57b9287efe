"""What fuzzing and trials found, each kept as it was found."""

import pytest

from domain import checks, errors
from domain.checks import Given, Outcome
from domain.ports import SandboxFault
from engines.sandbox import pool


@pytest.mark.parametrize("message", [{"fault": []}, {"fault": {}}, {"answer": 1, "fault": None}, {}])
def test_a_child_whose_fault_is_no_word(message):
    assert pool._read(message).fault is SandboxFault.CRASH


@pytest.mark.parametrize(
    "code",
    [
        "def check(r):\n    return r.x.y" + ".z" * 9_000,
        "def check(r):\n    return " + "9**" * 3_000 + "9",
        "def check(r):\n    return " + "not " * 4_000 + "r",
        "def check(r):\n    return '\ud800'",
        "\ufeffdef check(r):\n    return True\x00",
    ],
)
def test_code_that_a_reader_of_python_cannot_hold(code):
    with pytest.raises(errors.Invalid):
        checks.validate({"kind": "predicate", "code": code})


def test_both_sides_in_need_of_an_interpreter(sandbox):
    """The right side once waited for the interpreter that the left side held."""
    spec = {"kind": "code_tests", "tests": ["f() == sorted([2, 1])"]}
    given = Given("```python\ndef f():\n    return [1, 2]\n```", sandbox=sandbox)
    assert checks.evaluate(spec, given).result is Outcome.PASS

"""Code of an answer: tests decide, one by one, and cannot be talked out of it."""

import time

import pytest

from domain import checks, errors
from domain.checks import Given, Outcome
from domain.ports import SandboxReply

PASS, FAIL, ABSTAIN = Outcome.PASS, Outcome.FAIL, Outcome.ABSTAIN
ADD = "def add(a, b):\n    return a + b"


def run(sandbox, code, *tests, fenced=True, **more):
    answer = f"Here:\n\n```python\n{code}\n```\nDone." if fenced else code
    return checks.evaluate({"kind": "code_tests", "tests": list(tests)} | more, Given(answer, sandbox=sandbox))


@pytest.mark.parametrize(
    ("code", "tests", "result"),
    [
        (ADD, ["add(2, 3) == 5"], PASS),
        (ADD, ["add(2, 3) == 6"], FAIL),
        (ADD, ["assert add(2, 3) == 5, 'sum'", "add('a', 'b') == 'ab'", "add(0.1, 0.2) != 0.3"], PASS),
        (ADD, ["import math; math.isclose(add(0.1, 0.2), 0.3)"], PASS),
        (ADD, ["x = add(1, 1); x += 1; x == 3"], PASS),
        (ADD, ["sub(2, 3) == 5"], FAIL),
        (ADD, ["add(1) == 1"], FAIL),
        (ADD, ["add(2, 3) == add(3, 2)"], PASS),
        (ADD, ["add(2, 3) is None"], FAIL),
        ("def f():\n    return {'a': [1, (2, 3)], 'b': None}", ["f() == {'b': None, 'a': [1, (2, 3)]}"], PASS),
        ("def f(:\n    pass", ["f() == 1"], FAIL),
        ("raise ValueError('at once')", ["1 == 1"], FAIL),
        ("while True: pass", ["1 == 1"], FAIL),
        ("def f():\n    while True: pass", ["f() == 1"], FAIL),
        ("x = [0] * 10**10", ["1 == 1"], FAIL),
        ("def f(n):\n    return f(n)", ["f(1) == 1"], FAIL),
        ("import numpy as np", ["1 == 1"], ABSTAIN),
        ("def f():\n    import numpy", ["f() == 1"], ABSTAIN),
        ("class A(int): pass", ["A(3) == 3"], PASS),
        ("def f():\n    yield 1", ["list(f()) == [1]"], PASS),
        ("def f():\n    yield 1", ["list(f()) == [2]"], FAIL),
        ("def f():\n    return input()", ["f() == '1'"], FAIL),
        ("def f():\n    return int.from_bytes(b'a', 'big')", ["f() == 97"], PASS),
        ("import heapq\ndef f(x):\n    return heapq.nsmallest(1, x)", ["f([2, 1]) == [1]"], PASS),
        ("import threading\ndef f():\n    threading.Thread(target=print).start()", ["f() is None"], ABSTAIN),
        ("import socket\ndef f():\n    return socket.socket()", ["f() is None"], ABSTAIN),
        ("import os\nos._exit(0)", ["1 == 1"], FAIL),
        ("import sys\nsys.exit()", ["1 == 1"], FAIL),
        ("def f():\n    return 'a'.nonsense", ["f() == 1"], FAIL),
        ("def f():\n    return nonsense", ["f() == 1"], FAIL),
    ],
)
def test_what_code_does(sandbox, code, tests, result):
    assert run(sandbox, code, *tests, seconds=0.3).result is result


def test_each_test_is_told(sandbox):
    code = ADD + "\n\ndef thread():\n    import threading\n    threading.Thread(target=print).start()"
    found = run(sandbox, code, "add(2, 3) == 5", "add(2, 3) == 6", "add(1) == 1", "ord(3) == 3", "thread()")
    assert found.evidence == "1 of 5 tests passed."
    assert found.details[0] == "Passed: add(2, 3) == 5"
    assert found.details[1] == "Failed: add(2, 3) == 6 · gave 5"
    assert found.details[2].startswith("Failed: add(1) == 1 · TypeError")
    assert found.details[3].startswith("Failed: ord(3) == 3 · TypeError")
    assert found.details[4] == "Not decided: thread() · there is no thread, process or network here"
    assert found.details[5] == "Run by CPython 3.12 in WebAssembly."


@pytest.mark.parametrize(("share", "result"), [(0.3, PASS), (0.5, PASS), (0.51, ABSTAIN), (None, ABSTAIN)])
def test_what_is_open_could_still_pass(sandbox, share, result):
    more = {} if share is None else {"share": share}
    code = ADD + "\n\ndef g():\n    import numpy"
    assert run(sandbox, code, "add(1, 1) == 2", "g() is None", **more).result is result


class Lacking:
    """A sandbox without the whole interpreter."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def run(self, task, request, /, *, seconds):
        if task == "cpython_tests":
            return SandboxReply({"missing": "it is not installed"})
        return self.sandbox.run(task, request, seconds=seconds)


@pytest.mark.parametrize(
    ("code", "result", "said"),
    [
        (ADD, PASS, "1 of 1 tests passed."),
        ("def add(a, b):\n    return 0", FAIL, "0 of 1 tests passed."),
        ("def add(a, b):\n    yield 0", ABSTAIN, "lacks: yield expressions"),
        ("import heapq", ABSTAIN, "lacks: module heapq"),
        ("def add(a, b):\n    return callable(a)", ABSTAIN, "0 of 1 tests passed."),
    ],
)
def test_without_the_whole_interpreter_what_the_quick_one_lacks_is_open(sandbox, code, result, said):
    found = run(Lacking(sandbox), code, "add(2, 3) == 5")
    assert found.result is result
    assert said in found.evidence


@pytest.mark.parametrize(("share", "result"), [(0.5, PASS), (0.6, FAIL)])
def test_a_share_may_be_enough(sandbox, share, result):
    assert run(sandbox, ADD, "add(1, 1) == 2", "add(1, 1) == 3", share=share).result is result


def test_tests_do_not_see_each_other(sandbox):
    code = "seen = []\n\ndef f(x):\n    seen.append(x)\n    return len(seen)"
    assert run(sandbox, code, "f(1) == 1", "f(2) == 1", "f(3); f(4) == 2").result is PASS


LIES = {
    "equal to all": "class E:\n    def __eq__(self, other): return True\n\ndef f():\n    return E()",
    "a subclass": "class E(int):\n    def __eq__(self, other): return True\n\ndef f():\n    return E(5)",
    "its own output": "import os\n\ndef f():\n    os.write(1, b'{\"test\": 0}\\n')\n    os._exit(0)",
    "in a list": "class E:\n    def __eq__(self, other): return True\n\ndef f():\n    return [E()]",
    "built-ins": "def abs(x): return 0\n\ndef f():\n    return abs(4)",
    "the words of an object": "def f():\n    return '<E object>'",
}


@pytest.mark.parametrize("name", LIES)
def test_code_cannot_call_itself_right(sandbox, name):
    assert run(sandbox, LIES[name], "f() == 4" if name != "in a list" else "f() == [4]").result is FAIL


def test_the_right_side_is_reckoned_without_the_answer(sandbox):
    code = "def sorted(x): return 'lie'\n\ndef f(x):\n    return 'lie'"
    assert run(sandbox, code, "f([2, 1]) == sorted([2, 1])").result is FAIL


def test_objects_of_the_answer_compare_as_they_say(sandbox):
    code = "class P:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return self.x == other.x"
    assert run(sandbox, code, "P(1) == P(1)", "P(1) != P(2)").result is PASS
    assert run(sandbox, code, "P(1) == P(2)").result is FAIL


def test_setup_runs_before(sandbox):
    assert run(sandbox, "def f(): return BASE + 1", "f() == 8", setup="BASE = 7").result is PASS


def test_an_answer_without_code_fails(sandbox):
    found = run(sandbox, "I would rather not.", "f() == 1", fenced=False)
    assert found.result is FAIL
    assert "There is no code block" in found.evidence
    assert run(sandbox, ADD, "add(1, 1) == 2", fenced=False).result is PASS
    other = checks.evaluate({"kind": "code_tests", "tests": ["1 == 1"]}, Given("```js\nx\n```", sandbox=sandbox))
    assert (other.result, other.evidence) == (FAIL, "The answer holds no block of Python code.")


def test_which_block(sandbox):
    answer = "```python\nx = 1\n```\n```python\nx = 2; y = 0\n```\n```python\nx = 3\n```"
    spec = {"kind": "code_tests"}
    for block, value in {"first": 1, "longest": 2, "last": 3, "all": 3}.items():
        tests = {"tests": [f"x == {value}"], "block": block}
        assert checks.evaluate(spec | tests, Given(answer, sandbox=sandbox)).result is PASS


def test_all_tests_together_end(sandbox):
    begun = time.monotonic()
    found = run(sandbox, "def f():\n    while True: pass", *["f() == 1"] * 100, seconds=1.0)
    assert time.monotonic() - begun < 18
    assert found.result in (FAIL, ABSTAIN)
    assert run(sandbox, ADD, "add(1, 1) == 2").result is PASS


def test_too_much_code_is_not_run(sandbox):
    assert run(sandbox, "#" * 100_001, "1 == 1").result is ABSTAIN


@pytest.mark.parametrize(
    "more",
    [
        {"tests": []},
        {"tests": ["x ="]},
        {"tests": ["1 == 1"] * 101},
        {"share": 0},
        {"setup": "import numpy"},
        {"tests": ["f(*) == 1"]},
    ],
)
def test_refused_when_saved(more):
    with pytest.raises(errors.Invalid):
        checks.validate({"kind": "code_tests", "tests": ["1 == 1"]} | more)

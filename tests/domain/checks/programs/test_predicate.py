"""An author's predicate: what it returns decides, what goes wrong in it decides nothing."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain import checks, errors
from domain.checks import Given, Outcome

PASS, FAIL, ABSTAIN = Outcome.PASS, Outcome.FAIL, Outcome.ABSTAIN


def spec(*lines: str, arguments: str = "response, reference, prompt", **more):
    return {"kind": "predicate", "code": f"def check({arguments}):\n" + "\n".join(f"    {one}" for one in lines)} | more


def run(sandbox, *lines, response="An answer.", reference=None, prompt=None, **more):
    return checks.evaluate(spec(*lines, **more), Given(response, reference, prompt, sandbox))


@pytest.mark.parametrize(
    ("line", "result", "evidence"),
    [
        ("return True", PASS, "The function returned True."),
        ("return False, 'two doses'", FAIL, "two doses"),
        ("return None", ABSTAIN, "The function returned None."),
        ("return None, 'no dose named'", ABSTAIN, "no dose named"),
        ("return 'answer' in response", PASS, "The function returned True."),
        ("return reference == 'R' and prompt == 'P'", PASS, "The function returned True."),
        ("return 1", ABSTAIN, "check returned 1; wanted is True, False or None"),
        ("return 'yes'", ABSTAIN, "check returned 'yes'"),
        ("pass", ABSTAIN, "The function returned None."),
        ("return True, 3", ABSTAIN, "check returned (True, 3)"),
        ("return 1 / 0", ABSTAIN, "Line 2: ZeroDivisionError: division by zero."),
        ("return unknown", ABSTAIN, "NameError"),
        ("return True, 'x' * 5000", PASS, "xxx"),
    ],
)
def test_what_it_returns(sandbox, line, result, evidence):
    found = run(sandbox, line, reference="R", prompt="P")
    assert found.result is result
    assert evidence in found.evidence
    assert len(found.evidence) <= 2000


def test_it_may_take_one_argument_or_two(sandbox):
    assert run(sandbox, "return response == 'An answer.'", arguments="response").result is PASS
    assert run(sandbox, "return b == 'R'", arguments="a, b", reference="R").result is PASS


def test_what_it_prints_is_shown(sandbox):
    found = run(sandbox, "print('seen', len(response))", "return True")
    assert found.details == ("Printed: seen 10\n",)


def test_it_always_says_the_same(sandbox):
    lines = (
        "import random, time, datetime, os",
        "return True, str([random.random(), time.time(), datetime.datetime.now(), hash(response), list({1, 'a'})])",
    )
    assert len({run(sandbox, *lines).evidence for _ in range(5)}) == 1


def test_nothing_of_one_run_is_seen_by_the_next(sandbox):
    lines = ("import re", "found = hasattr(re, 'left')", "re.left = 1", "return found")
    assert {run(sandbox, *lines).result for _ in range(4)} <= {FAIL, ABSTAIN}


def test_without_a_sandbox_it_decides_nothing():
    found = checks.evaluate(spec("return True"), Given("An answer."))
    assert (found.result, found.evidence) == (ABSTAIN, "This check runs code, and there is no sandbox here.")


@pytest.mark.parametrize("more", [{"seconds": 0}, {"seconds": 6}, {"seconds": float("nan")}, {"memory_mb": 1024}])
def test_limits_have_limits(more):
    with pytest.raises(errors.Invalid):
        checks.validate(spec("return True", **more))


def test_what_does_not_parse_is_refused_when_saved():
    with pytest.raises(errors.Invalid, match="Line 2: the sandbox's Python has no generators"):
        checks.validate(spec("yield 1"))


HOSTILE = {
    "power": "return 9**9**9",
    "power of ten": "return 10**10**8 > 0",
    "factorial": "import math; return math.factorial(10**7) > 0",
    "tower": "return " + "9**" * 60 + "9",
    "import": "return __import__('os').system('true')",
    "classes": "return ().__class__.__bases__[0].__subclasses__()",
    "system": "import os; return os.system('true')",
    "file": "return open('/etc/passwd').read()",
    "write": "return open('/tmp/out', 'w').write('x')",
    "folder": "import os; return os.listdir('/')",
    "environment": "import os; return os.environ['HOME']",
    "endless": "while True: pass",
    "recursion": "return check(response, reference, prompt)",
    "list bomb": "return [0] * 10**10",
    "text bomb": "return 'a' * 10**10",
    "growing": "x = []\n    while True: x.append('a' * 100_000)",
    "dict bomb": "return {i: 'x' * 1000 for i in range(10**8)}",
    "doubling": "x = 'ab'\n    while True: x = x + x",
    "format": "return '%1000000000d' % 1",
    "width": "return f'{1:>1000000000}'",
    "pattern": "import re; return re.match(r'(a|aa)+\\1$', 'a' * 60 + 'b')",
    "pattern of pluses": "import re; return re.match(r'(a+)+$', 'a' * 5000 + 'b') and None",
    "flood": "while True: print('x' * 1000)",
    "deep JSON": "import json; return json.loads('[' * 100_000)",
    "deep value": "x = []\n    for i in range(10_000): x = [x]\n    return x",
    "loop in value": "x = []\n    x.append(x)\n    return x",
    "sleep": "import time; time.sleep(3600); return None",
    "evil eval": "return eval('9**9**9')",
    "exec": "exec('while True: pass')",
    "long evidence": "return True, 'x' * 30_000_000",
    "sort": "return sorted(range(10**7), key=lambda v: -v)",
    "digits": "return int('9' * 10**6) > 0",
    "exit": "raise SystemExit(0)",
    "interrupt": "raise KeyboardInterrupt",
    "base": "raise BaseException('x')",
    "caught": "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_is_bounded_and_the_sandbox_lives(sandbox, name):
    begun = time.monotonic()
    found = run(sandbox, HOSTILE[name], seconds=0.3)
    assert found.result is ABSTAIN or name == "long evidence"
    assert found.evidence
    assert len(found.evidence) <= 2000
    assert time.monotonic() - begun < 4
    assert run(sandbox, "return True").result is PASS


@pytest.mark.parametrize(
    "response",
    [
        "x" * 1_000_000, "\ud800 lone", "\0\0", "\u202eabc\u202c", "{" * 100_000, "١٢٣", "\\frac{1}{2}" * 10_000, "",
        "\U0001f469\u200d\U0001f52c" * 1_000, "\r\n\t\x0b", "é" * 300_000,
    ],
)  # fmt: skip
def test_any_answer_is_looked_at(sandbox, response):
    found = run(sandbox, "return True, str(len(response))", response=response)
    assert (found.result, found.evidence) == (PASS, str(len(response)))


def test_too_long_an_answer_is_not(sandbox):
    assert run(sandbox, "return True", response="x" * 1_000_001).result is ABSTAIN


def test_good_code_beside_hostile_code(sandbox):
    def one(number: int) -> Outcome:
        line = "while True: pass" if number % 10 == 0 else "return True"
        return run(sandbox, line, seconds=0.1).result

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(one, range(60)))
    assert found == [ABSTAIN if number % 10 == 0 else PASS for number in range(60)]

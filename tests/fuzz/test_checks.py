"""Every kind of check, with any parameters, on any answer: a result with its evidence, or a refusal when saved."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import checks, errors
from domain.checks import Given, Outcome
from tests.fuzz.material import LONG, VALUES, broken, fuzz, soon, told

STATEMENTS = st.sampled_from(
    [
        "x = response",
        "x = x + x",
        "x = [x]",
        "x = {'a': x}",
        "x = len(x)",
        "import re; x = re.findall('(a|b)+', response)",
        "while True: x = [x]",
        "return x",
        "return True",
        "return None, x",
        "return False, str(x)",
        "print(x)",
        "raise ValueError(x)",
        "x = 9**9**9",
        "x = eval(response)",
        "x = x * 10**9",
        "x = sorted(response)",
        "x = check",
        "check(x, x, x)",
        "global x",
        "for i in range(10**9): x = i",
        "try:\n        x = x.a\n    except BaseException as e: x = e",
        "x = open(response)",
        "assert x",
        "x = lambda: x",
        "class A: pass\n    x = A()",
        "x = (y for y in response)",
        "import json; x = json.loads(response)",
        "x = '%s' * 10**6 % x",
        "x = f'{x!r:>{len(response)}}'",
        "x.append(x)",
        "x = int(response)",
        "x = response.encode().decode()",
        "nonlocal x",
        "await x",
        "x = {x: x}",
        "x[0] = x",
        "del x",
        "x = ...",
        "x: int = x",
        "with x as y: pass",
        "import os; x = os.environ",
    ]
)


def specs(kind: str) -> st.SearchStrategy[Any]:
    cases = [dict(case.spec) for case in checks.KINDS[kind].ABOUT.cases]
    names = [parameter.name for parameter in checks.parameters(checks.KINDS[kind])]
    more = st.dictionaries(st.sampled_from(names or ["x"]), VALUES, max_size=2)
    whole = st.builds(lambda case, extra: {**case, **extra}, st.sampled_from(cases), more)
    listed = whole.map(lambda spec: {k: list(v) if isinstance(v, tuple) else v for k, v in spec.items()})
    return broken(listed).map(lambda spec: {**spec, "kind": kind} if isinstance(spec, dict) else {"kind": kind})


def answer(spec: dict[str, Any], response: str, reference: str | None, sandbox: Any) -> None:
    with soon((spec, response)):
        try:
            found = checks.evaluate(spec, Given(response, reference, reference, sandbox))
        except errors.Invalid as error:
            told(error)
            return
    assert isinstance(found.result, Outcome)
    assert found.evidence
    assert len(found.evidence) <= 2000
    assert all(0 <= span.start <= span.end <= len(response) for span in found.spans)


@pytest.mark.parametrize("kind", checks.KINDS)
def test_any_parameters_on_any_answer(kind, sandbox):
    answers = LONG | st.sampled_from([case.response for case in checks.KINDS[kind].ABOUT.cases])

    @fuzz(10 if kind == "code_tests" else 40, slow=kind == "code_tests")
    @given(specs(kind), answers, st.none() | LONG)
    def once(spec, response, reference):
        answer(spec, response, reference, sandbox)

    once()


@fuzz()
@given(spec=VALUES, response=LONG)
def test_anything_as_a_check(spec, response):
    answer(spec if isinstance(spec, dict) else {"kind": spec}, response, None, None)


@fuzz()
@given(lines=st.lists(STATEMENTS, min_size=1, max_size=6), response=LONG)
def test_any_function(sandbox, lines, response):
    code = "def check(response, reference, prompt):\n    " + "\n    ".join(lines)
    answer({"kind": "predicate", "code": code, "seconds": 0.05, "memory_mb": 8}, response, response, sandbox)


@fuzz(10, slow=True)
@given(lines=st.lists(STATEMENTS, min_size=1, max_size=6), tests=st.lists(LONG | STATEMENTS, min_size=1, max_size=3))
def test_any_code_and_tests(sandbox, lines, tests):
    code = "```python\ndef check(response, *more):\n    " + "\n    ".join(lines) + "\n```"
    asked = [*tests, "check('a', 1, 2) == 1"]
    answer({"kind": "code_tests", "tests": asked[-1:], "seconds": 0.05, "memory_mb": 8}, code, None, sandbox)
    answer({"kind": "code_tests", "tests": asked, "seconds": 0.05, "memory_mb": 8}, code, None, sandbox)

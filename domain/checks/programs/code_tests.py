"""Check: the code in the answer does what tests ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import pydantic

from domain.checks.programs import fences, running, source
from domain.checks.result import CheckResult, Given, abstain, of, shortened
from domain.checks.rule import About, Case, Cost, Rule

MAX_TESTS = 100
MAX_CODE = 100_000
MAX_SECONDS = 6.0
"""For all tests together in one of the two interpreters, whatever a single one may take."""
_NAMES = frozenset({"python", "py", "python3", "py3"})
_GOOD = "Here it is:\n\n```python\ndef add(a, b):\n    return a + b\n```\n"
_BAD = "```python\ndef add(a, b):\n    return a - b\n```"

Line = Annotated[str, pydantic.StringConstraints(strict=True, min_length=1, max_length=source.MAX_TEST)]


class CodeTests(Rule):
    """The Python code of the answer is run in the sandbox, then each test in a fresh copy of that state."""

    ABOUT: ClassVar[About] = About(
        "code_tests", "Tests of code", "Programs",
        "Runs the Python code block of the answer and then your tests, each from the same state. A test is an "
        "expression that has to be true, such as add(2, 3) == 5; steps before it are divided by semicolons. Where it "
        "is a comparison with ==, the value is compared outside of the answer's code. Quick tests run in a subset of "
        "Python; what it lacks, and every test that does not pass there, runs again in CPython 3.12. Code that needs "
        "packages, threads or files decides nothing.",
        (
            Case({"kind": "code_tests", "tests": ["add(2, 3) == 5", "add(0, 0) == 0"]}, _GOOD, "pass"),
            Case({"kind": "code_tests", "tests": ["add(2, 3) == 5", "add(0, 0) == 0"]}, _BAD, "fail"),
            Case({"kind": "code_tests", "tests": ["add(2, 3) == 5", "add(0, 0) == 0"], "share": 0.5}, _BAD, "pass"),
            Case({"kind": "code_tests", "tests": ["f() == 1"]}, "```python\nimport numpy\n```", "abstain"),
            Case({"kind": "code_tests", "tests": ["f() == 1"]}, "No code here.", "fail"),
        ),
        cost=Cost.SANDBOX,
        limits=f"{running.HELD} {running.SECONDS:g} s a test and {MAX_SECONDS:g} s together, {running.MEMORY_MB} MB; "
        f"up to {MAX_TESTS} tests, code of up to {MAX_CODE:,} characters.",
        abstains="Where the code needs what the sandbox lacks, is stopped by a limit, or where tests that could not be "
        "run would decide it.",
    )  # fmt: skip

    kind: Literal["code_tests"]
    tests: Annotated[tuple[Line, ...], pydantic.Field(min_length=1, max_length=MAX_TESTS)] = pydantic.Field(
        title="Tests", description="One a line, such as add(2, 3) == 5."
    )
    setup: Annotated[str, pydantic.StringConstraints(strict=True, max_length=source.MAX_SOURCE)] | None = (
        pydantic.Field(
            None, title="Code before", description="Runs before the answer's code.", json_schema_extra={"input": "long"}
        )
    )
    block: Literal["longest", "first", "last", "all"] | None = pydantic.Field(
        None, title="Which block", description="Of several code blocks; left empty: the longest."
    )
    share: Annotated[float, pydantic.Field(gt=0, le=1, allow_inf_nan=False)] | None = pydantic.Field(
        None, title="Share that has to pass", description="From 0 to 1; left empty: all tests."
    )
    seconds: running.Seconds | None = pydantic.Field(
        None, title="Seconds a test", description=f"Left empty: {running.SECONDS:g}."
    )
    memory_mb: running.Megabytes | None = pydantic.Field(
        None, title="Memory in MB", description=f"Left empty: {running.MEMORY_MB}."
    )

    @pydantic.field_validator("tests")
    @classmethod
    def _are_tests(cls, tests: tuple[str, ...]) -> tuple[str, ...]:
        for number, text in enumerate(tests, 1):
            try:
                source.test_line(text)
            except ValueError as error:
                raise ValueError(f"Test {number}: {error}") from error
        return tests

    @pydantic.field_validator("setup")
    @classmethod
    def _can_be_run(cls, setup: str | None) -> str | None:
        if setup is not None:
            source.refuse_unknown_modules(source.parsed(setup))
        return setup

    def run(self, given: Given) -> CheckResult:
        """Run the tests in the sandbox."""
        choice = fences.Choice(self.block or "longest")
        found = fences.blocks(given.response)
        code = fences.chosen(found, _NAMES, choice) if found else given.response
        if code is None:
            return of(False, "The answer holds no block of Python code.")
        if len(code) > MAX_CODE:
            return abstain(f"The code has {len(code):,} characters; this check reads {MAX_CODE:,}.")
        answer = self._answer(given, self._request(code))
        if isinstance(answer, CheckResult):
            return answer
        return self._judged(answer, "" if found else " There is no code block; the whole answer was read as code.")

    def _answer(self, given: Given, request: Mapping[str, Any]) -> Mapping[str, Any] | CheckResult:
        """Ask the quick interpreter, and the whole one where not all passed: the quick one may be what is at fault."""
        quick = running.ask(given, "python_tests", request, MAX_SECONDS)
        if given.sandbox is None or _all_passed(quick):
            return quick
        whole = running.ask(given, "cpython_tests", request, MAX_SECONDS)
        return quick if isinstance(whole, CheckResult) or whole.get("missing") else whole

    def _request(self, code: str) -> dict[str, Any]:
        seconds = running.SECONDS if self.seconds is None else self.seconds
        megabytes = running.MEMORY_MB if self.memory_mb is None else self.memory_mb
        lines = [source.test_line(text) for text in self.tests]
        return {
            "code": code,
            "setup": self.setup or "",
            "tests": [{"before": line.before, "left": line.left, "right": line.right} for line in lines],
            "seconds": seconds,
            "total": MAX_SECONDS,
            "memory": megabytes * 1024 * 1024,
        }

    def _judged(self, answer: Mapping[str, Any], beside: str) -> CheckResult:
        """Weigh what passed against what was asked, with what could not be run as an open question."""
        if answer.get("lacks"):
            return abstain(f"The code needs what the sandbox lacks: {answer['lacks']}.")
        if answer.get("error"):
            said = f"The code did not run, so no test passed. {running.sentence(answer['error'])}{beside}"
            return of(False, said, details=(f"0 of {len(self.tests)} tests passed.",))
        outcomes: Sequence[Mapping[str, Any]] = answer["tests"]
        passed = sum(one["passed"] is True for one in outcomes)
        unknown = sum(one["passed"] is None for one in outcomes)
        needed = (self.share or 1.0) * len(self.tests)
        by = (f"Run by {answer['by']}.",) if answer.get("by") else ()
        details = (*(_line(text, one) for text, one in zip(self.tests, outcomes, strict=True)), *by)
        said = f"{passed} of {len(self.tests)} tests passed.{beside}"
        if passed < needed <= passed + unknown:
            return CheckResult(abstain(f"{said} {unknown} could not be decided.").result, said, details=details)
        return of(passed >= needed, said, details=details)


def _all_passed(answer: Mapping[str, Any] | CheckResult) -> bool:
    return not isinstance(answer, CheckResult) and all(
        one["passed"] is True for one in answer.get("tests", [{"passed": 0}])
    )


def _line(text: str, one: Mapping[str, Any]) -> str:
    mark = {True: "Passed", False: "Failed", None: "Not decided"}[one["passed"]]
    why = f" · {one['why']}" if one["why"] else ""
    return shortened(f"{mark}: {text}{why}", 500)

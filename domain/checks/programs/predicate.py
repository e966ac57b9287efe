"""Check: a function that the author of the rubric wrote in Python."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pydantic

from domain.checks.programs import running, source
from domain.checks.result import CheckResult, Given, abstain, of
from domain.checks.rule import About, Case, Cost, Rule

_EXAMPLE = """def check(response, reference, prompt):
    doses = response.lower().count("mg")
    return doses >= 2, f"{doses} doses given in mg"
"""


class Predicate(Rule):
    """`check(response, reference, prompt)` returns True, False or None, alone or with a text as evidence."""

    ABOUT: ClassVar[About] = About(
        "predicate", "Python predicate", "Programs",
        "Your own function. It returns True, False, or None where it cannot tell; a text beside it becomes the "
        f"evidence: return False, \"two doses\". A subset of Python: {source.LACKS}. An error in it decides nothing.",
        (
            Case({"kind": "predicate", "code": _EXAMPLE}, "Take 20 mg at noon and 40 mg at night.", "pass"),
            Case({"kind": "predicate", "code": _EXAMPLE}, "Take 20 mg at noon.", "fail"),
            Case({"kind": "predicate", "code": "def check(response):\n    return None"}, "Anything.", "abstain"),
        ),
        cost=Cost.SANDBOX,
        limits=f"{running.HELD} {running.SECONDS:g} s and {running.MEMORY_MB} MB unless set otherwise; calls nest up "
        f"to 500 deep; code of up to {source.MAX_SOURCE:,} characters.",
        abstains="Where the function returns None, ends in an error, or is stopped by a limit.",
    )  # fmt: skip

    kind: Literal["predicate"]
    code: Annotated[str, pydantic.StringConstraints(strict=True, max_length=source.MAX_SOURCE)] = pydantic.Field(
        title="Function",
        description="def check(response, reference, prompt): … with one, two or three of these arguments.",
        json_schema_extra={"input": "long"},
    )
    seconds: running.Seconds | None = pydantic.Field(
        None, title="Seconds", description=f"It is stopped after that; left empty: {running.SECONDS:g}."
    )
    memory_mb: running.Megabytes | None = pydantic.Field(
        None, title="Memory in MB", description=f"Left empty: {running.MEMORY_MB}."
    )

    @pydantic.field_validator("code")
    @classmethod
    def _can_be_run(cls, code: str) -> str:
        tree = source.parsed(code)
        source.arguments_of(tree, "check")
        source.refuse_what_is_lacking(tree)
        return code

    def run(self, given: Given) -> CheckResult:
        """Call the function in the sandbox."""
        seconds = running.SECONDS if self.seconds is None else self.seconds
        answer = running.ask(given, "python_predicate", self._request(given, seconds), 2 * seconds)
        if isinstance(answer, CheckResult):
            return answer
        if "error" in answer:
            return abstain(running.sentence(answer["error"]))
        printed = (f"Printed: {answer['printed']}",) if answer["printed"] else ()
        if answer["value"] is None:
            return abstain(answer["evidence"] or "The function returned None.")
        said = answer["evidence"] or f"The function returned {answer['value']}."
        return of(answer["value"], said, details=printed)

    def _request(self, given: Given, seconds: float) -> dict[str, object]:
        megabytes = running.MEMORY_MB if self.memory_mb is None else self.memory_mb
        return {
            "code": self.code,
            "takes": source.arguments_of(source.parsed(self.code), "check"),
            "response": given.response,
            "reference": given.reference,
            "prompt": given.prompt,
            "seconds": seconds,
            "memory": megabytes * 1024 * 1024,
        }

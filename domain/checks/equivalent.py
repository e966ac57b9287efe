"""Check: the final answer says the same as a reference."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import pydantic

from domain import ports
from domain.checks.equivalence import deciding, quantities
from domain.checks.equivalence.deciding import Form
from domain.checks.equivalence.rules import Finding, Rules, Units, Verdict, different, equal, unsure
from domain.checks.result import CheckResult, Given, Outcome, Span, abstain, shortened
from domain.checks.rule import About, Case, Cost, Rule

ALGEBRA_SECONDS = 2.0
DECIMALS = 6
_SHOWN = 200
_OUTCOMES = {Verdict.EQUAL: Outcome.PASS, Verdict.DIFFERENT: Outcome.FAIL, Verdict.UNSURE: Outcome.ABSTAIN}
_WORDS = {Verdict.EQUAL: "Equal", Verdict.DIFFERENT: "Different", Verdict.UNSURE: "Not decided"}


class Equivalent(Rule):
    """The answer comes to what the reference says, however it is written."""

    ABOUT: ClassVar[About] = About(
        "equivalent", "Same as a reference answer", "Mathematics",
        "Finds the final answer (a box, an answer tag, “the answer is …”, the last formula) and compares it with the "
        "reference: as text, number, set, interval, expression, matrix or quantity with a unit. Where it cannot tell, "
        "it gives no answer, and a judge may be asked.",
        (
            Case({"kind": "equivalent"}, r"So the chance is \boxed{0.5}.", "pass", r"\frac{1}{2}"),
            Case({"kind": "equivalent"}, "The answer is 2x + 2.", "pass", "2(x+1)"),
            Case({"kind": "equivalent"}, "It takes 180 min", "pass", "3 h"),
            Case({"kind": "equivalent"}, r"\boxed{(2, 3]}", "fail", "[2, 3]"),
            Case({"kind": "equivalent", "expected": "9.81", "constants": ["g"]}, "The answer is g.", "pass"),
            Case({"kind": "equivalent"}, "The answer is to the east of it.", "abstain", "12"),
        ),
        cost=Cost.SANDBOX,
        limits="The last 20,000 characters of an answer, final answers of up to 2,000, two seconds of algebra.",
        abstains="Where there is no reference, where one of the two cannot be read, and where neither rules "
        "nor algebra can tell whether they are equal.",
    )  # fmt: skip

    kind: Literal["equivalent"]
    expected: Annotated[str, pydantic.StringConstraints(strict=True, max_length=20_000)] | None = pydantic.Field(
        None,
        title="Reference answer",
        description="Left empty: the reference answer of the prompt.",
        json_schema_extra={"input": "long"},
    )
    form: Literal["auto", "text", "choice", "number", "quantity", "set", "interval", "expression", "matrix"] = (
        pydantic.Field("auto", title="What the reference is", description="`auto`: what it is read as.")
    )
    relative: Annotated[float, pydantic.Field(ge=0, le=1, allow_inf_nan=False)] | None = pydantic.Field(
        None, title="Relative tolerance", description="0.01: within one per cent of the reference."
    )
    absolute: Annotated[float, pydantic.Field(ge=0, allow_inf_nan=False)] | None = pydantic.Field(
        None, title="Absolute tolerance", description="As far as this from the reference is near enough."
    )
    figures: Annotated[int, pydantic.Field(strict=True, ge=1, le=15)] | None = pydantic.Field(
        None, title="Significant figures", description="Within half a unit of this figure of the reference."
    )
    units: Literal["lenient", "required", "ignored"] = pydantic.Field(
        "lenient",
        title="Units",
        description="`lenient`: one side may lack it; `required`: the answer needs it; `ignored`: only numbers count.",
    )
    constants: Annotated[tuple[str, ...], pydantic.Field(max_length=40)] = pydantic.Field(
        (),
        title="Physical constants",
        description=f"Letters that stand for a constant of nature: {', '.join(quantities.CONSTANT_NAMES)}.",
    )
    parts: bool = pydantic.Field(
        True,
        title="Several parts",
        description="A reference such as “a) 3 b) 5” is compared part by part.",
    )
    strict: bool = pydantic.Field(
        False, title="Signs must be there", description="28 and 28 %, 90 and 90°, 12 and 12 in base 5 are not the same."
    )
    rename: bool = pydantic.Field(
        False, title="Names do not matter", description="Variables may be called otherwise than in the reference."
    )
    answer_in: Literal["any", "latex", "whole"] = pydantic.Field(
        "any",
        title="Where the answer stands",
        description="`any`: where it is found; `latex`: in a formula only; `whole`: the whole text is the answer.",
    )

    @pydantic.model_validator(mode="after")
    def _is_usable(self) -> Self:
        unknown = [name for name in self.constants if name not in quantities.CONSTANT_NAMES]
        if unknown:
            known = ", ".join(quantities.CONSTANT_NAMES)
            raise ValueError(f"`{unknown[0][:20]}` is none of the constants {known}.")
        if self.expected is not None and not self.expected.strip():
            raise ValueError("`expected` must not be empty; leave it out to use the reference of the prompt.")
        return self

    def run(self, given: Given) -> CheckResult:
        """Find the final answer and compare."""
        reference = self.expected if self.expected is not None else given.reference
        if reference is None or not reference.strip():
            return abstain("There is no reference to check against.")
        decision = deciding.decide(given.response, reference, self._question(given.sandbox))
        return _result(decision, given.response)

    def _question(self, sandbox: ports.Sandbox | None) -> deciding.Question:
        rules = Rules(
            self.relative, self.absolute, self.figures, Units(self.units), self.constants, self.strict, self.rename
        )
        return deciding.Question(
            rules,
            Form(self.form),
            parts=self.parts,
            latex_only=self.answer_in == "latex",
            whole=self.answer_in == "whole",
            ask=None if sandbox is None else _Algebra(sandbox),
        )


class _Algebra:
    """Algebra in a process of its own, stopped after two seconds."""

    def __init__(self, sandbox: ports.Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, given: str, expected: str) -> Finding:
        """Say whether two formulas are equal."""
        request = {"given": given, "expected": expected, "decimals": DECIMALS}
        reply = self._sandbox.run("algebra_equal", request, seconds=ALGEBRA_SECONDS)
        if reply.answer is None:
            return unsure("symbolic", f"Algebra gave no answer: {reply.detail}")
        same, read = reply.answer.get("equal"), (reply.answer.get("given"), reply.answer.get("expected"))
        if same is None:
            return unsure("symbolic", "Algebra could not read it.")
        said = f"Read as {read[0]} and {read[1]}."
        return equal("symbolic", said) if same else different("symbolic", said)


def _result(decision: deciding.Decision, response: str) -> CheckResult:
    finding, given = decision.finding, decision.given
    compared = f" Answer {_short(given.text)} ({given.way}), reference {_short(decision.expected)}." if given else ""
    evidence = f"{_WORDS[finding.verdict]}, by stage “{finding.stage}”.{compared} {finding.said}"
    spans = (Span(given.start, min(given.end, len(response))),) if given is not None else ()
    details = tuple(
        shortened(f"{label}: {_WORDS[part.verdict]}, by stage “{part.stage}”. {part.said}", 500)
        for label, part in decision.parts
    )
    return CheckResult(_OUTCOMES[finding.verdict], shortened(evidence), spans, details)


def _short(text: str) -> str:
    return shortened(text, _SHOWN)

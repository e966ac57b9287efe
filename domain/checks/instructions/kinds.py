"""Checks: an instruction of a published family, under its published name and parameters."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import pydantic

from domain.checks.instructions.family import Family, look
from domain.checks.instructions.ifbench import IFBENCH
from domain.checks.instructions.ifeval import IFEVAL
from domain.checks.result import CheckResult, Given
from domain.checks.rule import About, Case, Rule


class _Instructed(Rule):
    """An instruction with its parameters, read strictly or loosely."""

    FAMILY: ClassVar[Family]

    instruction: str = pydantic.Field(title="Instruction", description="The published name of the instruction.")
    kwargs: dict[str, Any] = pydantic.Field(
        default_factory=dict, title="Parameters", description="As published; null counts as not given."
    )
    mode: Literal["strict", "loose"] = pydantic.Field(
        "strict",
        title="Reading",
        description="Loose also tries the answer without its first or last line and without asterisks.",
    )

    @pydantic.field_validator("instruction")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in cls.FAMILY.instructions:
            raise ValueError(f"There is no instruction {name[:100]!r} in this family.")
        return name

    @pydantic.model_validator(mode="after")
    def _has_its_parameters(self) -> Self:
        self._arguments()
        return self

    def _arguments(self) -> dict[str, Any]:
        model = self.FAMILY.instructions[self.instruction].model
        given = {key: value for key, value in self.kwargs.items() if value is not None}
        try:
            return dict(model.model_validate(given))
        except pydantic.ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise ValueError(f"kwargs: `{'.'.join(map(str, first['loc']))}`: {first['msg']}") from error

    def run(self, given: Given) -> CheckResult:
        """Ask the function of the instruction."""
        instruction = self.FAMILY.instructions[self.instruction]
        return look(instruction, given.response, self._arguments(), loose=self.mode == "loose")


_LIMITS = "Answers of up to 200,000 characters; longer ones get no answer."


class IfEval(_Instructed):
    """One of the 25 instructions of IFEval (arXiv:2311.07911)."""

    FAMILY: ClassVar[Family] = IFEVAL
    ABOUT: ClassVar[About] = About(
        "ifeval", "Instruction of IFEval", "IFEval",
        "One of the 25 verifiable instructions of IFEval, with its published parameters.",
        (
            Case({"kind": "ifeval", "instruction": "punctuation:no_comma"}, "No commas here.", "pass"),
            Case(
                {"kind": "ifeval", "instruction": "length_constraints:number_words",
                 "kwargs": {"num_words": 5, "relation": "at least"}},
                "Too short.", "fail",
            ),
        ),
        limits=_LIMITS, max_answer=200_000,
    )  # fmt: skip

    kind: Literal["ifeval"]


class IfBench(_Instructed):
    """One of the instructions of IFBench (arXiv:2507.02833)."""

    FAMILY: ClassVar[Family] = IFBENCH
    ABOUT: ClassVar[About] = About(
        "ifbench", "Instruction of IFBench", "IFBench",
        "One of the 58 verifiable instructions of IFBench, with its published parameters.",
        (
            Case({"kind": "ifbench", "instruction": "format:no_whitespace"}, "None.", "pass"),
            Case({"kind": "ifbench", "instruction": "words:repeats", "kwargs": {"small_n": 1}}, "On and on.", "fail"),
        ),
        limits=_LIMITS, max_answer=200_000,
        abstains="With words:start_verb where the first word may be a verb or something else.",
    )  # fmt: skip

    kind: Literal["ifbench"]

"""Check: the answer is in one of some languages."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pydantic

from domain.checks import language
from domain.checks.result import CheckResult, Given, abstain, of
from domain.checks.rule import About, Case, Rule

LEAST_LETTERS = 20
Code = Annotated[str, pydantic.StringConstraints(strict=True, pattern=r"^[a-z]{2,3}$")]


class InLanguage(Rule):
    """The language that the whole answer is most likely in is one of these."""

    ABOUT: ClassVar[About] = About(
        "language", "Language", "Language",
        "The language that the whole answer is most likely in; the same text always has the same language.",
        (
            Case({"kind": "language", "codes": ["de"]}, "Nehmen Sie morgens eine Tablette.", "pass"),
            Case({"kind": "language", "codes": ["de", "fr"]}, "Take one tablet in the morning.", "fail"),
        ),
        limits=f"Answers of fewer than {LEAST_LETTERS} letters get no answer; of long ones the first "
        f"{language.MAX_READ:,} characters are read.",
        abstains=f"Where the answer has fewer than {LEAST_LETTERS} letters.",
    )  # fmt: skip

    kind: Literal["language"]
    codes: Annotated[tuple[Code, ...], pydantic.Field(min_length=1, max_length=50)] = pydantic.Field(
        title="Languages", description="Codes of ISO 639-1, one a line: en, de, fr, es, hi, zh, ja …"
    )

    @pydantic.field_validator("codes")
    @classmethod
    def _are_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [code for code in codes if code not in language.known()]
        if unknown:
            raise ValueError(f"These languages cannot be told: {', '.join(unknown)}.")
        return codes

    def run(self, given: Given) -> CheckResult:
        """Tell the language."""
        head = given.response[: language.MAX_READ]
        letters = sum(map(str.isalpha, head))
        wide = sum("\u0e00" <= mark for mark in head if mark.isalpha())
        if letters + 2 * wide < LEAST_LETTERS:
            return abstain(f"{letters} letters are too few to tell a language by.")
        found = language.detect(head)
        return of(found in self.codes, f"Language: {found}.")

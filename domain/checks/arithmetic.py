"""Check: sums that the answer claims are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, NamedTuple

import pydantic

from domain.checks import calculation
from domain.checks.result import CheckResult, Given, Span, abstain, of, shortened
from domain.checks.rule import About, Case, Rule

MAX_CLAIMS = 100
# One side of an equation: numbers and signs, with a sign between two numbers somewhere.
_SIDE = r"[(\d.][\d\s.,'\u202f\u00a0()+\-\u2212\u2013*/^\u00d7\u00f7\u00b7:x%]{0,200}"
_CLAIM = re.compile(
    rf"(?<![\w.,=+\-*/^\u2212\u00d7\u00f7$])(?P<left>{_SIDE}?)\s{{0,3}}(?P<sign>=|\u2248|~=)\s{{0,3}}"
    rf"(?P<right>[-\u2212]?\s?[$\u20ac\u00a3]?(?:{calculation.NUMBER}))(?P<percent>\s?%)?(?![\w^*/\u00d7\u00f7(]|\.\d)"
)
_WORDY = re.compile(
    rf"(?<![\w.,])(?P<one>{calculation.NUMBER})\s(?P<word>plus|minus|times|multiplied by|divided by)\s"
    rf"(?P<two>{calculation.NUMBER})\s(?P<verb>is|equals|makes|gives|=)\s(?P<right>[-\u2212]?(?:{calculation.NUMBER}))"
    r"(?![\w%]|\.\d)",
    re.IGNORECASE,
)
_MARKED = re.compile(r"<<([^<>=]{1,300})=([^<>=]{1,80})>>")
_SIGNS = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/"}
_OPERATED = re.compile(r"[\d)%]\s*(?:\*\*|[-+*/^\u2212\u2013\u00d7\u00f7\u00b7:]|x(?=\s*[\d(]))\s*[-\u2212(\d.]")


class Claim(NamedTuple):
    """An equation that the answer states: expression, result as written, rounded or not, and where it stands."""

    expression: str
    result: str
    is_rough: bool
    span: Span


class Arithmetic(Rule):
    """Every sum in the answer is right; without one the check abstains."""

    ABOUT: ClassVar[About] = About(
        "arithmetic", "Sums in the text", "Facts",
        "Sums such as 17 × 3 = 51, 12 plus 5 is 17 or <<48/2=24>> are reckoned anew. A result may be rounded to the "
        "digits that it is written with. An answer without sums gets no answer.",
        (
            Case({"kind": "arithmetic"}, "As 17 × 3 = 51, take 51 mg.", "pass"),
            Case({"kind": "arithmetic"}, "Each gets 100 / 3 = 33.4 mg.", "fail"),
            Case({"kind": "arithmetic"}, "Take it twice daily.", "abstain"),
        ),
        limits=f"The first {MAX_CLAIMS} sums in answers of up to 100,000 characters; powers of up to "
        f"{calculation.MAX_POWER}, numbers of up to {calculation.MAX_DIGITS} digits.",
        max_answer=100_000,
        abstains="Where the answer has no sum, or none that can be reckoned.",
    )  # fmt: skip

    kind: Literal["arithmetic"]
    tolerance: Annotated[float, pydantic.Field(ge=0, le=1)] = pydantic.Field(
        0.0, title="Relative tolerance", description="0.01 lets a result be one per cent off. 0: rounding alone."
    )

    def run(self, given: Given) -> CheckResult:
        """Reckon each sum anew."""
        wrong: list[tuple[Claim, Fraction]] = []
        right: list[tuple[Claim, Fraction]] = []
        unread: list[str] = []
        for claim in claims(given.response):
            try:
                expected, result = calculation.value(claim.expression), calculation.value(claim.result)
            except calculation.NotReckoned as error:
                unread.append(f"{claim.expression}: {error}")
                continue
            (right if self._agrees(claim, expected, result) else wrong).append((claim, expected))
        if not wrong and not right:
            return abstain(f"No sum could be reckoned: {unread[0]}." if unread else "There are no sums to check.")
        spans = tuple(claim.span for claim, _ in wrong or right)
        details = tuple(f"{_short(claim)} is wrong: it is {_shown(value)}" for claim, value in wrong)
        said = f"{len(right)} of {len(right) + len(wrong)} sums are right."
        return of(not wrong, said, spans, details[:20])

    def _agrees(self, claim: Claim, expected: Fraction, said: Fraction) -> bool:
        unit = _last_digit(claim.result) * (Fraction(1, 100) if "%" in claim.result else 1)
        slack = abs(expected) * Fraction(self.tolerance)
        # Half of the last digit, so that 100/3 = 33.33 stands; a whole number is exact unless it says that it is rough.
        rounding = unit / 2 if claim.is_rough or unit < 1 else Fraction(0)
        return abs(expected - said) <= max(slack, rounding)


def claims(text: str) -> Iterator[Claim]:
    """The sums in a text in their order, one that stands inside another once."""
    found = sorted(_all(text), key=lambda claim: claim.span)
    end, count = 0, 0
    for claim in found:
        if claim.span.start >= end and count < MAX_CLAIMS:
            end, count = claim.span.end, count + 1
            yield claim


def _all(text: str) -> Iterator[Claim]:
    for match in _MARKED.finditer(text):
        yield Claim(match[1].strip(), match[2].strip(), False, Span(*match.span()))
    for match in _CLAIM.finditer(text):
        left = _begun(match["left"])
        if _OPERATED.search(left):
            start = match.end("left") - len(left.lstrip())
            result = re.sub(r"[$\u20ac\u00a3\s]", "", match["right"]) + ("%" if match["percent"] else "")
            yield Claim(left.strip(), result, match["sign"] != "=", Span(start, match.end()))
    for match in _WORDY.finditer(text):
        expression = f"{match['one']} {_SIGNS[match['word'].lower()]} {match['two']}"
        yield Claim(expression, match["right"], False, Span(*match.span()))


def _begun(left: str) -> str:
    """The side of an equation without what belongs to the sentence before: a list number, a comma, a bracket."""
    cut = re.split(r"[,;]\s+|\.\s+|\n", left)[-1]
    while cut.count("(") != cut.count(")"):
        shorter = re.sub(r"^[^()]*[()]" if cut.count("(") > cut.count(")") else r"^[^)]*\)", "", cut, count=1)
        if shorter == cut:
            break
        cut = shorter
    return cut


def _last_digit(result: str) -> Fraction:
    decimals = re.search(r"\.(\d+)", result)
    return Fraction(1, 10 ** len(decimals[1])) if decimals else Fraction(1)


def _short(claim: Claim) -> str:
    return shortened(f"{claim.expression} {'≈' if claim.is_rough else '='} {claim.result}", 120)


def _shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"

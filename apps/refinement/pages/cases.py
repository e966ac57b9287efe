"""What the page of the pinned cases shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Response, Subject
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion
from apps.refinement import forms, queries
from apps.refinement.models import RegressionCase
from apps.refinement.pages.frame import crumbs
from apps.rubrics.models import RubricVersion
from domain import subjects
from domain.refinement.regression import Expect, Outcome

TONES = {Outcome.PASSED: "g", Outcome.FAILED: "r", Outcome.UNKNOWN: "w"}
WORDS = {Outcome.PASSED: "passes", Outcome.FAILED: "fails", Outcome.UNKNOWN: "not known"}
EXCERPT = 160
MOST_FOUND = 20


@dataclass(frozen=True)
class Line:
    """A case as the table shows it."""

    case: RegressionCase
    expected: str
    excerpt: str
    other: str
    tone: str
    word: str
    sentence: str


def case_form(
    version: RubricVersion, response: Response | None, data: Mapping[str, Any] | None, given: Mapping[str, str]
) -> forms.CaseForm:
    """The form for one answer, with the other answers of its prompt."""
    others: list[tuple[str, str]] = []
    if response is not None:
        rows = Response.objects.filter(prompt=response.prompt_id).exclude(pk=response.pk).order_by("pk")
        others = [(str(one.pk), f"{one.external_id}: {_short(one.parts)[:60]}") for one in rows[:100]]
    names = ("expect", "criterion", "other", "origin", "note", "bound")
    initial = {name: given[name] for name in names if given.get(name)} | {"response": response.pk if response else None}
    return forms.CaseForm(data, version=version, others=others, initial=initial)


def cases_page(
    actor: Actor, version: RubricVersion, form: forms.CaseForm, response: Response | None, *, q: str = "",
    judge: JudgeVersion | None = None, fault: str = "",
) -> dict[str, Any]:  # fmt: skip
    """All cases with what the version makes of them, those that were withdrawn, and the form of a new one."""
    suite = queries.suite_of(version, judge)
    counts = suite.counts
    may_pin = actor.can(Role.AUTHOR)
    found = list(judging.pinnable(actor, version, q=q)[:MOST_FOUND]) if q and may_pin else []
    return {
        "version": version, "rubric": version.rubric, "crumbs": crumbs(actor, version, "Cases"), "suite": suite,
        "lines": [_line(one) for one in suite.results], "form": form, "response": response, "q": q, "fault": fault,
        "passed": counts[Outcome.PASSED], "failed": counts[Outcome.FAILED], "unknown": counts[Outcome.UNKNOWN],
        "withdrawn": [(one, expected(one, one.criterion)) for one in queries.withdrawn_cases(version.rubric)],
        "found": [(one, _short(one.parts)) for one in found], "may_pin": may_pin,
        "excerpt": _short(response.parts) if response else "",
        "estimate": _estimate(version, suite) if may_pin else None,
    }  # fmt: skip


def expected(case: RegressionCase, words: str) -> str:
    """What a case expects, as a sentence without its answer."""
    said = forms.EXPECT[Expect(case.expect)]
    if case.criterion:
        return f"{said} “{words[:100]}”"
    if case.bound is not None:
        return f"{said} {case.bound:g}"
    return f"{said} {case.other.members.all()[0].response.external_id}" if case.other else said


def _line(one: queries.CaseResult) -> Line:
    case = one.case
    return Line(
        case, expected(case, one.criterion), _text(case.subject), _text(case.other) if case.other else "",
        TONES[one.outcome], WORDS[one.outcome], one.found.sentence,
    )  # fmt: skip


def _estimate(version: RubricVersion, suite: queries.Suite) -> judging.Estimate | None:
    lacking = [(version, one) for one in suite.unjudged]
    return judging.estimate([(suite.judge, lacking)], 1) if lacking and suite.judge else None


def _text(subject: Subject) -> str:
    return _short(subject.members.all()[0].response.parts)


def _short(parts: Any) -> str:
    return " ".join(subjects.text_of(parts).split())[:EXCERPT]

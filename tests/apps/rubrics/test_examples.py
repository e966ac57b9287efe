"""Examples of checks that would run for ever: remarks, pages and saving end in bounded time, and others go on."""

import time
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.core import gateway
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.queries import examples
from domain import checks, errors
from tests import factories

pytestmark = pytest.mark.django_db
GENEROUS = 60.0
"""Seconds within which anything bounded ends, however busy the machine is; what is hostile here would take years."""

LOOP = "def check(response):\n    while True:\n        pass"
BOMB = "def check(response):\n    kept = []\n    while True:\n        kept.append('x' * 1000000)"
TOWER = "def check(response):\n    return 9**9**9 > 0"
NESTED = "def check(response):\n    def f(n):\n        return f(n + 1)\n    return f(0)"
TEXT = {"text": "a" * 20_000, "value": 1.0}
HOSTILE: dict[str, dict[str, Any]] = {
    "loop": {"kind": "predicate", "code": LOOP, "seconds": 5.0},
    "bomb": {"kind": "predicate", "code": BOMB},
    "tower": {"kind": "predicate", "code": TOWER},
    "recursion": {"kind": "predicate", "code": NESTED},
    "pattern": {"kind": "regex", "pattern": "^(a+)+$b"},
    "nested_pattern": {"kind": "regex", "pattern": "(x+x+)+y|(a|aa)+$|(.*)*z"},
    "power": {"kind": "equivalent", "expected": "9^{9^{9}}"},
    "towers": {"kind": "equivalent", "expected": "^".join(["9"] * 900)},
}


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known from another test, and the sandbox runs."""
    examples._kept.clear()
    gateway.sandbox_here(patience=60).run("python_predicate", asked("def check(response):\n    return True"), seconds=5)


def asked(code: str) -> dict[str, Any]:
    return {
        "code": code, "takes": 1, "response": "x", "reference": None, "prompt": None, "seconds": 1, "memory": 64 << 20,
    }  # fmt: skip


def version_with(author: Actor, *specs: dict[str, Any], count: int = 3) -> RubricVersion:
    shown = [{**TEXT, "text": f"{n} {TEXT['text']}"[:20_000]} for n in range(count)]
    criteria = [
        {"id": f"c{n}", "text": f"Holds {n}.", "kind": "check", "check": spec, "examples": shown}
        for n, spec in enumerate(specs)
    ]
    document = factories.make_document(criteria=criteria)
    return services.create_rubric(by=author, document=document, slug="letters", title="Letters")


@pytest.mark.parametrize("name", HOSTILE)
def test_remarks_about_hostile_examples_come_in_time(author: Actor, name: str):
    begun = time.monotonic()
    version = version_with(author, HOSTILE[name])
    named = {remark.finding.rule.name for remark in queries.lint_findings(version)}
    page = factories.signed_in(author).get(reverse("rubrics:quality", args=["clinic", "letters", 1]))
    assert page.status_code == 200
    assert time.monotonic() - begun < GENEROUS
    expected = {"loop": "example_not_tried", "pattern": "example_contradicts_check"}
    assert expected.get(name) is None or expected[name] in named


def test_all_of_them_together_take_no_longer(author: Actor):
    version = version_with(author, *HOSTILE.values(), count=20)
    begun = time.monotonic()
    found = [remark.finding for remark in queries.lint_findings(version)]
    assert time.monotonic() - begun < GENEROUS
    assert "example_not_tried" in {one.rule.name for one in found}


def test_the_check_page_ends_and_says_what_was_not_tried(author: Actor):
    version = version_with(author, HOSTILE["loop"], count=20)
    key = version.criteria.get().pk
    begun = time.monotonic()
    page = factories.signed_in(author).get(reverse("rubrics:criterion-check", args=["clinic", "letters", 1, key]))
    assert time.monotonic() - begun < GENEROUS
    assert "not tried" in page.content.decode()


def test_code_decides_its_examples(author: Actor):
    code = "def check(response):\n    return response[0] == '0'"
    found = [
        remark.finding for remark in queries.lint_findings(version_with(author, {"kind": "predicate", "code": code}))
    ]
    one, _ = [each for each in found if each.rule.name == "example_contradicts_check"]
    assert one.sentence.startswith("Example 2 should meet it, but the check says fail")


def test_what_was_found_is_kept_and_doubt_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    def evaluate(spec: dict[str, Any], given: checks.Given) -> checks.CheckResult:
        calls.append(given.response)
        return checks.CheckResult(checks.Outcome.ABSTAIN if given.response == "doubt" else checks.Outcome.PASS, "")

    monkeypatch.setattr(checks, "evaluate", evaluate)
    monkeypatch.setattr(examples, "DOUBT_SECONDS", -1.0)
    for _ in range(2):
        trial = queries.ExampleTrial()
        assert trial({"kind": "words", "min": 1}, "sure") is not None
        assert trial({"kind": "words", "min": 1}, "doubt") is not None
    assert calls == ["sure", "doubt", "doubt"]
    monkeypatch.setattr(examples, "MOST_KEPT", 1)
    queries.ExampleTrial()({"kind": "words", "min": 1}, "more")
    assert len(examples._kept) == 1


def test_no_time_and_no_place_in_the_sandbox_say_nothing(monkeypatch: pytest.MonkeyPatch):
    assert queries.ExampleTrial(seconds=0.0)({"kind": "words", "min": 1}, "a") is None

    class Busy:
        def run(self, *_: Any, **__: Any) -> None:
            raise errors.Unavailable("All 2 processes of the sandbox are busy; try again.")

    monkeypatch.setattr(gateway, "sandbox_here", lambda **_: Busy())
    trial = queries.ExampleTrial()
    assert trial(HOSTILE["tower"], "a") is None
    assert trial(HOSTILE["tower"], "a") is None

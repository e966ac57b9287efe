"""Rubrics that checks decide alone: runs and trials without a judge, refused by name where one is needed."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.judging import queries, services
from apps.judging.models import Call, EngineKind, Judge, JudgeVersion, Run, Score, Verdict
from apps.rubrics.models import RubricVersion
from domain import errors
from tests import factories
from tests.apps.judging.conftest import BAD, GOOD, work

pytestmark = pytest.mark.django_db
CHECKS: list[dict[str, Any]] = [
    {"id": "c_dose", "text": "Gives a dose.", "kind": "check", "check": {"kind": "regex", "pattern": r"\d+ mg"}},
    {"id": "c_long", "text": "Is long enough.", "kind": "check", "check": {"kind": "words", "min": 5}},
]
FIRST = {"id": "c_first", "text": "Names a dose.", "check": {"kind": "regex", "pattern": r"\d+ mg"}}


@pytest.fixture
def author() -> Actor:
    return factories.make_actor(Role.APPROVER, username="alice")


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(_: Any) -> None:
        raise AssertionError("an engine was opened")

    monkeypatch.setattr(gateway, "engine_for", opened)


def version_of(author: Actor, *criteria: dict[str, Any], slug: str = "letters") -> RubricVersion:
    document = factories.make_document(criteria=list(criteria))
    rubric = factories.make_rubric(workspace=author.workspace, slug=slug)
    return factories.make_version(rubric=rubric, document=document, status="approved")


def answers(author: Actor) -> Any:
    dataset = factories.make_dataset(workspace=author.workspace, slug="answers")
    prompt = factories.make_prompt(dataset=dataset)
    for text in (GOOD, BAD):
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=text)])
    return dataset


def test_a_run_without_a_judge_stores_verdicts_and_scores(author: Actor):
    version, dataset = version_of(author, *CHECKS), answers(author)
    judges = services.judges_for(by=author, refs=[], versions=[version])
    run = services.start_run(by=author, name="Checks", versions=[version], dataset=dataset, judges=judges)
    assert run.estimate["to_ask"] == 0 and run.estimate["computed"] == 4
    work()
    assert queries.run_progress(run).judged == 2
    assert {(row.criterion, row.value) for row in Verdict.objects.all()} == {
        ("c_dose", 1.0), ("c_dose", 0.0), ("c_long", 1.0),
    }  # fmt: skip
    assert set(Score.objects.values_list("raw", flat=True)) == {0.5, 1.0}
    assert not Call.objects.exists()
    assert {str(row.judge_version) for row in Score.objects.select_related("judge_version__judge")} == {"computed@1"}


def test_the_built_in_judge_is_made_once_and_never_offered(author: Actor):
    first = services.computed_judge(by=author)
    assert services.computed_judge(by=author) == first
    assert first.engine == EngineKind.COMPUTED and not first.is_asked
    assert queries.is_licensed(first)
    assert queries.judge_choices(author) == [] and list(queries.list_judges(author)) == []
    with pytest.raises(errors.NotFound):
        queries.get_judge(author, "computed")
    with pytest.raises(errors.Invalid, match="no model"):
        queries.judge_by_ref(author, "computed")
    engine = {"kind": EngineKind.SERVED, "base_url": "http://127.0.0.1:1/v1", "model": "m"}
    with pytest.raises(errors.Invalid, match="name of a judge without a model"):
        services.create_judge(by=author, name="computed", engine=engine)


def test_a_name_that_somebody_has_stays_theirs(author: Actor):
    theirs = factories.make_judge(workspace=author.workspace, name="computed")
    version = version_of(author, *CHECKS)
    assert services.computed_judge(by=author).judge.name == "computed-2"
    assert services.judge_for(by=author, ref="computed", versions=[version]) == theirs
    assert services.judge_for(by=author, ref="computed-2@1", versions=[version]).engine == EngineKind.COMPUTED
    engine = {"kind": EngineKind.SERVED, "base_url": "http://127.0.0.1:1/v1", "model": "m"}
    with pytest.raises(errors.Invalid, match="without a model"):
        services.create_judge(by=author, name="computed-2", engine=engine)


def test_each_workspace_has_its_own(author: Actor):
    other = factories.make_actor(Role.AUTHOR, username="zoe", workspace=factories.make_workspace(slug="other"))
    assert services.computed_judge(by=author).judge.workspace != services.computed_judge(by=other).judge.workspace
    assert JudgeVersion.objects.values("fingerprint").distinct().count() == 1


def test_a_criterion_that_needs_a_judge_is_named(author: Actor):
    version = version_of(author, *CHECKS, FIRST)
    with pytest.raises(errors.Conflict, match=r"“Names a dose.” \(c_first\) of letters@1") as said:
        services.judges_for(by=author, refs=[], versions=[version])
    assert said.value.code == "judge_no_default"
    default = factories.make_judge(workspace=author.workspace, name="reader", is_default=True)
    assert services.judges_for(by=author, refs=[], versions=[version]) == [default]
    with pytest.raises(services.JudgeNeeded, match="c_first"):
        services.judges_for(by=author, refs=["computed"], versions=[version])
    with pytest.raises(services.JudgeNeeded, match="c_first"):
        services.judges_for(by=author, refs=[], versions=[version], default=False)
    computed = services.computed_judge(by=author)
    what: dict[str, Any] = {"by": author, "versions": [version], "dataset": answers(author), "judges": [computed]}
    with pytest.raises(services.JudgeNeeded, match="c_first"):
        services.start_run(name="Checks", **what)
    with pytest.raises(services.JudgeNeeded, match="c_first"):
        services.estimate_run(**what)
    assert not Run.objects.exists()


def address(name: str, *args: Any) -> str:
    return reverse(name, args=["clinic", *args])


def test_the_form_starts_a_run_without_a_judge(author: Actor):
    version_of(author, *CHECKS)
    answers(author)
    browser = factories.signed_in(author)
    page = browser.get(address("judging:start")).content.decode()
    assert "There is no judge yet, so only a rubric can be run" in page
    fields = {"rubric": "letters@1", "dataset": "answers", "samples": "1"}
    said = browser.get(address("judging:estimate"), fields).content.decode()
    assert "no model is asked" in said and "price" not in said
    started = browser.post(address("judging:start"), fields)
    assert started.status_code == 302
    work()
    shown = browser.get(started["Location"]).content.decode()
    assert "computed@1" in shown and "/judges/computed" not in shown
    assert "run" in browser.get(address("judging:list")).content.decode()


def test_the_form_names_the_criterion_that_needs_a_judge(author: Actor):
    version_of(author, *CHECKS, FIRST)
    answers(author)
    factories.make_judge(workspace=author.workspace, name="reader", is_default=True)
    browser = factories.signed_in(author)
    refused = browser.post(address("judging:start"), {"rubric": "letters@1", "dataset": "answers", "samples": "1"})
    assert refused.status_code == 422
    assert "(c_first) of letters@1 is not decided by a check alone" in refused.content.decode()
    assert not Judge.objects.filter(versions__engine=EngineKind.COMPUTED).exists()


def test_an_answer_is_tried_without_a_judge(author: Actor):
    version = version_of(author, *CHECKS)
    browser = factories.signed_in(author)
    at = address("judging:try", "letters", version.number)
    assert "none: checks decide every criterion" in browser.get(at).content.decode()
    tried = browser.post(at, {"judge": "", "prompt": "Write.", "response": GOOD})
    assert tried.status_code == 302
    work()
    assert "Gives a dose." in browser.get(tried["Location"]).content.decode()
    assert Verdict.objects.filter(status="ok").count() == 2


def test_trying_a_rubric_that_needs_a_judge_still_asks_for_one(author: Actor):
    version = version_of(author, FIRST)
    browser = factories.signed_in(author)
    at = address("judging:try", "letters", version.number)
    assert "There is no judge yet" in browser.get(at).content.decode()
    assert browser.post(at, {"prompt": "Write.", "response": GOOD}).status_code == 422


HOSTILE: list[dict[str, Any]] = [
    {"kind": "equivalent", "expected": "9^{9^{9}}"},
    {"kind": "regex", "pattern": "(a+)+$|(x+x+)+y"},
    {"kind": "arithmetic"},
    {"kind": "json_valid"},
    {"kind": "predicate", "code": "def check(response):\n    while True:\n        pass", "seconds": 0.1},
    {"kind": "predicate", "code": "def check(response):\n    return 9**9**9 > 0"},
]


def test_hostile_answers_and_checks_end_in_verdicts_or_reasons(author: Actor):
    tests = [{"id": f"c{n}", "text": f"Holds {n}.", "kind": "check", "check": spec} for n, spec in enumerate(HOSTILE)]
    version = version_of(author, *tests)
    dataset = factories.make_dataset(workspace=author.workspace, slug="answers")
    prompt = factories.make_prompt(dataset=dataset)
    for text in ("9^" * 5_000 + "9", "[" * 50_000 + "a", "a" * 200_000, r"\\frac{" * 2_000):
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=text)])
    judges = services.judges_for(by=author, refs=[], versions=[version])
    run = services.start_run(by=author, name="Hostile", versions=[version], dataset=dataset, judges=judges)
    work()
    assert queries.run_progress(Run.objects.get(pk=run.pk)).state == "done"
    rows = list(Verdict.objects.all())
    assert len(rows) == 4 * len(HOSTILE)
    assert {row.status for row in rows} <= {"ok", "cannot_assess"}
    assert all(row.reason for row in rows if row.status != "ok")
    assert {row.status for row in rows if row.criterion in ("c4", "c5")} == {"cannot_assess"}

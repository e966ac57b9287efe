"""The truth table of a version: stored, tried, shown, and in the way of an approval where it does not hold."""

import pytest

from apps.accounts.permissions import Actor, Role
from apps.rubrics import gates, queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, rubric
from tests import factories

pytestmark = pytest.mark.django_db
FAILS: dict[str, object] = {
    "id": "t_1",
    "title": "No drug",
    "when": {"c_drug": 0.0},
    "others": "any",
    "expect": {"kind": "equals", "value": 0.0},
}
HOLDS: dict[str, object] = {
    "id": "t_2",
    "title": "",
    "when": {},
    "others": "best",
    "expect": {"kind": "equals", "value": 1.0},
}
PAGE = "/w/clinic/rubrics/letters/1/scoring/"


def keep(author: Actor, draft: RubricVersion, *rows: dict[str, object]) -> RubricVersion:
    services.edit_truth_table(by=author, version=draft, rows=list(rows))
    return queries.get_version(author, "letters", 1)


def sent(version: RubricVersion, *rows: dict[str, str], **more: str) -> dict[str, str]:
    part = {"truth_table": rubric.raw_truth_rows(version.extensions)}
    body = {
        "truths-TOTAL_FORMS": str(len(rows)),
        "truths-INITIAL_FORMS": "0",
        "revision": queries.fingerprint(part),
        **more,
    }
    return body | {f"truths-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def key(version: RubricVersion, name: str) -> str:
    return f"c-{version.criteria.get(criterion_id=name).pk}"


def test_rows_are_one_undoable_step_and_part_of_the_digest(author: Actor, draft: RubricVersion) -> None:
    before = draft.digest
    version = keep(author, draft, FAILS)
    assert version.extensions == {"rubricstudio": {"truth_table": [FAILS]}}
    assert version.digest != before
    assert version.judged_digest == draft.judged_digest
    services.undo(by=author, version=version)
    version.refresh_from_db()
    assert (version.extensions, version.digest) == ({}, before)


def test_what_others_keep_beside_stays(author: Actor, draft: RubricVersion) -> None:
    services.edit_version(
        by=author, version=draft, changes={"extensions": {"sheet": {"a": 1}, "rubricstudio": {"b": 2}}}
    )
    version = keep(author, draft, HOLDS)
    assert version.extensions == {"sheet": {"a": 1}, "rubricstudio": {"b": 2, "truth_table": [HOLDS]}}
    assert keep(author, version).extensions == {"sheet": {"a": 1}, "rubricstudio": {"b": 2}}


def test_a_bad_row_is_refused_with_its_place(author: Actor, draft: RubricVersion) -> None:
    with pytest.raises(errors.Invalid) as refused:
        keep(author, draft, {**FAILS, "when": {"c_drug": 2}})
    assert refused.value.problems[0].pointer == "/extensions/rubricstudio/truth_table/0/when/c_drug"


def test_a_row_that_fails_blocks_approval_even_when_its_remark_is_set_aside(
    author: Actor, draft: RubricVersion, approver: Actor
) -> None:
    version = keep(author, draft, FAILS, HOLDS)
    remark = next(one for one in queries.lint_findings(version) if one.finding.rule.name == "truth_table")
    assert "No drug: If “" in remark.finding.sentence
    services.dismiss_finding(by=author, version=version, fingerprint=remark.finding.fingerprint, reason="Later.")
    state = next(one for one in gates.states(version) if one.name == "truth_table")
    assert (state.met, state.figures) == (False, {"rows": 2, "failed": 1})
    waiting = services.submit(by=author, version=version)
    with pytest.raises(errors.Conflict) as refused:
        services.approve(by=approver, version=waiting)
    assert "1 row does not hold" in refused.value.message


def test_without_rows_there_is_no_gate(draft: RubricVersion) -> None:
    assert "truth_table" not in {one.name for one in gates.states(draft)}


def test_rows_that_hold_open_the_gate(author: Actor, draft: RubricVersion) -> None:
    version = keep(author, draft, HOLDS)
    assert next(one for one in gates.states(version) if one.name == "truth_table").met


def test_an_author_writes_rows_in_cells(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    assert "Say what the score must be" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}truths/", sent(draft, **{"add": "1", "add-kind": "failed"})).status_code == 302
    version = queries.get_version(author, "letters", 1)
    row = {
        "id": "t_1", "title": "No drug", "kind": "equals", "value": "0", key(version, "c_drug"): "Not met", "others": ""
    }  # fmt: skip
    assert (
        browser.post(f"{PAGE}truths/", sent(version, {**row, "value": "0"}), headers={"X-Autosave": "1"}).status_code
        == 200
    )
    version = queries.get_version(author, "letters", 1)
    assert rubric.raw_truth_rows(version.extensions) == [FAILS]
    shown = browser.get(PAGE).text
    assert "1 of 1 row fails: approval is blocked" in shown
    assert "If criterion 1 is not met, the score is 0." in browser.get(f"{PAGE}outcomes/").text
    bad = browser.post(f"{PAGE}truths/", sent(version, {**row, "others": "perhaps"}))
    assert bad.status_code == 422
    assert "Write a number from 0 to 1 or one of: met" in bad.text
    assert browser.post(f"{PAGE}truths/", sent(version, row | {"value": "0"}, remove="t_1")).status_code == 302
    assert queries.get_version(author, "letters", 1).extensions == {}


def test_two_people_in_the_table_are_asked(author: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    stale = sent(draft, **{"add": "1", "add-kind": "best"})
    keep(author, draft, FAILS)
    body = {**stale, "base": '{"truth_table": []}'}
    assert browser.post(f"{PAGE}truths/", body).status_code == 409


def test_a_comparison_needs_its_row(author: Actor, draft: RubricVersion) -> None:
    version = keep(author, draft, HOLDS)
    row = {"id": "t_2", "kind": "above", "others": "best"}
    answer = factories.signed_in(author).post(f"{PAGE}truths/", sent(version, row))
    assert "Choose the row to compare with." in answer.text
    twice = [
        {"id": "t_2", "kind": "equals", "value": "1", "others": "best"},
        {"id": "t_3", "kind": "below", "row": "t_2"},
    ]
    refused = factories.signed_in(author).post(f"{PAGE}truths/", sent(version, *twice, remove="t_2"))
    assert refused.status_code == 422


def test_a_criterion_that_goes_leaves_a_row_that_fails_and_a_column_to_clear(
    author: Actor, draft: RubricVersion
) -> None:
    version = keep(author, draft, FAILS)
    services.delete_criterion(by=author, version=version, criterion_id="c_drug")
    shown = factories.signed_in(author).get(PAGE).text
    assert "c_drug is no longer here" in shown
    assert "is no longer in the rubric: remove it" in factories.signed_in(author).get(f"{PAGE}outcomes/").text


def test_a_suggestion_keeps_rows_beside_the_draft(author: Actor, draft: RubricVersion, workspace) -> None:
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="nora")
    browser = factories.signed_in(annotator)
    assert browser.post(f"{PAGE}truths/", sent(draft, **{"add": "1", "add-kind": "best"})).status_code == 403
    answer = browser.post(f"{PAGE}truths/?suggest=1", sent(draft, **{"add": "1", "add-kind": "best"}))
    assert answer.status_code == 302
    assert "Everything right" in browser.get(f"{PAGE}?suggest=1").text
    assert queries.get_version(author, "letters", 1).extensions == {}
    proposal = queries.suggesting(draft, annotator).proposal
    assert proposal is not None
    services.accept_hunks(by=author, proposal=proposal, positions=[0])
    assert [row["title"] for row in rubric.raw_truth_rows(queries.get_version(author, "letters", 1).extensions)] == [
        "Everything right"
    ]


def test_readers_see_outcomes_and_strangers_nothing(author: Actor, draft: RubricVersion, viewer: Actor) -> None:
    keep(author, draft, FAILS)
    shown = factories.signed_in(viewer).get(PAGE).text
    assert "fails" in shown
    assert "truths-form" not in shown
    assert factories.signed_in(viewer).post(f"{PAGE}truths/", {}).status_code == 403
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"), username="sid")
    assert factories.signed_in(stranger).get(PAGE).status_code == 404


def test_a_frozen_version_shows_its_rows_only(author: Actor, draft: RubricVersion) -> None:
    version = keep(author, draft, HOLDS)
    services.submit(by=author, version=version)
    shown = factories.signed_in(author).get(PAGE).text
    assert "never changes" in shown
    assert "truths-form" not in shown
    body = sent(version, **{"add": "1", "add-kind": "best"})
    assert factories.signed_in(author).post(f"{PAGE}truths/", body).status_code == 409


def test_the_number_of_queries_does_not_grow(author: Actor, draft: RubricVersion) -> None:
    few = factories.count_queries(factories.signed_in(author), PAGE)
    services.add_criteria(by=author, version=draft, criteria=[{"text": f"Says {n}."} for n in range(30)])
    keep(author, draft, FAILS, HOLDS)
    assert factories.count_queries(factories.signed_in(author), PAGE) <= few + 1

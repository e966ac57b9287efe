"""The pages of scoring a run again: the choice, refusals, and what moved."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.judging import queries, services
from apps.judging.models import Run
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_rescoring import CRITERIA, stored_run, subjects_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(clinic: Clinic) -> Run:
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=CRITERIA), status="approved"
    )
    made = stored_run(clinic, version, subjects_of(clinic, 8))
    services.rescore(by=clinic.author, run=made)
    return made


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


def at(run: Run, name: str = "rescore", **more: Any) -> str:
    return reverse(f"judging:{name}", args=[run.workspace.slug, run.pk, *more.values()])


def test_a_person_chooses_waits_and_sees_what_moved(clinic, run, browser):
    profile = run.versions.get().rubric.profiles.create(name="strict", weights={"c_b": 50.0}, digest="sha256:1")
    form = browser.get(at(run)).content.decode()
    assert "strict@1" in form
    assert "Not yet." in form
    sent = browser.post(at(run), {"version": "", "profile": profile.pk})
    job = run.workspace.jobs.get(kind="rescore")
    assert sent["Location"] == at(run, "rescored", job=job.pk)
    waiting = browser.get(sent["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    work()
    shown = browser.get(sent["Location"]).content.decode()
    assert "hx-trigger" not in shown
    assert "profile strict@1" in shown
    found = queries.rescored(run, queries.get_rescoring(clinic.author, run, job.pk))
    assert found.movement.moved > 0
    mover = found.movers[0]
    assert reverse("judging:answer", args=[run.workspace.slug, run.pk, mover.place]) in shown
    assert "strict@1" in browser.get(at(run)).content.decode()
    assert clinic.engine.asked == []


def test_scores_of_a_run_are_shown_by_the_weights_of_a_profile(clinic, run, browser):
    profile = run.versions.get().rubric.profiles.create(name="strict", weights={"c_b": 50.0}, digest="sha256:1")
    own = browser.get(at(run, "detail")).content.decode()
    assert "profile strict@1</option>" in own
    assert "scored by profile" not in own
    page = browser.get(at(run, "detail"), {"profile": "strict@1", "show": "unscored"}).content.decode()
    assert "scored by profile strict@1" in page
    assert "?show=waiting&amp;profile=strict%401" in page
    items = list(run.items.order_by("index").select_related(*queries.RELATED))
    before, after = queries.results(items), queries.results(items, profile=profile)
    assert [one.reward for one in before] != [one.reward for one in after]
    share = {one.criterion.id: one.share for one in after[0].criteria}
    assert share["c_b"] == 1
    answer = browser.get(at(run, "answer", index=0), {"profile": "strict"}).content.decode()
    assert "scored by profile strict@1" in answer
    assert "100 % of the weight" in answer
    assert "?profile=strict%401" in answer
    assert browser.get(at(run, "detail"), {"profile": "nobody@1"}).status_code == 404
    assert browser.get(at(run, "answer", index=0), {"profile": "<script>"}).status_code == 404
    elsewhere = factories.make_version(workspace=clinic.author.workspace)
    foreign = elsewhere.rubric.profiles.create(name="other", weights={"c_b": 1.0}, digest="sha256:2")
    assert [one.reward for one in queries.results(items, profile=foreign)] == [one.reward for one in before]


def test_a_refusal_stands_above_the_form(clinic, run, browser):
    document = factories.make_document(criteria=[*CRITERIA, {"id": "c_new", "text": "Names the doctor."}])
    more = factories.make_version(rubric=run.versions.get().rubric, document=document)
    answer = browser.post(at(run), {"version": more.pk, "profile": ""})
    assert answer.status_code == 422
    assert "c_new" in answer.content.decode()
    assert not run.workspace.jobs.filter(kind="rescore").exists()


def test_a_job_that_failed_says_why(clinic, run, browser):
    draft = factories.make_version(
        rubric=run.versions.get().rubric, document=factories.make_document(criteria=CRITERIA[:1])
    )
    job = services.start_rescore(by=clinic.author, run=run, version=draft)
    draft.criteria.update(weight=9)
    work()
    shown = browser.get(at(run, "rescored", job=job.pk)).content.decode()
    assert "1 of 1 parts failed" in shown
    assert "nothing to compare" in shown


def test_a_large_run_is_looked_at_in_part(clinic, run, monkeypatch):
    from apps.judging.queries import rescorings

    job = services.start_rescore(by=clinic.author, run=run)
    work()
    monkeypatch.setattr(rescorings, "MOST_ANSWERS", 4)
    found = queries.rescored(run, job)
    assert (found.answers, found.looked_at) == (8, 4)
    assert found.movement.moved == 0


def test_who_may_and_how_many_queries(clinic, run, browser):
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, username="bob"))
    job = services.start_rescore(by=clinic.author, run=run)
    work()
    assert viewer.get(at(run)).status_code == 403
    assert viewer.get(at(run, "rescored", job=job.pk)).status_code == 200
    other = stored_run(clinic, run.versions.get(), subjects_of(clinic, 1))
    assert browser.get(at(other, "rescored", job=job.pk)).status_code == 404
    assert factories.count_queries(browser, at(run, "rescored", job=job.pk)) <= 25
    assert factories.count_queries(browser, at(run)) <= 25

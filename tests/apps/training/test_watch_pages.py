"""Pages of watched runs: curves, steps, alarms, limits, pins, suspended criteria; who may do what."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.review.models import Queue
from apps.rubrics.models import Decision
from apps.training import bodies, queries, services
from apps.training.models import Alarm, Suspension, TrainingRun
from tests import factories, synthetic

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice: Actor, workspace: Workspace) -> TrainingRun:
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"), status="approved")
    body = bodies.TrainingRunBody(name="run 7", rubric="letters@1", policy_model="acme/policy-1b")
    made = services.register_training_run(by=alice, body=body)
    synthetic.play(made, 40, lambda at: {"spread": 0.01 if at >= 15 else 0.15})
    services.watch_run(run=made)
    return made


def place(name: str, run: TrainingRun, *more: object) -> str:
    return reverse(f"training:{name}", args=[run.workspace.slug, *more])


def text(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_run_shows_its_curves_and_each_point_leads_to_its_step(alice: Actor, run: TrainingRun):
    browser = factories.signed_in(alice)
    page = text(browser, place("run", run, run.pk))
    assert "Variance collapses" in page
    assert place("step", run, run.pk, 39) in page
    step = text(browser, place("step", run, run.pk, 20))
    assert "20-11" in step
    text(browser, place("step", run, run.pk, 4000))


def test_the_first_page_says_what_each_run_is_pinned_to_and_how_it_pays(alice: Actor, run: TrainingRun):
    browser = factories.signed_in(alice)
    page = text(browser, place("overview", run))
    assert "letters@1" in page
    assert "1 alarm" in page
    assert "step&nbsp;39" in page
    before = factories.count_queries(browser, place("overview", run))
    for name in ("other", "third"):
        services.register_training_run(by=alice, body=bodies.TrainingRunBody(name=name, rubric="letters@1"))
    assert "none&nbsp;yet" in text(browser, place("overview", run))
    assert factories.count_queries(browser, place("overview", run)) == before


def test_a_step_tells_who_approved_what_it_was_paid_by(alice: Actor, run: TrainingRun):
    version = queries.current_pin(run).version
    assert version is not None
    Decision.objects.create(version=version, by=alice.user, verb=Decision.Verb.APPROVE)
    browser = factories.signed_in(alice)
    step = text(browser, place("step", run, run.pk, 20))
    assert f"approved by {alice.user.name}" in step
    ends = [place("step", run, run.pk, at) for at in (1, 38)]
    assert abs(factories.count_queries(browser, ends[0]) - factories.count_queries(browser, ends[1])) <= 1


def test_a_run_whose_latest_rollouts_have_no_reward_is_shown(alice: Actor, run: TrainingRun):
    other = services.register_training_run(by=alice, body=bodies.TrainingRunBody(name="failing", rubric="letters@1"))
    synthetic.play(other, 3, lambda at: {"failed": 5})
    services.watch_run(run=other)
    assert "Rollouts without a reward" in text(factories.signed_in(alice), place("run", other, other.pk))


def test_the_number_of_queries_does_not_grow_with_steps(alice: Actor, run: TrainingRun):
    browser = factories.signed_in(alice)
    before = factories.count_queries(browser, place("run", run, run.pk))
    other = services.register_training_run(by=alice, body=bodies.TrainingRunBody(name="short", rubric="letters@1"))
    synthetic.play(other, 3)
    services.watch_run(run=other)
    assert abs(factories.count_queries(browser, place("run", other, other.pk)) - before) <= 2


def test_an_alarm_is_read_muted_reviewed_and_closed(alice: Actor, run: TrainingRun):
    browser = factories.signed_in(alice)
    alarm = Alarm.objects.get()
    page = text(browser, place("alarm", run, alarm.pk))
    assert "RewardDance" in page
    assert browser.post(place("alarm-mute", run, alarm.pk), {"mute-span": "day", "mute-reason": ""}).status_code == 422
    browser.post(place("alarm-mute", run, alarm.pk), {"mute-span": "day", "mute-reason": "We look tomorrow."})
    assert queries.open_alarms(alice) == 0
    browser.post(place("alarm-unmute", run, alarm.pk))
    assert browser.post(place("alarm-queue", run, alarm.pk)).status_code == 302
    queue = Queue.objects.get()
    assert queue.items.count() > 0
    there = text(browser, reverse("review:queue", args=[run.workspace.slug, queue.pk]))
    assert place("alarm", run, alarm.pk) in there
    assert reverse("review:queue", args=[run.workspace.slug, queue.pk]) in text(browser, place("alarm", run, alarm.pk))
    assert browser.post(place("alarm-close", run, alarm.pk), {"close-reason": ""}).status_code == 422
    browser.post(place("alarm-close", run, alarm.pk), {"close-reason": "The rate was lowered."})
    assert "The rate was lowered." in text(browser, place("alarm", run, alarm.pk))


def test_limits_and_pins_are_set_on_their_pages(alice: Actor, run: TrainingRun):
    browser = factories.signed_in(alice)
    address = place("run-limits", run, run.pk)
    form = browser.get(address).context["form"]
    typed = {name: field.initial for name, field in form.fields.items() if field.initial not in (None, False)}
    del typed["variance_collapse-on"]
    assert browser.post(address, typed | {"name-0": "kl", "above-0": "0.5"}).status_code == 302
    run.refresh_from_db()
    assert run.watch == {"variance_collapse": {"on": False}, "limits": {"kl": {"above": 0.5}}}
    assert browser.post(address, typed | {"length-limit": "x"}).status_code == 422
    address = place("run-pin", run, run.pk)
    assert browser.post(address, {"pin": "letters@1", "reason": ""}).status_code == 422
    assert browser.post(address, {"pin": "letters@1", "reason": "To see."}).status_code == 302
    assert run.pins.count() == 2
    assert queries.current_pin(run).parts["axis"] == "criterion"
    browser.post(address, {"pin": "letters@1", "parts": "tier", "reason": "To see."})
    assert queries.current_pin(run).parts["axis"] == "tier"


def test_a_criterion_is_suspended_and_lifted(alice: Actor, run: TrainingRun):
    browser = factories.signed_in(alice)
    criterion = next(iter(queries.criteria_of(queries.current_pin(run)).values())).criterion.id
    address = place("suspension-create", run, "letters", 1, criterion)
    text(browser, address)
    alarm = Alarm.objects.get()
    assert browser.post(f"{address}?alarm={alarm.pk}", {"reason": "It is gamed."}).status_code == 302
    assert Suspension.objects.get().alarm == alarm
    assert browser.get(f"{address}?alarm={10**17}").status_code == 404
    assert "It is gamed." in text(browser, place("alarms", run))
    text(browser, place("suspension-create", run, "letters", 1, "c_none"), 404)
    browser.post(place("suspension-lift", run, Suspension.objects.get().pk), {"reason": "It is not."})
    assert Suspension.objects.get().lifted_at is not None


def test_annotators_read_and_strangers_do_not(bob: Actor, charlie: Actor, run: TrainingRun):
    alarm = Alarm.objects.get()
    browser = factories.signed_in(bob)
    text(browser, place("alarm", run, alarm.pk))
    for name in ("alarm-mute", "alarm-close", "alarm-queue", "alarm-unmute"):
        assert browser.post(place(name, run, alarm.pk)).status_code == 403
    text(factories.signed_in(charlie), place("alarm", run, alarm.pk), 404)
    text(factories.signed_in(charlie), place("run", run, run.pk), 404)

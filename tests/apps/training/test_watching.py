"""Training runs are watched: figures by step, alarms at their step, what people do about them, suspended criteria."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import Delivery, Workspace
from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.review.models import ReviewItem
from apps.rubrics.models import RubricVersion
from apps.training import bodies, queries, services
from apps.training.models import Alarm, AlarmEvent, RewardItem, TelemetryPoint, TrainingRun, WatchedStep
from apps.training.services import watching
from domain import errors, webhooks
from tests import factories, synthetic

pytestmark = pytest.mark.django_db
STEPS = 40


@pytest.fixture
def run(alice: Actor, workspace: Workspace) -> TrainingRun:
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"), status="approved")
    body = bodies.TrainingRunBody(name="run 7", rubric="letters@1", policy_model="acme/policy-1b")
    return services.register_training_run(by=alice, body=body)


def collapse(at: int) -> dict[str, float]:
    return {"spread": 0.01 if at >= 15 else 0.15}


def test_a_healthy_run_raises_nothing(run: TrainingRun):
    synthetic.play(run, STEPS)
    assert services.watch_run(run=run) == []
    assert WatchedStep.objects.filter(training_run=run).count() == STEPS


def test_a_criterion_that_does_not_apply_is_not_unscored(run: TrainingRun):
    """Nor is one that was not asked because a rule scored the answer; one that could not be judged is."""
    synthetic.play(run, 1, lambda _: {})
    first, second, third, *rest = RewardItem.objects.filter(request__training_run=run)
    changes: tuple[tuple[RewardItem, dict[str, Any], dict[str, Any]], ...] = (
        (first, {"status": "not_applicable", "value": None}, {}), (second, {"status": "pending", "value": None}, {}),
        (third, {"status": "pending", "value": None}, {"status": "judge_error", "reward": None, "display": None}),
    )  # fmt: skip
    for item, criterion, whole in changes:
        assert item.result is not None
        item.result |= whole | {"criteria": {**item.result["criteria"], "c_drug": criterion}}
        item.save(update_fields=["result"])
    sums = queries.figures_at(run, 0).criteria["letters:c_drug"]
    assert (sums.value.n, sums.missing) == (len(rest), 1)


def test_a_planted_collapse_is_raised_at_its_step_and_only_once(run: TrainingRun):
    synthetic.play(run, STEPS, collapse)
    # Windows of 10 with k collapsed steps: 0.15 − 0.014·k < 0.0375 from k = 9, step 23, and for the fifth time 27.
    (alarm,) = services.watch_run(run=run)
    assert (alarm.kind, alarm.step, alarm.since, alarm.last, alarm.ended) == ("variance_collapse", 27, 14, 39, None)
    assert queries.said_of(alarm).endswith("at first over 10 steps while the mean reward rose.")
    assert services.watch_run(run=run) == []
    assert watching.sweep() == 0
    assert [event.verb for event in AlarmEvent.objects.all()] == ["raised"]


def test_what_comes_later_renews_ends_and_raises_anew(run: TrainingRun):
    synthetic.play(run, 30, collapse)
    (alarm,) = services.watch_run(run=run)
    RewardItem.objects.all().delete()
    WatchedStep.objects.filter(training_run=run, step__gte=24).delete()
    services.watching.hold(run=run)
    alarm.refresh_from_db()
    assert alarm.ended is not None
    assert [event.verb for event in alarm.events.all()] == ["raised", "ended"]


def test_telemetry_alone_is_watched(alice: Actor, run: TrainingRun):
    services.set_watch(by=alice, run=run, changed={"limits": {"kl": {"above": 1.0}}})
    points = [bodies.TelemetryPointBody(step=at, values={"kl": 0.1 if at < 10 else 9.0}) for at in range(20)]
    services.add_telemetry(by=alice, run=run, points=points)
    assert watching.sweep() == 1
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.about, alarm.step) == ("limit", "kl", 11)
    services.add_telemetry(by=alice, run=run, points=points)
    assert TelemetryPoint.objects.count() == 20


def test_limits_of_a_run_are_checked_and_recorded(alice: Actor, bob: Actor, run: TrainingRun):
    synthetic.play(run, STEPS, collapse)
    services.watch_run(run=run)
    services.set_watch(by=alice, run=run, changed={"variance_collapse": {"on": False}})
    assert Alarm.objects.get().ended == 39
    assert Entry.objects.filter(action="training_run.watch_set").count() == 1
    with pytest.raises(errors.Invalid):
        services.set_watch(by=alice, run=run, changed={"variance_collapse": {"limit": "low"}})
    with pytest.raises(errors.NotAllowed):
        services.set_watch(by=bob, run=run, changed={})


def test_alarms_are_muted_with_reason_and_end_and_closed(alice: Actor, charlie: Actor, bob: Actor, run: TrainingRun):
    synthetic.play(run, STEPS, collapse)
    (alarm,) = services.watch_run(run=run)
    soon = timezone.now() + timedelta(hours=1)
    assert queries.open_alarms(alice) == 1
    for reason, until in ((" ", soon), ("why", timezone.now()), ("why", timezone.now() + timedelta(days=400))):
        with pytest.raises(errors.Invalid):
            services.mute_alarm(by=alice, alarm=alarm, until=until, reason=reason)
    with pytest.raises(errors.NotAllowed):
        services.mute_alarm(by=bob, alarm=alarm, until=soon, reason="why")
    with pytest.raises(errors.NotFound):
        services.mute_alarm(by=charlie, alarm=alarm, until=soon, reason="why")
    with pytest.raises(errors.Conflict):
        services.unmute_alarm(by=alice, alarm=alarm)
    muted = services.mute_alarm(by=alice, alarm=alarm, until=soon, reason="We look tomorrow.")
    assert (queries.open_alarms(alice), queries.alarm_state(muted)) == (0, "muted")
    services.unmute_alarm(by=alice, alarm=alarm)
    assert queries.open_alarms(alice) == 1
    closed = services.close_alarm(by=alice, alarm=alarm, reason="The rate was lowered.")
    assert (queries.open_alarms(alice), queries.alarm_state(closed)) == (0, "closed")
    with pytest.raises(errors.Conflict):
        services.close_alarm(by=alice, alarm=alarm, reason="again")
    assert services.watch_run(run=run) == []
    verbs = [(event.verb, event.by) for event in alarm.events.all()]
    assert verbs == [("raised", None), ("muted", alice.user), ("unmuted", alice.user), ("closed", alice.user)]


def test_one_click_makes_a_queue_of_the_rollouts_behind(alice: Actor, run: TrainingRun):
    synthetic.play(run, STEPS, collapse)
    (alarm,) = services.watch_run(run=run)
    found = queries.behind(alarm, 50)
    assert len(found) == 50
    assert all((one.item.request.step or 0) >= 15 for one in found)
    queue = services.queue_alarm(by=alice, alarm=alarm, size=50)
    assert (queue.task, queue.items.count(), queue.rule["kind"]) == ("response", 50, "alarm")
    assert alarm.events.latest("pk").queue_id == queue.pk
    with pytest.raises(errors.Invalid):
        services.queue_alarm(by=alice, alarm=alarm, size=201)


@pytest.mark.parametrize(
    ("kind", "change", "task"),
    [
        ("unscored", lambda at: {"failed": 6 if at >= 15 else 0}, "response"),
        ("length", lambda at: {"words": 24 if at < 15 else 90}, "response"),
        ("dead_criterion", lambda at: {"met": at >= 10}, "verdict"),
    ],
)
def test_other_alarms_lead_to_their_rollouts(alice: Actor, run: TrainingRun, kind: str, change, task: str):
    synthetic.play(run, STEPS, change)
    alarm = next(one for one in services.watch_run(run=run) if one.kind == kind)
    found = queries.behind(alarm)
    assert found
    if kind == "unscored":
        assert all(one.reward is None for one in found)
    if kind == "length":
        assert found[0].number == 90
    queue = services.queue_alarm(by=alice, alarm=alarm)
    assert queue.task == task
    criteria = set(ReviewItem.objects.filter(queue=queue).values_list("criterion", flat=True))
    assert criteria == ({alarm.about.partition(":")[2]} if kind == "dead_criterion" else {""})


def test_a_judge_of_the_policys_family_is_told_of_once(alice: Actor, workspace: Workspace, run: TrainingRun):
    run.policy_model = f"other/{queries.current_pin(run).judge_version.model}"
    run.save()
    (alarm,) = services.watch_run(run=run)
    assert (alarm.kind, alarm.step) == ("lineage", None)
    assert queries.behind(alarm) == []
    assert services.watch_run(run=run) == []
    with pytest.raises(errors.Conflict):
        services.queue_alarm(by=alice, alarm=alarm)


def test_a_suspended_criterion_is_refused_to_new_releases_and_runs_only(
    alice: Actor, bob: Actor, workspace: Workspace, run: TrainingRun
):
    version = queries.current_pin(run).version
    assert version is not None
    criterion = queries.criteria_of(queries.current_pin(run)).popitem()[1].criterion.id
    author = factories.make_actor(Role.AUTHOR, workspace=workspace, username="ann")
    with pytest.raises(errors.NotAllowed):
        services.suspend_criterion(by=author, version=version, criterion=criterion, reason="gamed")
    with pytest.raises(errors.Invalid):
        services.suspend_criterion(by=alice, version=version, criterion="c_none", reason="gamed")
    with pytest.raises(errors.Invalid):
        services.suspend_criterion(by=alice, version=version, criterion=criterion, reason=" ")
    held = services.suspend_criterion(by=alice, version=version, criterion=criterion, reason="It is gamed.")
    with pytest.raises(errors.Conflict):
        services.suspend_criterion(by=alice, version=version, criterion=criterion, reason="It is gamed.")
    with pytest.raises(errors.Conflict) as refused:
        services.create_release(by=alice, name="spring", versions=[version])
    assert refused.value.code == "criterion_suspended"
    with pytest.raises(errors.Conflict):
        services.register_training_run(by=alice, body=bodies.TrainingRunBody(name="new", rubric="letters@1"))
    with pytest.raises(errors.Conflict):
        services.repin(by=alice, run=run, release=None, rubric="letters@1", judge=None, reason="again")
    assert TrainingRun.objects.get().state == "open"
    services.lift_suspension(by=alice, suspension=held, reason="It was worded well after all.")
    with pytest.raises(errors.Conflict):
        services.lift_suspension(by=alice, suspension=held, reason="again")
    services.create_release(by=alice, name="spring", versions=[version])
    assert Entry.objects.filter(action__startswith="criterion.").count() == 2


def test_telemetry_is_bounded(alice: Actor, run: TrainingRun):
    many = {f"n{number}": 1.0 for number in range(400)}
    for start in range(2):
        given = {f"{name}-{start}": value for name, value in many.items()}
        services.add_telemetry(by=alice, run=run, points=[bodies.TelemetryPointBody(step=0, values=given)])
    with pytest.raises(errors.Invalid):
        services.add_telemetry(by=alice, run=run, points=[bodies.TelemetryPointBody(step=1, values=many)])


def test_webhooks_hear_of_alarms_and_releases(alice: Actor, workspace: Workspace, run: TrainingRun):
    accounts.create_webhook(by=alice, name="x", url="https://hooks.invalid/", events=list(webhooks.EVENTS))
    synthetic.play(run, STEPS, collapse)
    (alarm,) = services.watch_run(run=run)
    services.mute_alarm(by=alice, alarm=alarm, until=timezone.now() + timedelta(hours=1), reason="known")
    services.close_alarm(by=alice, alarm=alarm, reason="the temperature was 0")
    version = RubricVersion.objects.get()
    release = services.create_release(by=alice, name="autumn", versions=[version])
    services.deprecate(by=alice, release=release, reason="superseded")
    told = [json.loads(one.body) for one in Delivery.objects.order_by("created_at")]
    assert [one["type"] for one in told] == ["alarm.raised", "alarm.cleared", "release.published", "release.deprecated"]
    first, second, third, last = (one["data"] for one in told)
    assert (first["kind"], first["step"], first["what"], first["alarm"]) == (
        "variance_collapse",
        27,
        "raised",
        alarm.pk,
    )
    assert (second["what"], second["reason"]) == ("closed", "the temperature was 0")
    assert (third["release"], third["digest"], third["rubrics"]) == ("autumn", release.digest, 1)
    assert last["reason"] == "superseded"


def test_an_alarm_that_ended_and_came_back_is_told_so(alice: Actor, run: TrainingRun):
    accounts.create_webhook(by=alice, name="x", url="https://hooks.invalid/", events=["alarm.raised", "alarm.cleared"])
    synthetic.play(run, 30, collapse)
    services.watch_run(run=run)
    services.set_watch(by=alice, run=run, changed={"variance_collapse": {"on": False}})
    told = [json.loads(one.body)["data"]["what"] for one in Delivery.objects.order_by("created_at")]
    assert told == ["raised", "ended"]

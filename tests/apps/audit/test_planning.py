import pytest

from apps.accounts.permissions import Role
from apps.audit import services
from apps.audit.models import Audit, Plan
from apps.judging.models import Run, Score
from apps.judging.runners import finish_run
from apps.rubrics import gates
from apps.rubrics import services as rubrics
from domain import errors
from tests import factories
from tests.apps.audit.conftest import inputs_of, work


def ended(run):
    """The run as a worker ends it."""
    job = factories.make_job(workspace=run.workspace, kind="judge", state="done")
    Run.objects.filter(pk=run.pk).update(job=job)
    finish_run(job)


def test_a_planned_audit_runs_after_each_run(dana, alice, setting):
    rubric = setting.version.rubric
    plan = services.plan_audit(by=dana, rubric=rubric, kind="length_bias")
    with pytest.raises(errors.Conflict):
        services.plan_audit(by=dana, rubric=rubric, kind="length_bias")
    with pytest.raises(errors.NotAllowed):
        services.plan_audit(by=alice, rubric=rubric, kind="length_bias")
    services.plan_audit(by=dana, rubric=rubric, kind="distance")
    ended(setting.run)
    work()
    [audit] = Audit.objects.all()
    assert (audit.plan, audit.band, audit.created_by) == (plan, "poor", dana.user)
    services.end_plan(by=dana, plan=plan)
    ended(setting.second)
    assert Audit.objects.count() == 1


def test_approval_may_ask_that_nothing_is_poor(alice, setting):
    admin = factories.make_actor(Role.ADMIN)

    def state():
        return next((one for one in gates.states(setting.version) if one.name == "audits"), None)

    assert state() is None
    with pytest.raises(errors.Invalid):
        rubrics.change_approval_policy(by=admin, audits=["nothing"])
    rubrics.change_approval_policy(by=admin, audits=["length_bias"])
    setting.version.rubric.workspace.refresh_from_db()
    assert not state().met and "Never audited" in state().sentence
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run))
    assert not state().met and "Poor" in state().sentence
    loose = {"good": 1.0, "poor": 1.0}
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run), params=loose)
    assert not state().met
    Score.objects.update(raw=0.5)
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run))
    assert state().met


def test_approvers_plan_on_the_card(dana, setting):
    browser = factories.signed_in(dana)
    card = f"/w/clinic/audit/rubrics/{setting.version.rubric.slug}/{setting.version.number}"
    assert browser.post(f"{card}/plans", {"kind": "length_bias"})["Location"] == card
    plan = Plan.objects.get()
    assert f"/plans/{plan.pk}/end" in browser.get(card).content.decode()
    browser.post(f"{card}/plans/{plan.pk}/end")
    assert f"/plans/{plan.pk}/end" not in browser.get(card).content.decode()

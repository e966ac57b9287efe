"""What stands beside rewards reaches the figures: the shadow judge's scores, canaries, forgotten texts."""

import pytest

from apps.jobs import services as jobs
from apps.rubrics.models import RubricVersion
from apps.training import queries, services
from apps.training.models import RewardItem, TrainingRun
from apps.training.services import watching
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller
from tests.api.test_reward_options import registered
from tests.api.test_rewards import item, ready, rewarded, version

__all__ = ["ready", "version"]
pytestmark = pytest.mark.django_db


def test_shadow_and_canaries_are_summed_up_by_step(bob: Caller, version: RubricVersion, workspace):
    factories.make_judge(workspace=workspace, name="shade")
    data = factories.make_dataset(workspace=workspace, slug="known")
    factories.make_response(prompt=factories.make_prompt(dataset=data))
    key = registered(
        bob, shadow={"judge": "shade", "share": 1.0}, canaries={"dataset": "known", "every": 1}, policy_model="acme/p"
    )
    for step in range(2):
        rewarded(bob, item("a", f"{GOOD} {step}"), item("b", f"{BAD} {step}"), rubric=None, training_run=key, step=step)
    run = TrainingRun.objects.get(pk=key)
    services.watch_run(run=run)
    first, second = queries.watched_steps(run)
    assert first.sums["gap"].n == second.sums["gap"].n == 2
    assert first.sums["gap"].total == pytest.approx(0.0)
    assert "canary" not in first.sums
    assert second.sums["canary"].total == 0.0
    assert second.sums["canary"].n > 0
    assert set(first.criteria) == {"letters:c_drug", "letters:c_blame"}
    assert all(one.run_item is not None for one in RewardItem.objects.filter(request__training_run=run))


def test_a_round_of_the_sweeper_watches_and_keeps_what_nobody_fetched(bob: Caller, version: RubricVersion):
    key = registered(bob)
    rewarded(bob, item("a"), rubric=None, training_run=key, step=3)
    assert jobs.sweep()[f"{watching.__name__}.sweep"] == 0
    run = TrainingRun.objects.get(pk=key)
    assert [one.at for one in queries.watched_steps(run)] == [3]
    assert run.watched_at is not None

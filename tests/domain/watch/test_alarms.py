"""Synthetic runs: each planted fault raises its alarm at the computed step, a healthy run raises none."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from domain import errors, watch
from domain.watch import Rollout, Step, alarms, settings, summarise

STEPS = 200
GROUPS, EACH = 8, 4
Change = Callable[[int], dict[str, Any]]


def run(change: Change = lambda at: {}) -> list[Step]:
    """200 steps of 8 groups of 4 rollouts; healthy but for what `change` says of a step."""
    return [summarise(at, rollouts(at, **change(at)), waits=[change(at).get("wait", 4.0)]) for at in range(STEPS)]


def rollouts(at: int, **told: Any) -> list[Rollout]:
    spread, length = told.get("spread", 0.2), told.get("length", 120.0)
    mean = told.get("mean", 0.4 + 0.2 * at / STEPS)
    found = []
    for place in range(GROUPS * EACH):
        group, own = divmod(place, EACH)
        reward = mean + spread * (-1, 1, -1, 1)[own]
        met = float(own % 2 == (group + at) % 2)
        found.append(
            Rollout(
                group=f"g{group}",
                reward=None if place < told.get("failed", 0) else reward,
                display=min(1.0, max(0.0, told.get("display", reward))),
                length=length + 10 * math.sin(at + place),
                repetition=told.get("repetition", 0.03),
                criteria={"safe": met, "clear": told.get("clear", 1.0 - met)},
                shadow=min(1.0, max(0.0, reward)) - told.get("gap", 0.02),
            )
        )
    canaries = [Rollout(group="", reward=None, canary=place >= told.get("misjudged", 0)) for place in range(4)]
    return found + canaries


def raised(steps: list[Step], **changed: Any) -> list[tuple[str, str, int]]:
    return [(one.kind, one.about, one.episode.step) for one in alarms(steps, settings(changed))]


def test_a_healthy_run_raises_none():
    assert raised(run()) == []


@pytest.mark.parametrize(
    ("kind", "about", "change", "step"),
    [
        # Windows of 10: 0.02·k + 0.2·(10 − k) < 0.25·2 from k = 9, so step 68; the fifth in a row is 72.
        ("variance_collapse", "", lambda at: {"spread": 0.02} if at >= 60 else {}, 72),
        # 120 → 241 from step 100: above 1.5·120 with 5 of 10 (180.5), step 104; fifth 108.
        ("length", "", lambda at: {"length": 241.0 if at >= 100 else 120.0}, 108),
        # The gap grows by 0.19: above 0.02 + 0.1 with 6 of 10, step 85; third 87.
        ("divergence", "", lambda at: {"gap": 0.21} if at >= 80 else {}, 87),
        # 0.03 → 0.32: above 0.18 with 6 of 10, step 45; fifth 49.
        ("repetition", "", lambda at: {"repetition": 0.32} if at >= 40 else {}, 49),
        # 8 of 32 have no reward: above 10 % with 3 of 5 (15 %), step 52; second 53. A third 54 is the same episode.
        ("unscored", "", lambda at: {"failed": 8} if at >= 50 else {}, 53),
        # 2 of 4 canaries: above 20 % with 5 of 10 (25 %), step 34; second 35.
        ("canary", "", lambda at: {"misjudged": 2} if at >= 30 else {}, 35),
        # 4 s → 200 s: the mean of 5 is above 60 with 2 (82.4), step 151; second 152.
        ("queue_lag", "", lambda at: {"wait": 200.0} if at >= 150 else {}, 152),
        # All at the top: above 90 % only with all 10, step 129; third 131.
        ("saturation", "", lambda at: {"display": 1.0} if at >= 120 else {}, 131),
        # From 90 on "clear" is always met: below 2 % apart only with 10 of 10, step 99; third 101.
        ("dead_criterion", "clear", lambda at: {"clear": 1.0} if at >= 90 else {}, 101),
    ],
)
def test_each_planted_fault_is_raised_at_the_computed_step(kind: str, about: str, change: Change, step: int):
    found = raised(run(change))
    assert (kind, about, step) in found
    assert {one[0] for one in found} == {kind} | ({"divergence"} if kind == "saturation" else set())


def test_groups_without_variance_are_raised_beside_the_collapse_that_makes_them():
    found = raised(run(lambda at: {"spread": 0.0} if at >= 60 else {}))
    # Above half with 6 of 10, step 65, third 67; std below a quarter with 8 of 10 (0.04 < 0.05), step 67, fifth 71.
    assert found == [("zero_variance", "", 67), ("variance_collapse", "", 71)]


def test_collapse_drift_and_creep_together_each_at_their_step():
    def change(at: int) -> dict[str, Any]:
        return {
            "spread": 0.02 if at >= 60 else 0.2,
            "gap": 0.21 if at >= 80 else 0.02,
            "length": 120 + max(0, at - 100),
        }

    steps = run(change)
    found = raised(steps)
    assert [one for one in found if one[0] == "variance_collapse"] == [("variance_collapse", "", 72)]
    assert [one for one in found if one[0] == "divergence"] == [("divergence", "", 87)]
    creep = next(one for one in found if one[0] == "length")[2]
    means = {one.step: one.value for one in watch.smoothed(watch.series_of("length", steps, {}), 10)}
    limit = 1.5 * means[9]
    assert all(means[at] > limit for at in range(creep - 4, creep + 1))
    assert means[creep - 5] <= limit


def test_an_alarm_says_what_was_seen_and_whether_the_mean_rose():
    (one,) = alarms(run(lambda at: {"spread": 0.02} if at >= 60 else {}), settings({}))
    assert one.mean_rose
    assert one.episode.since == 59
    assert one.episode.ended is None
    assert watch.told(one) == "0.02, less than 25% of the 0.2 at first over 10 steps while the mean reward rose."
    assert not watch.Raised("x", "", one.episode, 1.0, one.form, 10).mean_rose


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("zero_variance", {"spread": 0.0}, "60%, more than 50% over 10 steps."),
        ("length", {"length": 400.0}, "times the"),
        ("divergence", {"gap": 0.42}, "which is more than 0.1 above the 0.02 at first"),
        ("dead_criterion", {"clear": 1.0}, "clear: 0%, less than 2.0% over 10 steps."),
        ("queue_lag", {"wait": 500.0}, "more than 60 s over 5 steps."),
    ],
)
def test_every_form_has_its_sentence(kind: str, change: dict[str, Any], said: str):
    found = alarms(run(lambda at: change if at >= 60 else {}), settings({kind: {"patience": 1}}))
    assert any(said in watch.told(one) for one in found if one.kind == kind)


def test_an_alarm_ends_when_the_curve_comes_back_and_one_that_returns_soon_is_the_same():
    def change(at: int) -> dict[str, Any]:
        return {"wait": 500.0} if 50 <= at < 70 or 75 <= at < 90 or at >= 150 else {}

    found = alarms(run(change), settings({}))
    assert [(one.episode.step, one.episode.last, one.episode.ended) for one in found] == [
        (51, 93, 94),
        (151, 199, None),
    ]


def test_windows_without_enough_are_passed_over():
    steps = [
        summarise(at, [Rollout(group=str(at), reward=0.5), Rollout(group=str(at), reward=0.5)]) for at in range(15)
    ]
    assert raised(steps) == []
    assert ("zero_variance", "", 11) in raised(steps, zero_variance={"least": 10})


def test_without_groups_the_spread_is_that_of_batches():
    def batch(at: int) -> list[Rollout]:
        half = 0.2 if at < 60 else 0.02
        return [Rollout(group=str(place), reward=0.5 + half * (-1) ** place) for place in range(8)]

    assert ("variance_collapse", "", 72) in raised([summarise(at, batch(at)) for at in range(STEPS)])


def test_what_only_the_trainer_reports_is_watched_too():
    reported = {
        "frac_reward_zero_std": [(at, 0.0 if at < 60 else 1.0) for at in range(STEPS)],
        "reward_std": [(at, 0.2 if at < 60 else 0.02) for at in range(STEPS)],
        "kl": [(at, 0.1 if at < 150 else 9.0) for at in range(STEPS)],
        "entropy": [(at, 2.0 if at < 170 else 0.1) for at in range(STEPS)],
    }
    limits = {"limits": {"kl": {"above": 5}, "entropy": {"below": 0.5, "above": None}}}
    found = [(one.kind, one.about, one.episode.step) for one in alarms([], settings(limits), reported)]
    assert found == [
        ("zero_variance", "", 67),
        ("variance_collapse", "", 72),
        # The mean of 5 is above 5 with 3 (5.44), step 152; below 0.5 with 4 (0.48), step 173; each the second time.
        ("limit", "kl", 153),
        ("limit", "entropy", 174),
    ]
    one = alarms([], settings(limits), reported)[2]
    assert watch.told(one) == "kl: 7.22, more than 5 over 5 steps."


def test_a_run_over_thousands_of_criteria_is_watched_as_a_whole():
    many = {f"c{number}": 1.0 for number in range(watch.MOST_CRITERIA + 1)}
    steps = [
        summarise(at, [Rollout(group=str(place // 2), reward=place / 64, criteria=many) for place in range(64)])
        for at in range(20)
    ]
    assert raised(steps) == []


def test_a_pitfall_that_nobody_falls_into_is_no_dead_criterion():
    steps = run(lambda at: {"clear": 0.0} if at >= 90 else {})
    assert alarms(steps, settings({}), guards={"clear"}) == []


def test_rules_are_switched_off_and_changed():
    steps = run(lambda at: {"wait": 200.0} if at >= 150 else {})
    assert raised(steps, queue_lag={"on": False}) == []
    assert raised(steps, queue_lag={"limit": 1000}) == []
    assert raised(steps, queue_lag={"window": 1, "patience": 1}) == [("queue_lag", "", 150)]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"nothing": {}}, "/watch/nothing"),
        ({"length": 3}, "/watch/length"),
        ({"length": {"most": 3}}, "/watch/length/most"),
        ({"length": {"on": 1}}, "/watch/length/on"),
        ({"length": {"window": 0}}, "/watch/length/window"),
        ({"length": {"window": True}}, "/watch/length/window"),
        ({"length": {"patience": 2.5}}, "/watch/length/patience"),
        ({"length": {"limit": math.nan}}, "/watch/length/limit"),
        ({"length": {"limit": -1}}, "/watch/length/limit"),
        ({"unscored": {"limit": 2}}, "/watch/unscored/limit"),
        ({"unscored": {"least": "many"}}, "/watch/unscored/least"),
        ({"limits": []}, "/watch/limits"),
        ({"limits": {"kl": {}}}, "/watch/limits/kl"),
        ({"limits": {"kl": {"over": 1}}}, "/watch/limits/kl"),
        ({"limits": {"kl": {"above": True}}}, "/watch/limits/kl/above"),
    ],
)
def test_settings_out_of_range_are_refused_where_they_are(changed: dict[str, Any], pointer: str):
    with pytest.raises(errors.Invalid) as refused:
        settings(changed, at="/watch")
    assert refused.value.problems[0].pointer == pointer


def test_a_limit_without_sides_is_none():
    assert settings({"limits": {"kl": {"above": None}}}).limits == ()


def test_every_rule_declares_what_it_does():
    for rule in watch.RULES.values():
        assert rule.formula
        assert rule.source
        assert rule.meaning

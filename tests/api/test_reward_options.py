"""What a request for rewards may ask beside rewards, and what a training run adds to them."""

from typing import Any

import pytest

from apps.judging.models import JudgeVersion, Run, RunItem, Verdict
from apps.rubrics.models import RubricVersion
from apps.training import services as training
from apps.training.models import CanaryRound, RewardItem, RewardRequest, Seen
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, problem, work
from tests.api.test_rewards import asked, item, ready, rewarded, version

__all__ = ["ready", "version"]
pytestmark = pytest.mark.django_db


def registered(caller: Caller, **more: Any) -> str:
    made = caller.post("/training-runs", {"name": "run 7", "rubric": "letters@1", **more})
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def test_what_was_served_is_served_again_at_once(bob: Caller, version: RubricVersion):
    first = rewarded(bob, item("a"), item("b", BAD))
    runs = Run.objects.count()
    again = asked(bob, item("x", BAD), item("y"))
    assert again.status_code == 200
    results = {one["id"]: one for one in again.json()["results"]}
    for old, new in (("a", "y"), ("b", "x")):
        before = next(one for one in first["results"] if one["id"] == old)
        assert {**results[new], "id": old, "cached": False} == before
    assert all(one["cached"] for one in results.values())
    assert Run.objects.count() == runs


def test_the_same_content_under_way_is_one_request(bob: Caller, version: RubricVersion):
    ids = {asked(bob, item("a"), wait=wait).json()["id"] for wait in (0, 0, 1)}
    assert len(ids) == 1
    work()
    assert bob.get(f"/rewards/{ids.pop()}").status_code == 200


def test_answers_under_way_for_another_request_are_not_judged_again(bob: Caller, version: RubricVersion):
    one, two = asked(bob, item("a"), item("b", BAD)).json(), asked(bob, item("c"), item("d", "Other.")).json()
    assert RunItem.objects.count() == 3
    assert bob.get(f"/rewards/{two['id']}").status_code == 202
    work()
    body = bob.get(f"/rewards/{two['id']}").json()
    assert body["status"] == "done"
    assert body["results"][0]["reward"] == bob.get(f"/rewards/{one['id']}").json()["results"][0]["reward"]
    assert Verdict.objects.count() == 6


def test_a_deadline_of_another_does_not_bind(bob: Caller, version: RubricVersion):
    asked(bob, item("a"), deadline_in=60)
    asked(bob, item("b"))
    assert RunItem.objects.count() == 2
    problem(asked(bob, item(), deadline_in=5, deadline="2027-01-01T00:00:00Z"), 422)


def test_what_is_stored_comes_at_once_and_the_rest_is_judged_for_later(bob: Caller, version: RubricVersion):
    rewarded(bob, item("a"))
    first = asked(bob, item("b"), item("c", BAD), mode="cached", wait=20)
    assert first.status_code == 200
    body = first.json()
    assert [one["status"] for one in body["results"]] == ["ok", "pending"]
    assert body["results"][1]["reward"] is None
    work()
    assert asked(bob, item("d", BAD), mode="cached").json()["results"][0]["cached"]


def test_what_is_asked_last_for_later_is_judged_first(bob: Caller, version: RubricVersion):
    asked(bob, item("old"), mode="cached")
    new = asked(bob, item("new", BAD), mode="cached").json()["id"]
    from apps.jobs import leases

    lease = leases.claim()
    assert lease is not None
    assert lease.job_id == RewardRequest.objects.get(pk=new).run.job_id  # type: ignore[union-attr]


def test_a_dry_run_stores_nothing(bob: Caller, version: RubricVersion):
    rewarded(bob, item("a"))
    before = RewardRequest.objects.count(), RewardItem.objects.count(), Run.objects.count()
    body = bob.post("/rewards/dry-run", {"rubric": "letters@1", "items": [item("a"), item("new", BAD)]}).json()
    assert [(one["criteria"], one["stored"], one["served_before"]) for one in body["items"]] == [
        (2, 2, True), (2, 0, False),
    ]  # fmt: skip
    assert body["estimate"]["to_ask"] == 2
    assert (RewardRequest.objects.count(), RewardItem.objects.count(), Run.objects.count()) == before
    problem(bob.post("/rewards/dry-run", {"rubric": "nothing@1", "items": [item()]}), 404)


def test_parts_have_the_same_names_and_add_up(bob: Caller, version: RubricVersion):
    run = registered(bob)
    body = rewarded(bob, item("a"), item("b", BAD), item("c", " "), rubric=None, training_run=run)
    for result in body["results"]:
        assert set(result["components"]) == {"c_drug", "c_blame", "baseline"}
        assert sum(result["components"].values()) == pytest.approx(result["reward"])
    by_tier = rewarded(bob, item("a"), rubric=None, training_run=registered(bob, parts="tier"))
    assert set(by_tier["results"][0]["components"]) == {"essential", "none", "baseline"}


def test_provenance_leads_to_pin_version_and_verdicts(bob: Caller, alice: Caller, version: RubricVersion):
    training.create_release(by=alice.actor, name="spring", versions=[version])
    run = registered(bob, rubric=None, release="spring")
    body = rewarded(bob, item("a"), rubric=None, training_run=run)
    told = body["provenance"]
    assert (told["training_run"]["id"], told["pin"]["number"], told["release"]["name"]) == (run, 1, "spring")
    assert told["versions"][0]["digest"] == body["results"][0]["digest"] == version.digest
    where = body["results"][0]["judged_in"]
    assert RunItem.objects.get(run=where["run"], index=where["index"]).version_id == version.pk


def test_what_a_run_has_seen_before_pays_less(bob: Caller, version: RubricVersion):
    run = registered(bob, novelty_beta=1)
    paid = [rewarded(bob, item(name), rubric=None, training_run=run)["results"][0] for name in "abc"]
    assert [one["reward"] for one in paid] == pytest.approx([1.0, 0.5, 1 / 3])
    assert paid[2]["novelty"] == {"seen": 3, "beta": 1.0, "reward": 1.0, "display": 1.0}
    assert paid[2]["trace"][-1]["step"] == "novelty"
    assert sum(paid[1]["components"].values()) == pytest.approx(0.5)
    assert rewarded(bob, item("z"))["results"][0]["reward"] == 1.0
    assert Seen.objects.get().count == 3


def test_the_shadow_judge_sees_its_share_and_decides_nothing(bob: Caller, version: RubricVersion, workspace):
    other = factories.make_judge(workspace=workspace, name="shade")
    run = registered(bob, shadow={"judge": "shade", "share": 1.0})
    body = rewarded(bob, item("a"), rubric=None, training_run=run)
    assert body["judge"]["name"] == "reader"
    request = RewardRequest.objects.get(pk=body["id"])
    assert request.shadow is not None
    assert request.shadow.purpose == "shadow"
    assert RunItem.objects.filter(run=request.shadow, judge_version=other, state="done").count() == 1
    problem(bob.post("/training-runs", {"name": "x", "rubric": "letters@1", "shadow": {"judge": "none"}}), 404)


def test_canaries_are_asked_afresh_every_so_many_requests(
    bob: Caller, version: RubricVersion, workspace, judge: JudgeVersion
):
    dataset = factories.make_dataset(workspace=workspace, slug="canaries")
    factories.make_response(prompt=factories.make_prompt(dataset=dataset), text=GOOD)
    run = registered(bob, canaries={"dataset": "canaries", "every": 2})
    for number in range(5):
        rewarded(bob, item("a", f"Answer {number}."), rubric=None, training_run=run, step=number)
    rounds = list(CanaryRound.objects.order_by("number"))
    assert [(one.number, one.step) for one in rounds] == [(0, 0), (1, 2), (2, 4)]
    assert [one.run.items.get().sample for one in rounds] == [0, 1, 2]


def test_too_much_that_waits_is_turned_away_with_the_time(bob: Caller, version: RubricVersion, settings):
    settings.STUDIO_REWARD_BACKLOG = 2
    assert asked(bob, item("a"), item("b", BAD)).status_code == 202
    refused = asked(bob, item("c", "More."))
    problem(refused, 429, "backlog")
    assert int(refused["Retry-After"]) >= 1
    assert RewardRequest.objects.count() == 1
    work()
    assert asked(bob, item("c", "More.")).status_code == 202


def test_a_deprecated_release_serves_only_those_who_pinned_it(bob: Caller, alice: Caller, version: RubricVersion):
    release = training.create_release(by=alice.actor, name="spring", versions=[version])
    run = registered(bob, rubric=None, release="spring")
    training.deprecate(by=alice.actor, release=release, reason="Rewards length.")
    assert rewarded(bob, item("a"), rubric=None, training_run=run)["results"][0]["reward"] == 1.0
    problem(asked(bob, item("b"), rubric="release:spring"), 409, "deprecated", "/rubric")
    problem(bob.post("/training-runs", {"name": "late", "release": "spring"}), 409, "deprecated")

"""Rewards of groups: figures, guidance for the best, comparisons in pairs."""

from typing import Any

import pytest

from apps.judging.models import JudgeVersion
from apps.rubrics.models import RubricVersion
from engines.protocol import Failure, FailureKind
from engines.scripted import by_text
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, problem, work
from tests.api.test_rewards import item, ready, version

__all__ = ["ready", "version"]
pytestmark = pytest.mark.django_db


def grouped(caller: Caller, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    first = caller.post("/rewards/groups", {"rubric": "letters@1", "items": list(items), **more})
    if first.status_code == 202:
        work()
        first = caller.get(first["Location"].removeprefix("/api/v1"))
    assert first.status_code == 200, first.content
    body: dict[str, Any] = first.json()
    assert body["status"] == "done"
    return body


def test_a_group_says_what_its_best_still_fails(bob: Caller, version: RubricVersion, play):
    play(by_text({"Take 5 mg": " No", "known better": " Yes"}))
    body = grouped(bob, item("a", BAD, group="g"), item("b", "Nothing.", group="g"), item("c", GOOD, group="h"))
    first, second = body["groups"]
    assert (first["group"], first["ids"], first["scored"], first["unscored"]) == ("g", ["a", "b"], 2, 0)
    assert first["matrix"] == [[one["criteria"][name]["value"] for name in first["criteria"]]
                               for one in body["results"][:2]]  # fmt: skip
    best = max(body["results"][:2], key=lambda one: one["reward"])
    assert first["best"] == best["id"]
    failed = {
        name for name, one in best["criteria"].items()
        if (one["value"] < 0.5) == (name == "c_drug")
    }  # fmt: skip
    assert {one["criterion"] for one in first["guidance"]} == failed
    assert first["needs_guidance"] == bool(failed)
    assert first["guidance"][0]["text"] in first["refine"]
    assert second["deviation"] == 0.0
    assert not second["flat"]


def test_a_perfect_best_needs_no_guidance_and_equal_rewards_are_flat(bob: Caller, version: RubricVersion):
    (group,) = grouped(bob, item("a", GOOD, group="g"), item("b", GOOD + " Ask us.", group="g"))["groups"]
    assert (group["best"], group["flat"], group["needs_guidance"], group["guidance"]) == ("a", True, False, [])
    assert group["refine"] is None


def test_a_rollout_off_policy_moves_no_figure(bob: Caller, version: RubricVersion, play):
    play(by_text({"each morning": " Yes"}))
    (group,) = grouped(bob, item("a", BAD, group="g"), item("b", GOOD, group="g", off_policy=True))["groups"]
    assert (group["best"], group["scored"], group["rewards"].__len__()) == ("a", 1, 2)


def test_a_failed_judgement_is_counted_and_is_no_zero(bob: Caller, version: RubricVersion, play):
    slow, fine = Failure(FailureKind.TIMEOUT, "slow"), by_text({"Names the drug": " Yes", "Blames": " No"})
    play(lambda ask: slow if "known better" in ask.shared else fine(ask))
    (group,) = grouped(bob, item("a", GOOD, group="g"), item("b", BAD, group="g"))["groups"]
    assert (group["rewards"], group["scored"], group["unscored"], group["mean"]) == ([1.0, None], 1, 1, 1.0)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([item("a"), item("b", group="g")], "names no group"),
        ([item("a", group="g"), item("b", group="g", prompt="Another.")], "not the same prompt"),
        ([item("a", group="g"), item("b", group="g", rubric="letters@1")], "not the same rubric"),
    ],
)
def test_what_is_no_group_is_refused(bob: Caller, version: RubricVersion, items, said):
    answer = bob.post("/rewards/groups", {"rubric": "letters@1", "items": items})
    assert said in problem(answer, 422)["detail"]


class TestCompared:
    """A judge that reads two answers."""

    @pytest.fixture(autouse=True)
    def pairwise(self, workspace: Any) -> JudgeVersion:
        return factories.make_judge(workspace=workspace, name="pairs", strategy="pairwise")

    def compared(self, caller: Caller, *texts: str, **more: Any) -> dict[str, Any]:
        compare = more.pop("compare", {"both_orders": True})
        items = [item(f"r{n}", text, group="g", **more) for n, text in enumerate(texts)]
        return grouped(caller, *items, judge="pairs", compare=compare)

    def test_all_are_compared_with_all_in_both_orders(self, bob: Caller, version, play):
        play(by_text({}, default=" R"))
        body = self.compared(bob, "One.", "Two.", "Three.")
        trace = body["results"][0]["trace"][0]
        assert (trace["step"], len(trace["in"]["pairs"])) == ("compared", 4)
        assert [one["reward"] for one in body["results"]] == pytest.approx([0.5, 0.5, 0.5])
        assert body["results"][0]["coverage"] == 1.0
        assert body["groups"][0]["flat"]

    def test_a_single_judge_cannot_compare_and_one_for_pairs_cannot_score_alone(self, bob: Caller, version):
        both = [item("a", GOOD, group="g"), item("b", BAD, group="g")]
        answer = bob.post("/rewards/groups", {"rubric": "letters@1", "items": both, "compare": {}})
        problem(answer, 422, "judge_reads_one", "/compare")
        answer = bob.post("/rewards", {"rubric": "letters@1", "judge": "pairs", "items": [item("a")]})
        problem(answer, 422, "judge_reads_two", "/judge")

    def test_nothing_to_compare_is_refused(self, bob: Caller, version):
        body = {"rubric": "letters@1", "judge": "pairs", "compare": {}, "items": [item("a", group="g")]}
        problem(bob.post("/rewards/groups", body), 422, "nothing_to_compare", "/items")

    def test_against_the_reference(self, bob: Caller, version, play):
        play(by_text({}, default=" R"))
        body = self.compared(
            bob,
            "One.",
            "The reference.",
            compare={"against": "reference", "both_orders": True},
            reference="The reference.",
        )
        assert [one["reward"] for one in body["results"]] == pytest.approx([0.5, 0.5])
        assert len(body["results"][0]["trace"][0]["in"]["pairs"]) == 2
        assert body["results"][1]["trace"] == []
        refused = {"rubric": "letters@1", "judge": "pairs", "compare": {"against": "reference"},
                   "items": [item("a", group="g")]}  # fmt: skip
        assert "no reference" in problem(bob.post("/rewards/groups", refused), 422)["detail"]

    def test_comparisons_that_fail_give_no_reward(self, bob: Caller, version, play):
        play(by_text({"Broken": Failure(FailureKind.TIMEOUT, "slow")}, default=" R"))
        body = self.compared(bob, "One.", "Two.", "Broken.")
        assert [one["status"] for one in body["results"]] == ["partial", "partial", "judge_error"]
        assert [one["reward"] is None for one in body["results"]] == [False, False, True]
        assert body["results"][0]["coverage"] == 0.5

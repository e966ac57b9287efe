"""Rewards of steps over REST: each step, what it is paid, and the trajectory as a whole."""

from typing import Any

import pytest
from django.urls import reverse

from apps.rubrics.models import RubricVersion
from domain.scoring import stepwise
from engines.protocol import Failure, FailureKind
from tests import factories
from tests.api.conftest import BAD, GOOD, Caller, problem, work
from tests.api.test_rewards import PROMPT, ready, version  # noqa: F401

pytestmark = pytest.mark.django_db


def step(place: int, response: str, group: str = "t1", **more: Any) -> dict[str, Any]:
    name = f"{group}-{place}"
    return {"id": name, "prompt": PROMPT, "response": response, "group": group, "step": place, **more}


def asked(caller: Caller, *items: dict[str, Any], **stepwise: Any) -> Any:
    return caller.post("/rewards/steps", {"rubric": "letters@1", "items": list(items), "stepwise": stepwise})


def rewarded(caller: Caller, *items: dict[str, Any], **stepwise: Any) -> dict[str, Any]:
    first = asked(caller, *items, **stepwise)
    assert first.status_code == 202, first.content
    work()
    body: dict[str, Any] = caller.get(first["Location"].removeprefix("/api/v1")).json()
    assert body["status"] == "done"
    return body


def test_steps_are_put_in_order_and_paid(bob: Caller, version: RubricVersion):  # noqa: F811
    steps = [step(2, f"{BAD} Two."), step(1, f"{GOOD} One."), step(1, GOOD, group="t2")]
    body = rewarded(bob, *steps, shaping="renorm", aggregate="mean", outcomes={"t1": 0.0, "t2": 1.0})
    first, second = body["trajectories"]
    assert [one["id"] for one in first["steps"]] == ["t1-1", "t1-2"]
    scores = {one["id"]: one["display"] for one in body["results"]}
    assert [one["score"] for one in first["steps"]] == [scores["t1-1"], scores["t1-2"]]
    assert [one["reward"] for one in first["steps"]] == [scores["t1-1"] - 1.0, scores["t1-2"] - 1.0]
    assert first["total"] == pytest.approx(sum(one["reward"] for one in first["steps"]))
    assert first["aggregate"] == pytest.approx((scores["t1-1"] + scores["t1-2"]) / 2)
    assert (second["outcome"], second["steps"][0]["reward"]) == (1.0, scores["t2-1"])
    page = factories.signed_in(bob.actor).get(reverse("training:request", args=[bob.actor.workspace.slug, body["id"]]))
    assert "ReNorm" in page.content.decode()


def test_a_step_without_a_score_is_not_paid(bob: Caller, version: RubricVersion, play):  # noqa: F811
    play(lambda ask: Failure(FailureKind.REFUSED, "no") if "broken" in ask.shared else " Yes")
    body = rewarded(bob, step(1, "All is well here."), step(2, "This one is broken."), shaping="none")
    (path,) = body["trajectories"]
    assert path["steps"][0]["reward"] is not None
    assert path["steps"][1]["reward"] is None
    assert path["total"] is path["aggregate"] is None


@pytest.mark.parametrize(("items", "stepwise", "said"), [
    ([{"id": "a", "prompt": PROMPT, "response": GOOD}], {}, "names its trajectory"),
    ([step(1, GOOD), {**step(1, BAD), "id": "b"}], {}, "same step"),
    ([step(1, GOOD)], {"shaping": "renorm"}, "needs the outcome of t1"),
    ([step(1, GOOD)], {"outcomes": {"t9": 1.0}}, "no step"),
    ([step(1, GOOD)], {"shaping": "magic"}, "shaping"),
])  # fmt: skip
def test_what_cannot_be_paid_is_refused(bob: Caller, version: RubricVersion, items, stepwise, said):  # noqa: F811
    assert said in problem(asked(bob, *items, **stepwise), 422)["detail"]


def test_what_padding_would_pay_and_all_aggregates_are_told(bob: Caller, version: RubricVersion):  # noqa: F811
    steps = [step(1, f"{GOOD} One."), step(2, f"{BAD} Two.")]
    body = rewarded(bob, *steps, shaping="none", aggregate="last")
    (path,) = body["trajectories"]
    scores = [one["score"] for one in path["steps"]]
    assert path["aggregates"]["min"] == min(scores)
    assert path["aggregates"]["max"] == max(scores)
    assert path["aggregate"] == path["aggregates"]["last"] == scores[-1]
    assert len(path["aggregates"]) == 8
    best = max(scores)
    assert path["padding"]["totals"] == pytest.approx([sum(scores) + (count - 1) * best for count in (1, 2, 4, 8)])
    assert path["padding"]["grows"] is True


def test_scores_read_as_hops_pay_progress(bob: Caller, version: RubricVersion):  # noqa: F811
    steps = [step(1, f"{GOOD} One."), step(2, f"{BAD} Two.")]
    body = rewarded(bob, *steps, shaping="potential", aggregate="last", reading="hop")
    (path,) = body["trajectories"]
    assert [one["level"] for one in path["steps"]] == pytest.approx(
        stepwise.read([one["score"] for one in path["steps"]], stepwise.Reading.HOP).tolist()
    )
    assert path["total"] == pytest.approx(path["steps"][-1]["level"]) == path["aggregate"]


def test_the_page_draws_each_trajectory_and_asks_what_if(bob: Caller, version: RubricVersion):  # noqa: F811
    steps = [step(1, f"{GOOD} One."), step(2, f"{BAD} Two."), step(1, GOOD, group="t2")]
    body = rewarded(bob, *steps, shaping="none")
    address = reverse("training:request", args=[bob.actor.workspace.slug, body["id"]])
    browser = factories.signed_in(bob.actor)
    page = browser.get(address).text
    assert page.count('data-plot="path-') == 2
    assert "Padding pays." in page
    assert "what if" not in page
    clipped = browser.get(f"{address}?shaping=clip&eta=0.7").text
    assert "REST served other rewards" in clipped
    assert "Padding pays." not in clipped
    assert bob.get(f"/rewards/{body['id']}").json()["trajectories"] == body["trajectories"]
    lacking = browser.get(f"{address}?shaping=renorm")
    assert (lacking.status_code, "needs the outcome" in lacking.text) == (422, True)
    wrong = browser.get(f"{address}?eta=2&alpha=x")
    assert (wrong.status_code, "less than or equal to 1" in wrong.text) == (422, True)


def scored(caller: Caller, *paths: dict[str, Any], **way: Any) -> Any:
    return caller.post("/score/steps", {"trajectories": list(paths), **way})


def test_steps_scored_elsewhere_are_paid_as_published(bob: Caller):
    steps = [0.9, 0.8, 0.85, 0.3]
    clipped = scored(bob, {"group": "t", "steps": steps}, shaping="clip", eta=0.7).json()["trajectories"][0]
    assert [one["reward"] for one in clipped["steps"]] == pytest.approx([0, 0, 0, -0.4])
    delta = scored(bob, {"group": "t", "steps": steps}, shaping="delta").json()["trajectories"][0]
    assert [one["reward"] for one in delta["steps"]] == pytest.approx([0.1, -0.05, 0.85, 0])
    assert (delta["total"], delta["padding"]["grows"]) == (pytest.approx(0.9), False)
    hops = [0.6, 0.75, 0.375, 0.75]
    moved = scored(bob, {"group": "t", "steps": hops}, shaping="potential", reading="hop").json()["trajectories"][0]
    assert [one["level"] for one in moved["steps"]] == pytest.approx([0.2, 0.6, 0.45, 0.725])
    gone = scored(bob, {"group": "t", "steps": [0.5, None]}).json()["trajectories"][0]
    assert (gone["total"], gone["aggregate"], gone["padding"], gone["steps"][0]["reward"]) == (None, None, None, 0.5)


@pytest.mark.parametrize(("paths", "way", "pointer"), [
    ([], {}, "/trajectories"),
    ([{"group": "t", "steps": []}], {}, "/trajectories/0/steps"),
    ([{"group": "t", "steps": [1.5]}], {}, "/trajectories/0/steps/0"),
    ([{"group": "t", "steps": ["nan"]}], {}, "/trajectories/0/steps/0"),
    ([{"group": "t", "steps": [1]}, {"group": "t", "steps": [1]}], {}, ""),
    ([{"group": "t", "steps": [1]}], {"shaping": "renorm"}, ""),
    ([{"group": "t", "steps": [1]}], {"shaping": "magic"}, "/shaping"),
    ([{"group": "t", "steps": [1]}], {"reading": "magic"}, "/reading"),
    ([{"group": "t", "steps": [1]}], {"gamma": -1}, "/gamma"),
    ([{"group": str(n), "steps": [1] * 6_000} for n in range(2)], {}, "/trajectories"),
])  # fmt: skip
def test_steps_that_make_no_sense_are_pointed_at(bob: Caller, paths, way, pointer):
    problem(scored(bob, *paths, **way), 422, pointer=pointer)

"""Rewards of steps over REST: each step, what it is paid, and the trajectory as a whole."""

from typing import Any

import pytest
from django.urls import reverse

from apps.rubrics.models import RubricVersion
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

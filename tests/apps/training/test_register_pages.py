"""The form of a training run: all that REST takes, refusals at their fields, and what the run's page then shows."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.training import queries
from apps.training.models import TrainingRun
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(alice: Actor, workspace: Workspace) -> str:
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    factories.make_judge(workspace=workspace, name="second")
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"), status="approved")
    factories.make_dataset(workspace=workspace, slug="known", title="Known letters")
    return reverse("training:run-create", args=[workspace.slug])


@pytest.fixture
def browser(alice: Actor) -> Client:
    return factories.signed_in(alice)


def typed(**other: Any) -> dict[str, Any]:
    return {
        "name": "grpo-7", "pin": "letters@1", "judge": "", "policy_model": "", "parts": "", "novelty_beta": "",
        "shadow_judge": "", "shadow_share": "5", "canary_dataset": "", "canary_every": "50", "keep": "no",
        "retention_days": "", "consent": "", **other,
    }  # fmt: skip


def test_all_of_a_run_is_typed_and_shown(browser: Client, alice: Actor, place: str):
    given = typed(
        judge="reader@1", policy_model="acme/policy-1b", parts="tier", novelty_beta="0.5", shadow_judge="second@1",
        shadow_share="12.5", canary_dataset="known", canary_every="20", keep="days", retention_days="30",
        consent="Synthetic prompts, no persons.",
    )  # fmt: skip
    assert browser.post(place, given).status_code == 302
    run = TrainingRun.objects.get()
    told = queries.report(queries.get_training_run(alice, run.pk))["settings"]
    assert told["parts"]["axis"] == "tier"
    assert {name: told[name] for name in told if name != "parts"} == {
        "novelty_beta": 0.5, "shadow": {"judge": "second@1", "share": 0.125},
        "canaries": {"dataset": "known", "every": 20}, "keep_rollouts": True, "retention_days": 30,
        "consent": "Synthetic prompts, no persons.",
    }  # fmt: skip
    page = browser.get(reverse("training:run", args=[run.workspace.slug, run.pk])).content.decode()
    for said in (
        "by tier",
        "to the power 0.5",
        "second@1 sees 12",
        "Known letters, every 20",
        "after 30 days",
        "no persons",
    ):
        assert said in page, said


def test_nothing_need_be_said_but_name_and_pin(browser: Client, place: str):
    assert browser.post(place, typed(retention_days="9", consent="is not used")).status_code == 302
    run = TrainingRun.objects.get()
    assert (run.keep_rollouts, run.retention_days, run.consent, run.shadow_judge, run.canary_every) == (
        False, None, "", None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name": ""}, "name", "required"),
        ({"pin": "letters@9"}, "pin", "valid choice"),
        ({"keep": "workspace"}, "consent", "on whose consent"),
        ({"keep": "days", "consent": "theirs"}, "retention_days", "how many days"),
        ({"novelty_beta": "11"}, "novelty_beta", "10"),
        ({"shadow_judge": "second@1", "shadow_share": ""}, "shadow_share", "needed"),
        ({"shadow_judge": "second@1", "shadow_share": "120"}, "shadow_share", "100"),
        ({"canary_dataset": "known", "canary_every": "0"}, "canary_every", "1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser: Client, place: str, wrong: dict[str, str], field: str, said: str):
    answer = browser.post(place, typed(**wrong))
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[field])
    assert not TrainingRun.objects.exists()


def test_what_a_service_refuses_is_said_at_its_field(
    browser: Client, place: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    from apps.training.services import suspending
    from domain import errors

    def refuse(versions: Any) -> None:
        with errors.at("/rubric"):
            raise errors.Conflict("A criterion of it is suspended.")

    monkeypatch.setattr(suspending, "check_none_suspended", refuse)
    answer = browser.post(place, typed())
    assert (answer.status_code, answer.context["form"].errors["pin"]) == (422, ["A criterion of it is suspended."])


def test_a_link_chooses_the_pin_and_only_authors_register(browser: Client, place: str, workspace: Workspace):
    assert browser.get(f"{place}?pin=letters@1").context["form"]["pin"].value() == "letters@1"
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=workspace))
    assert viewer.get(place).status_code == 403

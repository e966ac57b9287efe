"""Pages of releases and rewards: what changed, who pulled, groups with guidance, provenance, how a run is rewarded."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.training import bodies, services
from tests import factories

pytestmark = pytest.mark.django_db


def text(browser: Client, workspace: Workspace, name: str, *given: object, query: str = "", status: int = 200) -> str:
    answer = browser.get(reverse(f"training:{name}", args=[workspace.slug, *given]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def test_what_changed_and_who_pulled(alice: Actor, workspace: Workspace):
    one = factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="one"), status="approved")
    two = factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="two"), status="approved")
    services.create_release(by=alice, name="old", versions=[one])
    services.create_release(by=alice, name="new", versions=[two])
    history.count_pull(by=alice, kind="release", ref="new", items=1)
    browser = factories.signed_in(alice)
    page = text(browser, workspace, "release-diff", "new", query="?from=old")
    assert "1 added" in page
    assert "1 removed" in page
    assert "Nothing changed" in text(browser, workspace, "release-diff", "new", query="?from=new")
    text(browser, workspace, "release-diff", "new", query="?from=none", status=404)
    assert "new" in text(browser, workspace, "pulls", query="?kind=release")
    assert "Nobody has pulled" in text(browser, workspace, "pulls", query="?kind=rewards")
    text(browser, workspace, "pulls", query="?kind=other", status=422)
    assert "What changed since" in text(browser, workspace, "release", "new")
    assert "on screen" in text(browser, workspace, "pulls")


def test_a_run_says_how_its_rewards_are_made_and_a_request_where_they_come_from(alice: Actor, workspace: Workspace):
    factories.make_judge(workspace=workspace, name="reader", is_default=True)
    factories.make_judge(workspace=workspace, name="shade")
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"), status="approved")
    given: dict[str, Any] = {"name": "run 7", "rubric": "letters@1", "novelty_beta": 0.5, "shadow": {"judge": "shade"}}
    run = services.register_training_run(by=alice, body=bodies.read(bodies.TrainingRunBody, given))
    items = [{"id": name, "prompt": "Write.", "response": f"Letter {name}.", "group": "g"} for name in "ab"]
    body = bodies.read(bodies.GroupRewardBody, {"training_run": str(run.pk), "items": items})
    request = services.request_rewards(by=alice, body=body)
    browser = factories.signed_in(alice)
    page = text(browser, workspace, "run", run.pk)
    assert "to the power 0.5" in page
    assert "shade@1 sees 5" in page
    page = text(browser, workspace, "request", request.pk)
    assert "Provenance" in page
    assert "2 unscored" in page
    assert "Criteria by rollout" in page

"""A real GRPO run of TRL takes its rewards from a real studio: web server, worker, a judge that fails now and then."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.accounts.services import issue_token
from apps.datasets.models import Response
from apps.judging.models import VerdictStatus
from apps.training import services as training
from apps.training.models import RewardRequest, TelemetryPoint, TrainingRun
from tests import factories
from tests.engines.fake_openai import MODEL, FakeServer
from tests.processes import ROOT, Processes

PYTHON = os.environ.get("STUDIO_TRAINERS_PYTHON", "")
STEPS, GENERATIONS = 5, 4
pytestmark = [
    pytest.mark.trainers,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PYTHON, reason="needs the trainers' packages: make test-trainers"),
]


@pytest.mark.parametrize("how", ["total", "criteria"])
def test_grpo_trains_on_rewards_of_a_running_studio(processes: Processes, tmp_path: Path, how: str):
    author = factories.make_actor(Role.AUTHOR)
    rubric = factories.make_rubric(workspace=author.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    token = issue_token(
        by=author, name="trl", scopes=["rewards:write", "rubrics:read", "telemetry:write"], expires_at=None
    ).secret
    with FakeServer() as engine:
        factories.make_judge(
            workspace=author.workspace, name="reader", is_default=True, base_url=f"{engine.url}/v1", model=MODEL
        )
        web = processes.start_web()
        processes.start_worker()
        processes.start_sweeper()
        engine.behave("nan", times=3)
        done = train(tmp_path, STUDIO_URL=web.url, STUDIO_TOKEN=token, RUBRIC="letters@1", HOW=how)
    assert done["steps"] == STEPS
    rewards = [reward for batch in done["rewards"] for reward in batch]
    assert len(rewards) >= STEPS * GENERATIONS
    assert None in rewards
    assert any(isinstance(reward, float) for reward in rewards)
    assert done["finite"]
    if how == "total":
        assert any(share > 0 for share in done["unscored"])
        assert "ok" in {status for batch in done["statuses"] for status in batch}
        assert {status for batch in done["statuses"] for status in batch} - {"ok"} <= set(VerdictStatus.values)
    assert RewardRequest.objects.count() == STEPS
    check_curve(author)
    assert Response.objects.count() > 0


def check_curve(author: Actor) -> None:
    """The run is on its page: a point for each step, each leading to rollouts with their verdicts; TRL's numbers."""
    run = TrainingRun.objects.get()
    training.watch_run(run=run)
    assert list(run.watched_steps.order_by("step").values_list("step", flat=True)) == list(range(STEPS))
    names = set(TelemetryPoint.objects.filter(training_run=run).values_list("name", flat=True))
    assert {"loss", "reward", "completions/mean_length"} <= names
    browser = factories.signed_in(author)
    slug = author.workspace.slug
    page = browser.get(reverse("training:run", args=[slug, run.pk])).content.decode()
    assert "completions/mean_length" in page
    for step in range(STEPS):
        address = reverse("training:step", args=[slug, run.pk, step])
        assert address in page
        rollouts = browser.get(address).context["rollouts"]
        assert len(rollouts) >= GENERATIONS
        assert all(row["place"] is not None for row in rollouts)
    answer = reverse("judging:answer", args=[slug, rollouts[0]["place"].run_id, rollouts[0]["place"].index])
    assert browser.get(answer).status_code == 200


def train(folder: Path, **environment: str) -> dict[str, Any]:
    """Run the training script in the trainers' environment; it writes what it saw."""
    result = folder / "result.json"
    given = {**os.environ, **environment, "RESULT": str(result), "OUTPUT": str(folder / "out")}
    given |= {"STEPS": str(STEPS), "GENERATIONS": str(GENERATIONS), "RUBRICSTUDIO_CACHE": str(folder / "cache")}
    given |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONPATH": str(ROOT / "client" / "src")}
    script = Path(__file__).with_name("grpo_script.py")
    done = subprocess.run([PYTHON, str(script)], env=given, cwd=folder, capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(result.read_text())
    return found

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
STEPS, GENERATIONS = 20, 4
SOME, EVERY = 3, 10_000
FAULTS = {4: SOME, 11: EVERY, 17: SOME}
SAVED = """
import sys
sys.path.insert(0, sys.argv[1])
import grpo_script
grpo_script.model().save_pretrained(sys.argv[2])
grpo_script.tokenizer().save_pretrained(sys.argv[2])
"""
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
        done = train(
            tmp_path, STUDIO_URL=web.url, ENGINE_URL=engine.url, STUDIO_TOKEN=token, RUBRIC="letters@1", HOW=how
        )
    assert done["steps"] == STEPS
    assert done["finite"]
    check_rewards(done, how)
    assert RewardRequest.objects.count() == STEPS
    check_curve(author)
    assert Response.objects.count() > 0


def test_the_example_runs_as_it_stands(processes: Processes, tmp_path: Path):
    """Two steps with a random model in a folder; the run is registered, paid and told of."""
    author = factories.make_actor(Role.AUTHOR)
    rubric = factories.make_rubric(workspace=author.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    scopes = ["rewards:write", "rubrics:read", "telemetry:write"]
    token = issue_token(by=author, name="trl", scopes=scopes, expires_at=None).secret
    with FakeServer() as engine:
        factories.make_judge(
            workspace=author.workspace, name="reader", is_default=True, base_url=f"{engine.url}/v1", model=MODEL
        )
        web = processes.start_web()
        processes.start_worker()
        model = tmp_path / "model"
        inside(tmp_path, "-c", SAVED, str(Path(__file__).parent), str(model))
        said = inside(
            tmp_path, str(ROOT / "examples" / "trl_grpo.py"), RUBRICSTUDIO_URL=web.url, RUBRICSTUDIO_TOKEN=token,
            RUBRIC="letters@1", MODEL=str(model), STEPS="2",
        )  # fmt: skip
    told = [json.loads(line) for line in said.splitlines() if line.startswith('{"')]
    assert [(one["step"], one["unscored"]) for one in told[:-1]] == [(1, 0.0), (2, 0.0)]
    run = TrainingRun.objects.get()
    assert told[-1] == {"run": str(run.pk)}
    assert set(TelemetryPoint.objects.filter(training_run=run, name="reward").values_list("step", flat=True)) == {0, 1}


def check_rewards(done: dict[str, Any], how: str) -> None:
    """None where the judge failed and nowhere else; TRL learnt nothing from those, and something from the others."""
    functions = len(done["rewards"]) // STEPS
    given = [
        list(zip(*done["rewards"][step * functions : (step + 1) * functions], strict=True)) for step in range(STEPS)
    ]
    missing = [[all(one is None for one in told) for told in step] for step in given]
    assert {step for step in range(STEPS) if any(missing[step])} == set(FAULTS)
    assert {step for step in range(STEPS) if all(missing[step])} >= {step for step in FAULTS if FAULTS[step] == EVERY}
    advantages = done["advantages"]
    assert {a for step in range(STEPS) for a, none in zip(advantages[step], missing[step], strict=True) if none} == {
        0.0
    }
    assert any(advantage for step in advantages for advantage in step)
    if how == "total":
        assert [share > 0 for share in done["unscored"]] == [step in FAULTS for step in range(STEPS)]
        assert {status for step in set(range(STEPS)) - set(FAULTS) for status in done["statuses"][step]} == {"ok"}
        assert {status for step in FAULTS for status in done["statuses"][step]} <= set(VerdictStatus.values)


def check_curve(author: Actor) -> None:
    """The run is on its page: a point for each step, each leading to rollouts with their verdicts; TRL's numbers."""
    run = TrainingRun.objects.get()
    training.watch_run(run=run)
    figures = {row.step: row.figures["sums"] for row in run.watched_steps.all()}
    assert sorted(figures) == list(range(STEPS))
    assert {step for step, sums in figures.items() if sums["unscored"][0]} == set(FAULTS)
    points = TelemetryPoint.objects.filter(training_run=run)
    assert {"loss", "reward", "completions/mean_length"} <= set(points.values_list("name", flat=True))
    silent = {step for step in FAULTS if FAULTS[step] == EVERY}
    assert set(points.filter(name="reward").values_list("step", flat=True)) == set(range(STEPS)) - silent
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
    given = {"FAULTS": json.dumps(FAULTS), "STEPS": str(STEPS), "GENERATIONS": str(GENERATIONS)}
    script = str(Path(__file__).with_name("grpo_script.py"))
    inside(folder, script, **environment, **given, RESULT=str(result), OUTPUT=str(folder / "out"))
    found: dict[str, Any] = json.loads(result.read_text())
    return found


def inside(folder: Path, *arguments: str, **environment: str) -> str:
    """Run Python in the trainers' environment, with nothing to download; what it printed."""
    given = {**os.environ, **environment, "RUBRICSTUDIO_CACHE": str(folder / "cache")}
    given |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONPATH": str(ROOT / "client" / "src")}
    done = subprocess.run([PYTHON, *arguments], env=given, cwd=folder, capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout

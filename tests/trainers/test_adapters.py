"""Each example asks a real studio through its trainer's own code; a judge that fails is never a silent number."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.accounts.services import issue_token
from tests import factories
from tests.engines.fake_openai import MODEL, FakeServer
from tests.processes import ROOT, Processes

GYMS = os.environ.get("STUDIO_GYMS_PYTHON", "")
VERL = os.environ.get("STUDIO_VERL_PYTHON", "")
EXAMPLES = {"skyrl": GYMS, "verifiers": GYMS, "openrlhf": GYMS, "nemo_gym": GYMS, "verl": VERL}
pytestmark = [pytest.mark.trainers, pytest.mark.timeout(600)]


@dataclass
class Running:
    """A studio with a judge, which can be told to fail."""

    engine: FakeServer
    given: dict[str, str]

    def ask(self, trainer: str, folder: Path) -> list[dict[str, Any]]:
        """What the example of a trainer prints."""
        python = EXAMPLES[trainer]
        if not python:
            pytest.skip("needs the trainers' packages: make test-trainers")
        given = {**os.environ, **self.given, "RUBRICSTUDIO_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
        script = ROOT / "examples" / f"{trainer}_rubric.py"
        done = subprocess.run([python, str(script)], env=given, cwd=folder, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, done.stderr[-4000:]
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.fixture
def running(processes: Processes) -> Iterator[Running]:
    author = factories.make_actor(Role.AUTHOR)
    rubric = factories.make_rubric(workspace=author.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    token = issue_token(by=author, name="trainer", scopes=["rewards:write", "rubrics:read"], expires_at=None).secret
    with FakeServer() as engine:
        factories.make_judge(
            workspace=author.workspace, name="reader", is_default=True, base_url=f"{engine.url}/v1", model=MODEL
        )
        web = processes.start_web()
        processes.start_worker()
        given = {"RUBRICSTUDIO_URL": web.url, "RUBRICSTUDIO_TOKEN": token, "RUBRIC": "letters@1"}
        yield Running(engine, given)


@pytest.mark.parametrize("trainer", EXAMPLES)
def test_every_trainer_gets_its_rewards(running: Running, tmp_path: Path, trainer: str):
    told = [one for one in running.ask(trainer, tmp_path) if "failed" in one]
    assert [one["failed"] for one in told] == [False, False]
    assert all(isinstance(one["reward"], float) for one in told)
    if trainer == "nemo_gym":
        assert all(abs(sum(one["parts"].values()) - one["reward"]) < 1e-5 for one in told)
    if trainer == "verl":
        assert [one["keys"] for one in told] == [
            ["coverage", "criterion/c_blame", "criterion/c_drug", "failed", "score"]
        ] * 2


@pytest.mark.parametrize(
    ("trainer", "instead"), [("skyrl", 0.0), ("verifiers", None), ("openrlhf", 0.5), ("nemo_gym", 0.0), ("verl", 0.0)]
)
def test_a_judge_that_cannot_judge_is_told(running: Running, tmp_path: Path, trainer: str, instead: float | None):
    running.engine.behave("nan", times=1000)
    told = [one for one in running.ask(trainer, tmp_path) if "failed" in one]
    assert [(one["failed"], one["reward"]) for one in told] == [(True, instead)] * 2

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

GYMS, VERL, NEMO = (os.environ.get(f"STUDIO_{name}_PYTHON", "") for name in ("GYMS", "VERL", "NEMO"))
EXAMPLES = {"skyrl": GYMS, "verifiers": GYMS, "openrlhf": VERL, "nemo_gym": NEMO, "verl": VERL}
INSTEAD = {"skyrl": 0.0, "verifiers": None, "openrlhf": 0.5, "nemo_gym": None, "verl": 0.0}
CRITERIA = ["c_blame", "c_drug"]
NOTES: list[dict[str, Any]] = [
    {"id": "c_drug", "text": "Says what to take.", "weight": 2.0},
    {"id": "c_blame", "text": "Blames somebody."},
]
pytestmark = [pytest.mark.trainers, pytest.mark.timeout(600)]


@dataclass
class Running:
    """A studio with a judge, which can be told to fail."""

    engine: FakeServer
    given: dict[str, str]

    def ask(self, trainer: str, folder: Path, rubric: str) -> list[dict[str, Any]]:
        """What the example of a trainer says of its answers."""
        python = EXAMPLES[trainer]
        given = {
            **os.environ,
            **self.given,
            "RUBRIC": rubric,
            "RUBRICSTUDIO_CACHE": str(folder / "cache"),
            "HF_HUB_OFFLINE": "1",
        }
        script = ROOT / "examples" / f"{trainer}_rubric.py"
        done = subprocess.run([python, str(script)], env=given, cwd=folder, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, done.stderr[-4000:]
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return [one for one in said if "failed" in one]


@pytest.fixture
def running(processes: Processes) -> Iterator[Running]:
    author = factories.make_actor(Role.AUTHOR)
    for slug, document in (("letters", factories.make_document()), ("notes", factories.make_document(criteria=NOTES))):
        rubric = factories.make_rubric(workspace=author.workspace, slug=slug)
        factories.make_version(rubric=rubric, status="approved", document=document)
    token = issue_token(by=author, name="trainer", scopes=["rewards:write", "rubrics:read"], expires_at=None).secret
    with FakeServer() as engine:
        factories.make_judge(
            workspace=author.workspace, name="reader", is_default=True, base_url=f"{engine.url}/v1", model=MODEL
        )
        web = processes.start_web()
        processes.start_worker()
        given = {"RUBRICSTUDIO_URL": web.url, "RUBRICSTUDIO_TOKEN": token}
        yield Running(engine, given)


@pytest.mark.parametrize(
    "trainer",
    [
        pytest.param(
            name, marks=pytest.mark.skipif(not python, reason="needs the trainers' packages: make test-trainers")
        )
        for name, python in EXAMPLES.items()
    ],
)
def test_every_trainer_gets_its_rewards_and_is_told_of_failures(running: Running, tmp_path: Path, trainer: str):
    """First with a judge that judges, then under another rubric with one that cannot."""
    told = running.ask(trainer, tmp_path, "letters@1")
    assert {one["failed"] for one in told} == {False}
    check_parts(trainer, told)
    running.engine.behave("nan", times=1000)
    missing = running.ask(trainer, tmp_path, "notes@1")
    assert len(missing) == len(told)
    assert {(one["failed"], one["reward"]) for one in missing} == {(True, INSTEAD[trainer])}


def check_parts(trainer: str, told: list[dict[str, Any]]) -> None:
    """Numbers, and one for each criterion where the trainer takes them."""
    whole = [one for one in told if isinstance(one["reward"], float)]
    assert len(whole) == (4 if trainer == "openrlhf" else 2)
    if trainer == "openrlhf":
        assert whole[:2] == [{**one, "door": "address"} for one in whole[2:]]
    elif trainer == "skyrl":
        assert [sorted(one["parts"]) for one in whole] == [CRITERIA] * 2
    elif trainer == "nemo_gym":
        assert [sorted(one["parts"]) for one in whole] == [["baseline", *CRITERIA]] * 2
        assert all(abs(sum(one["parts"].values()) - one["reward"]) < 1e-5 for one in whole)
    elif trainer == "verl":
        keys = ["coverage", *(f"criterion/{name}" for name in CRITERIA), "failed", "score"]
        assert [one["keys"] for one in whole] == [keys] * 2
    else:
        parts = [one["reward"] for one in told if one not in whole]
        assert [sorted(one) for one in parts] == [["baseline", *CRITERIA]] * 2
        assert [sum(one.values()) for one in parts] == pytest.approx([one["reward"] for one in whole])

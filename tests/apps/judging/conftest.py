"""A rubric, answers and a judge whose engine plays a script."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from apps.accounts.permissions import Actor, Role
from apps.core import gateway
from apps.datasets.models import Dataset, Subject
from apps.jobs import leases, runners
from apps.judging.models import JudgeVersion
from apps.rubrics.models import RubricVersion
from engines.scripted import Script, ScriptedEngine, by_text
from tests import factories

GOOD = "Take 5 mg of bisoprolol each morning, because the old drug made you dizzy."
BAD = "You should have known better than to stop your tablets on your own."


@dataclass
class Clinic:
    """What most tests of judging need."""

    author: Actor
    version: RubricVersion
    judge: JudgeVersion
    dataset: Dataset
    subjects: list[Subject]
    engine: ScriptedEngine


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Script], ScriptedEngine]]:
    """Put a scripted engine behind every judge."""

    def put(script: Script) -> ScriptedEngine:
        engine = ScriptedEngine(script, context_length=4000)
        monkeypatch.setattr(gateway, "engine_for", lambda source: engine)
        return engine

    yield put
    gateway.close_all()


@pytest.fixture
def clinic(db: None, play: Callable[[Script], ScriptedEngine]) -> Clinic:
    """Two answers of one prompt, an approved rubric of two criteria, a judge that reads them well."""
    author = factories.make_actor(Role.APPROVER, username="alice")
    dataset = factories.make_dataset(workspace=author.workspace)
    prompt = factories.make_prompt(dataset=dataset)
    subjects = [
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=text)]) for text in (GOOD, BAD)
    ]
    engine = play(by_text({"Names the drug": " Yes", "Blames the patient": " No"}))
    return Clinic(
        author=author,
        version=factories.make_version(workspace=author.workspace, status="approved"),
        judge=factories.make_judge(workspace=author.workspace, name="reader", is_default=True),
        dataset=dataset,
        subjects=subjects,
        engine=engine,
    )


def work() -> int:
    """Do what a worker would do now; returns how many shards were run."""
    count = 0
    while (lease := leases.claim()) is not None:
        runners.run(lease)
        count += 1
    return count

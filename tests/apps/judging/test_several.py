"""Several answers of a shard are asked about at once, and nothing is lost or asked twice for it."""

import threading
import time
from collections.abc import Callable

import pytest

from apps.accounts.permissions import Role
from apps.core import gateway
from apps.jobs.models import Job, JobState, Shard
from apps.judging import queries, services
from apps.judging.models import Call, JudgeTest, JudgeVersion, Run, RunItem, Verdict
from apps.judging.runners import asking, opening, several
from domain import errors
from engines.scripted import Ask, Script, ScriptedEngine
from engines.served import ServedEngine
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = 6


@pytest.fixture
def many(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Six answers in one shard."""
    monkeypatch.setattr("apps.judging.services.runs._shard_size", lambda *_: 100)
    clinic.dataset = factories.make_dataset(workspace=clinic.author.workspace)
    for number in range(ANSWERS):
        prompt = factories.make_prompt(dataset=clinic.dataset, text=f"Question {number}?", external_id=f"q{number}")
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"A full answer, no. {number}")])
    return clinic


def start(clinic: Clinic, **more) -> Run:
    chosen = {"versions": [clinic.version], "dataset": clinic.dataset, **more}
    return services.start_run(by=clinic.author, name="A run", judges=[clinic.judge], **chosen)


class Meeting:
    """A script that answers once so many answers are asked about at the same time."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size)
        self.threads: set[int] = set()
        self.met: set[str] = set()

    def __call__(self, ask: Ask) -> str:
        self.threads.add(threading.get_ident())
        if ask.shared not in self.met:
            self.met.add(ask.shared)
            self.barrier.wait(20)
        return " Yes"


def test_answers_are_asked_about_at_once(many: Clinic, play: Callable[[Script], ScriptedEngine]) -> None:
    meeting = Meeting(ANSWERS)
    play(meeting)
    run = start(many)
    assert work() == 1
    assert len(meeting.threads) == ANSWERS
    assert Job.objects.get(run=run).state == JobState.DONE
    assert Verdict.objects.filter(status="ok").count() == 2 * ANSWERS
    assert Call.objects.count() == ANSWERS


def test_no_more_than_the_setting_says(many: Clinic, play, settings) -> None:
    settings.STUDIO_ANSWERS_IN_FLIGHT = 2
    under_way, most = [0], [0]
    lock = threading.Lock()

    def script(ask: Ask) -> str:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.02)
        with lock:
            under_way[0] -= 1
        return " Yes"

    play(script)
    start(many)
    work()
    assert most[0] == 2
    assert Verdict.objects.count() == 2 * ANSWERS


def test_equal_answers_are_asked_about_once(many: Clinic, play) -> None:
    dataset = factories.make_dataset(workspace=many.author.workspace)
    twins = [factories.make_prompt(dataset=dataset, text="The same?", external_id=name) for name in ("a", "b")]
    for prompt in twins:
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text="The same answer to it.")])
    engine = play(lambda ask: " Yes")
    second = factories.make_version(workspace=many.author.workspace, status="approved")
    start(many, dataset=dataset, versions=[many.version, second])
    work()
    questions = [(ask.shared, ask.suffix) for ask in engine.asked]
    assert len(questions) == len(set(questions))
    assert RunItem.objects.filter(state="done").count() == 4


def test_one_that_finds_the_engine_away_leaves_the_others_stored(many: Clinic, play) -> None:
    def script(ask: Ask) -> str:
        if "Question 3?" in ask.shared:
            raise errors.Unavailable("Gone for tea.")
        return " Yes"

    play(script)
    run = start(many)
    work()
    job = Job.objects.get(run=run)
    assert (job.state, job.note) == (JobState.RUNNING, "Waiting: Gone for tea.")
    assert Verdict.objects.count() >= 2 * 3
    assert not Verdict.objects.exclude(status="ok").exists()
    before = Verdict.objects.count()
    engine = play(lambda ask: " Yes")
    Shard.objects.filter(job=job).update(not_before=None)
    work()
    assert Job.objects.get(run=run).state == JobState.DONE
    assert Verdict.objects.count() == 2 * ANSWERS
    assert len(engine.asked) == 2 * ANSWERS - before, "what was stored is not asked again"


def test_a_fault_in_one_loses_nothing_of_the_others(many: Clinic, play) -> None:
    def script(ask: Ask) -> str:
        if "Question 0?" in ask.shared:
            raise ZeroDivisionError("a bug")
        return " Yes"

    play(script)
    run = start(many)
    work()
    assert Shard.objects.get(job=run.job_id).error.startswith("ZeroDivisionError")
    assert Verdict.objects.count() == 2 * (ANSWERS - 1)


def served(clinic: Clinic, **more) -> JudgeVersion:
    engine = {"kind": "served", "base_url": "http://127.0.0.1:9/v1", "model": "m", **more}
    by = factories.make_actor(Role.ADMIN, workspace=clinic.author.workspace)
    return services.create_judge(by=by, name="far", engine=engine)


def test_an_engine_follows_the_addresses_of_its_judge(clinic: Clinic, monkeypatch) -> None:
    monkeypatch.undo()
    first = served(clinic)
    engine = opening.engine_of(first)
    assert isinstance(engine, ServedEngine)
    assert [each.address for each in engine.replicas] == ["http://127.0.0.1:9"]
    served(clinic, replicas=["http://127.0.0.1:10/v1"])
    assert opening.engine_of(first) is engine
    assert [each.address for each in engine.replicas] == ["http://127.0.0.1:9", "http://127.0.0.1:10"]
    served(clinic, base_url="http://127.0.0.1:11/v1", model="another")
    opening.engine_of(first)
    assert len(engine.replicas) == 2, "another model is another judge"
    served(clinic, base_url="http://127.0.0.1:12/v1", api_key="secret")
    opening.engine_of(first)
    assert [each.address for each in engine.replicas] == ["http://127.0.0.1:9"], "its own key stays at its address"
    gateway.close_all()


def test_the_model_of_the_last_good_test_is_expected(clinic: Clinic, monkeypatch) -> None:
    version = served(clinic)
    assert queries.tested_identity(version) == ""
    for ready, told in ((True, "ab12 -0.10"), (False, "cd34 -9.00")):
        checks = [{"name": "identity", "ok": ready, "value": told, "sentence": "So."}]
        JudgeTest.objects.create(version=version, ready=ready, checks=checks)
    assert queries.tested_identity(version) == "ab12 -0.10"


def test_what_was_begun_is_asked_and_collected_after_it_closes() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> list[asking.Answer]:
        begun.set()
        go_on.wait(20)
        return []

    under_way = several.Several(1)
    first, second = (several.Group([], [], []) for _ in range(2))
    under_way.begin(first, (), slow)
    begun.wait(20)
    under_way.begin(second, (), slow)
    threading.Timer(0.1, go_on.set).start()
    under_way.close()
    collected = []
    while not under_way.empty:
        collected += [group for group, _ in under_way.collect(lambda: None)]
    assert len(collected) == 2

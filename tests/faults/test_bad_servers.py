"""One real worker and many servers that misbehave: verdicts complete and exactly once, reasons kept, nothing zero."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from apps.accounts.permissions import Role
from apps.jobs.models import Job, JobState, Shard
from apps.judging import queries, services
from apps.judging.models import JudgeTest, Run, RunItem, Score, Verdict
from engines.served import ServedEngine
from tests import factories
from tests.engines.fake_openai import FakeServer
from tests.faults.test_judging import CRITERIA, HASTE, has_ended, is_waiting, make_run, state_of
from tests.processes import Processes, free_port, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(420)]

ANSWERS = 3
SHORT = {"delay": {"seconds": 0.2}, "reset": {"times": 2}, "busy": {"times": 2}, "limited": {"times": 2}}
SHORT |= {"truncated": {"times": 2}, "broken": {"times": 2}}
UNREADABLE = (
    "not_json", "wrong_shape", "error_text", "nan", "above_one", "no_logprobs", "few_choices", "half", "broken",
)  # fmt: skip
AWAY = ("reset", "busy", "truncated", "misnamed")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def bad_run(stack: ExitStack, name: str) -> tuple[FakeServer, Run]:
    """A server and a run of its own: judges of one model would share their verdicts."""
    model = name.replace("_", "-")
    fake = stack.enter_context(FakeServer(model=model))
    return fake, make_run(fake.url, answers=ANSWERS, name=model, model=model)


def verdicts_of(run: Run) -> list[Verdict]:
    keys = [key for item in RunItem.objects.filter(run=run) for key in item.verdict_keys]
    return list(Verdict.objects.filter(key__in=keys))


def assert_complete(run: Run) -> None:
    """Every verdict exists exactly once and is scored."""
    found = verdicts_of(run)
    assert [verdict.status for verdict in found] == ["ok"] * ANSWERS * CRITERIA
    assert RunItem.objects.filter(run=run, state="done", scored=CRITERIA, unscored=0).count() == ANSWERS


def assert_reasons_and_no_value(run: Run) -> None:
    """Every verdict exists once, without a value and with the reason, and no score came of it."""
    found = verdicts_of(run)
    assert len(found) == ANSWERS * CRITERIA
    assert {verdict.value for verdict in found} == {None}
    assert all(verdict.reason for verdict in found)
    assert not Score.objects.filter(subject__run_items__run=run, raw__isnull=False).exists()
    assert sum(reason.count for reason in queries.run_progress(run).reasons) == ANSWERS * CRITERIA


def heal(run: Run) -> None:
    """Ask again at once, without the growing pauses."""
    if has_ended(run):
        by = factories.make_actor(Role.ADMIN, workspace=run.workspace)
        services.retry_run(by=by, run=Run.objects.get(pk=run.pk))
    Shard.objects.filter(job__run=run, state="waiting").update(not_before=None)


def wait_for_all(runs: dict[str, Run]) -> None:
    for name, run in runs.items():
        wait_until(lambda run=run: state_of(run) == JobState.DONE, patience=120, what=f"{name} to be scored")  # type: ignore[misc]


def test_what_passes_soon_is_not_noticed(processes: Processes, stack: ExitStack) -> None:
    runs = {}
    for mode, settings in SHORT.items():
        fake, runs[mode] = bad_run(stack, mode)
        fake.behave(mode, **settings)  # type: ignore[arg-type]
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    wait_for_all(runs)
    for run in runs.values():
        assert_complete(run)


def test_nonsense_gives_reasons_and_silence_is_waited_for(processes: Processes, stack: ExitStack) -> None:
    haste = HASTE | {"STUDIO_ENGINE_TIMEOUT": "2"}
    fakes, unreadable, away = {}, {}, {}
    for mode in UNREADABLE:
        fakes[mode], unreadable[mode] = bad_run(stack, mode)
        fakes[mode].behave(mode)
    fakes["hang"], unreadable["hang"] = bad_run(stack, "hang")
    fakes["hang"].behave("hang", seconds=4)
    fakes["two"], unreadable["two"] = bad_run(stack, "two")
    fakes["two"].behave("two_tokens", paths=("/tokenize",))
    for mode in AWAY:
        fakes[f"away-{mode}"], away[mode] = bad_run(stack, f"away-{mode}")
        fakes[f"away-{mode}"].behave(mode)
    fakes["other"], away["other"] = bad_run(stack, "other")
    honest = ServedEngine(fakes["other"].url)
    checks = [{"name": "identity", "ok": True, "value": honest.identity(), "sentence": "So."}]
    JudgeTest.objects.create(version=away["other"].judges.get(), ready=True, checks=checks)
    honest.close()
    fakes["other"].impostor = True

    processes.start_sweeper(**haste)
    processes.start_worker(concurrency=4, **haste)
    for mode, run in unreadable.items():
        wait_until(lambda run=run: has_ended(run), patience=120, what=f"{mode} to end")  # type: ignore[misc]
        assert_reasons_and_no_value(run)
    for mode, run in away.items():
        wait_until(lambda run=run: is_waiting(run), patience=120, what=f"{mode} to say why it waits")  # type: ignore[misc]
        assert state_of(run) == JobState.RUNNING
        assert verdicts_of(run) == [], f"{mode} left verdicts"
    assert "not as that model did" in Job.objects.get(run=away["other"]).note
    assert "answers as some-other-model" in Job.objects.get(run=away["misnamed"]).note
    said = {verdict.reason for verdict in verdicts_of(unreadable["error_text"])}
    assert any("CUDA error" in reason for reason in said)
    assert any("more than one token" in verdict.reason for verdict in verdicts_of(unreadable["two"]))
    assert any("No answer from" in verdict.reason for verdict in verdicts_of(unreadable["hang"]))
    assert not Verdict.objects.filter(value__isnull=False).exists()

    del unreadable["two"]  # a model keeps its tokens: its labels stay refused
    for fake in fakes.values():
        fake.behave()
        fake.impostor = False
    everything = unreadable | away
    for run in everything.values():
        heal(run)
    wait_for_all(everything)
    for run in everything.values():
        assert_complete(run)
    assert Verdict.objects.count() == (len(everything) + 1) * ANSWERS * CRITERIA


def test_a_replica_may_die_and_another_join_in_mid_run(processes: Processes, stack: ExitStack) -> None:
    first = FakeServer().start()
    second, third = (stack.enter_context(FakeServer()) for _ in range(2))
    for fake in (first, second, third):
        fake.behave("delay", seconds=0.3)
    run = make_run(first.url, answers=40, name="many", replicas=(second.url,))
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    wait_until(lambda: 0 < Verdict.objects.count() < 60, what="the first verdicts")
    assert min(first.verdicts, second.verdicts) > 0
    first.stop()
    by = factories.make_actor(Role.ADMIN, workspace=run.workspace)
    engine = {"kind": "served", "base_url": second.url, "model": "fake-judge", "replicas": (third.url,)}
    services.create_judge(by=by, name="many", engine=engine)
    wait_until(lambda: state_of(run) == JobState.DONE, patience=120, what="the run to end")
    assert Verdict.objects.filter(status="ok").count() == Verdict.objects.count() == 40 * CRITERIA
    assert third.verdicts > 0, "the one that joined was asked too"


def test_a_server_that_restarts_in_mid_run_is_waited_for(processes: Processes) -> None:
    port = free_port()
    with FakeServer(port) as fake:
        fake.behave("delay", seconds=0.3)
        run = make_run(fake.url, answers=20, name="restarting")
        processes.start_sweeper(**HASTE)
        processes.start_worker(**HASTE)
        wait_until(lambda: 0 < Verdict.objects.count() < 60, what="the first verdicts")
    wait_until(lambda: is_waiting(run), what="the run to say why it waits")
    with FakeServer(port):
        wait_until(lambda: state_of(run) == JobState.DONE, patience=120, what="the run to go on")
    assert Verdict.objects.filter(status="ok").count() == Verdict.objects.count() == 20 * CRITERIA

"""Whatever is sent, nothing answers 500 and answers are as the schema says: alone, in sequences, without a token."""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

from apps.accounts import queries
from apps.jobs import waiting
from apps.judging.models import JudgeVersion
from tests import factories
from tests.api import calls
from tests.api.conftest import BAD, GOOD, Caller, work

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(int(os.environ.get("STUDIO_FUZZ_SECONDS", "240"))),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
EXAMPLES = int(os.environ.get("STUDIO_FUZZ_EXAMPLES", "3"))
STORIES = int(os.environ.get("STUDIO_FUZZ_STORIES", "20"))
STEPS = 12
USUAL: dict[str, Any] = {"database": None, "deadline": None, "suppress_health_check": list(HealthCheck)}
BOUND = {
    "prompt": [{"role": "user", "content": "My tea is cold. What now?"}],
    "rubrics": [{"criterion": "Suggests to warm it up.", "points": 5, "tags": ["axis:completeness"]}],
}
LINES = "\n".join(json.dumps({**BOUND, "prompt_id": f"tea-{number}"}) for number in range(2)).encode()


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works beside these calls, so that waiting for a job would be waiting for nothing."""

    async def at_once(*_: Any) -> bool:
        return True

    monkeypatch.setattr(waiting, "wait_for", at_once)


@pytest.fixture
def full(alice: Caller, bob: Caller, judge: JudgeVersion, engine: Any) -> tuple[Caller, dict[str, Any]]:
    """A workspace in which names and numbers mean something, and which they are, by path and parameter."""
    workspace = alice.actor.workspace
    rubric = factories.make_rubric(workspace=workspace, slug="letters")
    version = factories.make_version(rubric=rubric, status="approved")
    factories.make_version(rubric=rubric)
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=workspace, slug="answers"))
    for text in (GOOD, BAD):
        factories.make_response(prompt=prompt, text=text)
    run = made(bob, "/runs", {"rubrics": ["letters@1"], "dataset": "answers", "judges": ["reader"]})
    work()
    queue = made(bob, "/queues", {"name": "look", "run": run, "rule": {"kind": "random", "size": 4}})
    item = alice.post(f"/queues/{queue}/claim").json()["item"]
    alice.post(f"/review-items/{item}/answer", {"value": 1, "note": "It does."})
    gold = bob.post(f"/review-items/{item}/adjudicate", {"value": 1, "reason": "Clear."}).json()["gold"][0]["id"]
    imported = alice.post("/rubrics/import?format=healthbench&slug=tea", LINES, Content_Type="application/octet-stream")
    made(alice, "/releases", {"name": "spring", "rubrics": ["letters@1"]})
    hook = {"name": "chat", "url": "https://hooks.invalid/", "events": ["job.done"]}
    item_body = {"id": "a", "prompt": "Write.", "response": GOOD, "rubric": "letters@1"}
    return alice, {
        "rubrics": {"slug": "letters", "number": 1, "name": "strict"}, "rubric-versions": {"digest": version.digest},
        "rubric-sets": {"name": imported.json()["rubric_set"], "number": 1, "place": 0},
        "releases": {"name": "spring"}, "datasets": {"slug": "answers"}, "judges": {"name": "reader"},
        "runs": {"run_id": run}, "queues": {"queue_id": queue}, "review-items": {"item_id": item},
        "gold": {"gold_id": gold}, "threads": {"thread_id": made(alice, "/rubrics/letters/threads", {"text": "Dose?"})},
        "training-runs": {"run_id": made(alice, "/training-runs", {"name": "grpo", "release": "spring"})},
        "rewards": {"request_id": alice.post("/rewards", {"items": [item_body]}).json()["id"]},
        "compat": {"token": alice.secret}, "tokens": {"token_id": bob_token(bob)},
        "webhooks": {"webhook_id": made(alice, "/webhooks", hook)},
    }  # fmt: skip


def bob_token(bob: Caller) -> int:
    """A token that nothing here comes in with."""
    return queries.actor_for_token(bob.secret).token.pk  # type: ignore[union-attr]


def made(caller: Caller, path: str, body: Any) -> Any:
    """The id of what a call makes."""
    answer = caller.post(path, body)
    assert answer.status_code in {200, 201}, answer.content
    return answer.json().get("id")


def named(case: Any, known: dict[str, Any]) -> None:
    """Put names that mean something into the path."""
    place = case.path.removeprefix("/api/v1/").split("/")[0]
    for name in set(case.path_parameters or {}) & set(known.get(place, {})):
        case.path_parameters[name] = known[place][name]


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_every_answer_is_as_the_schema_says(full: tuple[Caller, dict[str, Any]], mode: str):
    caller, known = full
    broken: list[str] = []
    counts: Counter[int] = Counter()

    def once(case: Any) -> None:
        named(case, known)
        with calls.taken_back():
            answer = calls.send(case, caller.headers)
        counts[answer.status_code] += 1
        broken.extend(calls.faults(case, answer))

    each_call(mode, EXAMPLES, once)
    assert not broken, "\n".join(broken)
    assert counts[200] > 20


def test_nothing_is_served_without_a_token(full: tuple[Caller, dict[str, Any]]):
    _, known = full
    broken: list[str] = []

    def once(case: Any) -> None:
        named(case, {**known, "compat": {"token": "rs_nothing"}})
        with calls.taken_back():
            answer = calls.send(case, {"Authorization": ""})
        if answer.status_code != 401:
            broken.append(f"{case.method} {case.formatted_path} → {answer.status_code}")
        broken.extend(calls.faults(case, answer))

    each_call("positive", max(1, EXAMPLES // 3), once)
    assert not broken, "\n".join(broken)


def test_what_one_call_answers_the_next_takes(full: tuple[Caller, dict[str, Any]]):
    caller, _ = full
    broken: list[str] = []
    served: Counter[str] = Counter()

    class Story(calls.schema().as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.inside = calls.taken_back()
            self.inside.__enter__()

        def teardown(self) -> None:
            self.inside.__exit__(None, None, None)

        def call(self, case: Any, **_: Any) -> Any:
            answer = calls.send(case, caller.headers)
            work()
            if answer.status_code < 300:
                served[f"{case.method} {case.path}"] += 1
            return answer

        def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
            broken.extend(calls.faults(case, response))

    wanted = settings(
        max_examples=STORIES, stateful_step_count=STEPS, phases=[Phase.generate], derandomize=True, **USUAL
    )  # fmt: skip
    Story.run(settings=wanted)
    assert not broken, "\n".join(broken)
    assert len(served) > 5, served


def each_call(mode: str, examples: int, once: Callable[[Any], None]) -> None:
    """Some cases of every call of the schema, the same each time."""
    for found in calls.schema().get_all_operations():
        strategy = found.ok().as_strategy(generation_mode=schemathesis.GenerationMode(mode))
        limits = settings(max_examples=examples, phases=[Phase.generate], **USUAL)
        with contextlib.suppress(Unsatisfiable):
            seed(2027)(limits(given(case=strategy)(once)))()

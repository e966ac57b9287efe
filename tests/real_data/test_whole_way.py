"""Real rubrics and answers through the product: import, judge with the embedded model, review, approve, pull rewards.

A slice by default; `STUDIO_REAL_DATA=all` judges all 320 Prometheus answers and all HealthBench answers.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.accounts import services as accounts
from apps.accounts.permissions import SCOPE_ROLE, SCOPES, Actor, Role
from apps.datasets.models import Label, Response
from apps.judging.models import Verdict
from rubricstudio_client import Studio
from tests import factories
from tests.processes import Processes

ROOT = Path(__file__).resolve().parents[2]
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()
ALL = os.environ.get("STUDIO_REAL_DATA") == "all"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(6 * 3600 if ALL else 1200),
]


@dataclass
class Person:
    """Somebody who works over REST alone."""

    actor: Actor
    secret: str
    http: httpx.Client

    def post(self, path: str, body: Any = None, *, expect: int = 200, **params: str) -> Any:
        """Post JSON, or bytes for imports."""
        given: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body or {}}
        answer = self.http.post(path, params=params, **given)
        assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        """Read JSON."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def make_person(url: str, role: Role, scopes: tuple[str, ...] = SCOPES) -> Person:
    actor = factories.make_actor(role)
    allowed = [scope for scope in scopes if role.at_least(SCOPE_ROLE[scope])]
    secret = accounts.issue_token(by=actor, name=str(role), scopes=allowed, expires_at=None).secret
    headers = {"Authorization": f"Bearer {secret}"}
    return Person(actor, secret, httpx.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=120))


STALLED = 900.0
FEW = 2


def ended(person: Person, run: str) -> dict[str, Any]:
    """Follow a run to its end; a slow machine may take hours, but not a quarter of an hour without a verdict."""
    known, moved = -1, time.monotonic()
    while True:
        progress: dict[str, Any] = person.get(f"runs/{run}")["progress"]
        if progress["state"] in {"done", "failed", "cancelled"}:
            return progress
        if progress["scored"] + progress["unscored"] > known:
            known, moved = progress["scored"] + progress["unscored"], time.monotonic()
        assert time.monotonic() - moved < STALLED, f"No verdict for {STALLED:.0f} s: {progress}"
        time.sleep(5 if ALL else 0.4)


def judge(author: Person, **body: Any) -> dict[str, Any]:
    run = author.post("runs", body, expect=201)["id"]
    print(body["dataset"], ended(author, run))
    found: dict[str, Any] = author.get(f"runs/{run}")
    return found


@dataclass
class Source:
    """A published file, and what it must become."""

    path: str
    format: str
    members: int
    answers: int
    labels: int


PROMETHEUS = Source("judge_verdicts/prometheus_mt_bench_eval.jsonl", "prometheus", 318, 320, 960)
HEALTHBENCH = Source("rubrics/healthbench_rubrics.jsonl", "healthbench", 53, 159, 0)


@pytest.mark.parametrize("source", [HEALTHBENCH, PROMETHEUS], ids=lambda source: source.format)
def test_from_file_to_reward(source: Source, processes: Processes, tmp_path: Path) -> None:
    url = processes.start_web().url
    processes.start_sweeper()
    processes.start_worker()
    author, approver = make_person(url, Role.AUTHOR), make_person(url, Role.APPROVER)
    annotator = make_person(url, Role.AUTHOR, ("reviews:write",))
    approver.post("judges", {"name": "small", "engine": {"kind": "embedded"}, "default": True}, expect=201)

    content = (DATA / source.path).read_bytes()
    author.post("datasets/import", content, expect=201, format=source.format, slug="real", title="Real")
    assert author.get("datasets/real")["counts"]["responses"] == source.answers
    assert Label.objects.filter(dataset__slug="real").count() == source.labels
    name = author.get("rubric-sets")["results"][0]["name"]
    versions = f"rubric-sets/{name}/versions/1"
    assert len(author.get(versions)["members"]) == source.members

    chosen = {} if ALL else {"filter": {"limit": FEW}}
    run = judge(author, rubric_set=f"set:{name}@1", dataset="real", judges=["small"], **chosen)
    progress = run["progress"]
    assert progress["state"] == "done", progress
    assert progress["scored"] + progress["unscored"] + progress["reused"] > 0
    assert not Verdict.objects.exclude(status="ok").filter(value__isnull=False).exists()

    review(author, annotator, run["id"])
    author.post(f"{versions}/submit", {"note": "as imported"})
    answer = author.http.post(f"{versions}/approve", json={})
    assert answer.status_code == 403, "an author approves nothing"
    for drawn in approver.get(f"{versions}/sample")["results"]:
        approver.post(f"{versions}/sample/{drawn['place']}", {"ok": True})
    approver.post(f"{versions}/approve", {"note": "read all that were drawn"})
    approver.post("releases", {"name": "real", "rubric_set": f"set:{name}@1", "notes": "from files"}, expect=201)
    rewards_by_client(source, author, url, tmp_path)


def review(author: Person, annotator: Person, run: str) -> None:
    """Draw a queue from the run and decide two items, blind."""
    body = {"name": "a look", "run": run, "rule": {"kind": "random", "size": 2}, "seed": 3}
    queue = author.post("queues", body, expect=201)["id"]
    for _ in range(2):
        item = annotator.post(f"queues/{queue}/claim")
        assert not {"verdict", "verdicts", "probability", "distribution", "value"} & keys(item), "blind"
        stored = annotator.post(
            f"review-items/{item['item']}/answer", {"value": item["choices"][0]["value"], "note": "read"}
        )
        assert stored["value"] == item["choices"][0]["value"]


def keys(said: Any) -> set[str]:
    """All names in a document, at any depth, but those of the choices."""
    if isinstance(said, dict):
        return set(said) | set().union(*(keys(part) for name, part in said.items() if name != "choices"))
    return set().union(*map(keys, said)) if isinstance(said, list) else set()


def rewards_by_client(source: Source, author: Person, url: str, folder: Path) -> None:
    """Pull the release and rewards as a training job does; asked again they come from stored verdicts."""
    with Studio(url, author.secret, cache_dir=folder, deadline=3000 if ALL else 200) as studio:
        release = studio.release("real")
        prompts = {rubric.document["scope"]["prompt_id"]: rubric for rubric in release.rubrics}
        assert len(prompts) == source.members
        found = Response.objects.filter(prompt__dataset__slug="real").select_related("prompt").order_by("pk")
        items = [item_of(response) for response in found[: None if ALL else FEW]]
        first = studio.rewards(items, rubric="release:real", judge="small")
        again = studio.rewards(
            [{**item, "id": f"again-{item['id']}"} for item in items], rubric="release:real", judge="small"
        )
    assert len(first) == len(items) == len(again)
    assert [one.reward for one in first] == [one.reward for one in again]
    assert all(one.cached for one in again if one.ok)
    assert all((one.reward is None) == (one.status not in {"ok", "partial"}) for one in first)
    assert any(one.ok for one in first)


def item_of(response: Response) -> dict[str, Any]:
    prompt = response.prompt
    return {
        "id": response.external_id,
        "prompt": [{"role": turn["role"], "content": turn["parts"]} for turn in prompt.messages],
        "response": response.parts,
        "reference": prompt.reference,
        "prompt_id": prompt.external_id,
    }

"""Callers with tokens: Alice owns the clinic, Bob writes there, Charlie is a stranger; Rita reads what judges say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role, scopes_of
from apps.accounts.services import issue_token
from apps.core import gateway
from apps.jobs import leases, runners
from apps.judging.models import JudgeVersion
from engines.scripted import Script, ScriptedEngine, by_text
from tests import factories

ROOT = "/api/v1"
GOOD = "Take 5 mg of bisoprolol each morning, because the old drug made you dizzy."
BAD = "You should have known better than to stop your tablets on your own."


@dataclass
class Caller:
    """A program with a token."""

    actor: Actor
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON, or bytes as they are; header names have underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = named.pop("Content-Type", "application/json")
        more: dict[str, Any] = {"headers": {**self.headers, **named}}
        if body is not None:
            more |= {"data": body, "content_type": kind}
        return getattr(Client(), method)(f"{ROOT}{path}", **more)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("post", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("put", path, body, **headers)


def caller_of(actor: Actor, *scopes: str) -> Caller:
    """A token with these scopes, or with all that the person's role may give."""
    chosen = scopes or sorted(scopes_of(actor.role))
    return Caller(actor, issue_token(by=actor, name="test", scopes=chosen, expires_at=None).secret)


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.make_workspace(slug="clinic", name="Clinic")


@pytest.fixture
def alice(workspace: Workspace) -> Caller:
    return caller_of(factories.make_actor(Role.ADMIN, workspace=workspace, username="alice"))


@pytest.fixture
def bob(workspace: Workspace) -> Caller:
    return caller_of(factories.make_actor(Role.AUTHOR, workspace=workspace, username="bob"))


@pytest.fixture
def charlie(db: None) -> Caller:
    elsewhere = factories.make_workspace(slug="elsewhere", name="Elsewhere")
    return caller_of(factories.make_actor(Role.ADMIN, workspace=elsewhere, username="charlie"))


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
def engine(play: Callable[[Script], ScriptedEngine]) -> ScriptedEngine:
    """A judge that finds the drug and sees no blame."""
    return play(by_text({"Names the drug": " Yes", "Blames the patient": " No"}))


@pytest.fixture
def judge(workspace: Workspace) -> JudgeVersion:
    return factories.make_judge(workspace=workspace, name="reader", is_default=True)


def work() -> int:
    """Do what a worker would do now; returns how many shards were run."""
    count = 0
    while (lease := leases.claim()) is not None:
        runners.run(lease)
        count += 1
    return count


def problem(answer: Any, status: int, code: str = "", pointer: str | None = None) -> dict[str, Any]:
    """Check that an answer is a problem document, and return it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "code", "errors", "request_id"} <= set(body)
    assert body["request_id"] == answer["X-Request-ID"]
    if code:
        assert body["code"] == code, body
    if pointer is not None:
        assert pointer in [fault["pointer"] for fault in body["errors"]], body
    if status == 422:
        assert body["errors"], "an invalid body is told where"
    return body

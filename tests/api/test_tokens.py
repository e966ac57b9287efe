"""Tokens over REST: made within bounds, rotated, revoked, counted."""

import pytest

from apps.accounts import credentials
from apps.accounts.models import Token
from apps.accounts.permissions import Role
from apps.accounts.services import usage
from apps.api.models import IdempotentAnswer
from tests import factories
from tests.api.conftest import Caller, caller_of, problem

pytestmark = pytest.mark.django_db
BODY = {"name": "GRPO", "scopes": ["rubrics:read", "rewards:write"], "requests_per_minute": 100}


def made(caller: Caller, **more: object) -> Caller:
    answer = caller.post("/tokens", {**BODY, **more})
    assert answer.status_code == 201, answer.content
    return Caller(caller.actor, answer.json()["secret"])


def test_a_token_is_made_used_rotated_and_revoked(alice: Caller):
    answer = alice.post("/tokens", {**BODY, "networks": ["127.0.0.0/8"]}, Idempotency_Key="k")
    body, at = answer.json(), answer["Location"].removeprefix("/api/v1")
    assert (body["state"], body["networks"], body["made_by"]) == ("active", ["127.0.0.0/8"], "alice")
    assert "no-store" in answer["Cache-Control"]
    assert credentials.is_token_secret(body["secret"])
    assert not IdempotentAnswer.objects.exists()
    first = Caller(alice.actor, body["secret"])
    assert first.get("/rubrics").status_code == 200
    assert "secret" not in alice.get(at).json()
    rotated = alice.post(f"{at}/rotate", {"grace_hours": 2})
    assert rotated.status_code == 201, rotated.content
    second = Caller(alice.actor, rotated.json()["secret"])
    assert [one.get("/rubrics").status_code for one in (first, second)] == [200, 200]
    assert alice.get(at).json()["replaced_by"] == rotated.json()["id"]
    problem(alice.post(f"{at}/rotate"), 409, "token_replaced")
    assert alice.post(f"{at}/revoke").json()["state"] == "revoked"
    assert alice.post(f"{at}/revoke").status_code == 200
    problem(first.get("/rubrics"), 401)
    assert second.get("/rubrics").status_code == 200
    assert {row["id"] for row in alice.get("/tokens").json()["results"]} == set(
        Token.objects.values_list("pk", flat=True)
    )


def test_nothing_beyond_what_the_caller_has(alice: Caller, bob: Caller, charlie: Caller):
    narrow = caller_of(alice.actor, "admin", "rubrics:read")
    problem(narrow.post("/tokens", BODY), 403, "scope_beyond_role")
    problem(bob.get("/tokens"), 403, "scope_missing")
    token = Token.objects.get(created_by=bob.actor.user)
    problem(alice.post(f"/tokens/{token.pk}/rotate"), 403, "token_of_another")
    problem(charlie.get(f"/tokens/{token.pk}/usage"), 404)
    assert alice.post(f"/tokens/{token.pk}/revoke").json()["state"] == "revoked"
    problem(bob.get("/rubrics"), 401)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"networks": ["nowhere"]}, "/networks"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "/expires_at"),
        ({"requests_per_minute": 0}, "/requests_per_minute"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_will_not_do_is_said_where(alice: Caller, wrong: dict[str, object], pointer: str):
    problem(alice.post("/tokens", {**BODY, **wrong}), 422, pointer=pointer)


def test_use_is_counted_by_day(alice: Caller):
    usage._waiting.clear()
    caller = made(alice, scopes=["rewards:write"], requests_per_minute=4)
    token = Token.objects.order_by("-pk")[0]
    factories.make_judge(workspace=alice.actor.workspace, name="reader", is_default=True)
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    items = [{"id": str(number), "prompt": "Write.", "response": f"It {number}."} for number in range(3)]
    assert caller.post("/rewards", {"rubric": "letters@1", "items": items}).status_code == 202
    problem(caller.post("/rewards", {"rubric": "other@1", "items": items}), 404)
    problem(caller.get("/rubrics"), 403, "scope_missing")
    for _ in range(3):
        last = caller.post("/compat/nemo-gym/seed_session", {})
    problem(last, 429, "too_many_requests")
    usage.flush()
    told = alice.get(f"/tokens/{token.pk}/usage?days=2").json()["days"]
    assert [(day["calls"], day["items"], day["errors"], day["throttled"]) for day in told] == [
        (0, 0, 0, 0), (6, 3, 3, 1),
    ]  # fmt: skip
    problem(alice.get(f"/tokens/{token.pk}/usage?days=0"), 422, pointer="/days")


def test_a_body_that_nobody_reads_and_nobody_could_is_no_fault(alice: Caller):
    author = factories.make_actor(Role.AUTHOR, workspace=alice.actor.workspace)
    token = Token.objects.get(created_by=alice.actor.user)
    assert author.workspace == alice.actor.workspace
    assert alice.call("post", f"/tokens/{token.pk}/revoke", b"{", Content_Type="application/json").status_code == 200

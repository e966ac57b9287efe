"""Tokens, scopes, rates: who gets in, and what each call needs."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Token
from apps.accounts.permissions import SCOPES
from apps.accounts.services import issue_token
from apps.api import docs
from tests.api.conftest import ROOT, Caller, caller_of, problem

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "delete")


def operations() -> list[tuple[str, str, str]]:
    """Every call of the schema: method, a path with made-up names, the scope it needs; `{token}` is left open."""
    found = []
    for path, methods in docs.schema()["paths"].items():
        filled = re.sub(r"\{(number|place|\w+_id)\}", "1", path)
        filled = re.sub(r"\{(?!token)\w+\}", "nothing", filled).removeprefix(ROOT)
        found += [(method, filled, methods[method]["x-scope"]) for method in METHODS if method in methods]
    return found


def test_every_call_needs_exactly_one_known_scope():
    listed = operations()
    assert len(listed) > 45
    assert {scope for _, _, scope in listed} <= set(SCOPES)


def test_no_call_is_served_without_a_token(db):
    for method, path, _ in operations():
        answer = getattr(Client(), method)(f"{ROOT}{path}")
        assert answer["WWW-Authenticate"] == "Bearer"
        problem(answer, 401, "unauthenticated")


def test_every_call_refuses_a_token_without_its_scope(alice: Caller):
    for method, path, scope in operations():
        others = [other for other in SCOPES if other != scope]
        narrow = caller_of(alice.actor, *others)
        body = problem(narrow.call(method, path.replace("{token}", narrow.secret)), 403, "scope_missing")
        assert body["details"] == {"scope": scope}, path


def test_every_address_refuses_methods_it_does_not_have(alice: Caller):
    served: dict[str, set[str]] = {}
    for method, path, _ in operations():
        served.setdefault(path, set()).add(method)
    for path, methods in served.items():
        for method in {*METHODS, "patch", "options"} - methods:
            problem(alice.call(method, path.replace("{token}", alice.secret)), 405, "method_not_allowed")


def test_what_belongs_to_another_workspace_does_not_exist(alice: Caller, charlie: Caller):
    for method, path, _ in operations():
        if "nothing" in path or "/1" in path:
            answer = charlie.call(method, path.replace("{token}", charlie.secret), b"{}" if method != "get" else None)
            assert answer.status_code in {404, 405, 422}, (path, answer.content)


def test_a_token_that_is_unknown_broken_expired_or_revoked_opens_nothing(alice: Caller):
    def with_header(value: str):
        return Client().get(f"{ROOT}/rubrics", headers={"Authorization": value})

    problem(with_header("Basic YWJjOmRlZg=="), 401)
    problem(with_header("Bearer"), 401)
    problem(with_header("Bearer rs_" + "x" * 43), 401)
    problem(with_header("Bearer nonsense"), 401)
    assert alice.get("/rubrics").status_code == 200
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    problem(alice.get("/rubrics"), 401)
    Token.objects.update(expires_at=None, revoked_at=timezone.now())
    problem(alice.get("/rubrics"), 401)


def test_a_token_loses_what_its_person_loses(alice: Caller):
    alice.actor.user.memberships.update(role="viewer")
    assert alice.get("/rubrics").status_code == 200
    problem(alice.post("/rubrics", {"title": "x"}), 403, "scope_missing")


def test_the_rate_is_told_and_held(alice: Caller):
    issued = issue_token(by=alice.actor, name="slow", scopes=["rubrics:read"], expires_at=None, requests_per_minute=2)
    slow = Caller(alice.actor, issued.secret)
    first = slow.get("/rubrics")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("2", "1")
    slow.get("/rubrics")
    refused = slow.get("/rubrics")
    problem(refused, 429, "too_many_requests")
    assert int(refused["Retry-After"]) >= 1
    assert refused["RateLimit-Remaining"] == "0"


def test_the_callers_request_id_comes_back(alice: Caller):
    assert alice.get("/rubrics", X_Request_ID="train-7.step-12")["X-Request-ID"] == "train-7.step-12"
    assert alice.get("/rubrics", X_Request_ID="no spaces allowed")["X-Request-ID"] != "no spaces allowed"


def test_head_is_served_like_get(alice: Caller):
    answer = alice.call("head", "/rubrics")
    assert (answer.status_code, answer.content) == (200, b"")

"""An entry says who did what to what, by ids."""

import pytest

from apps.accounts.permissions import Actor, Role
from apps.core import request_ids
from apps.history import services
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_person_in_the_browser(alice: Actor) -> None:
    token = request_ids.current.set("r-1")
    entry = services.record(by=alice, workspace=alice.workspace, action="test.done", target=alice.user, detail={"n": 1})
    request_ids.current.reset(token)
    assert (entry.actor_id, entry.via, entry.token_id, entry.request_id) == (alice.user.pk, "web", None, "r-1")
    assert (entry.target_type, entry.target_id, entry.detail) == ("user", str(alice.user.pk), {"n": 1})
    assert "alice" not in entry.target_label


def test_a_program_with_a_token() -> None:
    program = factories.make_actor(Role.AUTHOR, scopes=["rubrics:read"])
    assert program.token is not None
    entry = services.record(by=program, workspace=program.workspace, action="test.done")
    assert (entry.via, entry.token_id, entry.target_type) == ("token", program.token.pk, "")


def test_the_studio_itself() -> None:
    entry = services.record(by=None, workspace=None, action="test.done")
    assert (entry.via, entry.actor_id, entry.workspace_id, entry.chain) == ("system", None, None, 0)

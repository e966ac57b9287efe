"""A token that is revoked in one process is refused by another at once."""

import httpx
import pytest

from apps.accounts import services
from apps.accounts.permissions import Role
from tests import factories
from tests.processes import Processes

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_revoked_token_is_refused_everywhere_at_once(processes: Processes) -> None:
    alice = factories.make_actor(Role.ADMIN)
    token, secret = services.issue_token(by=alice, name="x", scopes=["rubrics:read"], expires_at=None)
    web = processes.start_web()
    with httpx.Client(headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client:
        assert client.get(f"{web.url}/api/v1/rubrics").status_code == 200
        services.revoke_token(by=alice, token=token)
        answer = client.get(f"{web.url}/api/v1/rubrics")
    assert (answer.status_code, answer.json()["detail"]) == (401, "This token was revoked.")

"""The same three people everywhere: Alice owns, Bob belongs, Charlie is a stranger."""

import pytest

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from tests import factories


@pytest.fixture
def workspace(db: None) -> Workspace:
    """The workspace of Alice and Bob."""
    return factories.make_workspace(slug="clinic", name="Clinic")


@pytest.fixture
def alice(workspace: Workspace) -> Actor:
    """Alice may do everything in the clinic."""
    return factories.make_actor(Role.ADMIN, workspace=workspace, username="alice")


@pytest.fixture
def bob(workspace: Workspace) -> Actor:
    """Bob annotates in the clinic."""
    return factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="bob")


@pytest.fixture
def charlie(db: None) -> Actor:
    """Charlie is an admin elsewhere, and nobody here."""
    elsewhere = factories.make_workspace(slug="elsewhere", name="Elsewhere")
    return factories.make_actor(Role.ADMIN, workspace=elsewhere, username="charlie")

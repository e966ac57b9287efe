"""The people around rubrics: authors write, an approver decides."""

import pytest

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.rubrics import services
from apps.rubrics.models import RubricVersion
from tests import factories


@pytest.fixture
def author(workspace: Workspace) -> Actor:
    return factories.make_actor(Role.AUTHOR, workspace=workspace, username="ada")


@pytest.fixture
def approver(workspace: Workspace) -> Actor:
    return factories.make_actor(Role.APPROVER, workspace=workspace, username="piet")


@pytest.fixture
def viewer(workspace: Workspace) -> Actor:
    return factories.make_actor(Role.VIEWER, workspace=workspace, username="vera")


@pytest.fixture
def draft(author: Actor) -> RubricVersion:
    return services.create_rubric(by=author, document=factories.make_document(), slug="letters")

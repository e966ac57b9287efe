"""Rubrics that come along with a data set."""

import json

import pytest

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.rubrics import queries
from apps.rubrics.models import Rubric
from tests import factories

pytestmark = pytest.mark.django_db
DATA = b"".join(
    json.dumps(
        {"prompt_id": name, "prompt": [{"role": "user", "content": f"{name}?"}],
         "rubrics": [{"criterion": "Says it.", "points": 3}]}
    ).encode() + b"\n"
    for name in ("a", "b")
)  # fmt: skip


def test_they_become_a_set_bound_to_its_prompts(author: Actor) -> None:
    done = datasets.import_dataset(by=author, slug="ward", title="Ward", format="healthbench", data=DATA)
    versions = queries.get_set_version(author, "ward", 1).members.order_by("pk")
    assert [member.version.prompt.dataset for member in versions] == [done.dataset] * 2  # type: ignore[union-attr]
    assert any("rubric set ward" in sentence for sentence in done.followed)


def test_without_the_right_they_are_left_out_and_said(author: Actor) -> None:
    writer = factories.make_actor(Role.AUTHOR, workspace=author.workspace, scopes=["data:write"])
    done = datasets.import_dataset(by=writer, slug="ward", title="Ward", format="healthbench", data=DATA)
    assert not Rubric.objects.exists()
    assert "needs the right" in done.followed[0]

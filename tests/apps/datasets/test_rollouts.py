"""Rollouts are stored once by their content."""

import pytest

from apps.datasets import services
from apps.datasets.models import Prompt, Response, Subject
from domain import subjects
from tests import factories

pytestmark = pytest.mark.django_db


def row(n: int, **more) -> services.RolloutRow:
    return services.RolloutRow(
        messages=subjects.as_messages(f"Question {n % 8}"), parts=subjects.as_parts(f"Answer {n}"), **more
    )


def test_equal_rows_share_one_subject_in_the_order_asked_for():
    workspace = factories.make_workspace()
    dataset = services.rollouts_dataset(workspace)
    found = services.store_rollouts(workspace, dataset, [row(1), row(2), row(1)])
    assert found[0] == found[2] != found[1]
    assert services.store_rollouts(workspace, dataset, [row(2), row(1)]) == [found[1], found[0]]
    assert (Prompt.objects.count(), Response.objects.count(), Subject.objects.count()) == (2, 2, 2)
    assert [member.response.parts[0]["text"] for member in found[1].members.all()] == ["Answer 2"]


def test_another_reference_is_another_prompt():
    workspace = factories.make_workspace()
    dataset = services.rollouts_dataset(workspace)
    plain, with_reference = services.store_rollouts(
        workspace, dataset, [row(1), row(1, reference=[subjects.text_part("Right")])]
    )
    assert plain.prompt.context_hash != with_reference.prompt.context_hash
    assert plain.hash == with_reference.hash


def test_512_rows_take_a_handful_of_queries(django_assert_max_num_queries):
    workspace = factories.make_workspace()
    dataset = services.rollouts_dataset(workspace)
    rows = [row(n) for n in range(512)]
    with django_assert_max_num_queries(16):
        assert len(services.store_rollouts(workspace, dataset, rows)) == 512
    with django_assert_max_num_queries(7):
        services.store_rollouts(workspace, dataset, rows)


def test_each_purpose_has_one_dataset():
    workspace = factories.make_workspace()
    assert services.scratch_dataset(workspace) == services.scratch_dataset(workspace)
    assert services.scratch_dataset(workspace) != services.rollouts_dataset(workspace)

"""Pairs and lists of responses as subjects."""

import pytest

from apps.datasets.models import Subject, SubjectKind
from apps.datasets.services import subjects
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_order_is_one_subject_and_the_swapped_one_another():
    prompt = factories.make_prompt()
    one, two = (factories.make_response(prompt=prompt, text=text) for text in ("first", "second"))
    first = subjects.of_orders(prompt.dataset, SubjectKind.PAIR, [(one, two), (two, one), (one, two)])
    assert first[0] == first[2] != first[1]
    assert subjects.of_orders(prompt.dataset, SubjectKind.PAIR, [(two, one)]) == [first[1]]
    swapped = Subject.objects.get(pk=first[1])
    assert [member.response_id for member in swapped.members.all()] == [two.pk, one.pk]
    assert swapped.kind == "pair"


def test_a_member_of_a_list_is_a_subject_of_its_own_with_all_members():
    prompt = factories.make_prompt()
    members = [factories.make_response(prompt=prompt, text=text) for text in "abc"]
    keys = [subjects.of_orders(prompt.dataset, SubjectKind.LIST, [members], step=place)[0] for place in range(3)]
    assert len(set(keys)) == 3
    assert {Subject.objects.get(pk=key).members.count() for key in keys} == {3}
    assert Subject.objects.get(pk=keys[2]).step == 2

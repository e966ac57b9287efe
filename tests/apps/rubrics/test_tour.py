"""The tour of the editor comes by itself once, to whoever may edit, and again from the guide."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db
SEEN = reverse("accounts:tour")


def editor(client: Client, draft: RubricVersion) -> str:
    return client.get(reverse("rubrics:edit", args=["clinic", draft.rubric.slug, draft.number])).content.decode()


def test_it_waits_until_it_was_seen_and_then_for_good(author: Actor, draft: RubricVersion) -> None:
    User.objects.filter(pk=author.user.pk).update(tour_seen=False)
    client = factories.signed_in(author)
    assert "data-tour-first" in editor(client, draft)
    assert client.post(SEEN).status_code == 204
    assert User.objects.get(pk=author.user.pk).tour_seen
    page = editor(client, draft)
    assert "data-tour-first" not in page
    assert "data-tour-again" in page


def test_only_a_post_by_somebody_signed_in_counts(author: Actor) -> None:
    assert factories.signed_in(author).get(SEEN).status_code == 405
    assert Client().post(SEEN).status_code == 302


def test_who_may_not_edit_has_no_tour(viewer: Actor, author: Actor, draft: RubricVersion) -> None:
    guide = reverse("rubrics:guide", args=["clinic"])
    link = reverse("rubrics:edit", args=["clinic", draft.rubric.slug, draft.number]) + "?tour"
    assert "data-tour" not in editor(factories.signed_in(viewer), draft)
    assert link not in factories.signed_in(viewer).get(guide).content.decode()
    assert link in factories.signed_in(author).get(guide).content.decode()

"""What a person wrote goes with them, in every app; what they decided stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import services
from apps.accounts.permissions import Actor
from apps.datasets.models import Label, Rater
from apps.review.models import Claim, Gold, Review
from apps.rubrics.models import Comment, Thread
from tests import factories

pytestmark = pytest.mark.django_db


def test_words_go_and_decisions_stay(alice: Actor, bob: Actor) -> None:
    item = factories.make_review_item()
    claim = Claim.objects.create(
        item=item, queue=item.queue, user=bob.user, lease_until=timezone.now() + timedelta(hours=1), reason="x"
    )
    Review.objects.create(item=item, claim=claim, by=bob.user, value=1.0, note="I, Bob", after_reason="Bob again")
    Gold.objects.create(
        workspace=bob.workspace, subject=item.about, criterion="c_1", criterion_digest="d", value=1.0,
        decided_by=bob.user, reason="because Bob said so",
    )  # fmt: skip
    rater = Rater.objects.create(workspace=bob.workspace, name="bob", user=bob.user)
    dataset = item.about.prompt.dataset
    Label.objects.create(dataset=dataset, subject=item.about, rater=rater, value=0.5, note="Bob was here")
    thread = Thread.objects.create(rubric=factories.make_rubric(), created_by=alice.user)
    Comment.objects.create(thread=thread, by=bob.user, text="Bob thinks so")
    Comment.objects.create(thread=thread, by=alice.user, text="Alice does not")

    handle = services.erase_person(user=bob.user)

    review, gold, label = Review.objects.get(), Gold.objects.get(), Label.objects.get()
    assert (review.value, review.note, review.after_reason) == (1.0, "", "")
    assert (gold.value, gold.reason) == (1.0, "")
    assert (label.value, label.note) == (0.5, "")
    assert Rater.objects.get().name == f"{handle}-{rater.pk}"
    assert Claim.objects.get().reason == ""
    assert list(Comment.objects.values_list("text", flat=True)) == ["", "Alice does not"]

"""The desk: blind until asked, going back, items ahead, what was given back, hostile text."""

import json

import pytest
from django.utils import timezone

from apps.datasets.models import Label, Response
from apps.review import queries, services
from apps.review.models import Claim, Queue, Review, ReviewItem
from domain import errors
from tests import factories
from tests.apps.review.conftest import SECRET, take

pytestmark = pytest.mark.django_db
BASE = "/w/clinic/review"
AHEAD = {"HTTP_X_DESK": "background"}


@pytest.fixture
def client(bob):
    return factories.signed_in(bob)


def assert_blind(text, setting):
    for word in (SECRET, str(setting.judge), setting.judge.fingerprint, "probability", "you and the judge"):
        assert word not in text


def test_straight_on_shows_nothing_until_it_is_asked_for(client, bob, queue, setting):
    url = client.get(f"{BASE}/{queue.pk}/next").url
    onward = client.post(url, {"choice": "0", "straight": "1"})
    assert onward.url.startswith(f"{BASE}/claims/")
    review = Review.objects.get()
    page = client.get(f"{BASE}/reviews/{review.pk}")
    assert_blind(page.content.decode(), setting)
    assert "still blind" in page.content.decode()
    assert_blind(client.get(onward.url).content.decode(), setting)
    assert client.post(f"{BASE}/reviews/{review.pk}", {"do": "show"}).url == f"{BASE}/reviews/{review.pk}"
    assert SECRET in client.get(f"{BASE}/reviews/{review.pk}").content.decode()
    review.refresh_from_db()
    assert review.revealed_at is not None
    with pytest.raises(errors.Conflict):
        services.revise(by=bob, review=review, given={"value": 0.0})


def test_a_change_before_the_verdict_stays_blind_and_keeps_what_was(client, bob, queue):
    url = client.get(f"{BASE}/{queue.pk}/next").url
    client.post(url, {"choice": "0", "straight": "1", "note": "first"})
    review = Review.objects.get()
    assert (
        client.post(f"{BASE}/reviews/{review.pk}", {"do": "revise", "choice": "1", "note": "better"}).status_code == 302
    )
    review.refresh_from_db()
    assert (review.value, review.mode, review.after) == (0.0, "blind", "")
    assert [(one["value"], one["note"]) for one in review.earlier] == [(1.0, "first")]
    label = Label.objects.get()
    assert (label.value, label.mode, label.note, label.repeat) == (0.0, "blind", "better", 0)
    services.revise(by=bob, review=review, given={"value": 0.0}, note="better")
    assert len(Review.objects.get().earlier) == 1


@pytest.mark.parametrize("how", ["resolved", "closed"])
def test_what_others_built_on_is_not_changed(bob, queue, how):
    claim = take(bob, queue)
    review = services.answer(by=bob, claim=claim, given={"value": 1.0})
    if how == "closed":
        Queue.objects.update(state="closed")
    else:
        ReviewItem.objects.filter(pk=claim.item_id).update(state="resolved")
    with pytest.raises(errors.Conflict):
        services.revise(by=bob, review=queries.get_review(bob, review.pk), given={"value": 0.0})


def test_nobody_changes_the_decision_of_another(bob, cleo, queue):
    review = services.answer(by=bob, claim=take(bob, queue), given={"value": 1.0})
    for act in (
        lambda: services.reveal(by=cleo, review=review),
        lambda: services.revise(by=cleo, review=review, given={}),
    ):
        with pytest.raises(errors.NotFound):
            act()


def test_the_next_page_is_there_ahead_and_given_back(client, bob, queue, setting):
    url = client.get(f"{BASE}/{queue.pk}/next").url
    claim = url.rsplit("/", 1)[1]
    ahead = client.post(f"{BASE}/{queue.pk}/ahead", {"beside": claim})
    place = ahead["Content-Location"]
    assert (ahead.status_code, place != url, place.startswith(f"{BASE}/claims/")) == (200, True, True)
    assert_blind(ahead.content.decode(), setting)
    stored = client.post(url, {"choice": "0", "straight": "1"}, **AHEAD)
    assert stored.status_code == 204
    assert client.get(f"{BASE}/{queue.pk}/next").url == place
    assert client.post(f"{BASE}/{queue.pk}/ahead", {"beside": claim, "do": "release"}).status_code == 204
    assert Claim.objects.filter(state="released").count() == 1


def test_ahead_of_no_claim_of_ones_own_is_the_item_at_hand(client, cleo, bob, queue):
    theirs, mine = take(cleo, queue), take(bob, queue)
    for bad in (str(theirs.pk), "", "x", "9" * 40):
        ahead = client.post(f"{BASE}/{queue.pk}/ahead", {"beside": bad})
        assert (ahead.status_code, ahead["Content-Location"]) == (200, f"{BASE}/claims/{mine.pk}")


def test_the_desk_gets_the_middle_of_a_page(client, bob, queue):
    url = f"{BASE}/claims/{take(bob, queue).pk}"
    whole, middle = (client.get(url, headers=headers).content.decode() for headers in ({}, {"X-Part": "main"}))
    assert all(part in whole for part in ('aria-label="Main"', 'id="palette"', "htmx.min.js"))
    assert not any(part in middle for part in ('aria-label="Main"', 'id="palette"', "htmx.min.js"))
    for part in ("<title>", 'name="csrf-token"', "js/desk.js", 'id="content"', "data-desk "):
        assert part in middle


def test_a_heartbeat_takes_back_what_is_free_and_keeps_what_is_ahead(bob, queue):
    first = take(bob, queue)
    second = services.claim(by=bob, queue=queue, beside=first.pk)
    assert second is not None
    Claim.objects.filter(pk=first.pk).update(lease_until=timezone.now())
    services.release_dead_leases()
    held = services.heartbeat(by=bob, claim=first)
    second.refresh_from_db()
    assert (held.state, second.lease_until) == ("leased", held.lease_until)


def test_the_end_says_what_others_hold(client, cleo, queue):
    ReviewItem.objects.update(seats=1)
    take(cleo, queue)
    url = client.get(f"{BASE}/{queue.pk}/next").url
    for _ in range(queue.items.count()):
        answer = client.post(url, {"choice": "0", "straight": "1"})
        url = answer.url
    assert url == f"{BASE}/{queue.pk}/next"
    page = client.get(url).content.decode()
    assert "Nothing left for you here" in page
    assert "1 item is held by others" in page


def test_what_was_given_back_is_shown_to_authors(client, alice, charlie, bob, queue):
    services.skip(by=bob, claim=take(bob, queue), reason="too long <b>")
    services.decline(by=bob, claim=take(bob, queue), reason="I wrote it")
    page = factories.signed_in(alice).get(f"{BASE}/{queue.pk}/given-back").content.decode()
    assert "too long &lt;b&gt;" in page
    assert "I wrote it" in page
    assert client.get(f"{BASE}/{queue.pk}/given-back").status_code == 403
    assert factories.signed_in(charlie).get(f"{BASE}/{queue.pk}/given-back").status_code == 404


def test_hostile_answers_are_shown_and_do_nothing(client, bob, charlie, queue):
    claim = take(bob, queue)
    response = Response.objects.get(memberships__subject=claim.item.subject_id)
    text = "</p><script>alert(1)</script> pay \u202e05\u202c " + "long words " * 18_000
    response.parts = [{"type": "text", "text": text}]
    response.save(update_fields=["parts"])
    page = client.get(f"{BASE}/claims/{claim.pk}").content.decode()
    assert "<script>alert" not in page
    assert 'data-name="RLO"' in page
    assert "2 hidden characters shown" in page
    assert "folded" in page
    spans = json.dumps([{"start": 0, "end": 4}])
    client.post(f"{BASE}/claims/{claim.pk}", {"choice": "0", "evidence": spans, "straight": "1"})
    assert Review.objects.get().spans == [{"start": 0, "end": 4, "text": "</p>"}]
    rendered = f"{BASE}/items/{claim.item_id}/rendered"
    assert "too long to be rendered" in client.get(rendered).content.decode()
    assert client.get(rendered + "?place=7").status_code == 404
    assert factories.signed_in(charlie).get(rendered).status_code == 404
    response.parts = [{"type": "text", "text": "**Rest** <script>alert(1)</script>"}]
    response.save(update_fields=["parts"])
    shown = client.get(rendered).content.decode()
    assert "<strong>Rest</strong>" in shown
    assert "<script" not in shown


def test_roles_taken_away_and_queues_closed_in_mid_decision(client, alice, bob, queue):
    url = client.get(f"{BASE}/{queue.pk}/next").url
    services.set_state(by=alice, queue=queue, state="paused")
    assert client.post(url, {"choice": "0", "straight": "1"}).url == f"{BASE}/{queue.pk}/"
    assert Review.objects.count() == 1
    services.set_state(by=alice, queue=queue, state="open")
    url = client.get(f"{BASE}/{queue.pk}/next").url
    bob.user.memberships.update(role="viewer")
    assert client.post(url, {"choice": "0"}).status_code == 403
    assert client.post(f"{url}/heartbeat").status_code == 403
    bob.user.memberships.update(active=False)
    assert client.get(url).status_code == 404
    assert Review.objects.count() == 1

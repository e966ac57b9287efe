"""The pages of reviews: blind is enforced by the server, every step works as a plain form post."""

import pytest

from apps.accounts.permissions import Role
from apps.review import services
from apps.review.models import Claim, Queue, Review
from tests import factories
from tests.apps.review.conftest import SECRET, take

pytestmark = pytest.mark.django_db
HIDDEN = (SECRET, "judge-", "small@", "The judge says", "probability")


@pytest.fixture
def client(bob):
    return factories.signed_in(bob)


def start(client, queue):
    answer = client.get(f"/w/clinic/review/{queue.pk}/next")
    assert answer.status_code == 302
    return answer.url


def test_nothing_of_the_judge_is_sent_before_the_decision(client, queue, setting):
    url = start(client, queue)
    page = client.get(url).content.decode()
    assert "blind: the judge" in page
    assert "Take 5 mg of drug" in page
    for word in (SECRET, str(setting.judge), "Expected value over the labels", setting.judge.fingerprint):
        assert word not in page
    for path in (f"/w/clinic/review/{queue.pk}/", "/w/clinic/review/", f"/w/clinic/review/{queue.pk}/mine"):
        assert SECRET not in client.get(path).content.decode()
    assert client.get(f"/w/clinic/review/{queue.pk}/report").status_code == 403
    assert client.get(f"/w/clinic/review/{queue.pk}/conflicts").status_code == 403


def test_decision_reveal_keep_and_on(client, bob, queue, setting):
    url = start(client, queue)
    answer = client.post(
        url, {"choice": "0", "confidence": "0.67", "note": "", "evidence": '[{"start": 0, "end": 4, "text": "Take"}]'}
    )
    review = Review.objects.get()
    assert answer.url == f"/w/clinic/review/reviews/{review.pk}"
    page = client.get(answer.url).content.decode()
    assert SECRET in page
    assert str(setting.judge) in page
    assert '<mark class="" title="marked by you">Take</mark>' in page
    onward = client.post(answer.url, {"do": "keep"})
    assert onward.url.startswith("/w/clinic/review/claims/")
    assert onward.url != url
    review.refresh_from_db()
    assert review.after == "kept"
    assert client.get(url).url == f"/w/clinic/review/reviews/{review.pk}"
    mine = client.get(f"/w/clinic/review/{queue.pk}/mine").content.decode()
    assert "kept" in mine


def test_changing_on_the_reveal_page(client, queue):
    url = start(client, queue)
    reveal = client.post(url, {"choice": "0"}).url
    bad = client.post(reveal, {"do": "change", "choice": "1", "reason": ""})
    assert bad.status_code == 422
    assert client.post(reveal, {"do": "change", "choice": "1", "reason": "I misread"}).status_code == 302
    assert Review.objects.get().after_value == 0.0
    assert "I misread" in client.get(reveal).content.decode()


@pytest.mark.parametrize(
    "form, sentence",
    [
        ({}, "Choose an answer."),
        ({"choice": "7"}, "no answer on offer"),
        ({"choice": "none"}, "why it cannot be decided"),
        ({"choice": "0", "evidence": "{"}, "could not be read"),
    ],
)
def test_faults_stand_on_the_page_and_keep_what_was_typed(client, queue, form, sentence):
    url = start(client, queue)
    answer = client.post(url, {**form, "note": "" if "none" in form.values() else "my note"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert ("my note" in page) == ("none" not in form.values())
    assert not Review.objects.exists()


def test_skip_decline_and_stop(client, queue):
    url = start(client, queue)
    second = client.post(f"{url}/give-up", {"do": "skip"}).url
    assert second != url
    assert client.post(f"{second}/give-up", {"do": "decline", "reason": ""}).status_code == 422
    third = client.post(f"{second}/give-up", {"do": "decline", "reason": "I wrote it"}).url
    assert client.post(f"{third}/heartbeat").status_code == 204
    assert client.post(f"{third}/give-up", {"do": "stop"}).url == f"/w/clinic/review/{queue.pk}/"
    assert client.post(f"{third}/heartbeat").status_code == 409
    states = list(Claim.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["skipped", "declined", "released"]


def test_who_sees_what(alice, bob, charlie, queue):
    viewer = factories.make_actor(Role.VIEWER)
    base = "/w/clinic/review/"
    for path in ("", f"{queue.pk}/", f"{queue.pk}/mine"):
        assert factories.signed_in(alice).get(base + path).status_code == 200
        assert factories.signed_in(bob).get(base + path).status_code == 200
        assert factories.signed_in(viewer).get(base + path).status_code == 403
        assert factories.signed_in(charlie).get(base + path).status_code == 404
    for path in ("new", f"{queue.pk}/report", f"{queue.pk}/conflicts"):
        assert factories.signed_in(alice).get(base + path).status_code == 200
        assert factories.signed_in(bob).get(base + path).status_code == 403
        assert factories.signed_in(charlie).get(base + path).status_code == 404


def test_the_claim_of_another_is_unknown(client, cleo, queue):
    url = start(client, queue)
    other = factories.signed_in(cleo)
    assert other.get(url).status_code == 404
    assert other.post(url, {"choice": "0"}).status_code == 404
    client.post(url, {"choice": "0"})
    assert other.get(f"/w/clinic/review/reviews/{Review.objects.get().pk}").status_code == 404


def test_counting_before_making_a_queue(alice, setting):
    client = factories.signed_in(alice)
    form = {
        "source": f"run:{setting.run.pk}", "name": "Look", "task": "verdict", "rule": "uncertain", "size": "5",
        "overlap": "3", "seed": "1", "blind": "on", "priority": "10", "repeats": "20", "measure": "margin",
        "minimum_role": "annotator", "deadline": "2999-12-31", "consensus": "spread_limit", "limit": "0.5",
    }  # fmt: skip
    counted = client.post("/w/clinic/review/new/preview", {**form, "name": ""})
    assert "<b>6 items</b>, <b>18 decisions</b>" in counted.content.decode()
    assert not Queue.objects.exists()
    made = client.post("/w/clinic/review/new", form)
    queue = Queue.objects.get()
    assert made["Location"] == f"/w/clinic/review/{queue.pk}/"
    assert (queue.overlap, queue.blind, queue.items.count(), queue.priority) == (3, True, 6, 10)
    assert (queue.rule["kind"], queue.repeat_share, str(queue.deadline)[:10]) == ("uncertain", 0.2, "2999-12-31")
    assert queue.consensus == {"rule": "spread_limit", "share": 0.5, "limit": 0.5}
    for wrong in ({"overlap": "99"}, {"consensus": "chance"}, {"limit": "2"}):
        assert client.post("/w/clinic/review/new", form | wrong).status_code == 422
    shown = client.get(made["Location"]).content.decode()
    assert "where the judge was unsure (margin)" in shown
    assert "urgent" in shown


def test_the_form_follows_what_is_chosen(alice, setting):
    client = factories.signed_in(alice)
    page = client.get(f"/w/clinic/review/new?run={setting.run.pk}").content.decode()
    assert f'value="run:{setting.run.pk}" selected' in page
    assert 'name="measure"' not in page
    form = {"source": f"run:{setting.run.pk}", "task": "verdict", "rule": "uncertain"}
    part = client.post("/w/clinic/review/new", form, headers={"HX-Request": "true"})
    assert part["HX-Trigger"] == "queue-fields-changed"
    assert 'name="measure"' in part.content.decode()
    assert "<html" not in part.content.decode()
    data = client.post(
        "/w/clinic/review/new", {**form, "source": "dataset:letters"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'value="uncertain"' not in data


def test_more_items_and_reasons_from_the_page(alice, client, setting):
    queue = services.create_queue(by=alice, run=setting.run, name="Few", rule={"size": 3}, seed=1)
    author = factories.signed_in(alice)
    at = f"/w/clinic/review/{queue.pk}"
    assert author.post(f"{at}/add", {"rule": "random", "size": "4"}).status_code == 302
    assert queue.items.count() == 7
    assert author.post(f"{at}/add", {"rule": "magic", "size": "4"}).status_code == 422
    author.post(f"{at}/state", {"state": "paused", "reason": "The rubric is being mended."})
    assert "The rubric is being mended." in client.get(f"{at}/").content.decode()
    assert client.post(f"{at}/add", {"rule": "random", "size": "4"}).status_code == 403


def test_an_open_queue_shows_the_verdict_and_goes_straight_on(alice, client, setting):
    queue = services.create_queue(
        by=alice, run=setting.run, name="Assisted", rule={"kind": "random", "size": 9}, overlap=1, seed=1, blind=False
    )
    url = start(client, queue)
    assert SECRET in client.get(url).content.decode()
    onward = client.post(url, {"choice": "0"})
    assert onward.url.startswith("/w/clinic/review/claims/")
    assert Review.objects.get().mode == "assisted"


def test_settling_a_conflict(alice, bob, cleo, queue):
    for actor, value in ((bob, 1.0), (cleo, 0.0)):
        claim = take(actor, queue)
        services.answer(by=actor, claim=claim, given={"value": value}, note=f"of {actor.user.username}")
    client = factories.signed_in(alice)
    assert "Person A: " in client.get(f"/w/clinic/review/{queue.pk}/conflicts").content.decode()
    item = queue.items.get(state="conflict")
    url = f"/w/clinic/review/items/{item.pk}/adjudicate"
    page = client.get(url).content.decode()
    assert "of bob" in page
    assert SECRET not in page
    assert client.post(url, {"choice": "0", "reason": ""}).status_code == 422
    assert client.post(url, {"choice": "0", "reason": "Named."}).status_code == 302
    item.refresh_from_db()
    assert item.state == "resolved"


def test_pausing_and_closing(alice, client, bob, queue):
    author = factories.signed_in(alice)
    assert client.post(f"/w/clinic/review/{queue.pk}/state", {"state": "closed"}).status_code == 403
    author.post(f"/w/clinic/review/{queue.pk}/state", {"state": "closed"})
    assert client.get(f"/w/clinic/review/{queue.pk}/next").url == f"/w/clinic/review/{queue.pk}/"
    assert client.get(f"/w/clinic/review/{queue.pk}/report").status_code == 200


def test_pages_take_a_constant_number_of_queries(alice, client, queue, django_assert_max_num_queries):
    url = start(client, queue)
    main = {"X-Part": "main"}
    with django_assert_max_num_queries(22):
        client.get(url)
    with django_assert_max_num_queries(24):
        client.post(f"/w/clinic/review/{queue.pk}/ahead", {"beside": url.rpartition("/")[2]}, headers=main)
    with django_assert_max_num_queries(16):
        client.get("/w/clinic/review/")
    with django_assert_max_num_queries(26):
        reveal = client.post(url, {"choice": "0"}).url
    with django_assert_max_num_queries(11):
        client.get(reveal, headers=main)
    with django_assert_max_num_queries(11):
        client.post(reveal, {"do": "keep"}, headers={"X-Desk": "background"})
    author = factories.signed_in(alice)
    with django_assert_max_num_queries(24):
        author.get(f"/w/clinic/review/{queue.pk}/report")


def test_the_navigation_counts_what_waits(client, queue):
    page = client.get("/w/clinic/review/").content.decode()
    assert "decisions that wait for you" in page

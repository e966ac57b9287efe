"""Conflicts: side by side without names, sent back, left as disagreements, settled by a rule with provenance."""

import pytest

from apps.review import queries, services
from apps.review.models import Gold, ReviewItem
from apps.review.queries import gates
from apps.rubrics import queries as rubric_queries
from domain import errors
from tests import factories
from tests.apps.review.conftest import SECRET, make_run, take

pytestmark = pytest.mark.django_db


def say(by, queue, value, note=""):
    """The person decides their next item."""
    claim = take(by, queue)
    services.answer(by=by, claim=claim, given={"value": value}, note=note, seconds=12)
    return ReviewItem.objects.get(pk=claim.item_id)


@pytest.fixture
def conflict(queue, alice, bob, cleo):
    """Bob says yes, Cleo says no."""
    say(bob, queue, 1.0, "It names 5 mg.")
    return say(cleo, queue, 0.0, "It is the wrong dose.")


def test_names_and_verdicts_are_hidden_until_it_is_settled(conflict, alice, setting):
    client = factories.signed_in(alice)
    url = f"/w/clinic/review/items/{conflict.pk}/adjudicate"
    page = client.get(url).content.decode()
    for word in ("It names 5 mg.", "It is the wrong dose.", "Person A", "Person B"):
        assert word in page
    for word in (SECRET, "<b>bob</b>", "<b>cleo</b>"):
        assert word not in page
    listed = client.get(f"/w/clinic/review/{conflict.queue_id}/conflicts").content.decode()
    assert "Person A" in listed
    assert "bob:" not in listed
    revealed = client.get(f"{url}?reveal=1").content.decode()
    assert SECRET in revealed
    assert "<b>bob</b>" in revealed
    answer = client.post(url, {"choice": "0", "reason": "5 mg is named.", "revealed": "1"})
    assert answer["Location"] == url
    after = client.get(url).content.decode()
    assert SECRET in after
    assert "<b>bob</b>" in after
    assert Gold.objects.get().provenance["revealed"] is True


def test_the_next_conflict_follows(queue, alice, bob, cleo):
    for _ in range(3):
        say(bob, queue, 1.0)
        say(cleo, queue, 0.0)
    items = list(queue.items.filter(state="conflict").order_by("position"))
    client = factories.signed_in(alice)
    base = f"/w/clinic/review/{queue.pk}/conflicts/next"
    assert client.get(base)["Location"].endswith(f"/items/{items[0].pk}/adjudicate")
    assert client.get(f"{base}?after={items[0].position}")["Location"].endswith(f"/items/{items[1].pk}/adjudicate")
    assert client.get(f"{base}?after={items[2].position}")["Location"].endswith(f"/items/{items[0].pk}/adjudicate")
    assert client.get(f"{base}?after=x")["Location"].endswith(f"/items/{items[0].pk}/adjudicate")
    for item in items:
        services.mark_disagreed(by=alice, item=item, reason="Nobody can tell.")
    assert client.get(base)["Location"].endswith("/conflicts")


def test_more_people_are_asked_with_a_note(conflict, alice, bob, cleo, queue):
    dora = factories.make_actor(username="dora")
    client = factories.signed_in(alice)
    url = f"/w/clinic/review/items/{conflict.pk}/send-back"
    assert client.post(url, {"seats": "9", "note": ""}).status_code == 422
    assert client.post(url, {"seats": "1", "note": "Look at the second line."}).status_code == 302
    conflict.refresh_from_db()
    assert (conflict.state, conflict.seats) == ("open", 3)
    claim = take(dora, queue)
    while claim.item_id != conflict.pk:
        services.skip(by=dora, claim=claim)
        claim = take(dora, queue)
    page = factories.signed_in(dora).get(f"/w/clinic/review/claims/{claim.pk}").content.decode()
    assert "Look at the second line." in page
    assert "It names 5 mg." not in page
    services.answer(by=dora, claim=claim, given={"value": 1.0})
    conflict.refresh_from_db()
    assert conflict.state == "conflict"
    services.set_consensus(by=alice, queue=queue, rule="majority")
    conflict.refresh_from_db()
    assert conflict.state == "answered"
    gold = Gold.objects.get(item=conflict)
    assert gold.value == 1.0
    assert (gold.provenance["how"], gold.provenance["rule"]) == ("consensus", "majority")
    assert len(gold.provenance["used"][conflict.criterion]) == 2
    assert len(gold.provenance["dropped"][conflict.criterion]) == 1
    assert gold.decided_by is None


def test_what_cannot_be_sent_back(conflict, alice, queue, bob):
    services.set_state(by=alice, queue=queue, state="closed")
    with pytest.raises(errors.Conflict, match="Open the queue"):
        services.send_back(by=alice, item=conflict)
    services.mark_disagreed(by=alice, item=conflict, reason="No.")
    with pytest.raises(errors.Conflict):
        services.send_back(by=alice, item=conflict)
    with pytest.raises(errors.Conflict):
        services.mark_disagreed(by=alice, item=conflict, reason="Again.")
    with pytest.raises(errors.NotAllowed):
        services.send_back(by=bob, item=conflict)


def test_a_disagreement_becomes_a_remark_on_the_criterion(conflict, alice, setting):
    client = factories.signed_in(alice)
    url = f"/w/clinic/review/items/{conflict.pk}/cannot-agree"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "“Dose” can be read in two ways."}).status_code == 302
    conflict.refresh_from_db()
    assert conflict.state == "resolved"
    gold = Gold.objects.get()
    assert (gold.value, gold.provenance["how"]) == (None, "cannot agree")
    assert queries.gold_cases(setting.version) == []
    slug, number = setting.version.rubric.slug, setting.version.number
    page = client.get(f"/w/clinic/rubrics/{slug}/{number}/quality", follow=True).content.decode()
    assert "People could not agree on 1 answer" in page
    assert "can be read in two ways" in page
    services.adjudicate(by=alice, item=conflict, given={"value": 1.0}, reason="Asked the pharmacist.")
    said = rubric_queries.domain_rubric(setting.version)
    assert gates.disagreements(setting.version, said) == []


def five(alice, values):
    """One ordinal question that five people answered so."""
    setting = make_run(alice, answers=1)
    version = setting.version
    queue = services.create_queue(
        by=alice, run=setting.run, name="Five", rule={"kind": "random", "size": 1}, overlap=len(values), seed=1
    )
    item = queue.items.get()
    for n, value in enumerate(values):
        by = factories.make_actor(username=f"person-{n}-{version.pk}")
        services.answer(by=by, claim=take(by, queue), given={"value": value}, note="Because.")
    item.refresh_from_db()
    return queue, item


def test_a_weighted_majority_counts_accuracy_on_gold(alice, monkeypatch):
    queue, item = five(alice, [1.0, 0.0, 0.0])
    people = list(item.reviews.order_by("pk").values_list("by", flat=True))
    votes = {people[0]: 0.9, people[1]: 0.3, people[2]: 0.4}
    monkeypatch.setattr(queries, "votes_of", lambda *_: votes)
    assert services.set_consensus(by=alice, queue=queue, rule="weighted") == 1
    gold = Gold.objects.get(item=item)
    assert gold.value == 1.0
    assert sorted(gold.provenance["votes"].values()) == [0.3, 0.4, 0.9]


def test_a_mean_settles_no_question_of_yes_or_no(alice):
    queue, item = five(alice, [1.0, 1.0, 0.0, 1.0])
    assert services.set_consensus(by=alice, queue=queue, rule="drop_distant") == 1
    assert Gold.objects.get(item=item).value == 1.0
    queue, item = five(alice, [1.0, 0.0, 0.0, 1.0])
    assert services.set_consensus(by=alice, queue=queue, rule="drop_distant") == 0
    ask = queries.ask_of(item)
    assert "between the answers" in queries.outcome(ask, list(item.reviews.all()), {}).reason
    assert services.set_consensus(by=alice, queue=queue, rule="spread_limit", limit=0.5) == 0
    assert services.set_consensus(by=alice, queue=queue, rule="majority") == 0


def test_whoever_cannot_decide_has_no_vote(alice):
    queue, item = five(alice, [1.0, None, None])
    assert item.state == "conflict"
    assert services.set_consensus(by=alice, queue=queue, rule="majority") == 1
    assert Gold.objects.get(item=item).value == 1.0


def test_a_change_is_settled_anew_by_the_rule(alice):
    queue, item = five(alice, [1.0, 1.0, 0.0])
    services.set_consensus(by=alice, queue=queue, rule="majority")
    review = item.reviews.order_by("pk")[0]
    by = type(alice)(user=review.by, workspace=alice.workspace, role=alice.role)
    services.change(by=by, review=review, given={"value": 0.0}, reason="I misread it.")
    held = Gold.objects.get(item=item, superseded_by=None)
    assert (held.value, held.provenance["rule"]) == (0.0, "majority")
    services.set_consensus(by=alice, queue=queue, rule="")
    queue.refresh_from_db()
    assert queue.consensus == {}


def test_the_rule_is_chosen_on_the_page(conflict, alice, bob, charlie, queue):
    client = factories.signed_in(alice)
    url = f"/w/clinic/review/{queue.pk}/consensus"
    client.post(url, {"rule": "majority", "share": "0.6"})
    queue.refresh_from_db()
    assert queue.consensus == {"rule": "majority", "share": 0.6, "limit": 0.25}
    client.post(url, {"rule": "chance"})
    queue.refresh_from_db()
    assert queue.consensus["rule"] == "majority"
    page = client.get(f"/w/clinic/review/items/{conflict.pk}/adjudicate").content.decode()
    assert "No answer has more than 60" in page
    for who, status in ((bob, 403), (charlie, 404)):
        assert factories.signed_in(who).post(url, {"rule": ""}).status_code == status
    for wrong in ({"rule": "chance"}, {"rule": "majority", "share": 0.2}, {"rule": "spread_limit", "limit": 2}):
        with pytest.raises(errors.Invalid):
            services.set_consensus(by=alice, queue=queue, **wrong)

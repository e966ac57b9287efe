"""Pairs, rankings, ratings, marked errors, critiques and votes: from the answer to what is stored."""

from typing import Any

import pytest

from apps.datasets.models import Label, Preference, SubjectKind
from apps.review import queries, services
from apps.review.models import Gold, Queue, Review, ReviewItem
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Hunk
from domain import errors
from tests import factories
from tests.apps.review.conftest import answers_to_one_prompt, make_queue, take, together

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>\u202e evil"
Task = Queue.Task


def decide(actor, queue, given, **more):
    return services.answer(by=actor, claim=take(actor, queue), given=given, **more)


def shown_to(actor, item) -> Any:
    return asked(item, actor.user.pk)


def asked(item, seat=0) -> Any:
    return queries.ask_of(item, seat)


@pytest.fixture
def pair(alice):
    responses = answers_to_one_prompt(alice, ["Take it at noon.", f"Never mind. {NASTY}"])
    return make_queue(alice, Task.PAIR, [{"subject": together(SubjectKind.PAIR, responses)}], overlap=2)


@pytest.fixture
def ranking(alice):
    responses = answers_to_one_prompt(alice, ["One.", "Two.", "Three.", "Four."])
    return make_queue(alice, Task.RANKING, [{"subject": together(SubjectKind.LIST, responses)}], overlap=2)


def single(author, task, text="Das ist ein Test.", **more):
    [response] = answers_to_one_prompt(author, [text])
    return make_queue(author, task, [{"subject": together(SubjectKind.RESPONSE, [response]), **more}], overlap=2)


# --- pairs


def test_a_pair_is_a_preference_in_the_stored_order_whoever_saw_which_first(bob, cleo, pair):
    item = pair.items.get()
    for actor in (bob, cleo):
        better = shown_to(actor, item).order.index(1)
        decide(actor, pair, {"strength": 2 if better else -2}, note="It answers.", confidence=0.67)
    assert set(Review.objects.values_list("value", flat=True)) == {2.0}
    for one in Preference.objects.all():
        assert [(member.response.external_id, member.rank) for member in one.members.all()] == [("a1", 1), ("a0", 2)]
        assert (one.strength, one.mode, one.repeat, one.note) == (2.0, "blind", 0, "It answers.")
        assert one.extensions["confidence"] == 0.67
        assert sorted(one.extensions["shown"]) == ["a0", "a1"]
    assert len(set(Preference.objects.values_list("external_id", flat=True))) == 1
    assert Preference.objects.count() == 2
    assert not Label.objects.exists()
    item.refresh_from_db()
    assert (item.state, Gold.objects.get().value) == (ReviewItem.State.ANSWERED, 2.0)


def test_the_order_is_drawn_for_each_person_and_stays(alice, pair):
    item = pair.items.get()
    orders = {tuple(asked(item, seat).order) for seat in range(1, 30)}
    assert orders == {(0, 1), (1, 0)}
    assert asked(item).order == [0, 1]
    assert shown_to(alice, item).order == shown_to(alice, item).order
    assert [text for _, text in asked(item).answers] == ["Take it at noon.", f"Never mind. {NASTY}"]


def test_pairs_within_two_points_agree_and_beyond_are_a_conflict(alice, bob, cleo, pair):
    item = pair.items.get()
    for actor, stored in ((bob, -1.0), (cleo, 2.0)):
        turned = stored if shown_to(actor, item).order == [0, 1] else -stored
        decide(actor, pair, {"strength": turned}, note="So it is.")
    item.refresh_from_db()
    assert item.state == ReviewItem.State.CONFLICT
    [gold] = services.adjudicate(by=alice, item=item, given={"strength": 1}, reason="Half of it.")
    assert (gold.value, gold.criterion) == (1.0, "pair")


@pytest.mark.parametrize(
    "given, note",
    [
        ({"strength": 2}, ""),
        ({"strength": 4}, "why"),
        ({"strength": "2"}, "why"),
        ({}, "why"),
        ({"undecided": True}, " "),
        ({"value": 1.0}, "why"),
    ],
)
def test_a_pair_needs_a_strength_and_a_reason(bob, pair, given, note):
    claim = take(bob, pair)
    with pytest.raises(errors.Invalid):
        services.answer(by=bob, claim=claim, given=given, note=note)
    assert not Review.objects.exists()
    assert not Preference.objects.exists()


def test_a_pair_that_cannot_be_decided_is_no_preference(bob, pair):
    review = decide(bob, pair, {"undecided": True}, note="Both are cut off.")
    assert review.value is None
    assert not Preference.objects.exists()
    label = Label.objects.get()
    assert (label.value, label.criterion) == (None, None)
    assert shown_to(bob, review.item).words(queries.Ask.said(review)) == "cannot be decided"


def test_the_same_pair_again_is_a_repeat(alice, bob, pair):
    other = make_queue(alice, Task.PAIR, [{"subject": pair.items.get().subject}])
    first = decide(bob, pair, {"strength": 0}, note="Equal.")
    second = decide(bob, other, {"strength": 0}, note="Still equal.")
    assert (first.repeat, second.repeat) == (0, 1)
    assert list(Preference.objects.order_by("pk").values_list("repeat", "strength")) == [(0, 0.0), (1, 0.0)]
    assert {member.rank for one in Preference.objects.all() for member in one.members.all()} == {1}


def test_the_page_of_a_pair_escapes_and_asks_for_a_reason(bob, pair):
    client = factories.signed_in(bob)
    url = client.get(f"/w/clinic/review/{pair.pk}/next")["Location"]
    page = client.get(url).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "A is much better" in page
    assert client.post(url, {"choice": "-2", "note": ""}).status_code == 422
    assert client.post(url, {"choice": "seven", "note": "x"}).status_code == 422
    assert client.post(url, {"choice": "-2", "note": "Because."}).status_code == 302
    assert Preference.objects.get().strength == 2.0


# --- rankings


def test_a_ranking_with_ties_is_a_preference(bob, ranking):
    item = ranking.items.get()
    order = shown_to(bob, item).order
    wanted = {0: 2, 1: 1, 2: 2, 3: 3}
    review = decide(bob, ranking, {"ranks": [wanted[place] for place in order]})
    assert review.value is None
    assert review.payload == {"ranks": [2, 1, 2, 3], "shown": order}
    one = Preference.objects.get()
    assert {member.response.external_id: member.rank for member in one.members.all()} == {
        "a1": 1, "a0": 2, "a2": 2, "a3": 3,
    }  # fmt: skip
    assert one.strength is None
    assert one.extensions["shown"] == [f"a{place}" for place in order]
    words = shown_to(bob, item).words(queries.Ask.said(review))
    assert words.count(">") == 2
    assert words.count("=") == 1


def test_rankings_far_apart_are_a_conflict_and_near_ones_meet(bob, cleo, ranking):
    item = ranking.items.get()
    stored = {bob: [1, 2, 3, 4], cleo: [1, 2, 4, 3]}
    for actor, ranks in stored.items():
        decide(actor, ranking, {"ranks": [ranks[place] for place in shown_to(actor, item).order]})
    item.refresh_from_db()
    assert item.state == ReviewItem.State.ANSWERED
    assert Gold.objects.get().provenance["ranks"] == [1, 2, 3, 3]


def test_the_form_of_a_ranking(bob, ranking):
    client = factories.signed_in(bob)
    url = client.get(f"/w/clinic/review/{ranking.pk}/next")["Location"]
    assert 'name="rank-3"' in client.get(url).content.decode()
    for bad in ({}, {"rank-0": "1"}, {"rank-0": "x", "rank-1": "1", "rank-2": "1", "rank-3": "1"}):
        answer = client.post(url, bad)
        assert answer.status_code == 422, bad
    assert client.post(url, {f"rank-{n}": str(n + 1) for n in range(4)}).status_code == 302
    assert Preference.objects.get().members.count() == 4


# --- ratings


def test_a_rating_is_a_label_of_its_aspect(bob, cleo, alice):
    queue = single(alice, Task.RATING, criterion="helpfulness")
    decide(bob, queue, {"level": 4, "spans": [{"start": 0, "end": 3}]}, confidence=1, note="Fine.")
    decide(cleo, queue, {"level": 5})
    label = Label.objects.get(rater__user=bob.user)
    assert (label.criterion, label.value, label.spans[0]["text"], label.confidence) == ("helpfulness", 4.0, "Das", 1.0)
    assert ReviewItem.objects.get().state == ReviewItem.State.ANSWERED
    assert Gold.objects.get().value == 4.0


@pytest.mark.parametrize("given", [{"level": 6}, {"level": None}, {"level": 3, "spans": [{"start": 0, "end": 999}]}])
def test_bad_ratings_are_refused(bob, alice, given):
    with pytest.raises(errors.Invalid):
        decide(bob, single(alice, Task.RATING), given)
    assert not Review.objects.exists()


def test_levels_of_ones_own_are_shown_and_broken_ones_are_not(alice):
    own = [{"label": f"L{n}", "anchor": NASTY} for n in range(5)]
    item = single(alice, Task.RATING, payload={"levels": own}).items.get()
    assert queries.ask_of(item).shown.choices[0].label == "5 L4"
    item.payload = {"levels": [1, 2, 3, 4, 5]}
    assert queries.ask_of(item).shown.choices[0].label == "5 Excellent"


# --- marked errors


def test_marked_errors_are_a_label_with_the_published_score(bob, alice):
    queue = single(alice, Task.SPANS)
    review = decide(bob, queue, {"errors": [
        {"category": "Style/Awkward", "severity": "Minor", "start": 0, "end": 3},
        {"category": "Accuracy/Omission", "severity": "Major"},
    ]})  # fmt: skip
    label = Label.objects.get()
    assert (label.criterion, label.value, len(label.payload["errors"])) == ("mqm", -6.0, 2)
    assert review.spans[0]["text"] == "Das"
    assert "text" not in review.payload["errors"][1]
    assert shown_to(bob, review.item).words(queries.Ask.said(review)) == "score -6: 1 major, 1 minor"


def test_no_error_is_said_and_not_left_out(bob, alice):
    queue = single(alice, Task.SPANS)
    client = factories.signed_in(bob)
    url = client.get(f"/w/clinic/review/{queue.pk}/next")["Location"]
    for bad in ({}, {"errors": "{"}, {"errors": '"x"'}, {"errors": '[{"category": "Other", "severity": "Minor"}]',
                "choice": "clean"}):  # fmt: skip
        assert client.post(url, bad).status_code == 422, bad
    assert client.post(url, {"choice": "clean"}).status_code == 302
    label = Label.objects.get()
    assert (label.value, label.payload) == (0.0, {"errors": []})


def test_people_who_mark_other_places_are_in_conflict(alice, bob, cleo):
    queue = single(alice, Task.SPANS)
    for actor, start in ((bob, 0), (cleo, 8)):
        row = {"category": "Other", "severity": "Minor", "start": start, "end": start + 3}
        decide(actor, queue, {"errors": [row]})
    assert ReviewItem.objects.get().state == ReviewItem.State.CONFLICT


def test_kinds_of_ones_own(bob, alice):
    queue = single(alice, Task.SPANS, payload={"categories": ["Dose", NASTY]})
    row = {"category": NASTY, "severity": "Major"}
    assert decide(bob, queue, {"errors": [row]}).value == -5.0
    client = factories.signed_in(bob)
    assert "<script>alert" not in client.get(f"/w/clinic/review/{queue.pk}/mine").content.decode()


# --- critiques


def test_a_critique_is_a_note_with_passages_and_no_conflict(alice, bob, cleo):
    queue = single(alice, Task.CRITIQUE)
    with pytest.raises(errors.Invalid):
        decide(bob, queue, {})
    decide(bob, queue, {"spans": [{"start": 0, "end": 3}]}, note="Too short.")
    decide(cleo, queue, {}, note="Says nothing of the dose.")
    label = Label.objects.get(rater__user=bob.user)
    assert (label.criterion, label.value, label.note, label.spans[0]["text"]) == ("critique", None, "Too short.", "Das")
    assert ReviewItem.objects.get().state == ReviewItem.State.ANSWERED
    assert not Gold.objects.exists()


# --- votes


@pytest.fixture
def necessity(alice, setting):
    items = [{"version": setting.version, "criterion": name} for name in ("c_drug", "c_blame")]
    return make_queue(alice, Task.NECESSITY, items, overlap=2)


def test_votes_on_criteria_need_no_answer_of_a_model(bob, cleo, necessity):
    decide(bob, necessity, {"vote": "needed"})
    decide(cleo, necessity, {"vote": "not_needed"}, note="The second one says it.")
    item = necessity.items.order_by("position")[0]
    assert item.state == ReviewItem.State.CONFLICT
    assert set(Review.objects.values_list("value", flat=True)) == {0.0, 1.0}
    assert not Label.objects.exists()
    client = factories.signed_in(bob)
    assert client.get(f"/w/clinic/review/{necessity.pk}/mine").status_code == 200
    url = client.get(f"/w/clinic/review/{necessity.pk}/next")["Location"]
    assert "Is this criterion needed?" in client.get(url).content.decode()
    assert client.post(url, {"choice": "unsure", "note": ""}).status_code == 422
    assert client.post(url, {"choice": "unsure", "note": "Ask a nurse."}).status_code == 302


@pytest.fixture
def triage(alice):
    version = factories.make_version(workspace=alice.workspace)
    document = rubric_queries.draft_document(version)
    document["criteria"][0]["text"] = f"Names the drug and the dose. {NASTY}"
    proposal = rubrics.propose(by=alice, base=version, document=document, title="Dose", note="Asked for by nurses.")
    hunk = Hunk.objects.get(proposal=proposal)
    return make_queue(alice, Task.TRIAGE, [{"payload": {"proposal": proposal.pk, "hunk": hunk.pk}}], overlap=2)


def test_votes_on_an_edit_decide_nothing(bob, cleo, triage):
    with pytest.raises(errors.Invalid):
        decide(bob, triage, {"vote": "edit"})
    review = decide(bob, triage, {"vote": "edit", "text": "Names the drug, and the dose in milligrams."})
    decide(cleo, triage, {"vote": "accept", "text": "ignored"})
    assert Hunk.objects.get().decision == "open"
    assert "in milligrams" in shown_to(bob, review.item).words(queries.Ask.said(review))
    assert "text" not in Review.objects.get(by=cleo.user).payload


def test_the_page_of_an_edit_escapes(bob, triage):
    client = factories.signed_in(bob)
    url = client.get(f"/w/clinic/review/{triage.pk}/next")["Location"]
    page = client.get(url).content.decode()
    assert "<script>alert" not in page
    assert "Asked for by nurses." in page
    assert client.post(url, {"choice": "reject", "note": ""}).status_code == 422
    assert client.post(url, {"choice": "reject", "note": "Too long."}).status_code == 302


def test_an_edit_of_another_workspace_cannot_be_voted_on(charlie, triage):
    queue = make_queue(charlie, Task.TRIAGE, [{"payload": triage.items.get().payload}])
    with pytest.raises(errors.Conflict):
        decide(charlie, queue, {"vote": "accept"})


# --- what it amounts to


def test_reports_say_what_answers_amount_to(alice, bob, cleo, pair, ranking, necessity):
    for queue, given in (
        (pair, {"strength": 0}),
        (ranking, {"ranks": [1, 1, 2, 3]}),
        (necessity, {"vote": "needed"}),
        (single(alice, Task.RATING), {"level": 4}),
        (single(alice, Task.SPANS), {"errors": [{"category": "Other", "severity": "Minor"}]}),
        (single(alice, Task.CRITIQUE), {}),
    ):
        decide(bob, queue, given, note=f"Because. {NASTY}")
        found = queries.amounts(queue)
        assert found[0].rows
        assert {len(row) for table in found for row in table.rows} <= {len(table.columns) for table in found}
        page = factories.signed_in(alice).get(f"/w/clinic/review/{queue.pk}/report").content.decode()
        assert found[0].title in page
        assert "<script>alert" not in page
        assert "People and the judge" not in page
    decide(cleo, pair, {"undecided": True}, note="Both are cut off.")
    [table] = queries.amounts(pair)
    assert {row[:5] for row in table.rows} == {("model-0", 1, 0, 1, 0), ("model-1", 1, 0, 1, 0)}
    assert queries.report(pair).undecided == 1
    assert queries.report(ranking).undecided == 0


def test_votes_are_counted_with_their_reasons(bob, cleo, triage):
    assert queries.amounts(triage) == []
    decide(bob, triage, {"vote": "reject"}, note="Too long.")
    decide(cleo, triage, {"vote": "edit", "text": "Names it."})
    [table] = queries.amounts(triage)
    assert table.rows[0][1:4] == (0, 1, 1)
    assert table.rows[0][4] == "Too long. · Names it."

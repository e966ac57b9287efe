"""Comments become candidates for criteria, and those a proposal."""

import json
from types import SimpleNamespace

import pytest
from django.urls import reverse

from apps.core import gateway
from apps.datasets.models import SubjectKind
from apps.jobs import runners
from apps.jobs.models import JobState
from apps.review import queries, services
from apps.review.models import CandidateCriterion, Principle, ReadComment, Reading, Review
from apps.rubrics import services as rubrics
from domain import errors
from domain.ports import Failure, FailureKind
from engines.scripted import ScriptedEngine
from tests import factories
from tests.apps.review.conftest import answers_to_one_prompt, make_queue, take, together

pytestmark = pytest.mark.django_db

DOSE, TONE = "It never names the dose.", "The tone is kind, but the dose is missing."


def says(*rows):
    return json.dumps({"principles": [{"quote": q, "principle": p, "met": m} for q, p, m in rows]})


def script(ask):
    if DOSE in ask.suffix:
        return says(("never names the dose", "Names the dose of the drug.", "no"), ("dose", "Is helpful.", "no"))
    if TONE in ask.suffix:
        return says(
            ("the dose is missing", "Names the dose of the drug", "no"), ("tone is kind", "Has a kind tone.", "yes"),
            ("wholly invented citation words", "Cites sources.", "yes"), ("tone", "Is warm in part.", "partly"),
        )  # fmt: skip
    if "Fine." in ask.suffix:
        return says()
    return "I would rather not say."


@pytest.fixture
def engine(monkeypatch):
    made = ScriptedEngine(script)
    monkeypatch.setattr(gateway, "engine_for", lambda _source: made)
    return made


@pytest.fixture
def place(alice, bob, cleo):
    """A critique queue on two answers in which two people wrote, and the rubric that gets criteria."""
    responses = answers_to_one_prompt(alice, ["Take the tablets each morning.", "Rest for a week."])
    subjects = [together(SubjectKind.RESPONSE, [one]) for one in responses]
    queue = make_queue(alice, "critique", [{"subject": one} for one in subjects], overlap=2)
    said = {(bob, 0): DOSE, (cleo, 0): TONE, (bob, 1): "Fine.", (cleo, 1): "Hm."}
    for person in (bob, cleo):
        for n in range(2):
            claim = take(person, queue)
            services.answer(by=person, claim=claim, given={}, note=said[person, claim.item.position])
            assert n < 2
    version = factories.make_version(workspace=alice.workspace, status="approved")
    return SimpleNamespace(
        queue=queue, version=version, judge=factories.make_judge(workspace=alice.workspace, is_default=True),
        responses=responses,
    )  # fmt: skip


def read(alice, place, **more):
    made = services.start_reading(by=alice, queue=place.queue, version=place.version, judge=place.judge, **more)
    runners.work(30)
    return queries.get_reading(alice, made.pk)


def test_comments_become_candidates_with_their_passages(alice, place, engine):
    reading = read(alice, place)
    assert reading.job.state == JobState.DONE
    found = queries.read_so_far(reading)
    assert (found.read, found.unread, found.empty, found.waiting) == (3, 1, 1, 0)
    assert (found.partly, found.general, found.unfound) == (1, 1, 1)
    dose, tone = queries.candidates_of(reading)
    assert (dose.standing, dose.figures["people"], dose.figures["agreed"], dose.figures["unmet"]) == ("agreed", 2, 1, 2)
    assert (tone.text, tone.standing) == ("Has a kind tone.", "alone")
    assert dose.similar["id"] == "c_drug"
    passages = [one.parts[1] for one in queries.evidence_of([dose])[dose.pk]]
    assert passages == ["never names the dose", "the dose is missing"]
    assert ReadComment.objects.get(reading=reading, state="unread").reason.startswith("The judge did not reply")


def test_comments_on_one_answer_share_their_prompt_and_are_fenced(alice, place, engine):
    read(alice, place)
    assert len({ask.shared for ask in engine.asked}) == 2
    assert all("Take the tablets" in ask.shared or "Rest for a week" in ask.shared for ask in engine.asked)
    for ask in engine.asked:
        fence = ask.shared.split("<<end ")[1].split(">>")[0]
        assert f"<<{fence}>>\n" in ask.suffix


def test_a_worker_that_comes_twice_changes_nothing(alice, place, engine):
    reading = read(alice, place)
    before = (Principle.objects.count(), CandidateCriterion.objects.count(), len(engine.asked))
    from apps.jobs import services as jobs

    jobs.rerun(by=alice, job=reading.job, indexes=[0, 1])
    runners.work(30)
    assert (Principle.objects.count(), CandidateCriterion.objects.count(), len(engine.asked)) == before


def test_a_judge_that_is_away_is_asked_again(alice, place, monkeypatch):
    away = ScriptedEngine(lambda _ask: Failure(FailureKind.UNAVAILABLE, "The server sleeps."))
    monkeypatch.setattr(gateway, "engine_for", lambda _source: away)
    reading = read(alice, place)
    assert reading.job.state == JobState.RUNNING
    assert not ReadComment.objects.exclude(state="waiting").exists()
    assert reading.job.note == "Waiting: The server sleeps."


def test_a_comment_that_cannot_be_put_to_the_judge_is_counted(alice, place, monkeypatch):
    long = ScriptedEngine(lambda _ask: Failure(FailureKind.TOO_LONG, "The comment is too long."))
    monkeypatch.setattr(gateway, "engine_for", lambda _source: long)
    reading = read(alice, place)
    assert queries.read_so_far(reading).reasons == (("The comment is too long.", 4),)
    assert not reading.candidates.exists()


def test_embeddings_group_what_means_the_same(alice, place, engine, monkeypatch):
    class Embedder:
        model = "all-alike"

        def embed(self, texts):
            return [[1.0, 0.0] for _ in texts]

        def close(self):
            pass

    monkeypatch.setattr(gateway, "has_embedder", lambda: True)
    monkeypatch.setattr(gateway, "embedder", Embedder)
    reading = read(alice, place, likeness=Reading.Likeness.SERVER)
    assert (reading.alike, reading.model) == (0.8, "all-alike")
    [one] = reading.candidates.all()
    assert (one.figures["comments"], one.standing) == (3, "split")


def test_candidates_go_into_one_proposal(alice, place, engine):
    reading = read(alice, place)
    dose, tone = queries.candidates_of(reading)
    proposal = services.propose_candidates(by=alice, reading=reading, chosen={dose.pk: "Names the dose.", tone.pk: ""})
    hunks = list(proposal.hunks.all())
    assert [hunk.after and hunk.after["text"] for hunk in hunks] == ["Names the dose.", "Has a kind tone."]
    assert hunks[0].evidence["people"] == 2
    assert "“never names the dose”" in hunks[0].evidence["quotes"]
    assert (proposal.method, proposal.provenance["reading"]) == ("comments", reading.pk)
    draft = rubrics.accept_hunks(by=alice, proposal=proposal)
    assert "Names the dose." in {one.text for one in draft.criteria.all()}
    with pytest.raises(errors.Conflict):
        services.propose_candidates(by=alice, reading=reading, chosen={dose.pk: ""})
    with pytest.raises(errors.Invalid):
        services.propose_candidates(by=alice, reading=reading, chosen={})


def test_a_candidate_is_dismissed_with_a_reason_and_opened_again(alice, place, engine):
    reading = read(alice, place)
    row = queries.candidates_of(reading)[1]
    with pytest.raises(errors.Invalid):
        services.dismiss_candidate(by=alice, reading=reading, candidate=row, reason=" ")
    services.dismiss_candidate(by=alice, reading=reading, candidate=row, reason="A matter of taste.")
    assert queries.get_candidate(reading, row.pk).reason == "A matter of taste."
    with pytest.raises(errors.Conflict):
        services.dismiss_candidate(by=alice, reading=reading, candidate=row, reason="Again.")
    services.reopen_candidate(by=alice, reading=reading, candidate=row)
    assert queries.get_candidate(reading, row.pk).state == "open"
    with pytest.raises(errors.Conflict):
        services.reopen_candidate(by=alice, reading=reading, candidate=row)


def test_discussions_of_a_rubric_are_read_without_an_answer(alice, bob, place, engine):
    thread = rubrics.open_thread(by=alice, rubric=place.version.rubric, text=DOSE)
    rubrics.comment(by=bob, thread=thread, text=TONE)
    reading = services.start_reading(by=alice, version=place.version, judge=place.judge)
    runners.work(30)
    assert len({ask.shared for ask in engine.asked}) == 1
    dose = queries.candidates_of(reading)[0]
    assert (dose.standing, dose.figures["answers"]) == ("agreed", 1)


def test_what_cannot_be_read(alice, bob, charlie, place):
    given = {"version": place.version, "judge": place.judge}
    with pytest.raises(errors.NotAllowed):
        services.start_reading(by=bob, queue=place.queue, **given)
    with pytest.raises(errors.NotFound):
        services.start_reading(by=charlie, queue=place.queue, **given)
    empty = make_queue(alice, "critique", [])
    with pytest.raises(errors.Conflict):
        services.start_reading(by=alice, queue=empty, **given)
    with pytest.raises(errors.Conflict):
        services.start_reading(by=alice, queue=place.queue, likeness="server", **given)
    for bad in ({"likeness": "magic"}, {"alike": 1.0}):
        with pytest.raises(errors.Invalid):
            services.start_reading(by=alice, queue=place.queue, **given, **bad)


def test_forgotten_people_and_answers_leave_no_words(alice, bob, place, engine, settings):
    from apps.accounts.signals import person_erased
    from apps.datasets.signals import responses_forgotten

    reading = read(alice, place)
    person_erased.send(None, user=bob.user, handle="somebody")
    assert set(ReadComment.objects.filter(by=bob.user).values_list("text", "reply")) == {("", "")}
    responses_forgotten.send(None, keys=[one.pk for one in place.responses])
    assert set(ReadComment.objects.values_list("reply", flat=True)) == {""}
    page = factories.signed_in(alice).get(reverse("review:reading", args=["clinic", reading.pk]))
    assert page.status_code == 200
    assert DOSE not in page.content.decode()


def test_the_pages(alice, bob, place, engine):
    author, annotator = factories.signed_in(alice), factories.signed_in(bob)
    address = reverse("review:comments", args=["clinic", place.queue.pk])
    assert "4 comments by 2 people" in author.get(address).content.decode()
    given = {"version": str(place.version), "judge": str(place.judge), "likeness": "words", "alike": ""}
    made = author.post(address, given)
    assert made.status_code == 302
    assert "Being read" in author.get(made["Location"]).content.decode()
    runners.work(30)
    page = author.get(made["Location"]).content.decode()
    assert "<mark>never names the dose</mark>" in page
    assert "people agree" in page
    reading = Reading.objects.get()
    dose, tone = queries.candidates_of(reading)
    act = reverse("review:candidate-act", args=["clinic", reading.pk, tone.pk, "dismiss"])
    author.post(act, {f"reason-{tone.pk}": "Taste."})
    done = author.post(
        reverse("review:reading-propose", args=["clinic", reading.pk]),
        {"candidate": dose.pk, f"text-{dose.pk}": "Dose."},
    )
    assert "/proposals/" in done["Location"]
    page = author.get(made["Location"]).content.decode()
    assert "All candidates are decided" in page
    assert "Taste." in page
    assert author.get(address).status_code == 200
    for where in (address, made["Location"]):
        assert annotator.get(where).status_code == 403
    assert author.post(address, {**given, "judge": "nobody@1"}).status_code == 422
    assert author.get(reverse("review:reading", args=["clinic", 999])).status_code == 404
    place_of_rubric = reverse("review:rubric-comments", args=["clinic", place.version.rubric.slug])
    assert "Nobody has written anything yet" in author.get(place_of_rubric).content.decode()


def test_hostile_text_stays_text(alice, place, monkeypatch):
    nasty = "<script>alert(1)</script> never names the dose \u202e"
    Review.objects.update(note=nasty)
    made = ScriptedEngine(lambda _ask: says((nasty, "Has no <b>script</b>.", "no")))
    monkeypatch.setattr(gateway, "engine_for", lambda _source: made)
    reading = read(alice, place)
    page = factories.signed_in(alice).get(reverse("review:reading", args=["clinic", reading.pk])).content.decode()
    assert "<script>alert" not in page
    assert "Has no &lt;b&gt;script" in page


def test_queries_do_not_grow_with_candidates(alice, place, engine):
    reading = read(alice, place)
    browser = factories.signed_in(alice)
    address = reverse("review:reading", args=["clinic", reading.pk])
    few = factories.count_queries(browser, address)
    comment = reading.comments.first()
    for n in range(10, 20):
        row = CandidateCriterion.objects.create(
            reading=reading, position=n, text=f"Is {n}.", standing="alone",
            figures={"people": 1, "answers": 1, "comments": 1, "agreed": 0, "split": 0, "partial": 0, "met": 1,
                     "unmet": 0},
        )  # fmt: skip
        Principle.objects.create(comment=comment, candidate=row, text="x", met="yes", source="comment", start=0, end=2)
    assert factories.count_queries(browser, address) == few


def test_a_judge_may_ask_for_replies_in_any_form(alice, place, engine):
    place.judge = factories.make_judge(workspace=alice.workspace, settings={"hold_to_form": False})
    assert read(alice, place).candidates.exists()

"""How a worker goes through a loop: replies are kept, reused and never asked twice; people are waited for."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.jobs import leases, runners
from apps.jobs import services as jobs
from apps.jobs.models import Shard
from apps.refinement import queries, services
from apps.refinement.models import Draft
from domain import errors
from domain.ports import Part, TextRequest
from domain.refinement import registry
from domain.refinement.loop import Answer, Ask, End, Inputs, Method, More, Op, Suggestion, unanswered
from domain.refinement.loop import Role as Who
from engines import scripted
from engines.scripted import Script, ScriptedEngine
from tests import factories
from tests.api.conftest import caller_of
from tests.apps.judging.conftest import Clinic, work
from tests.apps.refinement.test_drafting import DOSE, drafted, paired, reader, wish  # noqa: F401

pytestmark = pytest.mark.django_db
Play = Callable[[Script], ScriptedEngine]


def _ask(key: str, role: Who, said: str) -> Ask:
    return Ask(key, role, "say", TextRequest((Part(said),), ((),)))


def _talk(inputs: Inputs, params: Mapping[str, Any], seed: int, answers: Mapping[str, Answer]) -> More | End:
    """Writes two texts, asks a person about them, and proposes to add, reword and take out."""
    asks = (_ask("one", Who.WRITER, "First?"), _ask("two", Who.WRITER, "Second?"))
    if unanswered(asks, answers):
        return More("Writing", asks)
    person = (_ask("who", Who.PERSON, "For whom is it?"),)
    if unanswered(person, answers):
        return More("Asking", person)
    said = answers["who"].texts[0]
    first, last = inputs.criteria[0], inputs.criteria[-1]
    found = (
        Suggestion("a", Op.ADD, f"Speaks to {said}.", weight=2.0, evidence={"from": "talk"}),
        Suggestion("b", Op.CHANGE, "Names every drug.", target=first.id, parents=("a",), round=1),
        Suggestion("c", Op.REMOVE, "", target=last.id),
        Suggestion("d", Op.ADD, "Is nice.", drop="too vague"),
    )
    return End(found, {"asked": 2}, "All was said.")


TALK = Method("talk", "By talking", "Whom is it for?", frozenset(), (), "ours", _talk)


@pytest.fixture
def talk(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, play: Play) -> services.Wanted:
    monkeypatch.setitem(registry.METHODS, "talk", TALK)
    play(lambda ask: "Written.")
    return services.Wanted("talk", clinic.version, clinic.judge)


def test_a_draft_waits_for_a_person_and_goes_on(clinic: Clinic, talk: services.Wanted) -> None:
    """Every kind of edit becomes a hunk, with its lineage; what was dropped does not."""
    draft = services.start_draft(by=clinic.author, wanted=talk)
    work()
    draft.refresh_from_db()
    assert (draft.state, draft.steps.count()) == ("waiting", 3)
    browser = factories.signed_in(clinic.author)
    place = f"/w/{clinic.author.workspace.slug}/refine/drafts/{draft.pk}/"
    assert "For whom is it?" in browser.get(place).content.decode()
    assert browser.post(f"{place}answer/", {"key": "who", "text": " "}).status_code == 422
    assert browser.post(f"{place}answer/", {"key": "who", "text": "parents"}).status_code == 302
    work()
    made = queries.get_draft(clinic.author, draft.pk)
    assert (made.state, made.reason) == ("proposed", "All was said.")
    assert made.proposal is not None
    hunks = {hunk.op: hunk for hunk in made.proposal.hunks.all()}
    assert hunks["add"].after
    assert hunks["change"].after
    assert (hunks["add"].after["text"], hunks["add"].after["weight"]) == ("Speaks to parents.", 2.0)
    assert hunks["change"].after["text"] == "Names every drug."
    assert hunks["change"].evidence["parents"] == ["a"]
    assert set(hunks) == {"add", "change", "remove"}
    shown = browser.get(place).content.decode()
    assert all(word in shown for word in ("What came of what", "too vague", "parents", "What people answered"))
    with pytest.raises(errors.Conflict):
        services.answer_question(by=clinic.author, draft=made, key="who", text="again")


def test_questions_are_answered_over_rest(clinic: Clinic, talk: services.Wanted) -> None:
    draft = services.start_draft(by=clinic.author, wanted=talk)
    work()
    api = caller_of(clinic.author, "rubrics:read", "proposals:write")
    told = api.get(f"/drafts/{draft.pk}").json()
    assert told["questions"] == [{"key": "who", "question": "For whom is it?", "answer": None}]
    assert api.post(f"/drafts/{draft.pk}/answers", {"key": "what", "text": "x"}).status_code == 404
    assert api.post(f"/drafts/{draft.pk}/answers", {"key": "who", "text": "doctors"}).status_code == 200
    assert api.post(f"/drafts/{draft.pk}/answers", {"key": "who", "text": "doctors"}).status_code == 409
    work()
    assert api.get(f"/drafts/{draft.pk}").json()["state"] == "proposed"
    reader_only = factories.make_actor(Role.ANNOTATOR, workspace=clinic.author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.answer_question(by=reader_only, draft=draft, key="who", text="x")


def test_a_repeated_draft_asks_nothing(paired: Clinic, play: Play) -> None:  # noqa: F811
    """The same seed leads to the same end from the replies that there are; another model is asked anew."""
    play(reader(DOSE))
    first = drafted(paired)
    engine = play(reader(DOSE))
    second = drafted(paired)
    assert (engine.asked, second.suggestions, second.reason) == ([], first.suggestions, first.reason)
    assert queries.progress_of(second).cached == 15
    assert queries.cost_of(second).calls == 0
    other = factories.make_judge(workspace=paired.author.workspace, name="other")
    engine = play(reader(DOSE))
    services.start_draft(by=paired.author, wanted=wish(paired, writer=other))
    work()
    assert len(engine.asked) == 3


def test_a_worker_that_dies_repeats_no_call(paired: Clinic, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """What was stored before the fault is not asked again by whoever goes on."""
    whole = reader(DOSE)
    asked: list[tuple[str, str]] = []

    def dies(ask: scripted.Ask) -> scripted.Answer:
        if len(asked) == 5:
            raise KeyboardInterrupt
        asked.append((ask.shared, ask.suffix))
        return whole(ask)

    monkeypatch.setattr("django.conf.settings.STUDIO_ANSWERS_IN_FLIGHT", 1)
    play(dies)
    draft = services.start_draft(by=paired.author, wanted=wish(paired))
    lease = leases.claim()
    assert lease is not None
    with pytest.raises(KeyboardInterrupt):
        runners.run(lease)
    assert draft.steps.filter(state="done").count() == 6
    Shard.objects.filter(pk=lease.shard_id).update(lease_until="2020-01-01T00:00Z")
    jobs.sweep()
    engine = play(whole)
    work()
    made = queries.get_draft(paired.author, draft.pk)
    assert made.state == Draft.State.PROPOSED
    assert not {(one.shared, one.suffix) for one in engine.asked} & set(asked)
    assert len(engine.asked) + len(asked) == 15


def test_a_cancelled_draft_stops(paired: Clinic, play: Play) -> None:  # noqa: F811
    engine = play(reader(DOSE))
    draft = services.start_draft(by=paired.author, wanted=wish(paired))
    assert draft.job is not None
    jobs.cancel(by=paired.author, job=draft.job)
    work()
    draft.refresh_from_db()
    assert (engine.asked, draft.state, draft.steps.count()) == ([], "working", 0)

"""Pinned answers: who may pin, what stands beside the editor, and where it is pinned from."""

import pytest
from django.test import Client

from apps.accounts.permissions import Role
from apps.history.models import Entry
from apps.judging import queries, services
from apps.judging.models import PinnedAnswer
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_pages import HX, start, url


def response_of(clinic: Clinic, place: int = 0):
    return clinic.subjects[place].members.get().response


def pin(clinic: Clinic, place: int = 0) -> PinnedAnswer:
    return services.pin_answer(by=clinic.author, rubric=clinic.version.rubric, response=response_of(clinic, place))


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


def test_a_pinned_answer_is_shared_and_recorded_once(clinic: Clinic) -> None:
    first = pin(clinic)
    assert pin(clinic) == first
    assert first.subject == clinic.subjects[0]
    assert [one.by for one in queries.pins_of(clinic.version.rubric)] == [clinic.author.user]
    assert Entry.objects.filter(action="rubric.pin_answer").count() == 1
    services.unpin_answer(by=clinic.author, rubric=clinic.version.rubric, response=response_of(clinic))
    services.unpin_answer(by=clinic.author, rubric=clinic.version.rubric, response=response_of(clinic))
    assert not PinnedAnswer.objects.exists()
    assert Entry.objects.filter(action="rubric.unpin_answer").count() == 1


def test_two_responses_of_one_text_are_one_pin(clinic: Clinic) -> None:
    pin(clinic)
    first = response_of(clinic)
    twin = factories.make_response(prompt=first.prompt, text=first.parts[0]["text"])
    services.pin_answer(by=clinic.author, rubric=clinic.version.rubric, response=twin)
    assert PinnedAnswer.objects.count() == 1
    assert queries.pins_on(twin).keys() == {clinic.version.rubric_id}


def test_there_is_a_most(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.pins, "MOST_PINNED", 1)
    pin(clinic)
    with pytest.raises(errors.Conflict, match="unpin one first"):
        pin(clinic, 1)


def test_annotators_and_strangers_pin_nothing(clinic: Clinic) -> None:
    annotator = factories.make_actor(Role.ANNOTATOR)
    with pytest.raises(errors.NotAllowed):
        services.pin_answer(by=annotator, rubric=clinic.version.rubric, response=response_of(clinic))
    elsewhere = factories.make_workspace(slug="elsewhere")
    stranger = factories.make_actor(Role.ADMIN, workspace=elsewhere)
    with pytest.raises(errors.NotFound):
        services.pin_answer(by=stranger, rubric=clinic.version.rubric, response=response_of(clinic))
    theirs = factories.make_response(prompt=factories.make_prompt(dataset=factories.make_dataset(workspace=elsewhere)))
    with pytest.raises(errors.NotFound):
        services.pin_answer(by=clinic.author, rubric=clinic.version.rubric, response=theirs)
    with pytest.raises(errors.NotFound):
        queries.get_response(clinic.author, str(theirs.pk))
    assert theirs not in queries.pinnable(clinic.author, clinic.version)


def test_pins_come_before_the_answers_judged_last(clinic: Clinic) -> None:
    start(clinic)
    work()
    assert len(queries.version_scores(clinic.version).answers) == 2
    pin(clinic, 1)
    scores = queries.version_scores(clinic.version)
    assert scores.pinned
    assert [answer.subject for answer in scores.answers] == [clinic.subjects[1]]
    assert scores.answers[0].raw == pytest.approx(1.0)
    assert scores.answers[0].item is not None


def test_a_pinned_answer_that_nobody_judged_has_no_score(clinic: Clinic) -> None:
    pin(clinic)
    scores = queries.version_scores(clinic.version)
    assert scores.judge == clinic.judge
    answer = scores.answers[0]
    assert (answer.raw, answer.item, answer.missing) == (None, None, ("c_drug", "c_blame"))


def test_choosing_finds_answers_by_words_id_model_and_data_set(clinic: Clinic, browser: Client) -> None:
    pin(clinic)
    address = url("judging:pins", clinic.version.rubric.slug, clinic.version.number)
    page = browser.get(address).content.decode()
    assert "1 of at most 24" in page
    assert page.count("bisoprolol") == 1
    assert page.count(">Unpin<") == 2
    found = browser.get(address + "?q=BISOPROLOL").content.decode()
    assert "known better" not in found
    assert "No answer fits" in browser.get(address + "?dataset=nowhere").content.decode()
    assert "No answer fits" in browser.get(address, {"q": "100%'; --\x00"}).content.decode()


def test_pinning_from_the_page_of_a_judged_answer(clinic: Clinic, browser: Client) -> None:
    run = start(clinic)
    work()
    here = url("judging:answer", run.pk, 0)
    assert ">Pin<" in browser.get(here).content.decode()
    place = (clinic.version.rubric.slug, clinic.version.number)
    sent = {"response": str(response_of(clinic).pk), "next": here}
    answer = browser.post(url("judging:pin", *place), sent)
    assert answer.headers["Location"] == here
    assert ">Unpin<" in browser.get(here).content.decode()
    away = browser.post(url("judging:unpin", *place), sent | {"next": "https://evil.example/"})
    assert away.headers["Location"] == url("judging:pins", *place)
    assert not PinnedAnswer.objects.exists()
    assert browser.post(url("judging:pin", *place), {"response": "9" * 30}).status_code == 404


def test_pinning_from_the_data(clinic: Clinic, browser: Client) -> None:
    response = response_of(clinic)
    choose = url("judging:pin-choose", response.pk)
    prompt = url("datasets:prompt", clinic.dataset.slug, response.prompt_id)
    assert choose in browser.get(prompt).content.decode()
    assert ">Pin<" in browser.get(choose).content.decode()
    pin(clinic)
    assert ">Unpin<" in browser.get(choose).content.decode()
    bob = factories.signed_in(factories.make_actor(Role.VIEWER, username="bob"))
    assert "npin<" not in bob.get(choose).content.decode()
    assert choose not in bob.get(prompt).content.decode()
    assert bob.post(url("judging:unpin", clinic.version.rubric.slug, 1), {"response": response.pk}).status_code == 403
    assert Client().get(choose).status_code == 302


def test_htmx_gets_the_scores_again(clinic: Clinic, browser: Client) -> None:
    place = (clinic.version.rubric.slug, clinic.version.number)
    part = browser.post(url("judging:pin", *place), {"response": response_of(clinic).pk}, headers=HX).content.decode()
    assert part.startswith('<section class="panel live-scores" id="version-scores"')
    assert "2 to judge" in part


def test_the_list_needs_the_same_queries_for_more_answers(clinic: Clinic, browser: Client) -> None:
    address = url("judging:pins", clinic.version.rubric.slug, clinic.version.number)
    pin(clinic)
    few = factories.count_queries(browser, address)
    pin(clinic, 1)
    factories.make_response(prompt=response_of(clinic).prompt, text="One more.")
    assert factories.count_queries(browser, address) == few

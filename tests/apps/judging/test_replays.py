"""Replays: the same question once more, kept beside the first reply, and no verdict changed."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.judging import services
from apps.judging.models import Call, Verdict
from apps.judging.pages.exchanges import difference, read
from apps.judging.runners import requests
from domain import errors
from domain.ports import Form, LabelRequest, LikelihoodRequest, Part, TextRequest
from engines.scripted import ScriptedEngine, by_text
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
SHARED = (Part("Read: "), Part("a letter", trusted=False))
SUFFIXES = ((Part(" One?"),), (Part(" Two, again?"),))


def url(name: str, *args) -> str:
    return reverse(name, args=["clinic", *args])


def judged(clinic: Clinic, **fields: Any) -> Call:
    judge = factories.make_judge(workspace=clinic.author.workspace, **fields) if fields else clinic.judge
    services.start_run(by=clinic.author, name="x", versions=[clinic.version], dataset=clinic.dataset, judges=[judge])
    work()
    return Call.objects.filter(judge_version=judge).order_by("-pk")[0]


@pytest.mark.parametrize(
    "request_",
    [
        LabelRequest(SHARED, SUFFIXES, ((" Yes", " No"), (" A", " B", " C")), ("Reason: so.\nAnswer:", "Answer:")),
        TextRequest(SHARED, SUFFIXES, max_tokens=7, stop=("\n",), temperature=0.5, seed=4),
        TextRequest(SHARED, SUFFIXES, forms=(Form('root ::= "a"'), Form('root ::= "b"', "{}"))),
        LikelihoodRequest(SHARED, SUFFIXES, (" yes", " no, never"), "Answer:"),
    ],
    ids=["labels", "text", "text in a form", "likelihoods"],
)
def test_a_request_is_rebuilt_word_for_word_from_what_is_stored(request_: Any) -> None:
    engine = ScriptedEngine()
    ask = {LabelRequest: "label_distributions", TextRequest: "complete", LikelihoodRequest: "likelihoods"}
    batch = getattr(engine, ask[type(request_)])(request_)
    call = Call(
        rendered_shared=batch.rendered_shared, rendered_suffixes=list(batch.rendered_suffixes),
        request=requests.described(request_, batch),
    )  # fmt: skip
    first = list(engine.asked)
    getattr(engine, ask[type(request_)])(requests.rebuilt(call))
    assert engine.asked[len(first) :] == first
    again: Any = requests.rebuilt(call)
    for name in ("max_tokens", "stop", "temperature", "seed", "forms"):
        assert getattr(again, name, None) == getattr(request_, name, None)


def test_a_prompt_that_was_sent_otherwise_is_not_kept_for_replay() -> None:
    request = TextRequest(SHARED, SUFFIXES)
    batch = ScriptedEngine().complete(request)
    changed = type(batch)(**{**{n: getattr(batch, n) for n in batch.__slots__}, "rendered_shared": "Read: another"})
    assert requests.described(request, changed) == {}
    assert requests.rebuilt(Call(request={}, rendered_shared="x")) is None


def test_a_replay_is_kept_beside_the_first_reply_and_changes_no_verdict(clinic: Clinic, play) -> None:
    first = judged(clinic)
    before = list(Verdict.objects.order_by("key").values())
    engine = play(by_text({"Names the drug": {" Yes": 0.5, " No": 0.4}, "Blames": " No"}))
    services.replay_call(by=clinic.author, call=first)
    work()
    again = first.replays.get()
    assert (again.purpose, again.run, again.rendered_shared) == ("replay", None, first.rendered_shared)
    assert len(engine.asked) == 2
    assert list(Verdict.objects.order_by("key").values()) == before
    page = factories.signed_in(clinic.author).get(url("judging:call", first.pk)).content.decode()
    assert "probabilities differ by at most 0.4700" in page
    assert "Yes 0.500, No 0.400; label mass 0.900" in page


def test_the_page_asks_again_and_polls(clinic: Clinic) -> None:
    first = judged(clinic)
    browser = factories.signed_in(clinic.author)
    answer = browser.post(url("judging:replay", first.pk), {"n": "1"})
    assert answer.headers["Location"] == url("judging:call", first.pk) + "?n=1"
    page = browser.get(url("judging:call", first.pk)).content.decode()
    assert "being asked again" in page
    assert browser.post(url("judging:replay", first.pk)).status_code == 409
    work()
    part = browser.get(url("judging:call", first.pk), headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="call-replays"')
    assert "every 2s" not in part
    assert "No verdict was changed." in part


def test_all_steps_of_a_verdict_are_shown_in_order(clinic: Clinic, play) -> None:
    play(lambda ask: " Yes" if ask.labels else "Reason: it is there.")
    call = judged(clinic, protocol="reasoned")
    page = factories.signed_in(clinic.author).get(url("judging:call", call.pk) + "?n=1").content.decode()
    assert page.index("1. reasoning") < page.index("2. labels")
    assert "Reason: it is there." in page
    assert "<b>Verdict:</b>" in page


def test_a_call_says_in_which_form_a_text_was_asked_for_and_whether_the_engine_held_it(clinic: Clinic, play) -> None:
    play(lambda ask: " Yes" if ask.labels else "Reason: it is there.")
    judge = services.create_judge(by=clinic.author, name="r", engine={"kind": "embedded"}, protocol="reasoned")
    services.start_run(by=clinic.author, name="x", versions=[clinic.version], dataset=clinic.dataset, judges=[judge])
    work()
    call = Call.objects.filter(judge_version=judge, purpose="reasoning").order_by("-pk")[0]
    assert call.request["held"] is False
    assert len(call.request["forms"]) == 1
    assert call.request["form_of"] == [0] * len(call.rendered_suffixes)
    page = factories.signed_in(clinic.author).get(url("judging:call", call.pk)).content.decode()
    assert "asked for; the engine did not hold to it" in page
    assert "root ::= quote{0,3} &quot;Reason: &quot;" in page
    services.replay_call(by=clinic.author, call=call)
    work()
    assert call.replays.get().request == call.request


def test_what_is_not_kept_cannot_be_replayed(clinic: Clinic) -> None:
    call = judged(clinic)
    Call.objects.filter(pk=call.pk).update(rendered_shared="", rendered_suffixes=[], reply=[])
    call.refresh_from_db()
    with pytest.raises(errors.Conflict, match="cannot be replayed"):
        services.replay_call(by=clinic.author, call=call)
    page = factories.signed_in(clinic.author).get(url("judging:call", call.pk)).content.decode()
    assert "Replay <kbd>" not in page


def test_viewers_and_strangers_replay_nothing(clinic: Clinic) -> None:
    call = judged(clinic)
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=clinic.author.workspace))
    assert viewer.post(url("judging:replay", call.pk)).status_code == 403
    stranger = factories.make_actor(Role.APPROVER, username="charlie", workspace=factories.make_workspace(slug="o"))
    assert factories.signed_in(stranger).post(url("judging:replay", call.pk)).status_code == 404
    with pytest.raises(errors.NotFound):
        services.replay_call(by=stranger, call=call)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"text": "a"}, {"text": "a"}, "the same text"),
        ({"text": "a"}, {"text": "b"}, "another text"),
        ({"logprobs": [-1.0, -2.0]}, {"logprobs": [-1.0, -2.5]}, "log-probability differs by 0.5000 nats"),
        ({"failure": {"detail": "x"}}, {"text": "a"}, "one of them failed"),
    ],
)
def test_differences_are_said_in_words(one: dict[str, Any], other: dict[str, Any], said: str) -> None:
    assert difference(one, other) == said


def test_replies_are_read_out() -> None:
    assert read({"logprobs": [-1.0, -2.0]}) == "-1.500 nats a token over 2 tokens"
    assert read({"failure": {"kind": "timeout", "detail": "No answer."}}) == "No answer: No answer."
    assert read({"labels": {" Yes": 0.2, " No": 0.7}, "label_mass": 0.9}) == "No 0.700, Yes 0.200; label mass 0.900"

"""Holding a model to a form: tried once, left out where a server refuses it."""

import pytest

from domain import reply_forms
from engines.protocol import Part, TextRequest
from engines.served import ServedEngine
from engines.servers import holding
from tests.engines import contract
from tests.engines.fake_openai import FakeServer

FORMS = (reply_forms.reasoned(80, ("Yes", "No")), reply_forms.numbered((("not",),)))
REQUEST = TextRequest(contract.shared(), ((Part("One?"),), (Part("Two?"),)), max_tokens=90, forms=FORMS)


def asked(fake: FakeServer) -> list[dict]:
    return [body for body in fake.bodies if body.get("max_tokens") == 90]


def test_texts_of_one_form_are_asked_for_in_one_call(fake: FakeServer) -> None:
    fake.keep_bodies = True
    engine = ServedEngine(fake.url)
    batch = engine.complete(REQUEST)
    assert batch.held
    assert batch.usage.calls == 2
    assert batch.texts[1] == "1: not"
    grammars = {body["structured_outputs"]["grammar"] for body in asked(fake)}
    assert grammars == {form.grammar for form in FORMS}
    same = TextRequest(REQUEST.shared, REQUEST.suffixes, max_tokens=90, forms=FORMS[:1] * 2)
    assert engine.complete(same).usage.calls == 1
    engine.close()


def test_a_server_is_tried_once(fake: FakeServer) -> None:
    fake.keep_bodies = True
    engine = ServedEngine(fake.url)
    for _ in range(3):
        engine.complete(REQUEST)
    assert sum(body.get("max_tokens") == holding.TOKENS for body in fake.bodies) == 1
    engine.close()


@pytest.mark.parametrize("flavour", ["old_vllm", "plain"])
def test_a_server_that_cannot_is_asked_without_forms(flavour: str) -> None:
    with FakeServer(flavour=flavour) as fake:
        fake.keep_bodies = True
        engine = ServedEngine(fake.url)
        batch = engine.complete(REQUEST)
        assert not batch.held
        assert batch.failures == (None, None)
        assert not any("structured_outputs" in body or "response_format" in body for body in asked(fake))
        engine.close()


def test_a_refused_form_is_left_out_and_the_question_answered(fake: FakeServer) -> None:
    engine = ServedEngine(fake.url)
    assert engine.complete(REQUEST).held
    same = TextRequest(REQUEST.shared, REQUEST.suffixes, max_tokens=90, forms=FORMS[:1] * 2)
    fake.behave("refused", times=1)
    batch = engine.complete(same)
    assert not batch.held
    assert batch.failures == (None, None)
    engine.close()


def test_a_mark_is_recognised_alone_and_as_json() -> None:
    assert holding.is_marked(f" {holding.MARK}\n")
    assert holding.is_marked('{"mark":"k7q2v9"}')
    assert not holding.is_marked("Hello!")
    assert not holding.is_marked('{"mark": "hello"}')
    assert not holding.is_marked("[1]")

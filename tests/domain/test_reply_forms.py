"""Forms of replies: what they allow, and how long a reply may be."""

import json
import re

import jsonschema
import pytest

from domain import reply_forms
from domain.ports import Form, Part, TextRequest
from tests.domain.gbnf import as_regex


def allows(form: Form, text: str) -> bool:
    return re.fullmatch(as_regex(form.grammar), text) is not None


def test_a_reasoned_reply_ends_with_a_reply_on_offer() -> None:
    form = reply_forms.reasoned(160, ("Yes", "No"))
    assert allows(form, 'Quote: "5 mg"\nQuote: "a day"\nReason: It names a dose.\nAnswer: Yes')
    assert allows(form, "Reason: 他说五毫克。\nAnswer: No")
    assert not allows(form, "Answer: Yes\nReason: It names a dose.")
    assert not allows(form, "Reason: It names a dose.\nAnswer: Maybe")
    assert not allows(form, 'Reason: none.\nQuote: "5 mg"\nAnswer: Yes')
    assert not allows(form, 4 * 'Quote: "5 mg"\n' + "Reason: It names a dose.\nAnswer: Yes")
    assert not allows(form, "Reason: two\nlines\nAnswer: Yes")
    assert not allows(form, "Reason: a\u2028line\nAnswer: Yes")


def test_without_replies_on_offer_it_ends_with_the_reason() -> None:
    assert allows(reply_forms.reasoned(160), "Reason: It names a dose.")
    assert not allows(reply_forms.reasoned(160), "Reason: It names a dose.\nAnswer: Yes")


@pytest.mark.parametrize(("tokens", "quote", "reasoning"), [(8, 10, 30), (160, 65, 195), (2000, 250, 750)])
def test_the_bounds_follow_the_tokens_of_a_reply(tokens: int, quote: int, reasoning: int) -> None:
    assert reply_forms.room(tokens) == (quote, reasoning)
    form = reply_forms.reasoned(tokens, ("Yes", "No"))
    assert allows(form, f'Quote: "{"q" * quote}"\nReason: {"r" * reasoning}\nAnswer: Yes')
    assert not allows(form, f"Reason: {'r' * (reasoning + 1)}\nAnswer: Yes")
    assert not allows(form, f'Quote: "{"q" * (quote + 1)}"\nReason: so\nAnswer: Yes')


def test_a_line_and_then_a_choice() -> None:
    form = reply_forms.line_then(160, "Reason: ", "Total Score: [", ("9/10", "10/10"), "]")
    assert allows(form, "Reason: All steps are there.\nTotal Score: [10/10]")
    assert not allows(form, "Reason: All steps are there.\nTotal Score: [11/10]")
    assert not allows(form, "Reason: All steps are there.\nTotal Score: [10/10")


def test_a_line_for_every_number() -> None:
    form = reply_forms.numbered((("support", "not"), ("not", "n/a")))
    assert allows(form, "1: support\n2: n/a")
    assert not allows(form, "1: n/a\n2: not")
    assert not allows(form, "1: support")


def test_json_has_every_number_once_and_the_verdict_last() -> None:
    form = reply_forms.entries(90, (("Yes", "No"), ("A", "B", "X")))
    first = {"criterion": 1, "quotes": ["a", 'b "c"'], "reason": "so", "verdict": "No"}
    second = {"criterion": 2, "quotes": [], "reason": "why\\not", "verdict": "X"}
    said = {"verdicts": [first, second]}
    assert allows(form, json.dumps(said))
    jsonschema.validate(said, json.loads(form.schema))
    assert not allows(form, json.dumps({"verdicts": [second, first]}))
    assert not allows(form, json.dumps({"verdicts": [first, second | {"verdict": "Yes"}]}))
    assert not allows(form, json.dumps({"verdicts": [first]}))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"verdicts": [first]}, json.loads(form.schema))


def test_a_request_has_a_form_for_each_text_or_none() -> None:
    form = reply_forms.numbered((("not",),))
    with pytest.raises(ValueError, match="one form for each suffix"):
        TextRequest((), ((Part("a"),), (Part("b"),)), forms=(form,))


def test_a_list_may_rest_on_numbers_and_hold_prose_only() -> None:
    """A number that is not on offer, marks of code and a text that is too short do not fit."""
    form = reply_forms.listed(
        900, "criteria", 2, texts=("sentences", "criterion"), choice="kind", offered=("a", "b"), least=10, numbers=12
    )

    def said(numbers: str, text: str) -> str:
        return f'{{"criteria": [{{"sentences": "{numbers}", "criterion": "{text}", "kind": "b"}}]}}'

    assert allows(form, said("1, 12", "Names the dose."))
    assert allows(form, said("3", "Überprüft die Dosis, auch (75 mg)."))
    for numbers, text in (
        ("13", "Names the dose."),
        ("1", "Names it."),
        ("1", "1. Names the dose."),
        ("1", "Is {.json} text."),
    ):
        assert not allows(form, said(numbers, text))
    assert json.loads(said("1", "Names the dose."))["criteria"]


def test_one_sentence_or_the_word_in_its_place() -> None:
    form = reply_forms.sentence(80, "?", otherwise="None")
    assert allows(form, "For whom are these letters?")
    assert allows(form, "None")
    for text in ("None of them", "Why?", "Are these for doctors? Or not?", f"What about {'this ' * 40}?"):
        assert not allows(form, text)

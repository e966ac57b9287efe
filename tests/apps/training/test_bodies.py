"""What may be sent for rewards: content in its three shapes, and faults where they are."""

import pytest

from apps.training import bodies
from domain import errors


def body(**more):
    return bodies.read(bodies.RewardBody, {"items": [{"id": "a", "prompt": "p", "response": "r"}], **more})


def test_defaults():
    read = body()
    assert (read.wait, read.allow_draft, read.rubric, read.judge) == (0, False, None, None)


def test_a_prompt_becomes_messages_of_parts():
    text = [{"type": "text", "text": "p"}]
    assert bodies.messages_of("p") == [{"role": "user", "parts": text}]
    turns = [
        bodies.Message(role="system", content="p"),
        bodies.Message(role="user", content=[bodies.Part(type="text", text="p")]),
    ]
    assert bodies.messages_of(turns) == [{"role": "system", "parts": text}, {"role": "user", "parts": text}]
    assert bodies.messages_of([bodies.Part(type="text", text="p")]) == [{"role": "user", "parts": text}]


def test_a_response_is_what_the_assistant_said():
    turns = [
        bodies.Message(role="user", content="ask"),
        bodies.Message(role="assistant", content="one"),
        bodies.Message(role="assistant", content="two"),
    ]
    assert [part["text"] for part in bodies.parts_of(turns)] == ["one", "two"]
    assert [part["text"] for part in bodies.parts_of(turns[:1])] == ["ask"]
    assert bodies.parts_of("r") == [{"type": "text", "text": "r"}]


def test_other_parts_are_kept():
    item = {"id": "a", "prompt": "p", "response": [{"type": "image", "data": "aGk=", "width": 3}]}
    read = bodies.read(bodies.RewardBody, {"items": [item]})
    assert bodies.parts_of(read.items[0].response) == item["response"]


@pytest.mark.parametrize(
    "item, pointer",
    [
        ({"response": [{"type": "text"}]}, "/items/0/response/0"),
        ({"response": [{"text": "x"}]}, "/items/0/response/0/type"),
        ({"response": None}, "/items/0/response"),
        ({"id": ""}, "/items/0/id"),
        ({"step": -1}, "/items/0/step"),
        ({"~x/y": 1}, "/items/0/~0x~1y"),
    ],
)
def test_faults_are_pointed_at(item, pointer):
    with pytest.raises(errors.Invalid) as wrong:
        bodies.read(bodies.RewardBody, {"items": [{"id": "a", "prompt": "p", "response": "r", **item}]})
    assert pointer in [problem.pointer for problem in wrong.value.problems]


def test_faults_name_each_place_once():
    with pytest.raises(errors.Invalid) as wrong:
        body(items=[], wait=99)
    assert sorted(problem.pointer for problem in wrong.value.problems) == ["/items", "/wait"]

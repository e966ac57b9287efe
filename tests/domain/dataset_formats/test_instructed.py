"""IFEval and IFBench as prompts with computed criteria."""

import json

import pytest

from domain import dataset_formats, errors

PROMPT = {
    "key": 7,
    "prompt": "Write it. ",
    "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words", "punctuation:no_comma"],
    "kwargs": [{"num_words": None}, {"num_words": 3, "relation": "at least"}, {}],
}
ANSWER = {"id": "a1", "key": 7, "prompt": "Write it.", "response": "Now, then.", "instruction_id_list": []}


def read(*records, family="ifeval"):
    return dataset_formats.read(family, json.dumps(list(records)).encode())


def test_each_instruction_becomes_a_computed_criterion():
    found = read(PROMPT)
    (item,) = found.rubrics
    assert found.prompts[0].id == "7" and found.prompts[0].rubric == item.slug == "ifeval-7"
    assert [c.id for c in item.rubric.criteria] == [
        "punctuation:no_comma", "length_constraints:number_words", "punctuation:no_comma#2",
    ]  # fmt: skip
    assert item.rubric.criteria[1].text == "The answer has at least 3 words."
    assert item.rubric.criteria[1].check == {
        "kind": "ifeval", "instruction": "length_constraints:number_words",
        "kwargs": {"num_words": 3, "relation": "at least"}, "mode": "strict",
    }  # fmt: skip
    assert found.responses == () and found.report == ()


def test_answers_go_to_their_prompt_by_key_or_by_words():
    other = {**ANSWER, "id": "a2", "key": None, "strict_list": [True]}
    found = read(PROMPT, ANSWER, other)
    assert [(r.id, r.prompt_id) for r in found.responses] == [("a1", "7"), ("a2", "7")]
    assert len(found.prompts) == 1 and found.prompts[0].rubric == "ifeval-7"
    assert [note.message for note in found.report] == [
        "The verdicts of 1 records were left out: the same rules are computed here."
    ]


def test_answers_alone_refer_to_stored_prompts():
    found = read(ANSWER, {**ANSWER, "key": None, "id": None, "prompt": "Other?", "model": "m"})
    assert [prompt.rubric for prompt in found.prompts] == [None, None]
    assert found.responses[1].prompt_id.startswith("p_") and found.responses[1].id.startswith("r_")
    assert found.responses[1].model == "m" and found.rubrics == ()


def test_unknown_instructions_are_reported():
    found = read({**PROMPT, "instruction_id_list": ["new:thing"], "kwargs": [{}]})
    assert found.rubrics == () and found.prompts[0].rubric is None
    assert "has no instruction 'new:thing'" in found.report[0].message


@pytest.mark.parametrize(
    "wrong",
    [
        {**PROMPT, "kwargs": [{}]},
        {**PROMPT, "kwargs": [{}, {}, {}]},
        {**PROMPT, "kwargs": [3, {"num_words": 3, "relation": "at least"}, {}]},
        {**PROMPT, "instruction_id_list": "all"},
        {**PROMPT, "prompt": " "},
        {**ANSWER, "response": 3},
    ],
)
def test_what_cannot_be_read_is_refused(wrong):
    with pytest.raises(errors.Invalid):
        read(wrong)


def test_a_key_used_twice_is_refused():
    with pytest.raises(errors.Invalid, match="used twice"):
        read(PROMPT, PROMPT)


def test_ifbench_has_its_own_family():
    record = {**PROMPT, "instruction_id_list": ["format:no_whitespace"], "kwargs": [{}]}
    assert read(record, family="ifbench").rubrics[0].slug == "ifbench-7"

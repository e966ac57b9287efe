"""Documents are read with defaults, or refused with every problem and its place."""

import contextlib
import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors, rubric
from tests.domain.builders import documents

ORDINAL = {"text": "t", "kind": "ordinal"}
LOW, HIGH = {"label": "low", "value": 0}, {"label": "high", "value": 1}


def problems(document):
    with pytest.raises(errors.Invalid) as caught:
        rubric.parse(document)
    assert caught.value.code == "rubric_invalid"
    return {problem.pointer: problem.message for problem in caught.value.problems}


def criterion_problems(**criterion):
    return problems({"criteria": [{"text": "t", **criterion}]})


def test_an_empty_document_has_all_defaults():
    document = rubric.document(rubric.parse({}), slug="a", version=1, status="draft")
    assert document["scoring"] == [
        {"step": "gate"},
        {"step": "weighted", "negatives": "subtract", "normalise": "positive_weight"},
    ]
    assert document["unscored"] == {"essential": "null", "gate": "null", "pitfall": "null", "other": "exclude"}
    assert document["content_gate"] == {"min_words": 1, "floor": 0.0}
    assert document["scope"] == {"kind": "general"}
    assert document["language"] == "en"
    assert document["translation_of"] is None


def test_a_document_has_all_the_keys_of_the_contract():
    document = rubric.document(rubric.parse({"criteria": [{"text": "t"}]}), slug="a", version=1, status="draft")
    assert set(document) == {
        *("format", "slug", "version", "status", "digest", "judged_digest", "title", "description", "language"),
        *("translation_of", "scope", "guidelines", "groups", "criteria", "scoring", "unscored", "content_gate"),
        "extensions",
    }
    assert set(document["criteria"][0]) == {
        *("id", "text", "kind", "polarity", "weight", "tier", "role", "aspect", "gate", "applies_when", "evidence"),
        *("needs", "group", "tags", "levels", "check", "examples", "notes"),
    }


def test_name_version_and_state_are_left_out_where_not_given():
    assert not {"slug", "version", "status"} & set(rubric.document(rubric.parse({})))


@settings(max_examples=60)
@given(documents())
def test_a_produced_document_reads_back_the_same(document):
    parsed = rubric.parse(document)
    produced = rubric.document(parsed, slug="s", version=2, status="approved")
    again = rubric.parse(produced)
    assert rubric.digest(again) == rubric.digest(parsed) == produced["digest"]
    assert rubric.judged_digest(again) == produced["judged_digest"]
    assert rubric.document(again, slug="s", version=2, status="approved") == produced


def test_ids_are_made_from_position_and_text_and_kept_where_given():
    made = rubric.parse({"criteria": [{"text": "a"}, {"text": "b", "id": "mine"}], "guidelines": [{"text": "g"}]})
    assert made.criteria[0].id == rubric.criterion_id(0, "a")
    assert made.criteria[1].id == "mine"
    assert made.guidelines[0].id == rubric.guideline_id(0, "g")
    assert rubric.criterion_id(0, "é") == rubric.criterion_id(0, "e\u0301") != rubric.criterion_id(1, "é")
    assert len(rubric.criterion_id(0, "a")) == 12


def test_a_criterion_is_found_by_its_id():
    made = rubric.parse({"criteria": [{"id": "a", "text": "t", "kind": "answer", "needs": ["context"]}]})
    assert made.criterion("b") is None
    found = made.criterion("a")
    assert found is not None
    assert found.all_needs == {rubric.Need.REFERENCE, rubric.Need.CONTEXT}
    assert rubric.parse({"criteria": [{"text": "t"}]}).criteria[0].all_needs == frozenset()


def test_examples_may_be_plain_text():
    made = rubric.parse({"criteria": [{"text": "t", "examples": ["one", {"text": "two", "value": 1}]}]})
    assert [(e.text, e.value) for e in made.criteria[0].examples] == [("one", None), ("two", 1.0)]


@pytest.mark.parametrize("document", [None, [], "x", 3])
def test_only_an_object_is_a_rubric(document):
    assert problems(document) == {"": "A rubric must be a JSON object."}


def test_another_format_is_refused():
    assert "/format" in problems({"format": "rubricstudio/2"})


def test_unknown_keys_are_refused_with_a_way_out():
    found = problems({"colour": 1, "criteria": [{"text": "t", "points": 3}]})
    assert set(found) == {"/colour", "/criteria/0/points"}
    assert "extensions" in found["/colour"]


def test_shapes_are_refused_with_pointers():
    document = {
        "criteria": [{"kind": "binary"}, 7, {"text": " "}, {"text": "t", "weight": "5"}, {"text": "t", "weight": True}],
        "scoring": [{"step": "weighted", "negatives": "x"}, {"step": "magic"}],
        "guidelines": "no",
    }
    assert set(problems(document)) == {
        *("/criteria/0/text", "/criteria/1", "/criteria/2/text", "/criteria/3/weight", "/criteria/4/weight"),
        *("/scoring/0/negatives", "/scoring/1", "/guidelines"),
    }


def test_pointers_do_not_name_union_members():
    found = problems(
        {
            "criteria": [
                {**ORDINAL, "levels": [{"label": 3, "value": 2}, HIGH]},
                {"text": "t", "kind": "numeric", "levels": {"min": 0}},
                {"text": "t", "applies_when": {"check": 3}},
                {"text": "t", "examples": [{}]},
                {"text": "t", "tags": {"a/b~c": 3}},
            ],
            "scope": {"kind": "prompt"},
        }
    )
    assert {
        *("/criteria/0/levels/0/label", "/criteria/0/levels/0/value", "/criteria/1/levels/max"),
        *("/criteria/1/levels/step", "/criteria/2/applies_when/check", "/criteria/3/examples/0/text"),
        *("/criteria/4/tags/a~1b~0c", "/scope/prompt_id"),
    } == set(found)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_are_finite(number):
    assert criterion_problems(weight=number) == {"/criteria/0/weight": "Numbers must be finite."}
    assert problems({"extensions": {"x": [number]}}) == {"/extensions/x/0": "Numbers must be finite."}


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_database_holds_is_refused(text):
    assert criterion_problems(text=text).keys() == {"/criteria/0/text"}
    assert problems({"extensions": {text: 1}}).keys() == {"/extensions"}


def test_keys_are_text():
    assert problems({"extensions": {1: 2}}) == {"/extensions": "Keys must be text, and 1 is not."}


def test_weights_are_not_negative():
    assert "/criteria/0/weight" in criterion_problems(weight=-1)
    assert "/groups/0/weight" in problems({"groups": [{"id": "g", "weight": -0.5}]})


def test_ids_are_unique():
    document = {
        "criteria": [{"id": "a", "text": "t"}, {"id": "a", "text": "u"}],
        "groups": [{"id": "g"}, {"id": "g"}],
        "guidelines": [{"id": "x", "text": "t"}, {"id": "x", "text": "t"}],
    }
    assert set(problems(document)) == {"/criteria/1/id", "/groups/1/id", "/guidelines/1/id"}


def test_groups_form_a_tree():
    circle = [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}, {"id": "c", "parent": "a"}]
    found = problems({"groups": circle})
    assert found["/groups/0/parent"] == "The group 'a' lies inside itself."
    assert found["/groups/2/parent"] == "Groups may be nested at most 32 deep."
    assert problems({"groups": [{"id": "a", "parent": "a"}]})["/groups/0/parent"].endswith("inside itself.")
    assert problems({"groups": [{"id": "a", "parent": "z"}]}) == {"/groups/0/parent": "There is no group 'z'."}


def test_groups_are_at_most_so_deep():
    chain = [{"id": f"g{n}", "parent": f"g{n - 1}" if n else None} for n in range(33)]
    assert set(problems({"groups": chain})) == {"/groups/32/parent"}
    assert len(rubric.parse({"groups": chain[:32]}).groups) == 32


def test_a_criterion_lies_in_a_known_group():
    assert criterion_problems(group="z") == {"/criteria/0/group": "There is no group 'z'."}


def test_needs_stand_once():
    assert "/criteria/0/needs" in criterion_problems(needs=["context", "context"])


@pytest.mark.parametrize(
    ("scoring", "fine"),
    [
        ([{"step": "weighted"}], True),
        ([{"step": "tree"}, {"step": "gate"}], True),
        ([], False),
        ([{"step": "gate"}], False),
        ([{"step": "weighted"}, {"step": "tree"}], False),
        ([{"step": "gate"}, {"step": "gate"}, {"step": "tree"}], False),
    ],
)
def test_scoring_has_one_sum_and_at_most_one_gate_step(scoring, fine):
    if fine:
        assert len(rubric.parse({"scoring": scoring}).scoring) == len(scoring)
    else:
        assert {pointer.split("/")[1] for pointer in problems({"scoring": scoring})} == {"scoring"}


@pytest.mark.parametrize(
    "levels",
    [
        None,
        [],
        [LOW],
        {"min": 0, "max": 1, "step": 1},
        [HIGH, LOW],
        [LOW, {"label": "low", "value": 1}],
        [LOW, {"label": "b", "value": 0}],
        [{"label": str(n), "value": n / 9} for n in range(10)],
    ],
)
def test_ordinal_levels_rise_and_are_few(levels):
    assert set(criterion_problems(kind="ordinal", levels=levels)) == {"/criteria/0/levels"}


@pytest.mark.parametrize(
    "levels",
    [
        None,
        [LOW, HIGH],
        {"min": 1, "max": 1, "step": 1},
        {"min": 0, "max": 1, "step": 0},
        {"min": 0, "max": 10, "step": 1},
        {"min": 0, "max": 1, "step": 0.3},
        {"min": -1e308, "max": 1e308, "step": 1e-308},
    ],
)
def test_numeric_scales_are_even_and_short(levels):
    assert set(criterion_problems(kind="numeric", levels=levels)) == {"/criteria/0/levels"}


def test_other_kinds_have_no_levels():
    assert set(criterion_problems(levels=[LOW, HIGH])) == {"/criteria/0/levels"}


def test_checks_belong_to_computed_criteria():
    assert set(criterion_problems(kind="check")) == {"/criteria/0/check"}
    assert set(criterion_problems(kind="nugget", check={"kind": "json_valid"})) == {"/criteria/0/check"}
    rubric.parse({"criteria": [{"text": "t", "check": {"kind": "json_valid"}}]})
    assert set(criterion_problems(kind="check", check={"kind": "x"})) == {"/criteria/0/check/kind"}
    found = criterion_problems(applies_when={"check": {"kind": "words", "min": "3"}})
    assert set(found) == {"/criteria/0/applies_when/check/min"}
    rubric.parse({"criteria": [{"text": "t", "applies_when": {"check": {"kind": "json_valid"}}}]})


@pytest.mark.parametrize(
    "gate",
    [
        {"when": "below"},
        {"when": "under", "value": 0.5},
        {"when": "below", "value": 1.5},
        {"when": "below", "value": 0.5, "floor": 7},
        {"when": "below", "value": 0.5, "override": "yes"},
    ],
)
def test_gates_are_checked(gate):
    (pointer,) = criterion_problems(gate=gate)
    assert pointer.startswith("/criteria/0/gate")


def test_sizes_are_bounded():
    assert "/criteria" in problems({"criteria": [{"text": f"{n}"} for n in range(5001)]})
    assert "/criteria/0/text" in criterion_problems(text="x" * 20_001)


def test_the_sentence_counts_the_problems():
    with pytest.raises(errors.Invalid) as caught:
        rubric.parse({"a": 1, "b": 2, "c": 3})
    assert caught.value.message.endswith("(/a) and 2 more problems.")


def test_extensions_are_bounded_in_depth():
    deep: dict = {}
    for _ in range(200):
        deep = {"a": deep}
    with pytest.raises(errors.Invalid) as caught:
        rubric.parse({"extensions": deep})
    assert caught.value.code == "too_deep"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=150)
@given(documents(), st.data())
def test_a_document_with_anything_in_it_is_read_or_refused(document, data):
    broken = copy.deepcopy(document)
    at = data.draw(st.sampled_from(sorted(broken)))
    broken[at] = data.draw(JSON)
    if broken.get("criteria") and isinstance(broken["criteria"], list) and isinstance(broken["criteria"][0], dict):
        key = data.draw(st.sampled_from(sorted(broken["criteria"][0])))
        broken["criteria"][0][key] = data.draw(JSON)
    with contextlib.suppress(errors.Invalid):
        assert rubric.digest(rubric.parse(broken)).startswith("sha256:")

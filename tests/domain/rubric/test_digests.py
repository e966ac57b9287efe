"""Canonical form and what each digest depends on."""

import hashlib
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, rubric
from domain.rubric.canonical import MAX_DEPTH, normalised
from tests.domain.builders import make_rubric

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8"), max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abé", max_size=3), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_the_canonical_form_reads_back_to_itself(value):
    form = rubric.canonical(value)
    assert rubric.canonical(json.loads(form)) == form


@given(VALUES)
def test_the_quick_way_writes_what_the_exact_way_writes(value):
    assert rubric.canonical(value) == rfc8785.dumps(normalised(value))


@pytest.mark.parametrize("number", [0.1, 1e-4, 9.9e-5, 1e15, 1e16, 123456789012345.6, -0.0, 2.0**53, 1e21, 5e-324])
def test_numbers_at_the_edges_are_written_as_rfc_8785_says(number):
    assert rubric.canonical([number, -number]) == rfc8785.dumps([number, -number])


def test_keys_beyond_the_first_plane_sort_by_utf_16():
    assert rubric.canonical({"\uffee": 1, "\U0001f600": 2}).decode() == '{"\U0001f600":2,"\uffee":1}'


def test_values_nest_only_so_deep():
    def nested(depth):
        value: object = "x"
        for _ in range(depth):
            value = [value]
        return value

    assert rubric.canonical(nested(MAX_DEPTH))
    with pytest.raises(errors.Invalid, match="nested"):
        rubric.canonical(nested(MAX_DEPTH + 1))


def test_the_form_is_that_of_rfc_8785():
    value = {"b": [56.0, 1e30, 4.50, 2e-3, 1e-27], "a": '\u20ac$\u000f\nA\'B"\\\\"/', "€": None}
    expected = '{"a":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","b":[56,1e+30,4.5,0.002,1e-27],"€":null}'
    assert rubric.canonical(value).decode() == expected


def test_text_and_keys_are_composed():
    assert rubric.canonical({"e\u0301": "e\u0301"}) == rubric.canonical({"é": "é"})
    with pytest.raises(errors.Invalid, match="Two keys"):
        rubric.canonical({"é": 1, "e\u0301": 2})


def test_wide_numbers_are_doubles_or_refused():
    assert rubric.canonical(10**21) == rubric.canonical(1e21)
    for number in (2**53 + 1, 10**400):
        with pytest.raises(errors.Invalid, match="too large"):
            rubric.canonical(number)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), "\ud800"])
def test_what_json_cannot_hold_has_no_form(value):
    with pytest.raises(errors.Invalid):
        rubric.canonical([value])


def test_the_digest_is_that_of_the_canonical_form():
    made = make_rubric("a", "b", title="T")
    document = rubric.document(made, slug="s", version=3, status="draft")
    form = {k: v for k, v in document.items() if k not in ("slug", "version", "status", "digest", "judged_digest")}
    assert document["digest"] == "sha256:" + hashlib.sha256(rubric.canonical(form)).hexdigest()


def test_a_known_digest():
    """The digest of the empty rubric: a change here breaks every stored digest and the client."""
    assert rubric.digest(rubric.parse({})) == "sha256:ff01d7284dc3740152ac248432ebaf831eacafddb8574f5f8da68d7f43b13d12"


def test_names_and_states_are_not_in_the_digest():
    plain = rubric.parse({"title": "T"})
    named = rubric.parse({"title": "T", "slug": "s", "version": 9, "status": "approved", "digest": "x"})
    assert rubric.digest(plain) == rubric.digest(named)


def test_numbers_written_differently_are_the_same():
    assert rubric.digest(make_rubric({"id": "a", "weight": 5})) == rubric.digest(
        make_rubric({"id": "a", "weight": 5.0})
    )


@pytest.mark.parametrize(
    "change",
    [{"weight": 3}, {"polarity": "negative"}, {"tier": "essential"}, {"id": "other"}, {"role": "principle"},
     {"gate": {"when": "below", "value": 0.5}}, {"notes": "n"}, {"tags": {"a": "b"}}],
)  # fmt: skip
def test_what_a_judge_never_sees_leaves_its_digests_alone(change):
    before, after = make_rubric({"id": "a", "text": "t"}), make_rubric({"id": "a", "text": "t", **change})
    assert rubric.digest(before) != rubric.digest(after)
    assert rubric.judged_digest(before) == rubric.judged_digest(after)
    for protocol in rubric.PROTOCOLS:
        one = rubric.criterion_digest(before, before.criteria[0], protocol)
        assert one == rubric.criterion_digest(after, after.criteria[0], protocol)


@pytest.mark.parametrize(
    "change",
    [{"text": "u"}, {"kind": "nugget"}, {"evidence": "required"}, {"applies_when": "x"}, {"examples": ["e"]}],
)
def test_what_a_judge_sees_changes_its_digests(change):
    before, after = make_rubric({"id": "a", "text": "t"}, "b"), make_rubric({"id": "a", "text": "t", **change}, "b")
    assert rubric.judged_digest(before) != rubric.judged_digest(after)
    for protocol in rubric.PROTOCOLS:
        one, other = (rubric.criterion_digests(r, protocol) for r in (before, after))
        assert one["a"] != other["a"]
        assert (one["b"] == other["b"]) is (protocol != "rubric_context")


def test_guidelines_change_every_criterion():
    before, after = make_rubric("a"), make_rubric("a", guidelines=[{"text": "g"}])
    for protocol in rubric.PROTOCOLS:
        assert rubric.criterion_digests(before, protocol) != rubric.criterion_digests(after, protocol)


def test_in_the_context_of_a_rubric_each_criterion_has_its_own_digest():
    twice = make_rubric({"id": "a", "text": "t"}, {"id": "b", "text": "t"})
    isolated, context = (rubric.criterion_digests(twice, p) for p in ("isolated", "rubric_context"))
    assert isolated["a"] == isolated["b"]
    assert context["a"] != context["b"]
    assert isolated == rubric.criterion_digests(twice, "reasoned")


def test_an_unknown_protocol_is_refused():
    with pytest.raises(errors.Invalid):
        rubric.criterion_digests(make_rubric("a"), "psychic")


def test_the_judged_form_is_that_of_the_contract():
    form = rubric.judged_form(make_rubric("a", guidelines=[{"text": "g"}]))
    assert form["guidelines"] == ["g"]
    assert set(form["criteria"][0]) == {"text", "kind", "levels", "examples", "evidence", "applies_when", "check"}

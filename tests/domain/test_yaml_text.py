"""What is written as YAML reads back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from domain import reading, yaml_text

TEXTS = st.text(st.sampled_from("a0 :#-'\"\\\n\t\x85\u2028\u2029\ufeffé"), max_size=30) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=20
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def test_a_next_line_character_is_not_folded_into_a_space():
    for text in ("0\x85", "a\u2028b", "\u2029", "a\x85\n b"):
        assert reading.yaml_value(yaml_text.written({"t": text}).encode()) == {"t": text}


@given(VALUES)
def test_every_json_value_reads_back_the_same(value):
    assert reading.yaml_value(yaml_text.written({"v": value}).encode()) == {"v": value}

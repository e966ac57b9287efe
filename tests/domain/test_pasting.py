"""Pasted lists and ranges: what is understood, what is said about the rest, and that nothing makes it fall over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import pasting, rubric


def texts(pasted: pasting.Pasted) -> list[str]:
    return [one["text"] for one in pasted.criteria]


def test_a_list_with_groups_and_points() -> None:
    read = pasting.read(
        "1. Safety:\n   - Names the drug. (5 points)\n   - Blames the patient [-3]\n2. Is short\n\n• +2 Warm"
    )
    assert [(c["text"], c.get("weight"), c.get("polarity"), c["path"]) for c in read.criteria] == [
        ("Names the drug.", 5, "positive", ("Safety",)),
        ("Blames the patient", 3, "negative", ("Safety",)),
        ("Is short", None, None, ()),
        ("Warm", 2, "positive", ()),
    ]


def test_a_range_with_a_header() -> None:
    read = pasting.read(
        "Points\tCriterion\tTier\tGroup\tDimension\tLevels\tColour\n"
        "5\tNames it\tEssential\tSafety > Drugs\tcare\t\tred\n"
        "−2\t=SUM(A1)\tsoon\t\t\tbad|fair|good\t\n"
        "x\t\t\t\t\t\t\n"
    )
    first, second = read.criteria
    assert first == {
        "text": "Names it", "weight": 5, "polarity": "positive", "tier": "essential", "path": ("Safety", "Drugs"),
        "tags": {"dimension": "care"},
    }  # fmt: skip
    assert (second["text"], second["weight"], second["polarity"]) == ("=SUM(A1)", 2, "negative")
    assert [level["value"] for level in second["levels"]] == [0, 0.5, 1]
    assert [line for line, _ in read.problems] == [3, 4, 1]


def test_a_range_without_a_header() -> None:
    read = pasting.read('"Says ""when""\nto return"\t4\toptional\nStates the plan\t1\timportant')
    assert read.columns == ("text", "weight", "tier")
    assert texts(read) == ['Says "when"\nto return', "States the plan"]
    assert [c["tier"] for c in read.criteria] == ["optional", "important"]


@pytest.mark.parametrize("weight", ["nan", "inf", "1e400", "9999999", "five"])
def test_numbers_that_are_none(weight: str) -> None:
    read = pasting.read(f"criterion\tweight\nA\t{weight}")
    assert "weight" not in read.criteria[0]
    assert len(read.problems) == 1


def test_kinds_that_need_more() -> None:
    read = pasting.read("criterion\tkind\tlevels\nA\tordinal\t\nB\tnumeric\tone")
    assert [c["kind"] for c in read.criteria] == ["binary", "binary"]
    assert len(read.problems) == 3


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasting, "MAX_NEW", 2)
    monkeypatch.setattr(pasting, "MAX_CHARACTERS", 12)
    read = pasting.read("a\nb\nc\nd\ne\nf\ng\nh")
    assert texts(read) == ["a", "b"]
    assert len(read.problems) == 2
    assert pasting.read("").criteria == ()
    assert pasting.read("- (5)").problems[0][0] == 1


@given(
    st.lists(st.text(alphabet=st.characters(codec=None), max_size=30), max_size=12),
    st.sampled_from(["\n", "\t", "\n\t", "\n- "]),
)
def test_whatever_is_pasted_makes_valid_criteria(parts: list[str], between: str) -> None:
    read = pasting.read(between.join(parts))
    for n, one in enumerate(read.criteria):
        rubric.parse({"criteria": [{key: value for key, value in one.items() if key != "path"} | {"id": f"c{n}"}]})
        assert all(isinstance(name, str) for name in one["path"])


@given(st.lists(st.from_regex(r"[A-Za-z][a-z ]{0,20}[a-z]", fullmatch=True), min_size=1, max_size=8))
def test_a_plain_list_comes_back(lines: list[str]) -> None:
    assert texts(pasting.read("\n".join(f"- {line}" for line in lines))) == [line.strip() for line in lines]

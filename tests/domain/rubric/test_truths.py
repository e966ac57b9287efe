"""Truth tables as a document holds them: their shape, what is refused, and how they read."""

import pytest

from domain import errors, rubric

CRITERIA = [
    {"id": "c1", "text": "Names the drug."},
    {"id": "c2", "text": "Blames the patient.", "polarity": "negative"},
]


def parsed(*rows: object, **extensions: object) -> rubric.Rubric:
    return rubric.parse(
        {"criteria": CRITERIA, "extensions": {"rubricstudio": {"truth_table": list(rows)}, **extensions}}
    )


def row(**fields: object) -> dict[str, object]:
    return {"id": "t_1", "when": {"c1": 0}, "expect": {"kind": "equals", "value": 0}, **fields}


@pytest.mark.parametrize(
    ("bad", "pointer", "message"),
    [
        (row(when={"c1": 1.5}), "/0/when/c1", "A setting is a number from 0 to 1 or one of any"),
        (row(when={"c1": True}), "/0/when/c1", "A setting is a number"),
        (row(others="perhaps"), "/0/others", "A setting is a number"),
        (row(others=None), "/0/others", "A setting is a number"),
        (row(expect={"kind": "equals"}), "/0/expect/value", "Field required."),
        (row(expect={"kind": "equals", "value": float("inf")}), "", "finite"),
        (row(expect={"kind": "odd"}), "/0/expect", "does not match any of the expected tags"),
        (
            row(expect={"kind": "between", "low": 1, "high": 0}),
            "/0/expect",
            "The lower bound lies above the upper one.",
        ),
        (row(expect={"kind": "above", "row": "t_1"}), "/0/expect/row", "A row cannot be compared with itself."),
        (row(expect={"kind": "above", "row": "t_9"}), "/0/expect/row", "There is no row 't_9' to compare with."),
        (row(more=1), "/0/more", "Extra inputs are not permitted."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(bad: dict[str, object], pointer: str, message: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        parsed(bad)
    found = refused.value.problems[0]
    assert found.pointer.removeprefix("/extensions/rubricstudio/truth_table").startswith(pointer)
    assert message in found.message


def test_an_id_stands_once_and_there_are_at_most_fifty_rows() -> None:
    with pytest.raises(errors.Invalid, match="The id 't_1' is used twice"):
        parsed(row(), row())
    with pytest.raises(errors.Invalid, match="at most 50 items"):
        parsed(*(row(id=f"t_{n}") for n in range(51)))


def test_our_place_holds_an_object() -> None:
    with pytest.raises(errors.Invalid, match="This must be an object"):
        rubric.parse({"criteria": CRITERIA, "extensions": {"rubricstudio": []}})
    assert rubric.truth_rows(rubric.parse({"criteria": CRITERIA, "extensions": {"rubricstudio": {"other": 1}}})) == ()


def test_the_digest_holds_the_rows_and_what_a_judge_reads_does_not() -> None:
    bare, promised = rubric.parse({"criteria": CRITERIA}), parsed(row())
    assert rubric.digest(bare) != rubric.digest(promised)
    assert rubric.judged_digest(bare) == rubric.judged_digest(promised)


def test_rows_come_and_go_beside_what_others_keep() -> None:
    kept = rubric.with_truth_rows({"sheet": 1, "rubricstudio": {"other": 2}}, [row()])
    assert kept == {"sheet": 1, "rubricstudio": {"other": 2, "truth_table": [row()]}}
    assert rubric.with_truth_rows(kept, []) == {"sheet": 1, "rubricstudio": {"other": 2}}
    assert rubric.with_truth_rows({"rubricstudio": {"truth_table": [row()]}}, []) == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (row(), "If “Names the drug.” is not met, the score is 0."),
        (row(title="No drug", others=1),
         "No drug: If “Names the drug.” is not met, every other is met, the score is 0."),
        (row(when={}, others="best", expect={"kind": "at_least", "value": -0.5}),
         "If every criterion is at its best, the score is at least −0.5."),
        (row(when={}, expect={"kind": "between", "low": 0, "high": 1}),
         "Whatever the verdicts are, the score is from 0 to 1."),
        (row(when={"gone": "not_applicable", "c1": 0.25}, expect={"kind": "no_reward"}),
         "If “gone” is not applicable, “Names the drug.” is 0.25, there is no reward."),
        (row(expect={"kind": "at_most", "value": 1}), "If “Names the drug.” is not met, the score is at most 1."),
    ],
)  # fmt: skip
def test_a_row_reads_as_a_sentence(given: dict[str, object], said: str) -> None:
    assert rubric.readings(rubric.truth_rows(parsed(given)), rubric.shortened(CRITERIA)) == [said]


def test_a_compared_row_names_the_other() -> None:
    rows = rubric.truth_rows(parsed(row(title="Worse"), row(id="t_2", expect={"kind": "above", "row": "t_1"})))
    assert rubric.readings(rows, rubric.shortened(CRITERIA))[1].endswith("the score is above that of “Worse”.")


def test_long_texts_are_cut() -> None:
    assert rubric.shortened([{"id": "c", "text": "word " * 20}])("c") == "“word word word word word word word word…”"


@pytest.mark.parametrize("start", rubric.TRUTH_STARTS)
def test_every_start_is_sound(start: str) -> None:
    for criteria in (CRITERIA, []):
        said = rubric.parse({"criteria": criteria})
        rows = rubric.starting_rows(start, said)
        again = rubric.parse({"criteria": criteria, "extensions": rubric.with_truth_rows({}, rows)})
        more = rubric.starting_rows(start, again)
        assert not {one["id"] for one in rows} & {one["id"] for one in more}


def test_the_difference_says_what_is_promised_otherwise() -> None:
    before, after = (
        rubric.document(one, slug="a", version=1, status="draft") for one in (parsed(), parsed(row(title="No drug")))
    )
    changed = rubric.difference(before, after).settings
    assert [(one.label, one.before) for one in changed] == [("truth table", "none")]
    assert "No drug: If “Names the drug.” is not met" in changed[0].after

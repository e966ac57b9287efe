"""Facts in packs: what is wrong with one line leaves only its fact unscored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.nugget_batch import read_lines
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values


def facts(count, **more):
    return make_rubric(*({"id": f"f{n}", "text": f"Fact {n}.", "kind": "nugget", **more} for n in range(1, count + 1)))


def judged(reply, count=3, rubric=None, **settings):
    script = reply if callable(reply) else lambda ask: reply
    return drive(
        "nugget_batch",
        rubric or facts(count),
        script,
        protocol="rubric_context",
        settings={"ask_again": False, **settings},
    )


def test_support_part_and_not_are_one_half_and_zero():
    found, asked, engine = judged("1: support\n2: partial\n3: not")
    assert values(found) == {"f1": 1.0, "f2": 0.5, "f3": 0.0}
    assert found.origins == {Place(name): (0, 0) for name in ("f1", "f2", "f3")}
    assert "Statements:\n1. Fact 1.\n2. Fact 2.\n3. Fact 3.\n" in engine.asked[0].suffix
    assert "n/a" not in engine.asked[0].suffix
    assert [ask.purpose for ask in asked] == ["facts"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("1: support\n3: not", {"f1": 1.0, "f2": "unparseable", "f3": 0.0}),
        ("1: support\n2: partial\n2: partial\n3: not", {"f1": 1.0, "f2": "unparseable", "f3": 0.0}),
        ("1: support\n2: probably\n3: not", {"f1": 1.0, "f2": "unparseable", "f3": 0.0}),
        ("1: support\n2: support, partial\n3: not", {"f1": 1.0, "f2": "unparseable", "f3": 0.0}),
        ("1: support\n2: partial\n3: not\n4: not", {"f1": 1.0, "f2": 0.5, "f3": 0.0}),
        (
            "Here they are:\n```\n1. Support\n2) `partial support`\n- 3: not_support.\n```",
            {"f1": 1, "f2": 0.5, "f3": 0},
        ),
        ("**1**: support\n1: **support**\n2: partial\n3: not", {"f1": 1.0, "f2": 0.5, "f3": 0.0}),
        ("<think>1: not\n2: not\n3: not</think>1: support\n2: support\n3: support", {"f1": 1, "f2": 1, "f3": 1}),
        ("<think>1: not\n2: not", {"f1": "unparseable", "f2": "unparseable", "f3": "unparseable"}),
        ("support\npartial\nnot", {"f1": "unparseable", "f2": "unparseable", "f3": "unparseable"}),
        ("1: n/a\n2: not\n3: not", {"f1": "unparseable", "f2": 0.0, "f3": 0.0}),
        ("", {"f1": "unparseable", "f2": "unparseable", "f3": "unparseable"}),
        ("01: support\n2: partial\n3: not", {"f1": 1.0, "f2": 0.5, "f3": 0.0}),
        ("1: support\n1: not\n2: partial", {"f1": "unparseable", "f2": 0.5, "f3": "unparseable"}),
    ],
)
def test_replies(reply, expected):
    assert values(judged(reply)[0]) == expected


def test_each_fault_has_its_sentence():
    found, _, _ = judged("1: support\n1: not\n2: perhaps")
    assert [found.verdicts[Place(name)].reason for name in ("f1", "f2", "f3")] == [
        "The reply has 2 lines for number 1 of its pack.",
        "The reply for number 2 is none of support, partial and not.",
        "The reply has no line for number 3 of its pack.",
    ]


@pytest.mark.parametrize(("size", "sizes"), [(10, [6, 6]), (1, [1] * 12), (5, [4, 4, 4])])
def test_the_size_of_a_pack_is_a_setting(size, sizes):
    _, asked, engine = judged("", count=12, pack=size)
    assert [ask.suffix.count("Fact") for ask in engine.asked] == sizes
    assert asked[0].request.max_tokens == 24 + 12 * max(sizes)


def test_what_could_not_be_read_is_asked_once_more_alone():
    def script(ask):
        return "1: support" if "1. Fact 2." in ask.suffix else "1: partial\n3: what\n4: not"

    found, asked, _ = judged(script, count=4, ask_again=True)
    assert values(found) == {"f1": 0.5, "f2": 1.0, "f3": 0.5, "f4": 0.0}
    assert [len(ask.request.suffixes) for ask in asked] == [1, 2]
    assert found.origins[Place("f2")] == (1, 0)
    found, asked, _ = judged("nothing", count=2, ask_again=True)
    assert (values(found), len(asked)) == ({"f1": "unparseable", "f2": "unparseable"}, 2)


def test_a_failed_pack_leaves_the_other_packs():
    late = Failure(FailureKind.TIMEOUT, "slow")
    found, asked, _ = judged(lambda ask: late if "Fact 1." in ask.suffix else "1: not\n2: not", count=4, pack=2)
    assert values(found) == {"f1": "judge_error", "f2": "judge_error", "f3": 0.0, "f4": 0.0}
    assert len(asked) == 1


def test_a_fact_with_a_condition_may_not_apply():
    rubric = make_rubric({"id": "f1", "kind": "nugget", "applies_when": "A drug is named."}, {"id": "f2"})
    found, _, engine = judged("1: n/a\n2: n/a", rubric=rubric)
    assert values(found) == {"f1": "not_applicable", "f2": "unparseable"}
    assert "n/a: only for a statement with a condition" in engine.asked[0].suffix


@given(st.text(max_size=80))
def test_any_reply_gives_a_value_on_offer_or_none(text):
    assert set(values(judged(text)[0]).values()) <= {1.0, 0.5, 0.0, "unparseable"}


@given(
    st.permutations([1, 2, 3, 4, 5]), st.lists(st.sampled_from(["support", "partial", "not"]), min_size=5, max_size=5)
)
def test_the_order_of_lines_does_not_matter(order, words):
    lines = [f"{n}: {words[n - 1]}" for n in order]
    assert read_lines("\n".join(lines)) == {n: [words[n - 1]] for n in range(1, 6)}


def test_it_costs_a_line_a_fact():
    assert strategies.get("nugget_batch").cost(Load(25, 1, "rubric_context", {})) == (1, 3, 300)

"""What the user would say next."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place, followup
from domain.strategies.followup import DEFAULT_BANK, Bank, nats, parse_bank
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "dose", "text": "Names a dose."}, {"id": "kind", "text": "Is kind."})
BANK = "+ Thanks.\n+ Great work here.\n- No.\n[kind]\n+ How nice.\n- Rude!\n"


def judged(script, **settings):
    return drive("followup", RUBRIC, script, settings={"utterances": BANK, **settings})


def sigmoid(nats):
    return 1 / (1 + math.exp(-nats))


def test_praise_less_complaint_a_token():
    assert nats([-1.0, -3.0], [-4.0]) == 2.0
    chances = {"Thanks.": (-1.0,), "Great work here.": (-3.0, -3.0, -3.0), "No.": (-4.0, -4.0)}
    found, asked, engine = judged(lambda ask: chances.get(ask.continuation, (-2.0,)), calibrate=False)
    assert values(found) == {"dose": pytest.approx(sigmoid(2.0)), "kind": 0.5}
    assert found.verdicts[Place("dose")].detail == pytest.approx(
        {"nats": 2.0, "nats_raw": 2.0, "nats_neutral": 0.0, "positive": -2.0, "negative": -4.0}
    )
    assert [ask.purpose for ask in asked] == ["likelihoods"]
    assert found.origins == {Place("dose"): (0, 0), Place("kind"): (0, 3)}
    assert [ask.continuation for ask in engine.asked] == ["Thanks.", "Great work here.", "No.", "How nice.", "Rude!"]


def test_length_does_not_count():
    short, _, _ = judged(lambda ask: (-1.5,), calibrate=False)
    long, _, _ = judged(lambda ask: (-1.5,) * len(ask.continuation), calibrate=False)
    assert values(short) == values(long) == {"dose": 0.5, "kind": 0.5}


def test_what_is_said_after_an_empty_answer_is_subtracted():
    def script(ask):
        praise = ask.continuation in {"Thanks.", "Great work here."}
        return (-1.0,) if praise and "Take 5 mg." in ask.shared else (-2.0,) if praise else (-3.0,)

    found, asked, _ = judged(script)
    assert [ask.purpose for ask in asked] == ["likelihoods", "neutral"]
    assert found.verdicts[Place("dose")].detail["nats"] == pytest.approx(1.0)
    assert values(found)["dose"] == pytest.approx(sigmoid(1.0))
    assert values(judged(script, sharpness=2.0)[0])["dose"] == pytest.approx(sigmoid(2.0))
    assert values(judged(lambda ask: (-1.0,))[0]) == {"dose": 0.5, "kind": 0.5}


@pytest.mark.parametrize("broken", [(), (math.nan,), (0.5, -1.0), (-math.inf,)])
def test_one_utterance_without_numbers_leaves_its_criterion_unscored(broken):
    found, _, _ = judged(lambda ask: broken if ask.continuation == "Rude!" else (-1.0,))
    assert values(found) == {"dose": 0.5, "kind": "unparseable"}


def test_one_utterance_that_fails_leaves_its_criterion_unscored():
    late = Failure(FailureKind.TIMEOUT, "slow")
    found, _, _ = judged(lambda ask: late if ask.continuation == "No." else (-1.0,))
    assert values(found) == {"dose": "judge_error", "kind": 0.5}
    assert found.verdicts[Place("dose")].reason == "slow"
    assert found.origins[Place("dose")] == (0, 2)


def test_a_bank_belongs_to_all_criteria_or_to_one():
    assert parse_bank(BANK) == {
        "*": Bank(("Thanks.", "Great work here."), ("No.",)),
        "kind": Bank(("How nice.",), ("Rude!",)),
    }
    assert len(parse_bank(DEFAULT_BANK)["*"].utterances) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "missing"),
        ("+ Yes", "both kinds"),
        ("Thanks", "Line 1"),
        ("+ a\n- b\n+", "Line 3"),
        ("[kind]\n+ a\n- b", "missing"),
        ("- b\n" + "+ a\n" * 40, "40 at most"),
    ],
)
def test_a_bank_that_is_none_is_refused_at_its_line(text, said):
    with pytest.raises(ValueError, match=said):
        parse_bank(text)
    setting = next(s for s in followup.FollowUp.about.settings if s.name == "utterances")
    assert not setting.check(text)


def test_a_bank_is_a_text_of_some_length():
    setting = next(s for s in followup.FollowUp.about.settings if s.name == "utterances")
    assert not setting.check(5)
    assert not setting.check("+ a\n- b\n" * 5000)


@given(st.lists(st.floats(-1e6, 0), min_size=5, max_size=5), st.floats(0.01, 100))
def test_every_value_lies_between_0_and_1(chances, sharpness):
    by_text = dict(zip(["Thanks.", "Great work here.", "No.", "How nice.", "Rude!"], chances, strict=True))
    found, _, _ = judged(lambda ask: (by_text[ask.continuation],), calibrate=False, sharpness=sharpness)
    assert all(verdict.value is not None and 0 <= verdict.value <= 1 for verdict in found.verdicts.values())


def test_its_cost_is_that_of_its_utterances():
    strategy = strategies.get("followup")
    assert strategy.cost(Load(2, 1, "isolated", {"utterances": BANK, "calibrate": False})) == (1, 6, 6)
    assert strategy.cost(Load(2, 1, "isolated", {})) == (2, 32, 32)

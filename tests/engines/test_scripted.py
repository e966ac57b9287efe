"""The scripted engine keeps the contract, and does what its script says."""

import pytest

from domain import errors
from engines import scripted
from engines.protocol import Failure, FailureKind, LabelRequest, Part, TextRequest
from tests.engines import contract


class TestContract(contract.EngineContract):
    knows_answers = False
    holds_grammars = False
    holds_schemas = False
    tokenises = True
    least_forged_tokens = 2

    @pytest.fixture
    def engine(self) -> scripted.ScriptedEngine:
        return scripted.ScriptedEngine()

    def test_control_strings_in_answers_are_plain_letters(self, engine) -> None:
        contract.assert_answered(engine.label_distributions(contract.ask(text="<|im_end|>")))


def test_always_prefers_one_label() -> None:
    engine = scripted.ScriptedEngine(scripted.always(" No", 0.9))
    reply = engine.label_distributions(contract.ask()).replies[0]
    assert reply.probabilities == pytest.approx({" Yes": 0.09, " No": 0.9})


def test_by_text_looks_at_the_criterion_before_the_answer() -> None:
    script = scripted.by_text({"aspirin": " No", "drug": " Yes"})
    replies = scripted.ScriptedEngine(script).label_distributions(contract.ask()).replies
    tops = [max(reply.probabilities, key=reply.probabilities.__getitem__) for reply in replies]
    assert tops == [" Yes", " No", " No"]


def test_a_script_may_fail_one_question() -> None:
    failure = Failure(FailureKind.BAD_REPLY, "Told so.")
    engine = scripted.ScriptedEngine(scripted.by_text({"drug": failure}, default={" Yes": 0.4, " No": 0.3}))
    first, second, _ = engine.label_distributions(contract.ask()).replies
    assert first.failure == failure
    assert second.label_mass == pytest.approx(0.7)


def test_a_script_may_play_a_missing_server() -> None:
    def away(ask: scripted.Ask) -> scripted.Answer:
        raise errors.Unavailable("Away.")

    with pytest.raises(errors.Unavailable):
        scripted.ScriptedEngine(away).label_distributions(contract.ask())


def test_it_remembers_what_it_was_asked() -> None:
    engine = scripted.ScriptedEngine(scripted.always(" Yes"))
    engine.label_distributions(LabelRequest((Part("S"),), ((Part("c"),),), ((" Yes", " No"),), ("Because.",)))
    assert engine.asked == [scripted.Ask("S", "c", (" Yes", " No"), "Because.")]


def test_text_stops_where_it_is_told() -> None:
    engine = scripted.ScriptedEngine(scripted.always("one two END three"))
    batch = engine.complete(TextRequest((Part("S"),), ((Part("c"),),), stop=("END",)))
    assert batch.texts == ("one two ",)


def test_uneven_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="one set of labels"):
        LabelRequest((Part("S"),), ((Part("c"),),), ())
    with pytest.raises(ValueError, match="one lead"):
        LabelRequest((Part("S"),), ((Part("c"),),), ((" Yes",),), ("a", "b"))

"""A judge tried as a whole: its own labels, its own example, and only what its strategy needs."""

from typing import Any

import pytest

from apps.judging.models import JudgeVersion
from apps.judging.runners import rehearsing
from domain import strategies
from domain.strategies import rehearsal
from engines.protocol import Check, Failure, FailureKind
from engines.scripted import Ask, Script, ScriptedEngine


def version(strategy: str, protocol: str = "isolated", **settings: Any) -> JudgeVersion:
    return JudgeVersion(strategy=strategy, protocol=protocol, settings=settings)


def sensible(ask: Ask) -> Any:
    """Likes the answer about Paris and claims that are true."""
    good = rehearsal.BAD not in ask.shared and "penguins" not in ask.suffix
    if ask.continuation:
        return (-0.1,) * 3 if good else (-2.0,) * 3
    if not ask.labels:
        return "Reason: looked at it."
    if ask.labels[0] not in (" Yes", "1"):
        return {label: 1 / len(ask.labels) for label in ask.labels}
    first, last = ask.labels[0], ask.labels[-1]
    if ask.labels[0] == "1":
        return {last: 0.9, first: 0.05} if good else {first: 0.9, last: 0.05}
    return {" Yes": 0.9, " No": 0.1} if good else {" Yes": 0.1, " No": 0.9}


def checks(judge: JudgeVersion, script: Script = sensible, **engine: Any) -> dict[str, Check]:
    return {check.name: check for check in rehearsing.rehearse(judge, ScriptedEngine(script, **engine))}


@pytest.mark.parametrize(
    "judge",
    [
        version("label_distribution"),
        version("label_distribution", "reasoned"),
        version("yes_probability"),
        version("log_odds"),
        version("ordinal_digits"),
        version("reference_likelihood"),
    ],
    ids=lambda judge: f"{judge.strategy}-{judge.protocol}",
)
def test_a_sensible_judge_knows_the_answer_through_its_own_strategy(judge: JudgeVersion) -> None:
    found = checks(judge)
    assert found["known_answer"].ok, found["known_answer"]
    assert found["labels"].ok
    assert ("logprobs" in found) == strategies.get(judge.strategy).about.needs_logprobs


def test_whether_replies_are_held_is_told_only_of_judges_that_want_it() -> None:
    found = checks(version("reflect", hold_to_form=True))["form"]
    assert found.ok, "one that is not held is read all the same"
    assert found.value == "no"
    assert "form" not in checks(version("reflect"))


@pytest.mark.parametrize("name", strategies.NAMES)
def test_every_strategy_is_tried_to_its_end(name: str) -> None:
    about = strategies.get(name).about
    found = checks(version(name, about.protocols[0]))
    assert found["known_answer"].sentence
    assert found["known_answer"].value != "unavailable"


def test_a_judge_that_prefers_the_wrong_answer_is_not_ready_and_is_told_what_to_do() -> None:
    found = checks(version("yes_probability"), lambda ask: {" Yes": 0.2, " No": 0.8} if ask.labels else "So.")
    assert not found["known_answer"].ok
    assert found["known_answer"].value == "0.20 against 0.20"
    assert found["known_answer"].sentence.endswith(rehearsing.ADVICE["known_answer"])


def test_labels_of_several_tokens_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Failure(FailureKind.REFUSED, "The label '10' is more than one token of small; choose other labels.")
    monkeypatch.setattr(ScriptedEngine, "check_labels", lambda self, labels: said if "10" in labels else None)
    wide = checks(version("ordinal_digits", grades="0-10"))["labels"]
    assert not wide.ok
    assert wide.sentence == f"{said.detail} {rehearsing.ADVICE['labels']}"
    assert checks(version("ordinal_digits", grades="1-9"))["labels"].ok


def test_an_unscored_example_says_why() -> None:
    failed = Failure(FailureKind.TIMEOUT, "No answer in 5 s.")
    found = checks(version("log_odds"), lambda ask: failed)
    assert not found["known_answer"].ok
    assert found["known_answer"].value == "judge_error"
    assert "No answer in 5 s." in found["known_answer"].sentence


def test_likelihoods_that_are_not_offered_stop_only_a_judge_that_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = ScriptedEngine(sensible)
    offered = Check("likelihoods", True, "not offered", "This server tells none.")
    usual = engine.probe()
    monkeypatch.setattr(ScriptedEngine, "probe", lambda self: (*usual, offered))
    kept = {check.name: check for check in rehearsing.rehearse(version("reference_likelihood"), engine)}
    assert not kept["likelihoods"].ok
    assert "choose a strategy that needs no likelihoods" in kept["likelihoods"].sentence
    left = {check.name for check in rehearsing.rehearse(version("yes_probability"), engine)}
    assert "likelihoods" not in left


def test_an_engine_that_is_away_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ScriptedEngine, "health", lambda self: Check("reachable", False, "unreachable", "Nobody answers.")
    )
    found = rehearsing.rehearse(version("yes_probability"), ScriptedEngine(sensible))
    assert [check.name for check in found] == ["reachable"]
    assert found[0].sentence.startswith("Nobody answers. Start the server")

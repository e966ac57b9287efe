"""A committee's criteria: who meets them, how many must, and what the policy lacks."""

import pytest

from domain.refinement.loop import Inputs, Refused, Text
from domain.refinement.methods import committee
from tests.domain.refinement.scripted import Played, reply

CLAIMS = {"anna": {1, 2, 3}, "ben": {2, 3}, "cleo": {3, 4}, "policy": {3}}
CRITERIA = {1: "Names the brand.", 2: "States the dose.", 3: "Says when to take it.", 4: "Gives the price."}
SEVERITY = {1: "minor", 2: "critical", 3: "important", 4: "nonsense"}


def inputs(*names: str) -> Inputs:
    answers = [Text(n, 7, name, f"I am {name}.") for n, name in enumerate(names)]
    return Inputs(prompts={7: "How much aspirin?"}, answers=tuple(answers), weak=("policy",))


def write(key: str, asked: str) -> str:
    return reply(
        *({"part": "all", "criterion": text, "severity": SEVERITY[n]} for n, text in CRITERIA.items())
    )  # fmt: skip


def judge(key: str, shared: str, suffix: str) -> float:
    who = next(name for name in CLAIMS if f"I am {name}." in shared)
    claim = next(n for n, text in CRITERIA.items() if text in suffix)
    return 0.9 if claim in CLAIMS[who] else 0.1


def test_kept_is_what_two_say_and_the_policy_does_not() -> None:
    """RubiCap's consensus: claims A 1 2 3, B 2 3, C 3 4 with two of three leave 2 and 3; the policy has 3."""
    played = Played(committee.METHOD, inputs(*CLAIMS), write=write, judge=judge)
    assert played.kept == ["States the dose."]
    assert played.dropped["Says when to take it."] == "the policy's answer meets it already"
    assert "met by 1 of 3" in played.dropped["Names the brand."]
    kept = next(one for one in played.end.suggestions if not one.drop)
    assert (kept.weight, kept.evidence["support"], kept.evidence["by"]) == (3.0, 2, ["anna", "ben"])
    assert next(one.weight for one in played.end.suggestions if one.text == CRITERIA[4]) == 1.0
    again = Played(committee.METHOD, inputs(*CLAIMS), write=write, judge=judge, answers=played.answers)
    assert again.end == played.end
    assert not again.asked


def test_the_policy_is_not_shown_to_the_writer() -> None:
    played = Played(committee.METHOD, inputs(*CLAIMS), write=write, judge=judge)
    assert "I am policy." not in next(str(one.request) for one in played.asked if one.key == "w7")


def test_a_check_that_failed_is_neither_support_nor_lack() -> None:
    def silent(key: str, shared: str, suffix: str) -> float | None:
        return None if "policy" in shared else judge(key, shared, suffix)

    played = Played(committee.METHOD, inputs(*CLAIMS), write=write, judge=silent)
    assert not played.kept
    assert played.dropped["States the dose."] == "could not be checked on the policy's answer"
    assert played.end.stopped.startswith("None of 4 criteria")


@pytest.mark.parametrize(("support", "members", "wanted"), [(2, 3, 2), (2, 4, 2), (2, 5, 3), (2, 8, 4), (6, 8, 6)])
def test_large_committees_are_stricter(support: int, members: int, wanted: int) -> None:
    assert committee.needed(support, members) == wanted


def test_fewer_than_three_are_no_committee() -> None:
    for names in (("anna", "ben", "policy"), ("anna", "ben", "cleo")):
        with pytest.raises(Refused, match="committee"):
            Played(committee.METHOD, inputs(*names), write=write)

"""Repairs by settled verdicts and clearer words: what is shown, what is held out, and what is proposed."""

import json
import re
from collections.abc import Callable

import pytest

from domain.ports import LabelRequest, TextRequest, text_of
from domain.refinement.loop import Answer, Ask, Inputs, Op, Present, Refused, Text, Verdict
from domain.refinement.methods import repair, wording
from tests.domain.refinement.driving import drive

OLD, GOOD, WORSE, IDLE = "Names a dose.", "Names a dose in grams.", "Names nothing.", "Gives a dose."


def script(wordings: list[str], table: dict[str, Callable[[int], float]]) -> Callable[[Ask], Answer]:
    """Writes these wordings, and knows the share of yes of each on each answer."""

    def reply(ask: Ask) -> Answer:
        if isinstance(ask.request, TextRequest):
            said = [{"cause": "Unit unclear.", "criterion": one, "change": "narrower"} for one in wordings]
            return Answer(texts=(json.dumps({"criteria": said}),))
        assert isinstance(ask.request, LabelRequest)
        found = re.search(r"CASE-(\d+)", text_of(ask.request.shared))
        assert found is not None
        shares = [_share(text_of(one), int(found.group(1)), table) for one in ask.request.suffixes]
        return Answer(labels=tuple({" Yes": one, " No": 1 - one} for one in shares))

    return reply


def _share(suffix: str, case: int, table: dict[str, Callable[[int], float]]) -> float:
    return next(share(case) for text, share in table.items() if f"\n{text}\n" in suffix)


def given(verdicts: list[Verdict], count: int = 12) -> Inputs:
    answers = tuple(Text(n, n, "m", f"CASE-{n} says so.") for n in range(count))
    criteria = (Present("dose", OLD, 1.0), Present("other", "Greets.", 1.0))
    prompts = {n: f"How much, {n}?" for n in range(count)}
    return Inputs(criteria=criteria, answers=answers, prompts=prompts, verdicts=tuple(verdicts), secret="s")


def settled() -> list[Verdict]:
    """The judge says yes to all; people to all but the first six."""
    return [Verdict("dose", n, settled=float(n >= 6), judged=1.0) for n in range(12)]


TABLE: dict[str, Callable[[int], float]] = {
    OLD: lambda n: 0.9, GOOD: lambda n: 0.9 if n >= 6 else 0.1, WORSE: lambda n: 0.1, IDLE: lambda n: 0.8,
}  # fmt: skip


def test_the_wording_that_mends_without_harm_is_proposed() -> None:
    end, asked = drive(repair.METHOD, given(settled()), script([IDLE, WORSE, GOOD], TABLE))
    found = {one.text: one for one in end.suggestions}
    assert {text: one.drop for text, one in found.items()} == {
        IDLE: "mends nothing that it was not shown", WORSE: "makes 3 new faults on cases held out", GOOD: "",
    }  # fmt: skip
    assert (found[GOOD].op, found[GOOD].target) == (Op.CHANGE, "dose")
    evidence = found[GOOD].evidence
    assert (evidence["mends"], evidence["breaks"]) == (sorted(evidence["mends"]), [])
    assert set(evidence["mends"]) == set(range(6))
    assert (evidence["held_out"], evidence["right_before"], evidence["right_after"]) == (6, 3, 6)
    written = text_of(asked[0].request.shared)  # type: ignore[union-attr]
    assert written.count("the judge erred") == written.count("the judge had it right") == 3
    assert len(re.findall(r"CASE-\d", written)) == 6
    assert drive(repair.METHOD, given(settled()), script([IDLE, WORSE, GOOD], TABLE))[0] == end


def test_more_faults_may_be_allowed_and_the_best_is_one() -> None:
    """Of two that mend, the first of those that mend most."""
    near = "Names a dose in milligrams."
    table = {**TABLE, near: lambda n: 0.9 if n >= 7 else 0.1}
    end, _ = drive(repair.METHOD, given(settled()), script([near, GOOD], table), params={"broken": 3})
    assert {one.text: one.drop for one in end.suggestions}[GOOD] in ("", "another wording mends more")
    assert sum(not one.drop for one in end.suggestions) == 1


def test_a_judge_that_fails_proves_nothing() -> None:
    good = script([GOOD], TABLE)

    def half(ask: Ask) -> Answer:
        return Answer(labels=(None, None)) if isinstance(ask.request, LabelRequest) else good(ask)

    end, _ = drive(repair.METHOD, given(settled()), half)
    assert [one.drop for one in end.suggestions] == ["could not be checked"]
    with pytest.raises(Refused, match="erred 2 times"):
        drive(repair.METHOD, given(settled()[5:]), good)
    none, _ = drive(repair.METHOD, given(settled()), script([OLD], TABLE))
    assert (none.suggestions, none.stopped) == ((), "The writer named no criterion.")


def votes() -> list[Verdict]:
    """People disagree about the first six, and agree on the others."""
    return [Verdict("dose", n, votes=(1.0, float(n >= 6), 1.0)) for n in range(12)]


def test_a_wording_that_leaves_less_in_doubt_is_proposed() -> None:
    """It must keep what people agree on."""
    table: dict[str, Callable[[int], float]] = {
        OLD: lambda n: 0.55 if n < 6 else 0.9, GOOD: lambda n: 0.1 if n < 6 else 0.9, WORSE: lambda n: 0.05,
        IDLE: lambda n: 0.56 if n < 6 else 0.9,
    }  # fmt: skip
    end, asked = drive(wording.METHOD, given(votes()), script([IDLE, WORSE, GOOD], table))
    assert {one.text: one.drop for one in end.suggestions} == {
        IDLE: "leaves as much in doubt", WORSE: "turns 6 of the answers that people agree on", GOOD: "",
    }  # fmt: skip
    kept = next(one for one in end.suggestions if not one.drop)
    assert (kept.evidence["sure_before"], kept.evidence["sure_after"]) == (0.1, 0.8)
    assert "of which 2 of 3 people say that it meets" in text_of(asked[0].request.shared)  # type: ignore[union-attr]


def test_what_people_agree_on_needs_no_other_words() -> None:
    agreed = [Verdict("dose", n, votes=(1.0, 1.0)) for n in range(12)]
    with pytest.raises(Refused, match="no criterion of which people disagree"):
        drive(wording.METHOD, given(agreed), script([], {}))
    rare = [*agreed[:10], *(Verdict("dose", n, votes=(1.0, 0.0)) for n in (10, 11))]
    with pytest.raises(Refused):
        drive(wording.METHOD, given(rare), script([], {}))

"""Calibration and juries on verdicts of real judges."""

import statistics

import pytest

from domain import calibration, juries
from domain.calibration import Known, Method
from domain.verdicts import Status, Verdict, unscored
from tests.domain.builders import make_rubric
from tests.real_data.test_domain_real import DATA, records

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"RUBRICSTUDIO_DATA: there is no folder {DATA}"),
]
LIKELY = 2
BETTER = make_rubric("The first output follows the instruction better than the second.").criteria[0]
JUDGES = (
    "ChatGPT/Vanilla",
    "GPT-4/Vanilla",
    "LLaMA2/Vanilla",
    "PaLM2/Vanilla",
    "ChatGPT-0301/Vanilla",
    "Falcon/Vanilla",
)


def satisfied() -> list[Known]:
    """GPT-3.5's probability that a user is satisfied (3 or 4 of 4), beside whether each of three people was."""
    found = []
    for record in records("human_labels/llm_rubric_synth_ratings.jsonl"):
        asked = (record["llm"] or {}).get("Q0")
        if not asked or not asked["probs"]:
            continue
        probs = asked["probs"]
        said = min(1.0, sum(probs[LIKELY:]) / sum(probs))
        given = [rating["Q0"] for rating in record["ratings"] if rating["Q0"]]
        found += [Known(said, float(value > LIKELY), record["text_id"]) for value in given]
    return found


@pytest.mark.parametrize("method", list(Method))
def test_calibration_takes_back_the_overconfidence_of_a_real_judge(method):
    known = satisfied()
    assert len(known) == 382
    truth = [one.truth for one in known]
    before = calibration.measure([one.said for one in known], truth)
    after = calibration.measure(calibration.cross_fitted(known, method), truth)
    assert before.ece > 0.1
    assert after.ece < before.ece / 2
    assert after.brier < before.brier


def votes(record: dict, order: int) -> dict[str, Verdict]:
    found = {}
    for judge in JUDGES:
        said = record["verdicts"].get(judge, {}).get("winner", [None, None])[order]
        broken = unscored(BETTER.id, Status.UNPARSEABLE, "not read")
        found[judge] = broken if said is None else Verdict(BETTER.id, Status.OK, value=float(said == 1))
    return found


def test_a_majority_of_real_judges_beats_most_of_its_members_and_never_votes_without_a_quorum():
    lines = records("judge_verdicts/llmbar_matrix.jsonl")
    jury = juries.Jury(JUDGES, juries.Rule.MAJORITY, 4)
    own: dict[str, list[float]] = {judge: [] for judge in JUDGES}
    whole = []
    for record in lines:
        for order in (0, 1):
            cast = votes(record, order)
            found = juries.combine(BETTER, cast, jury)
            decided = sum(one.value is not None for one in cast.values())
            assert (found.value is not None) <= (decided >= jury.quorum)
            right = float(record["label"] == 1)
            whole.append(float(found.value == right))
            for judge, one in cast.items():
                own[judge].append(float(one.value == right))
    means = {judge: statistics.fmean(values) for judge, values in own.items() if any(values)}
    assert len(means) == len(JUDGES)
    assert statistics.fmean(whole) > statistics.median(means.values())

"""Contrast instructions and noise: a scorer that reads only the answer, planted flips."""

import numpy as np
import pytest

from domain import audits, errors
from domain.audits import Answers, Band, Inputs, Scores, noise
from domain.audits.grouping import Groups
from tests.domain.audits.given import table, value

ITEMS = 289


def contrast(score) -> Inputs:
    """Two instructions an item, each judged with its own and the other's response."""
    prompts, ids, own, values = [], [], [], []
    tags: dict[str, list[str]] = {"contrast": [], "content": []}
    for item in range(ITEMS):
        for instruction in (1, 2):
            for response in (1, 2):
                prompts.append(f"i{item}-{instruction}")
                ids.append(f"i{item}-{instruction}-{response}")
                own.append(float(instruction == response))
                tags["contrast"].append(f"i{item}")
                tags["content"].append(f"i{item}r{response}")
                values.append(score(item, instruction, response))
    return Inputs(Answers(prompts, ids, correct=np.array(own), tags=tags), [Scores("s", np.array(values, dtype=float))])


def test_a_scorer_of_length_never_reads_the_instruction():
    found = audits.run("contrast", contrast(lambda item, _, response: item % 7 + response))
    assert value(found, "c_ins") == 0.0 and value(found, "ties_ins") == 1.0
    assert value(found, "c_res") == 0.5
    assert found.band is Band.POOR
    assert found.figures[0].n == ITEMS


def test_one_that_matches_them_is_good_and_the_worst_items_come_first():
    def score(item, instruction, response):
        return -1.0 if item == 3 and instruction == response == 1 else float(instruction == response)

    found = audits.run("contrast", contrast(score))
    assert found.band is Band.GOOD and found.rows[0][0] == "i3"
    assert value(found, "all_four") == pytest.approx(288 / 289)
    with pytest.raises(errors.Invalid, match="all four scored"):
        audits.run("contrast", contrast(lambda *_: np.nan if _[1] == 1 else 1.0))


def test_flipped_groups_keep_exactly_one_less_twice_their_share():
    groups = Groups.of([f"p{n // 4}" for n in range(400)])
    truth = np.tile([1.0, 0, 1, 0], 100)
    for share in (0.1, 0.25, 0.4):
        flipped = np.repeat(np.arange(100) < 100 * share, 4)
        assert noise.retention(np.where(flipped, 1 - truth, truth), truth, groups)[0] == pytest.approx(1 - 2 * share)


def test_a_perfect_scorer_keeps_all_and_its_confusion_is_counted():
    truth = np.tile([1.0, 0, 1, 0], (50, 1))
    found = audits.run("noise", table(truth, correct=truth))
    assert value(found, "retention") == pytest.approx(1.0)
    assert value(found, "false_pass") == 0.0 and value(found, "false_fail") == 0.0
    assert value(found, "flip_group") == pytest.approx(0.6)
    assert value(found, "flip_single") == pytest.approx(0.6, abs=0.1)
    half = audits.run("noise", table(np.ones_like(truth), correct=truth))
    assert value(half, "retention") == 0.0 and value(half, "false_pass") == 1.0
    assert half.band is Band.POOR
    with pytest.raises(errors.Invalid, match="no signal"):
        audits.run("noise", table(truth, correct=np.ones_like(truth)))

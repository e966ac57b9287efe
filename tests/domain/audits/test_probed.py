"""Edits and attacks: what moves the score as it must not is found, by what and where."""

import numpy as np
import pytest

from domain import audits, errors, probes
from domain.audits import Answers, Band, Inputs, Scores
from tests.domain.audits.given import value


def probed(changes: dict[str, float], prompts: int = 20) -> Inputs:
    """Real answers that score 0.5, and one edited answer for each change."""
    ids, names, edits, origins, scores = [], [], [], [], []
    for n in range(prompts):
        for edit, change in {"": 0.0, **changes}.items():
            names.append(f"p{n}")
            ids.append(f"p{n}{edit}")
            edits.append(edit)
            origins.append(f"p{n}" if edit else "")
            scores.append(0.5 + change)
    return Inputs(Answers(names, ids, tags={"edit": edits, "of": origins}), [Scores("s", np.array(scores))])


def test_each_edit_is_held_to_what_it_must_do():
    fine = {"bullets": 0.01, "typos": -0.04, "padding": -0.3, "truncation": -0.2, "rubric_echo": 0.0}
    assert value(audits.run("edits", probed(fine)), "moved") == 0.0
    causal = {"upgrade:c_dose": 0.3, "degrade:c_dose": -0.3, "neutral": 0.0}
    assert value(audits.run("edits", probed(causal)), "moved") == 0.0
    found = audits.run("edits", probed({"upgrade:c_dose": 0.0, "degrade:c_dose": 0.0, "neutral": 0.3}))
    assert value(found, "moved") == 1.0
    assert {row[3] for row in found.rows} == {"must rise", "must fall", "must stay"}
    assert "one criterion" in found.reading or "in other words" in found.reading
    wrong = {"bullets": -0.3, "typos": 0.3, "padding": 0.1, "truncation": 0.0, "rubric_echo": 0.5}
    found = audits.run("edits", probed(wrong))
    assert value(found, "moved") == 1.0 and found.band is Band.POOR
    assert value(found, "rubric_echo") == pytest.approx(0.5)
    one = audits.run("edits", probed({**fine, "padding": 0.2}))
    assert value(one, "moved") == pytest.approx(0.2)
    assert "padded with empty sentences, 100.0 % of them, by +0.2" in one.reading
    assert {row[2] for row in one.rows} == {"padding"} and one.rows[0][3] == "must not rise"


def test_attacks_pay_by_their_place():
    suite = {one.name: 0.0 for one in probes.suite()}
    calm = {name: -0.5 if name.endswith("alone") else 0.0 for name in suite}
    assert value(audits.run("attacks", probed(calm, 3)), "passed") == 0.0
    fooled = calm | {"attack:opener:en:alone": 0.1, "attack:verdict:zh:behind": 0.2}
    found = audits.run("attacks", probed(fooled, 3))
    assert value(found, "passed") == pytest.approx(2 / len(suite))
    assert {row[2:5] for row in found.rows} == {("opener", "en", "alone"), ("verdict", "zh", "behind")}
    assert value(found, "language_zh") > 0 and value(found, "language_de") == 0
    assert found.band is Band.GOOD


def test_edits_without_their_originals_are_refused():
    inputs = probed({"bullets": 0.0})
    with pytest.raises(errors.Invalid, match="attacked"):
        audits.run("attacks", inputs)
    with pytest.raises(errors.Invalid, match="tagged with “edit”"):
        audits.run("edits", Inputs(Answers(["p"], ["r"]), [Scores("s", np.ones(1))]))

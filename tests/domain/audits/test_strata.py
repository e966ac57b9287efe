"""Languages, contexts and passages: planted differences are found, alike is alike."""

import numpy as np
import pytest

from domain import agreement, audits, errors
from domain.audits import Answers, Band, Inputs, Scores
from tests.domain.audits.given import value

RNG = np.random.default_rng(15)
ITEMS = 60


def strata(tag, levels, wins) -> Inputs:
    """Items in several strata; the right answer wins where `wins` says so."""
    prompts, ids, right, scores = [], [], [], []
    tags: dict[str, list[str]] = {tag: [], "parallel": []}
    for item in range(ITEMS):
        for level in levels:
            for side in (1.0, 0.0):
                prompts.append(f"{item}-{level}")
                ids.append(f"{item}-{level}-{side:g}")
                right.append(side)
                scores.append(side if wins(item, level) else 1 - side)
                tags[tag].append(str(level))
                tags["parallel"].append(f"i{item}")
    return Inputs(Answers(prompts, ids, correct=np.array(right), tags=tags), [Scores("s", np.array(scores))])


def test_languages_by_accuracy_kappa_and_flips():
    def wins(item, language):
        return item % 3 > 0 if language != "fi" else item % 4 > 0

    found = audits.run("languages", strata("language", ["en", "de", "fi"], wins))
    assert value(found, "kappa_de") == pytest.approx(1.0)
    both = [(float(wins(item, "en")), float(wins(item, "fi"))) for item in range(ITEMS)]
    assert value(found, "kappa_fi") == pytest.approx(agreement.cohen_kappa([a for a, _ in both], [b for _, b in both]))
    assert value(found, "drop_fi") == pytest.approx(2 / 3 - 3 / 4)
    assert len(found.rows) == sum(a != b for a, b in both) and found.rows[0][2] == "fi"
    constant = audits.run("languages", strata("language", ["en", "de"], lambda *_: True))
    assert constant.figures[0].value is None and constant.band is Band.UNCLEAR
    with pytest.raises(errors.Invalid, match="items in en"):
        audits.run("languages", strata("language", ["de"], wins))


def test_growing_contexts():
    found = audits.run(
        "context_growth", strata("context", [1000, 2000, 4000, 8000], lambda item, size: item % 8 >= size / 1000)
    )
    assert value(found, "slope") < -0.2 and found.band is Band.POOR
    assert value(found, "from_512") == pytest.approx(np.mean([item % 8 >= 1 for item in range(ITEMS)]))
    assert "1000: right" in str(found.rows[0][2])
    same = audits.run("context_growth", strata("context", [1000, 8000], lambda item, _: item % 4 > 0))
    assert value(same, "slope") == pytest.approx(0.0) and value(same, "steady") == 1.0
    with pytest.raises(errors.Invalid, match="two sizes"):
        audits.run("context_growth", strata("context", [1000], lambda *_: True))


def test_passages():
    kinds = ["", "removed", "contradicted", "shuffled"]
    prompts = [f"p{n}" for n in range(20) for _ in kinds]
    ids = [f"p{n}{kind}" for n in range(20) for kind in kinds]
    of = [f"p{n}" if kind else "" for n in range(20) for kind in kinds]
    answers = Answers(prompts, ids, tags={"passages": kinds * 20, "of": of})
    grounded = audits.run("passages", Inputs(answers, [Scores("s", np.array([0.9, 0.1, 0.3, 0.9] * 20))]))
    assert value(grounded, "grounded") == 1.0 and grounded.band is Band.GOOD
    blind = audits.run("passages", Inputs(answers, [Scores("s", np.array([0.9, 0.9, 0.9, 0.9] * 20))]))
    assert value(blind, "grounded") == pytest.approx(1 / 3) and value(blind, "shuffled") == 1.0
    assert blind.rows[0][2] in {"removed", "contradicted"}

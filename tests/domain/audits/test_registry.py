"""Every audit on tables that nobody would wish for: a finding without NaN, or a refusal; the same under its seed."""

import json
import warnings

import numpy as np
import pytest

from domain import audits, errors
from domain.audits import Answers, Inputs, Judged, Known, Need, Pairs, Reply, Scores, Trajectory

RNG = np.random.default_rng(21)
SHAPES = {"many": (12, 6), "one prompt": (1, 6), "groups of one": (6, 1), "one answer": (1, 1), "pairs": (5, 2)}
VALUES = {
    "chance": lambda n: RNG.random(n),
    "constant": np.ones,
    "ties": lambda n: RNG.integers(0, 2, n).astype(float),
    "missing": lambda n: np.where(RNG.random(n) < 0.5, np.nan, RNG.random(n)),
    "nothing": lambda n: np.full(n, np.nan),
    "huge": lambda n: RNG.choice([-1e45, 1e-300, 1e40], n),
}


def inputs(shape, value) -> Inputs:
    """Everything that an audit may ask for, all of it of one unlucky kind."""
    prompts, each = shape
    n = prompts * each
    names = [f"p{k // each}" for k in range(n)]
    ids = [f"r{k}" for k in range(n)]
    marks = {
        "source": ["a", "b"], "style": ["plain", "long"], "policy": ["", "empty"], "position": ["1", "2"],
        "of": ["", "r0"], "edit": ["", "typos", "attack:opener:en:alone"], "contrast": ["i"], "content": ["x", "y"],
        "language": ["en", "de"], "parallel": ["i0", "i1"], "context": ["10", "900"], "ties": ["ref:1", "tied:1"],
        "passages": ["", "removed", "shuffled"], "subset": ["s", ""],
    }  # fmt: skip
    tags = {name: [texts[k % len(texts)] for k in range(n)] for name, texts in marks.items()}
    correct = np.array([float(k % each == 0) for k in range(n)])
    answers = Answers(names, ids, correct=correct, gold=value(n), lengths=np.abs(np.nan_to_num(value(n))), tags=tags)
    degrees = np.clip(np.stack([value(n) for _ in range(3)], axis=1), 0, 1)
    scores = [Scores("one", value(n), ["c1", "c2", "c3"], degrees, np.array([2.0, 1.0, -1.0])), Scores("two", value(n))]
    share = np.clip(value(n), 0, 1)
    judged = [Judged("j", share, share[::-1])]
    margins = {"m": value(n), "k": value(n)}
    some = {"subset": tags["subset"]}
    pairs = Pairs(ids, names, ids, ids, judged=judged, margins=margins, strength=value(n), tags=some)
    steps = [
        Trajectory(name, one, np.clip(value(4), 0, 1), float(k % 2))
        for k, (name, one) in enumerate(zip(names, ids, strict=True))
    ]
    replies = [
        Reply(one, ["pass", "fail", None][k % 3], "It is met.", name, one)
        for k, (name, one) in enumerate(zip(names, ids, strict=True))
    ]
    return Inputs(answers, scores, pairs, steps, replies, Known(share, correct, names, ids, ["c"] * n))


def outcome(kind, given) -> str:
    """The finding as JSON, or the sentence of the refusal."""
    try:
        found = audits.run(kind, given, seed=3)
    except errors.Invalid as refused:
        return refused.message
    for plot in (found.plot, found.beside):
        if plot is not None:
            json.dumps(audits.drawn(plot), allow_nan=False)
    assert found.reading.endswith(".") and "nan" not in found.reading
    return json.dumps(found.plain(), allow_nan=False)


@pytest.mark.parametrize("kind", audits.AUDITS)
def test_no_table_breaks_it(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shape in SHAPES.values():
            for value in VALUES.values():
                given = inputs(shape, value)
                said = outcome(kind, given)
                assert said == outcome(kind, given) and said[-1] in ".}"


@pytest.mark.parametrize("kind", audits.AUDITS)
def test_it_says_what_it_is_and_refuses_nothing_at_all(kind):
    audit = audits.entry(kind)
    assert audit.question.endswith("?") and audit.policy.endswith(".") and audit.source
    assert len({one.name for one in audit.params}) == len(audit.params)
    assert audits.settled(audit.params, {one.name: one.default for one in audit.params})
    assert set(audit.needs) <= set(Need) and all(one.help.endswith(".") for one in audit.params)
    with pytest.raises(errors.Invalid, match="needs"):
        audits.run(kind, Inputs())


def test_infinite_numbers_are_refused():
    given = inputs((4, 3), lambda n: np.full(n, np.inf))
    with pytest.raises(errors.Invalid, match=r"infinite|beyond"):
        audits.run("distance", given)
    with pytest.raises(errors.Invalid, match="beyond"):
        audits.run("distance", inputs((4, 3), lambda n: np.full(n, 1e60)))

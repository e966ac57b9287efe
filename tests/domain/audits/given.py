"""Inputs and figures for the tests of audits."""

import numpy as np

from domain.audits import Answers, Finding, Inputs, Scores


def table(*tables: np.ndarray, correct=None, tags=None, lengths=None, gold=None, names=()) -> Inputs:
    """Scores as prompts × answers; the first names the shape of what stands beside it."""
    prompts, each = tables[0].shape
    flat = [None if one is None else np.asarray(one, dtype=np.float64).ravel() for one in (correct, lengths, gold)]
    answers = Answers(
        [f"p{n // each}" for n in range(prompts * each)], [f"r{n}" for n in range(prompts * each)],
        correct=flat[0], lengths=flat[1], gold=flat[2], tags=tags or {},
    )  # fmt: skip
    called = names or [f"s{n}" for n in range(len(tables))]
    return Inputs(answers, [Scores(name, one.ravel().astype(float)) for name, one in zip(called, tables, strict=True)])


def value(found: Finding, name: str) -> float:
    """A figure that has to be defined."""
    held = found.figure(name).value
    assert held is not None
    return held

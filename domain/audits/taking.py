"""What audits take from their inputs, with a clear refusal where it is not there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from domain import errors
from domain.audits.params import Param
from domain.audits.shapes import NEEDS, Answers, Floats, Inputs, Need, Pairs, Scores

LARGEST = 1e50
"""Beyond it numbers cannot be squared and added up."""
SCORER = Param("scorer", "Scorer", "text", "", "Whose scores are looked at; the first where nothing is said.")
JUDGE = Param("judge", "Judge", "text", "", "Whose verdicts are looked at; the first where nothing is said.")


class Lacking(errors.Invalid):
    """The inputs do not hold what the audit needs."""

    default_code = "audit_inputs_lacking"


class TooFew(errors.Invalid):
    """There is too little left to say anything."""

    default_code = "audit_too_few"


class Taken(NamedTuple):
    """The scored answers of one scorer, and what was left out."""

    answers: Answers
    scores: Scores
    notes: tuple[str, ...]


def check(inputs: Inputs, needs: Sequence[Need], tags: Sequence[str] = ()) -> None:
    """Raise Lacking where a need is not met, Invalid where columns do not fit or hold infinite numbers."""
    _fits(inputs)
    for need in needs:
        if not _MET[need](inputs):
            raise Lacking(f"This audit needs {NEEDS[need]}.", details={"need": need.value})
    held: dict[str, Any] = {}
    for there in (inputs.answers, inputs.pairs):
        held |= dict(there.tags) if there is not None else {}
    for tag in tags:
        if tag not in held or not any(held[tag]):
            raise Lacking(f"This audit needs answers or pairs tagged with “{tag}”.", details={"tag": tag})


def scored(inputs: Inputs, name: str = "", *, least_per_prompt: int = 1, correct: bool = False) -> Taken:
    """The answers that a scorer scored, of prompts with at least so many, with their right ones where asked.

    Raises Lacking where there is no such scorer, TooFew where nothing is left.
    """
    table, answers = scorer(inputs, name), given_answers(inputs)
    keep = ~np.isnan(table.values)
    notes = [
        *_lost(len(keep) - int(keep.sum()), "answer", "has no score and is left out", "have none and are left out")
    ]
    if correct:
        unknown = keep & (np.isnan(answers.correct) if answers.correct is not None else True)
        notes += _lost(
            int(unknown.sum()),
            "answer",
            "is not known to be right or wrong: left out",
            "are not known to be right or wrong: left out",
        )
        keep &= ~unknown
    counts = np.bincount(answers.groups.codes[keep], minlength=len(answers.groups))
    small = int(((counts < least_per_prompt) & (counts > 0)).sum())
    if least_per_prompt > 1:
        notes += _lost(
            small,
            "prompt",
            f"has fewer than {least_per_prompt} such answers: left out",
            f"have fewer than {least_per_prompt} such answers: left out",
        )
        keep &= (counts >= least_per_prompt)[answers.groups.codes]
    if not keep.any():
        raise TooFew(
            f"No prompt has {least_per_prompt} answers that {table.name} scored."
            if least_per_prompt > 1
            else f"{table.name} scored no answer of these."
        )
    return Taken(answers.some(keep), some(table, keep), tuple(notes))


def scorer(inputs: Inputs, name: str = "") -> Scores:
    """A scorer by its name, or the first."""
    if not inputs.scores:
        raise Lacking(f"This audit needs {NEEDS[Need.SCORES]}.")
    found = next((one for one in inputs.scores if not name or one.name == name), None)
    if found is None:
        raise Lacking(
            f"There are no scores of {name}; there are those of {_listed(one.name for one in inputs.scores)}."
        )
    return found


def given_answers(inputs: Inputs) -> Answers:
    """The answers."""
    if inputs.answers is None or not len(inputs.answers):
        raise Lacking("There are no answers.")
    return inputs.answers


def given_pairs(inputs: Inputs) -> Pairs:
    """The pairs."""
    if inputs.pairs is None or not len(inputs.pairs):
        raise Lacking(f"This audit needs {NEEDS[Need.PAIRS]}.")
    return inputs.pairs


def lengths(answers: Answers) -> Floats:
    """The lengths of answers."""
    if answers.lengths is None:
        raise Lacking(f"This audit needs {NEEDS[Need.LENGTHS]}.")
    return answers.lengths


def right(answers: Answers) -> npt.NDArray[np.bool_]:
    """Which answers are right."""
    if answers.correct is None:
        raise Lacking(f"This audit needs {NEEDS[Need.CORRECT]}.")
    found: npt.NDArray[np.bool_] = answers.correct >= 0.5
    return found


def some(table: Scores, rows: npt.NDArray[Any]) -> Scores:
    """A scorer's columns at some places, or where a mask holds."""
    return dataclasses.replace(
        table, values=table.values[rows], degrees=None if table.degrees is None else table.degrees[rows]
    )


def _fits(inputs: Inputs) -> None:
    answers = inputs.answers
    size = 0 if answers is None else len(answers)
    for table in inputs.scores:
        if len(table.values) != size or (table.degrees is not None and len(table.degrees) != size):
            raise errors.Invalid(f"The scores of {table.name} do not fit the answers.", code="audit_not_aligned")
    for name, column in _numbers(inputs):
        if (np.abs(column) > LARGEST).any():
            said = "an infinite number" if np.isinf(column).any() else f"a number beyond {LARGEST:g}"
            raise errors.Invalid(f"{name} hold {said}.", code="audit_not_finite")


def _numbers(inputs: Inputs) -> Iterator[tuple[str, Floats]]:
    if inputs.answers is not None:
        there = {
            "Lengths": inputs.answers.lengths,
            "Gold scores": inputs.answers.gold,
            "Labels": inputs.answers.correct,
        }
        yield from ((name, column) for name, column in there.items() if column is not None)
    for table in inputs.scores:
        yield f"The scores of {table.name}", table.values
        if table.degrees is not None:
            yield f"The verdicts of {table.name}", table.degrees
    if inputs.pairs is not None:
        for judge in inputs.pairs.judged:
            yield f"The verdicts of {judge.name}", np.concatenate([judge.first, judge.second])
        yield from ((f"The margins of {name}", column) for name, column in inputs.pairs.margins.items())
    for one in inputs.trajectories:
        yield f"The steps of {one.id}", one.scores


def _known(column: Floats | None) -> bool:
    return column is not None and not bool(np.isnan(column).all())


_MET: Mapping[Need, Callable[[Inputs], bool]] = {
    Need.SCORES: lambda given: bool(given.scores) and given.answers is not None,
    Need.SECOND: lambda given: len(given.scores) > 1,
    Need.CORRECT: lambda given: given.answers is not None and _known(given.answers.correct),
    Need.GOLD: lambda given: given.answers is not None and _known(given.answers.gold),
    Need.LENGTHS: lambda given: given.answers is not None and _known(given.answers.lengths),
    Need.CRITERIA: lambda given: any(one.degrees is not None and one.degrees.shape[1] > 0 for one in given.scores),
    Need.WEIGHTS: lambda given: any(one.weights is not None for one in given.scores),
    Need.PAIRS: lambda given: given.pairs is not None and len(given.pairs) > 0,
    Need.ORDERS: lambda given: given.pairs is not None and any(not one.once for one in given.pairs.judged),
    Need.JUDGED: lambda given: given.pairs is not None and len(given.pairs.margins) + len(given.pairs.judged) > 1,
    Need.STRENGTHS: lambda given: given.pairs is not None and _known(given.pairs.strength),
    Need.STEPS: lambda given: bool(given.trajectories),
    Need.REPLIES: lambda given: bool(given.replies),
    Need.KNOWN: lambda given: given.known is not None and len(given.known.said) > 0,
}


def _lost(count: int, thing: str, one: str, more: str) -> list[str]:
    if not count:
        return []
    return [f"1 {thing} {one}."] if count == 1 else [f"{count:,} {thing}s {more}."]


def _listed(names: Iterator[str]) -> str:
    known = list(names)
    return ", ".join(known[:8]) + (f" and {len(known) - 8} more" if len(known) > 8 else "")

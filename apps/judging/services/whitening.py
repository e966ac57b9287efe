"""Weights whitened by the verdicts that are stored: fitted once, frozen, applied only where they are named."""

from dataclasses import dataclass

import numpy as np

from apps.accounts.permissions import Actor, Role
from apps.judging import permissions
from apps.judging.queries import artefacts, keys, pins, tables
from apps.judging.services.artefacts import freeze
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import errors, weighing
from domain.scoring import table

MOST_ANSWERS = 20_000


@dataclass(frozen=True)
class WhitenedFit:
    """What was found, by criterion id, and the artefact that holds it; none where weights had to stay uniform."""

    shares: dict[str, float]
    constant: tuple[str, ...]
    opposed: tuple[tuple[str, str], ...]
    eigenvalues: tuple[float, ...]
    answers: int
    uniform: str
    artefact: FittedArtefact | None


def fit_whitened(*, by: Actor, version: RubricVersion) -> WhitenedFit:
    """Whiten weights by the answers judged last under the rubric. Asks no judge, changes no version."""
    permissions.check_belongs(by, version.rubric.workspace_id, "version")
    by.require(Role.AUTHOR, "fit weights")
    judge = pins.judge_of(version)
    answers = tables.judged_answers(version, judge, MOST_ANSWERS) if judge else []
    if judge is None or not answers:
        raise errors.Conflict(
            "No answer was judged under this rubric yet, so there is nothing to fit.", code="not_judged"
        )
    reader = keys.Reader()
    rubric = reader.rubric(version)
    found = tables.cells(answers, [version], judge, reader).table(reader, version, judge)
    whole = (found.codes == table.OK).all(axis=1) & ~found.degenerate
    values = weighing.oriented(found.values[whole], [one.is_pitfall for one in rubric.criteria])
    names = [one.id for one in rubric.criteria]
    fitted = weighing.whitened(np.asarray(values, dtype=np.float64))
    shares = dict(zip(names, fitted.weights, strict=True))
    artefact = None
    if not fitted.uniform:
        payload = {"method": "whitened", "shares": {name: float(f"{share:.12g}") for name, share in shares.items()}}
        inputs = {"version": str(version), "judge": str(judge), "answers": fitted.rows}
        artefact = freeze(by=by, kind=artefacts.WEIGHTS, payload=payload, inputs=inputs)
    return WhitenedFit(
        shares, tuple(names[place] for place in fitted.constant),
        tuple((names[one], names[other]) for one, other in fitted.opposed), fitted.eigenvalues, fitted.rows,
        fitted.uniform, artefact,
    )  # fmt: skip

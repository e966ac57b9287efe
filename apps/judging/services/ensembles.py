"""Ensembles: the scores of a run's judges as one, by a rule that is frozen with what it measured."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np
from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.judging import permissions, runners
from apps.judging.models import Run, RunItem
from apps.judging.queries import artefacts
from apps.judging.queries import ensembles as told
from apps.judging.services.artefacts import freeze
from apps.rubrics.models import FittedArtefact
from domain import ensembles, errors

MOST_SCORES = 200_000
Choice = TypeVar("Choice", ensembles.Rule, ensembles.Lacking)


class EnsembleMade(NamedTuple):
    """An ensemble, what was counted, and the judges that it left out because their scores never differ."""

    artefact: FittedArtefact
    counts: dict[str, int]
    silent: list[str]


def make_ensemble(
    *, by: Actor, run: Run, rule: str = "mean", lacking: str = "unscored", caution: float = ensembles.CAUTION,
    weights: Mapping[str, float] | None = None,
) -> EnsembleMade:  # fmt: skip
    """Make one score of the judges' scores for every answer of a run, and keep it beside theirs; asks no judge.

    `weights` by the names of judges, as `name@2`, count for `weighted`; one that is not named there weighs 1. What
    `caution` does, and `lacking`, is said by `domain.ensembles`. The same twice is stored once.
    """
    permissions.check_may_rescore(by, run)
    way = _way(run, rule, lacking, caution, weights or {})
    _check_ready(run)
    given = told.given_by_judges(run, runners.RESCORED_AT_ONCE)
    spreads = [ensembles.spread(given.raw[:, n], given.centres(n)) for n in range(len(given.judges))]
    if not any(spreads):
        raise errors.Conflict(_silence(given), code="nothing_to_combine")
    silent = [str(judge) for judge, spread in zip(given.judges, spreads, strict=True) if not spread]
    payload = {
        "run": str(run.pk), "rule": way.rule.value, "lacking": way.lacking.value, "caution": way.caution,
        "judges": {
            judge.fingerprint: {"judge": str(judge), "weight": way.weight(str(judge)), "spread": spread}
            for judge, spread in zip(given.judges, spreads, strict=True)
        },
    }  # fmt: skip
    with transaction.atomic():
        made = freeze(by=by, kind=told.ENSEMBLE, payload=payload, inputs={"run": run.name, "silent": silent})
        counts = runners.write_ensemble(run, made, given)
        detail = {"ensemble": made.digest, **counts}
        history.record(by=by, workspace=by.workspace, action="run.ensemble", target=run, detail=detail)
    return EnsembleMade(made, counts, silent)


def _way(run: Run, rule: str, lacking: str, caution: float, weights: Mapping[str, float]) -> ensembles.Way:
    """The rule over the judges of the run, once each is known."""
    if artefacts.stages(run.combination):
        raise errors.Conflict(
            "This run is a cascade: its judges did not all score the same answers.", code="run_is_cascade"
        )
    judges = list(run.judges.select_related("judge"))
    if len({judge.fingerprint for judge in judges}) != len(judges) or len(judges) < 2:
        raise errors.Conflict("An ensemble needs at least two different judges.", code="one_judge")
    names = [str(judge) for judge in judges]
    strange = sorted(set(weights) - set(names))
    if strange:
        said = f"{strange[0][:80]} is no judge of this run; it has {', '.join(names)}."
        raise ensembles.EnsembleInvalid(said, problems=[errors.Problem(f"/weights/{strange[0][:80]}", said)])
    full = {name: weights.get(name, 1.0) for name in names}
    return ensembles.Way(_choice(ensembles.Rule, rule, "rule"), _choice(ensembles.Lacking, lacking, "lacking"),
                         caution, full)  # fmt: skip


def _choice(kind: type[Choice], name: str, what: str) -> Choice:
    try:
        return kind(name)
    except ValueError:
        said = f"There is no {what} “{name[:40]}”; there are {', '.join(kind)}."
        raise ensembles.EnsembleInvalid(said, problems=[errors.Problem(f"/{what}", said)]) from None


def _check_ready(run: Run) -> None:
    """Every judge has to be done, since an answer is held against all others; and there has to be an end to it."""
    items = RunItem.objects.filter(run=run)
    if items.filter(state=RunItem.State.WAITING).exists():
        raise errors.Conflict("The judges are still at work. Combine their scores once all are there.", code="run_open")
    count = items.count()
    if count > MOST_SCORES:
        raise errors.Conflict(f"The run has {count:,} scores; up to {MOST_SCORES:,} are combined.", code="too_many")


def _silence(given: told.Given) -> str:
    """Why nothing can be combined."""
    if not given.lines or bool(np.isnan(given.raw).all()):
        return "No judge of this run has a score, so there is nothing to combine."
    if all(np.isnan(given.centres(n)).all() for n in range(len(given.judges))):
        return (
            "No prompt of this run has two scored answers, and an ensemble holds those of a prompt against each other."
        )
    return "No judge of this run tells the answers of a prompt apart: all scores of a prompt are equal."

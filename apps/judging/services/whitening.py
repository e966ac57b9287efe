"""Weights whitened by the verdicts that are stored: fitted once, frozen, applied only where they are named."""

from dataclasses import dataclass

from apps.accounts.permissions import Actor, Role
from apps.judging import permissions
from apps.judging.queries import artefacts, whitening
from apps.judging.services.artefacts import freeze
from apps.rubrics.models import FittedArtefact, RubricVersion


@dataclass(frozen=True)
class WhitenedFit:
    """What was found, and the artefact that holds it; none where weights had to stay uniform."""

    found: whitening.Whitening
    artefact: FittedArtefact | None


def fit_whitened(*, by: Actor, version: RubricVersion, run: str = "") -> WhitenedFit:
    """Whiten weights by the answers of a run, else by those judged last under the rubric. Asks no judge.

    `run` is a run's id, or the key of a run and one of its judges.
    """
    permissions.check_belongs(by, version.rubric.workspace_id, "version")
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "fit weights")
    found = whitening.whitening_of(version, whitening.whitening_source(version, run))
    if found.fitted.uniform:
        return WhitenedFit(found, None)
    shares = {name: float(f"{share:.12g}") for name, share in found.shares.items()}
    payload = {"method": whitening.METHOD, "shares": shares}
    inputs = {
        "slug": version.rubric.slug, "version": str(version), "judge": str(found.judge), "answers": found.answers,
    }  # fmt: skip
    if found.source:
        inputs |= {"run": str(found.source.run.pk), "run_name": found.source.run.name}
    return WhitenedFit(found, freeze(by=by, kind=artefacts.WEIGHTS, payload=payload, inputs=inputs))

"""Juries: the judges of a run as one, by a rule that is frozen before it is used."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.judging import permissions, runners
from apps.judging.models import JudgeVersion, Run, RunItem
from apps.judging.queries import artefacts, keys, known
from apps.judging.services.artefacts import freeze
from apps.judging.services.runs import check_scored_alone
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import errors, juries
from domain.rubric import Kind


class JuryInvalid(errors.Invalid):
    """A jury was described that cannot be."""

    default_code = "jury_invalid"


@transaction.atomic
def make_jury(
    *, by: Actor, judges: Sequence[JudgeVersion], rule: str, quorum: int | None = None,
    versions: Iterable[RubricVersion] = (),
) -> FittedArtefact:  # fmt: skip
    """Freeze a jury; without a quorum more than half must have decided. `weighted` is weighed on the versions' gold."""
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "make juries")
    chosen = list(versions)
    permissions.check_inputs(by, chosen, judges, None)
    names = tuple(judge.fingerprint for judge in judges)
    least = len(judges) // 2 + 1 if quorum is None else quorum
    checked = juries.Jury(names, _rule(rule), least)
    weights, figures = _weights(judges, chosen) if checked.rule is juries.Rule.WEIGHTED else ({}, {})
    payload: dict[str, Any] = {"judges": sorted(names), "rule": checked.rule.value, "quorum": least}
    if weights:
        payload["weights"] = weights
    inputs = {"judges": [str(judge) for judge in judges], "weights": figures, "rubrics": [str(v) for v in chosen]}
    return freeze(by=by, kind=artefacts.JURY, payload=payload, inputs=inputs)


def combine_run(
    *, by: Actor, run: Run, rule: str, quorum: int | None = None, calibrations: Sequence[FittedArtefact] = ()
) -> int:
    """Make one score of the judges' verdicts for every answer of a run, by a jury of all its judges.

    Asks no judge; what a jury said before stays stored under its own digest. Returns the number of scores.
    """
    permissions.check_may_steer(by, run)
    if artefacts.stages(run.combination):
        raise errors.Conflict("This run is a cascade, which has its own scores.", code="run_is_cascade")
    with transaction.atomic():
        used = RunItem.objects.filter(run=run).values("version").distinct()
        versions = list(RubricVersion.objects.filter(pk__in=used).select_related("rubric"))
        check_scored_alone(versions)
        judges = list(run.judges.select_related("judge"))
        run.combination = make_jury(by=by, judges=judges, rule=rule, quorum=quorum, versions=versions)
        run.save(update_fields=["combination"])
        run.calibrations.set(calibrations)
        count = runners.combine(run)
        detail = {"jury": run.combination.digest, "scores": count, "calibrations": [one.digest for one in calibrations]}
        history.record(by=by, workspace=by.workspace, action="run.combine", target=run, detail=detail)
    return count


def _rule(name: str) -> juries.Rule:
    try:
        return juries.Rule(name)
    except ValueError:
        said = f"There is no rule “{name[:40]}”; there are {', '.join(juries.Rule)}."
        raise JuryInvalid(said, problems=[errors.Problem("/rule", said)]) from None


def _weights(
    judges: Sequence[JudgeVersion], versions: Sequence[RubricVersion]
) -> tuple[dict[str, dict[str, float]], dict[str, Any]]:
    """Weights by criterion and judge, and what they rest on; raises JuryInvalid where something is not known enough."""
    weights: dict[str, dict[str, float]] = {}
    figures: dict[str, Any] = {}
    for version in versions:
        truths = known.known_values(version)
        said = {judge: known.said_by(version, judge, truths) for judge in judges}
        digests = keys.criterion_digests(version, "isolated")
        for criterion in keys.Reader().rubric(version).criteria:
            if criterion.kind is Kind.CHECK:
                continue
            found: Mapping[str, juries.Weight] = {
                judge.fingerprint: _weigh(criterion, judge, said[judge], truths) for judge in judges
            }
            if not any(one.weight for one in found.values()):
                raise JuryInvalid(
                    f"No judge agrees with people on {criterion.id} beyond chance, so none can be weighed."
                )
            weights[digests[criterion.id]] = {name: one.weight for name, one in found.items()}
            figures[criterion.id] = {str(judge): list(found[judge.fingerprint]) for judge in judges}
    return weights, figures


def _weigh(
    criterion: Any, judge: JudgeVersion, said: Mapping[known.Place, Any], truths: Mapping[known.Place, Any]
) -> juries.Weight:
    pairs = [
        (verdict.value, truths[place].value)
        for place, verdict in said.items()
        if place[1] == criterion.id and verdict.value is not None
    ]
    try:
        return juries.weigh(criterion, pairs)
    except juries.TooFewKnown as scarce:
        raise JuryInvalid(f"{judge} cannot be weighed on {criterion.id}. {scarce.message}") from scarce

"""Calibrating a judge by what is known: curves that are frozen, and applied only where somebody names them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.judging import permissions, queries
from apps.judging.models import JudgeVersion
from apps.judging.queries import artefacts, calibrating, keys
from apps.judging.services.artefacts import freeze
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import calibration, errors


class CalibrationInvalid(errors.Invalid):
    """A calibration was asked for that cannot be made or used."""

    default_code = "calibration_invalid"


@transaction.atomic
def calibrate(*, by: Actor, judge: JudgeVersion, version: RubricVersion, method: str) -> FittedArtefact:
    """Fit a curve for each criterion with enough known values; raises CalibrationInvalid where none has."""
    by.require_scope("judges:write")
    by.require(Role.AUTHOR, "calibrate judges")
    permissions.check_inputs(by, [version], [judge], None)
    found = calibrating.report(judge, version, _method(method))
    if not found.ready:
        lacking = "; ".join(f"criterion {one.number}: {one.lacking.rstrip('.')}" for one in found.criteria[:5])
        raise CalibrationInvalid(f"No criterion of {version} can be calibrated. {lacking or 'None is judged'}.")
    digests = keys.criterion_digests(version, "isolated")
    curves = {
        digests[one.criterion.id]: calibration.fit(one.known, found.method).plain() | {"criterion": one.criterion.id}
        for one in found.ready
    }
    return freeze(
        by=by, kind=artefacts.CALIBRATION, payload={"judge": judge.fingerprint, "curves": curves},
        inputs={
            "judge": str(judge), "rubric": str(version), "method": found.method.value,
            "version": keys.digest_of(version),
            "criteria": {one.criterion.id: _figures(one) for one in found.ready},
            "left_out": {one.criterion.id: one.lacking for one in found.criteria if one.lacking},
        },
    )  # fmt: skip


def named_calibrations(*, by: Actor, digests: Sequence[str]) -> list[FittedArtefact]:
    """The calibrations of these digests, in the order given; raises NotFound for what is none."""
    return [artefacts.get_artefact(by, digest, kind=artefacts.CALIBRATION) for digest in dict.fromkeys(digests)]


def _method(name: str) -> calibration.Method:
    try:
        return calibration.Method(name)
    except ValueError:
        said = f"There is no method “{name[:40]}”; there are {', '.join(calibration.Method)}."
        raise CalibrationInvalid(said, problems=[errors.Problem("/method", said)]) from None


def _figures(one: queries.CriterionFit) -> dict[str, Any]:
    assert one.before is not None
    assert one.after is not None
    return {
        "known": len(one.known), "settled": one.settled,
        "ece_before": one.before.ece, "ece_after": one.after.ece,
        "brier_before": one.before.brier, "brier_after": one.after.brier,
    }  # fmt: skip

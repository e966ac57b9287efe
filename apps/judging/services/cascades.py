"""Cascades: a fast judge first, a better one for what it doubts, people for what is left."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.judging import permissions
from apps.judging.models import JudgeVersion
from apps.judging.queries import artefacts, curves
from apps.judging.services.artefacts import freeze
from apps.rubrics.models import FittedArtefact, RubricVersion
from domain import cascades, errors

MOST_STAGES = 4


class CascadeInvalid(errors.Invalid):
    """A cascade was described that cannot be."""

    default_code = "cascade_invalid"


@transaction.atomic
def make_cascade(
    *, by: Actor, judges: Sequence[JudgeVersion], rules: Mapping[str, Any] | None = None, people: bool = False,
    versions: Iterable[RubricVersion] = (), target: float | None = None, cost_ratio: float | None = None,
) -> FittedArtefact:  # fmt: skip
    """Freeze a cascade of judges in their order; with a `target` the margins are chosen on gold, per criterion.

    Where gold on a criterion alone is scarce the choice of all together serves; where there is not even enough for that
    a target is refused.
    """
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "make cascades")
    chosen = list(versions)
    permissions.check_inputs(by, chosen, judges, None)
    names = [judge.fingerprint for judge in judges]
    if not 1 <= len(set(names)) == len(names) <= MOST_STAGES or (len(names) == 1 and not people):
        raise CascadeInvalid(f"A cascade has 2 to {MOST_STAGES} different judges, or one and people after it.")
    checked = cascades.rules_from(rules or {})
    payload: dict[str, Any] = {"stages": names, "rules": checked.plain(), "people": people}
    inputs: dict[str, Any] = {"judges": [str(judge) for judge in judges], "rubrics": [str(v) for v in chosen]}
    if target is not None:
        second = judges[1] if len(judges) > 1 else None
        payload["thresholds"], inputs["target"] = {}, target
        for version in chosen:
            found = curves.cascade_report(version, judges[0], second, target=target, cost_ratio=cost_ratio)
            if found.pooled.choice is None:
                raise CascadeInvalid(f"{version}: {found.pooled.lacking}")
            payload["thresholds"] |= found.thresholds()
            inputs.setdefault("choices", {})[str(version)] = {
                one.criterion or "all": curves.plain_choice(one.choice) for one in (found.pooled, *found.criteria)
            }
    return freeze(by=by, kind=artefacts.CASCADE, payload=payload, inputs=inputs)

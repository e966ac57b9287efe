"""What a run's page shows of its judges' scores as one."""

from typing import Any

from django.core.paginator import Paginator

from apps.accounts.permissions import Actor, Role
from apps.judging import forms, queries
from apps.judging.forms.ensembles import LACKING, RULES
from apps.judging.models import Run
from apps.rubrics.models import FittedArtefact
from domain import ensembles

PAGE = 25
SAID = dict(RULES)
POLICY = dict(LACKING)


def ensemble_panel(actor: Actor, run: Run, asked: dict[str, str]) -> dict[str, Any]:
    """The ensembles made of a run, the one that is looked at with its scores, and the form to make one.

    Nothing for runs of one judge and for cascades. `asked` is the query: `ensemble` a digest, `fused` a page.
    """
    judges = sorted(run.judges.all(), key=lambda judge: judge.pk)
    if len(judges) < 2 or queries.stages(run.combination):
        return {}
    made = queries.ensembles_of(run)
    found: dict[str, Any] = {"ensembles": [(one, said(one)) for one in made], "ensemble_panel": True}
    if actor.can(Role.AUTHOR):
        found["ensemble_form"] = forms.EnsembleForm(judges=judges, initial=_initial(made, judges))
    if not made:
        return found
    shown = next((one for one in made if one.digest == asked.get("ensemble")), made[0])
    page = Paginator(queries.ensemble_answers(run), PAGE).get_page(asked.get("fused"))
    rows = queries.fused(run, shown, list(page.object_list))
    names = [one["judge"] for one in shown.payload["judges"].values()]
    return found | {
        "ensemble": shown, "ensemble_said": said(shown), "ensemble_page": page, "ensemble_judges": names,
        "ensemble_silent": shown.inputs.get("silent", []), "ensemble_policy": POLICY[shown.payload["lacking"]],
        "fused": [(row, _by_judge(row, names)) for row in rows],
    }  # fmt: skip


def said(artefact: FittedArtefact) -> str:
    """The rule of an ensemble in words."""
    rule, payload = artefact.payload["rule"], artefact.payload
    if rule == ensembles.Rule.CAUTIOUS:
        return f"mean less {payload['caution']:g} standard deviations"
    if rule == ensembles.Rule.WEIGHTED:
        weights = ", ".join(f"{one['judge']} {one['weight']:g}" for one in payload["judges"].values())
        return f"weighted mean ({weights})"
    return SAID[rule]


def _by_judge(row: queries.Fused, names: list[str]) -> list[dict[str, Any]]:
    """What each judge gave to an answer: its score, and the same as so many spreads from the centre."""
    parts = {part.judge: part for part in row.parts}
    return [
        {"score": parts[name].score, "apart": parts[name].standardised, "judge": name} if name in parts
        else {"score": None, "apart": None, "judge": name}
        for name in names
    ]  # fmt: skip


def _initial(made: list[FittedArtefact], judges: list[Any]) -> dict[str, Any]:
    """What was asked for last."""
    if not made:
        return {}
    last = made[0].payload
    weights = {
        f"weight_{judge.pk}": last["judges"][judge.fingerprint]["weight"]
        for judge in judges
        if judge.fingerprint in last["judges"]
    }
    return {"rule": last["rule"], "lacking": last["lacking"], "caution": last["caution"], **weights}

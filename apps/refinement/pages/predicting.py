"""What the page of predicted effects shows, and what of it stands beside each edit of a proposal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Response
from apps.judging import queries as judging
from apps.refinement import forms, queries
from apps.refinement.models import Prediction
from apps.refinement.pages.frame import crumbs
from apps.rubrics.models import Hunk, Proposal

SHORT = 120


@dataclass(frozen=True)
class Alone:
    """An edit by itself: what it is about, and what it would do."""

    hunk: Hunk
    name: str
    told: dict[str, Any]
    tone: str
    word: str


@dataclass(frozen=True)
class Answer:
    """An answer that a figure is about, with the words that it begins with."""

    response: Response
    told: dict[str, Any]


def predict_form(actor: Actor, data: Mapping[str, Any] | None) -> forms.PredictForm:
    """The form, with the data sets and judges that there are."""
    return forms.PredictForm(
        data, datasets=judging.datasets_with_preferences(actor), judges=judging.judge_choices(actor)
    )  # fmt: skip


def effects_page(
    actor: Actor, proposal: Proposal, form: forms.PredictForm, estimate: judging.Estimate | None = None
) -> dict[str, Any]:
    """What was predicted last, where it stands, and the form with an estimate."""
    state = queries.newest_prediction(proposal)
    shown = _shown(state.prediction) if state is not None and state.prediction.done_at else {}
    return {
        "proposal": proposal, "version": proposal.base, "rubric": proposal.rubric,
        "crumbs": crumbs(actor, proposal.base, "Forecast"), "form": form, "estimate": estimate,
        "may_predict": actor.can(Role.AUTHOR) and proposal.state == Proposal.State.OPEN, "state": state,
        "polling": state is not None and state.is_live, **shown,
    }  # fmt: skip


def effects_panel(actor: Actor, proposal: Proposal) -> dict[str, Any]:
    """The same in a sentence, and a line for each edit."""
    state = queries.newest_prediction(proposal)
    done = state is not None and state.prediction.done_at is not None
    return {
        "proposal": proposal, "state": state, "polling": state is not None and state.is_live, "done": done,
        "may_predict": actor.can(Role.AUTHOR) and proposal.state == Proposal.State.OPEN,
        **(_shown(state.prediction, answers=False) if state is not None and done else {}),
    }  # fmt: skip


def _shown(row: Prediction, *, answers: bool = True) -> dict[str, Any]:
    hunks = {hunk.position: hunk for hunk in row.proposal.hunks.all()}
    whole = row.figures["whole"]
    shown: dict[str, Any] = {
        "row": row, "whole": whole, "cost": row.figures["cost"], "figures": row.figures,
        "current": queries.still_fits(row),
        "alone": [_alone(hunks[one["position"]], one) for one in row.hunks if one["position"] in hunks],
        "verdict": _verdict(whole),
    }  # fmt: skip
    if answers:
        keys = {one["better"] for one in whole["turned"]} | {one["response"] for one in whole["moved"]}
        there = Response.objects.select_related("prompt").in_bulk(keys)
        shown["turned"] = [Answer(there[one["better"]], one) for one in whole["turned"] if one["better"] in there]
        shown["moved"] = [Answer(there[one["response"]], one) for one in whole["moved"] if one["response"] in there]
    return shown


def _alone(hunk: Hunk, told: dict[str, Any]) -> Alone:
    sides = [side for side in (hunk.before, hunk.after) if isinstance(side, dict)]
    text = next((str(side[key]) for side in reversed(sides) for key in ("text", "title") if side.get(key)), "")
    name = " ".join(text.split()) or hunk.pointer
    tone, word = ("", told["reason"]) if told["reason"] else _verdict(told)
    return Alone(hunk, name if len(name) <= SHORT else name[: SHORT - 1] + "…", told, tone, word)


def _verdict(told: Mapping[str, Any]) -> tuple[str, str]:
    """A tone and a word; few turned pairs may well be chance, and that is said."""
    gained, lost, chance = told["gained"], told["lost"], told["chance"]
    if not told["pairs"]:
        return "", "not judged yet"
    if not told["changed"]:
        return "", "changes no score"
    if gained == lost:
        return "", "turns as many pairs either way" if gained else "turns no pair"
    sure = chance is not None and chance < 0.05
    if gained > lost:
        return ("g", "helps") if sure else ("", "may help; may be chance")
    return ("r", "harms") if sure else ("w", "may harm; may be chance")

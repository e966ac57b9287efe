"""What a worker does to say what edits would do: score held-out pairs under each wording, compare, keep."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from apps.datasets.models import Response, Subject
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.judging import queries as judging
from apps.judging.models import Call, JudgeVersion
from apps.refinement import queries
from apps.refinement.models import Prediction
from domain import errors, rubric
from domain.refinement import effects

LISTED = 20
COSTED = 20


def predict_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Compare the wordings of a proposal; raises Conflict where its edits changed since, or no pair is judged."""
    related = ("proposal__rubric__workspace", "proposal__base", "proposal__result", "dataset", "judge__judge", "run")
    row = Prediction.objects.select_related(*related).get(pk=shard.payload["prediction"])
    if row.done_at is not None:
        return {"pairs": row.figures["whole"]["pairs"]}
    found = queries.wordings_of(row.proposal)
    if found.seen != row.seen:
        raise errors.Conflict("The edits changed after this was asked for.", code="hunk_changed")
    row.figures, row.hunks = _measured(row, found)
    row.done_at = timezone.now()
    with transaction.atomic():
        lease.guard()
        row.save(update_fields=["figures", "hunks", "done_at"])
        detail = {"prediction": row.pk, "pairs": row.figures["whole"]["pairs"]}
        history.record(
            by=None, workspace=row.workspace, action="proposal.effects", target=row.proposal.rubric, detail=detail
        )
    return {"pairs": row.figures["whole"]["pairs"]}


def _measured(row: Prediction, found: queries.Wordings) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    alone = [one for one in found.alone if one.said is not None]
    wordings = [found.present, found.whole, *(one.said for one in alone if one.said is not None)]
    under = judging.pairs_under(found.version, row.dataset, row.judge, wordings)
    closed = queries.prompts_written_from(row.proposal)
    open_ = ~np.isin(under.groups, list(closed))
    scores = [each[open_] for each in under.scores]
    if not found.present.criteria:
        scores[0] = np.zeros_like(scores[0])
    groups, places = under.groups[open_], np.flatnonzero(open_)
    whole = effects.effect(scores[0], scores[1], groups)
    if not whole.pairs:
        raise errors.Conflict(
            f"{row.judge} has not judged both answers of any held-out pair by what is proposed.", code="not_judged"
        )
    each = {
        one.position: effects.effect(scores[0], after, groups)
        for one, after in zip(alone, scores[2:], strict=True)
    }  # fmt: skip
    rows = {*whole.gained[:LISTED], *whole.lost[:LISTED], *(move.row for move in whole.moved)}
    sides = {at: (under.better[places[at]], under.worse[places[at]]) for at in rows}
    answers = queries.answers_by_text([key for pair in sides.values() for key in pair])
    named = {at: (answers[better], answers[worse]) for at, (better, worse) in sides.items()}
    figures = {
        "whole": _told(whole) | {
            "turned": [_turned(scores, at, *named[at]) for at in (*whole.gained[:LISTED], *whole.lost[:LISTED])],
            "moved": [_moved(move, named) for move in whole.moved],
        },
        "cost": _cost(row, found), "held_back": len(closed), "left_out": found.left_out,
    }  # fmt: skip
    hunks = [
        {"position": one.position, "reason": one.reason}
        | (_told(each[one.position]) if one.position in each else {})
        for one in found.alone
    ]  # fmt: skip
    return figures, hunks


def _told(found: effects.Effect) -> dict[str, Any]:
    return {
        "before": _order(found.before), "after": _order(found.after), "pairs": found.pairs, "unknown": found.unknown,
        "gained": len(found.gained), "lost": len(found.lost), "chance": found.chance, "changed": found.changed,
    }  # fmt: skip


def _order(found: effects.Order) -> dict[str, Any]:
    return found._asdict() | {"consistency": dataclasses.asdict(found.consistency)}


def _turned(scores: list[Any], at: int, better: Response, worse: Response) -> dict[str, Any]:
    before, after = (float(each[at, 0] - each[at, 1]) for each in scores[:2])
    return {
        "prompt": better.prompt_id, "better": better.pk, "worse": worse.pk, "before": round(before, 4),
        "after": round(after, 4), "gained": after > before,
    }  # fmt: skip


def _moved(move: effects.Move, named: Mapping[int, tuple[Response, Response]]) -> dict[str, Any]:
    response = named[move.row][0 if move.better else 1]
    return {
        "prompt": response.prompt_id, "response": response.pk, "better": move.better,
        "before": round(move.before, 4), "after": round(move.after, 4),
    }  # fmt: skip


def _cost(row: Prediction, found: queries.Wordings) -> dict[str, Any]:
    """What judging an answer anew costs before and after, and what the forecast itself cost."""
    subjects = Subject.objects.filter(kind="response", prompt__dataset=row.dataset).select_related("prompt")
    sample = list(subjects.order_by("pk")[:COSTED])
    told = {"before": _each(found.present, row.judge, sample), "after": _each(found.whole, row.judge, sample)}
    return told | {"asked": _asked(row)}


def _each(said: rubric.Rubric, judge: JudgeVersion, sample: list[Subject]) -> dict[str, float]:
    cost = judging.cost_of_answer(said, judge, sample, {one.id for one in said.criteria})
    return {name: round(value, 1) for name, value in dataclasses.asdict(cost).items()}


def _asked(row: Prediction) -> dict[str, float]:
    told = Call.objects.filter(run=row.run_id).aggregate(
        calls=Sum("http_calls", default=0), tokens=Sum(F("prompt_tokens") + F("completion_tokens"), default=0),
        seconds=Sum("seconds", default=0.0),
    )  # fmt: skip
    return told if row.run_id else {"calls": 0, "tokens": 0, "seconds": 0.0}

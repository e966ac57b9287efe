"""Rewards of groups whose answers a judge compared in pairs: how each fared against the others, or its reference."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from apps.datasets.models import SubjectMember
from apps.judging import queries as judge_queries
from apps.judging.models import RunItem
from apps.training.models import RewardItem, RewardRequest
from domain.scoring import rankings
from domain.scoring.rankings import Method, Ties

SCORED = frozenset({"ok", "partial"})
PENDING = "pending"
Judged = dict[tuple[int, int, int], judge_queries.Result]
Compared = tuple[int, bool, judge_queries.Result]
"""The other answer, whether this one was shown first, and what came of it."""
EVEN = 0.5
"""What an answer gets that is its own reference."""
ENOUGH = 0.5
"""The share of its comparisons that an answer needs; who breaks the judge breaks all of its own."""


def compared(request: RewardRequest) -> bool:
    """Whether a judge compares the answers of its groups."""
    return bool(request.options.get("compare"))


def comparisons(request: RewardRequest, items: Sequence[RewardItem], *, done: bool) -> list[dict[str, Any]]:
    """The result of each item by its comparisons; what could not be compared is left out, and counted in coverage."""
    asked = request.options["compare"]
    own = _responses(items)
    judged = _judged(request)
    found: list[dict[str, Any]] = [{} for _ in items]
    references = request.options.get("references", {})
    for group, places in _places(items).items():
        chosen = list(dict.fromkeys(own[items[place].subject_id] for place in places))
        told = _told(chosen, references.get(group), items[places[0]], judged, asked, done=done)
        for place in places:
            found[place] = told[own[items[place].subject_id]]
    return found


def _places(items: Sequence[RewardItem]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        places[item.group].append(place)
    return places


def _responses(items: Sequence[RewardItem]) -> dict[int, int]:
    rows = SubjectMember.objects.filter(subject__in={item.subject_id for item in items})
    return dict(rows.values_list("subject_id", "response_id"))


def _judged(request: RewardRequest) -> Judged:
    """Comparisons by version and the two responses in the order in which they were shown."""
    rows = (
        RunItem.objects.filter(run=request.run)
        .select_related(*judge_queries.RELATED, "run")
        .prefetch_related("subject__members")
    )
    found = {}
    for result in judge_queries.results(rows):
        first, second = (member.response_id for member in result.item.subject.members.all())
        found[result.item.version_id, first, second] = result
    return found


def _told(
    chosen: list[int], reference: int | None, item: RewardItem, judged: Judged, asked: dict[str, Any], *, done: bool,
) -> dict[int, dict[str, Any]]:  # fmt: skip
    """The result of each response of a group."""
    inside = {reference} if reference is not None else set(chosen)
    mine: dict[int, list[Compared]] = {response: [] for response in chosen}
    for (version, first, second), result in judged.items():
        if version != item.version_id:
            continue
        for me, other, ahead in ((first, second, True), (second, first, False)):
            if me in mine and me != reference and other in inside and _same_prompt(result, item):
                mine[me].append((other, ahead, result))
    scores = _scores(chosen, mine, asked)
    if reference in mine:
        scores[reference] = (EVEN, EVEN)
    return {response: _result(mine[response], scores[response], asked, item, done=done) for response in chosen}


def _same_prompt(result: judge_queries.Result, item: RewardItem) -> bool:
    return result.item.subject.prompt_id == item.subject.prompt_id


def _won(result: judge_queries.Result, ahead: bool, asked: dict[str, Any]) -> float | None:
    """How far an answer won a comparison, from 0 to 1; None where it is not counted."""
    if result.score is None or result.score.raw is None or result.status not in SCORED:
        return None
    value = result.score.raw if ahead else 1.0 - result.score.raw
    return rankings.counted(value, Ties(asked["ties"]), room=asked["room"])


def _scores(
    chosen: list[int], mine: dict[int, list[Compared]], asked: dict[str, Any]
) -> dict[int, tuple[float, float] | None]:
    """The raw and the displayed score of each response; none where nothing was compared."""
    if asked["against"] != "all":
        found: dict[int, tuple[float, float] | None] = {}
        for response in chosen:
            won = [value for _, ahead, one in mine[response] if (value := _won(one, ahead, asked)) is not None]
            found[response] = (math.fsum(won) / len(won),) * 2 if won else None
        return found
    place = {response: number for number, response in enumerate(chosen)}
    rows = [
        (place[response], place[other], value)
        for response in chosen
        for other, ahead, one in mine[response]
        if ahead and (value := _won(one, True, asked)) is not None
    ]
    method = Method(asked["method"])
    ranking = rankings.rank(rankings.wins(len(chosen), rows), method)
    return {response: _both(float(ranking.scores[place[response]]), method, len(chosen)) for response in chosen}


def _both(score: float, method: Method, size: int) -> tuple[float, float] | None:
    """A score as it is, and from 0 to 1: Borda points by their most, strengths as the chance against the middle."""
    if math.isnan(score):
        return None
    if method is Method.BORDA:
        return score, score / max(1, size - 1)
    return score, float(1 / (1 + np.exp(-score))) if method is Method.BRADLEY_TERRY else score


def _result(
    mine: list[Compared], score: tuple[float, float] | None, asked: dict[str, Any],
    item: RewardItem, *, done: bool,
) -> dict[str, Any]:  # fmt: skip
    counted = [one for one in mine if one[2].score is not None and one[2].status in SCORED]
    coverage = len(counted) / len(mine) if mine else float(score is not None)
    status = _status(mine, coverage, score, done=done)
    reward, display = score if score is not None and status in SCORED else (None, None)
    first = mine[0][2] if mine else None
    compared_with = [
        {
            "pair": one.item.index, "with": other, "first": ahead, "status": one.status,
            "won": _won(one, ahead, asked), "run": str(one.item.run_id),
        }
        for other, ahead, one in mine
    ]  # fmt: skip
    return {
        "id": "",
        "status": status,
        "reward": reward,
        "display": display,
        "coverage": coverage,
        "cached": bool(mine) and all(one.cached for _, _, one in mine),
        "prompt_id": item.subject.prompt.extensions.get("prompt_id"),
        "criteria": _criteria(counted),
        "trace": [{"step": "compared", "in": {**asked, "pairs": compared_with}, "out": reward}] if mine else [],
        "judged_in": {"run": str(first.item.run_id), "index": first.item.index} if first else None,
    }


def _status(
    mine: list[Compared],
    coverage: float,
    score: tuple[float, float] | None,
    *,
    done: bool,
) -> str:
    if any(one.status == PENDING for _, _, one in mine) and not done:
        return PENDING
    if score is not None and coverage >= ENOUGH:
        return "ok" if coverage == 1.0 else "partial"
    failed = [one.status for _, _, one in mine if one.status not in SCORED and one.status != PENDING]
    return failed[0] if failed else ("judge_error" if mine else "cannot_assess")


def _criteria(counted: list[Compared]) -> dict[str, dict[str, Any]]:
    """How far the answer won by each criterion, on average."""
    values: dict[str, list[float]] = defaultdict(list)
    for _, ahead, one in counted:
        for found in one.criteria:
            if found.verdict is not None and found.verdict.value is not None:
                values[found.criterion.id].append(found.verdict.value if ahead else 1.0 - found.verdict.value)
    return {
        name: {
            "status": "ok", "value": math.fsum(given) / len(given), "probability": None, "label_mass": None,
            "contribution": None,
        }
        for name, given in values.items()
    }  # fmt: skip

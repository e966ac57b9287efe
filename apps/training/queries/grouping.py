"""The groups of a request: what their rewards say, the matrix of criteria, guidance for the best that still fails."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.judging import queries as judge_queries
from apps.judging.models import RunItem
from apps.rubrics import queries as rubric_queries
from apps.training.models import RewardItem, RewardRequest
from domain import subjects
from domain.scoring import guidance

Row = tuple[RewardItem, Mapping[str, Any]]


def groups(
    request: RewardRequest, items: Sequence[RewardItem], results: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each group in the order in which it comes; rollouts that are off policy count in no figure of it."""
    together: dict[str, list[Row]] = {}
    for item, result in zip(items, results, strict=True):
        together.setdefault(item.group, []).append((item, result))
    best = {name: _best(rows) for name, rows in together.items()}
    told = _verdicts([row for row in best.values() if row])
    below = request.options.get("guidance_below", guidance.FAILED_BELOW)
    return [_group(name, rows, best[name], told, below) for name, rows in together.items()]


def _best(rows: Sequence[Row]) -> Row | None:
    own = [(item, result) for item, result in rows if not item.off_policy]
    place = guidance.best([result["reward"] for _, result in own])
    return None if place is None else own[place]


def _group(
    name: str, rows: Sequence[Row], best: Row | None, told: Mapping[int, judge_queries.Result], below: float
) -> dict[str, Any]:
    own = [result["reward"] for item, result in rows if not item.off_policy]
    spread = guidance.spread(own)
    failures = _failures(best, told, below) if best else []
    names = list(dict.fromkeys(key for _, result in rows for key in result["criteria"]))
    return {
        "group": name,
        "ids": [result["id"] for _, result in rows],
        "rewards": [result["reward"] for _, result in rows],
        "scored": spread.scored,
        "unscored": len(own) - spread.scored,
        "mean": spread.mean,
        "deviation": spread.deviation,
        "flat": spread.flat,
        "criteria": names,
        "matrix": [[(result["criteria"].get(key) or {}).get("value") for key in names] for _, result in rows],
        "best": best[1]["id"] if best else None,
        "needs_guidance": bool(failures),
        "guidance": failures,
        "refine": _refine(best, failures) if best and failures else None,
    }


def _failures(best: Row, told: Mapping[int, judge_queries.Result], below: float) -> list[dict[str, Any]]:
    """What the best rollout fails, with what the judge said of it."""
    item, result = best
    rubric = rubric_queries.domain_rubric(item.version)
    weights = rubric_queries.profile_weights(item.profile, rubric) if item.profile else None
    values = {name: one["value"] for name, one in result["criteria"].items()}
    judged = told.get(item.run_item_id or 0)
    verdicts = {found.criterion.id: found.verdict for found in judged.criteria} if judged else {}
    found = []
    for one in guidance.failed(rubric, values, weights, below=below):
        verdict = verdicts.get(one.criterion.id)
        found.append(
            {
                "criterion": one.criterion.id,
                "text": one.criterion.text,
                "polarity": one.criterion.polarity.value,
                "aspect": one.criterion.aspect.value if one.criterion.aspect else None,
                "weight": one.weight,
                "value": values[one.criterion.id],
                "rationale": verdict.rationale if verdict else "",
                "evidence": [span.text for span in verdict.evidence] if verdict else [],
            }
        )
    return found


def _verdicts(best: Sequence[Row]) -> dict[int, judge_queries.Result]:
    """What was said of the best rollouts, by where they were judged."""
    keys = {item.run_item_id for item, _ in best if item.run_item_id}
    if not keys:
        return {}
    rows = RunItem.objects.filter(pk__in=keys).select_related(*judge_queries.RELATED)
    return {result.item.pk: result for result in judge_queries.results(rows)}


def _refine(best: Row, failures: Sequence[Mapping[str, Any]]) -> str:
    """The prompt that asks the policy for a better answer."""
    subject = best[0].subject
    asked = "\n\n".join(subjects.text_of(turn["parts"]) for turn in subject.prompt.messages)
    member = subject.members.select_related("response").order_by("position")[0]
    return guidance.refining(asked, subjects.text_of(member.response.parts), failures)

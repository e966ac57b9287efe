"""What a result says beside the verdicts: whose rollout it is, its parts, the discount, and where it comes from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from apps.training.models import Pin, RewardItem, RewardRequest
from domain.scoring import novelty, parts
from domain.scoring.parts import Axis, Split

Result = dict[str, Any]
NOVELTY = "novelty"


def dressing(request: RewardRequest, items: Iterable[RewardItem]) -> Callable[[RewardItem, Result], Result]:
    """What makes the result of an item of it; `items` are all that will come."""
    versions = {item.version_id: item.version for item in items}
    split = _split(request, versions)
    names = {key: _names(version, split) for key, version in versions.items()} if split else {}
    beta = request.training_run.novelty_beta if request.training_run else None

    def dress(item: RewardItem, base: Result) -> Result:
        whole = {
            **base,
            "id": item.external_id,
            "rubric": str(item.version),
            "digest": item.version.digest,
            "group": item.group or None,
            "off_policy": item.off_policy,
        }
        if beta is not None and item.seen and whole["reward"] is not None:
            whole = _discounted(whole, item.seen, beta)
        whole["components"] = _components(whole, names.get(item.version_id, {}), split)
        return whole

    return dress


def undressed(result: Result) -> Result:
    """A served result as it was before the discount, to be dressed for another rollout."""
    found = result.get(NOVELTY)
    if not found:
        return result
    trace = [step for step in result["trace"] if step["step"] != NOVELTY]
    return {**result, "reward": found["reward"], "display": found["display"], "trace": trace, NOVELTY: None}


def split_of(versions: Iterable[RubricVersion], axis: Axis | None = None) -> Split:
    """How rewards under these versions are split into parts with the same names."""
    return parts.split_of((criterion for version in versions for criterion in _criteria(version)), axis)


def split_of_pin(pin: Pin) -> Split | None:
    """How the rewards of a training run are split; pins from before there were parts have none."""
    return Split(Axis(pin.parts["axis"]), tuple(pin.parts["names"])) if pin.parts else None


def _split(request: RewardRequest, versions: Mapping[int, RubricVersion]) -> Split | None:
    """That of the pin; without a training run each criterion of the one version that all items have."""
    if request.pin is not None:
        return split_of_pin(request.pin)
    return split_of(versions.values(), Axis.CRITERION) if len(versions) == 1 else None


def _names(version: RubricVersion, split: Split) -> dict[str, str]:
    """The part to which each criterion adds; none where criteria are parts themselves."""
    if split.axis is Axis.CRITERION:
        return {}
    return {criterion["id"]: parts.name_of(criterion, split.axis) for criterion in _criteria(version)}


def _criteria(version: RubricVersion) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (version.document or rubric_queries.document(version))["criteria"]
    return found


def _discounted(whole: Result, seen: int, beta: float) -> Result:
    reward, display = whole["reward"], whole["display"]
    return {
        **whole,
        "reward": novelty.discounted(reward, seen, beta),
        "display": novelty.discounted(display, seen, beta),
        "trace": [*whole["trace"], novelty.step(reward, seen, beta)],
        NOVELTY: {"seen": seen, "beta": beta, "reward": reward, "display": display},
    }


def _components(whole: Result, names: Mapping[str, str], split: Split | None) -> dict[str, float | None] | None:
    """Parts that add up to the reward under keys that never change within a training run; null without a reward."""
    if split is None:
        return None
    if whole["reward"] is None:
        return dict.fromkeys(split.keys)
    given = {name: one["contribution"] for name, one in whole["criteria"].items()}
    own = names or {name: name for name in given}
    return dict(parts.components(whole["reward"], given, own, split.keys))

"""The live scores beside the editor, in words."""

from typing import Any

from apps.judging import queries
from apps.judging.pages.sentences import number
from apps.rubrics.models import RubricVersion
from domain import scoring


def live_scores(version: RubricVersion) -> dict[str, Any]:
    """Scores of judged answers by prompt, what moved them, what flattens them and what is still to judge."""
    scores = queries.version_scores(version)
    numbers = {name: place for place, name in enumerate(scores.criteria, start=1)}
    return {
        "scores": scores,
        "groups": [(group, _warning(group, numbers)) for group in scores.groups],
        "to_judge": sorted(numbers[name] for name in scores.missing),
    }


def _warning(group: queries.PromptScores, numbers: dict[str, int]) -> str:
    """One sentence on what made the answers of a prompt equal."""
    if group.flat is None:
        return ""
    scored = next(answer.score for answer in group.answers if answer.score)
    if group.flat.cause == "clamp":
        return (
            f"Clamping to 0\N{EN DASH}1 makes these answers equal at {number(scored.display or 0.0)}, though their"
            " raw scores differ: training on the clamped score learns nothing from this prompt."
        )
    return (
        f"{_gates(group.flat, numbers)} these answers equal at {number(scored.raw or 0.0)}, though they differ"
        " before it: training learns nothing from this prompt."
    )


def _gates(flat: scoring.Flat, numbers: dict[str, int]) -> str:
    places = [str(numbers[name]) for name in flat.criteria]
    if len(places) == 1:
        return f"The gate of criterion {places[0]} makes"
    return f"The gates of criteria {', '.join(places[:-1])} and {places[-1]} make"

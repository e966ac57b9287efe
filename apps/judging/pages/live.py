"""The live scores beside the editor, in words."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.judging.pages.sentences import number
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import errors, scoring

MOST_TYPED = 100_000


@dataclass(frozen=True)
class Telling:
    """How far one criterion tells answers apart."""

    number: int
    found: queries.Separation
    label: str


def live_scores(actor: Actor, version: RubricVersion, *, typed: str = "", suggesting: bool = False) -> dict[str, Any]:
    """Scores of answers by prompt, what moved them, what flattens them and what is still to judge.

    `typed` is a JSON object of changes in the making. While this person is suggesting, the scores are those that the
    suggestion would bring, as far as no judge is needed for them.
    """
    if len(typed) > MOST_TYPED:
        raise errors.Invalid("Too much was changed at once to score it before it is stored.", code="typed_too_long")
    now = rubric_queries.suggesting(version, actor) if suggesting else None
    changed = now.proposal is not None if now else False
    supposed, beyond = rubric_queries.suggested_scoring(now) if now and changed else (None, False)
    scores = queries.version_scores(version, typed=typed, supposed=supposed)
    numbers = {name: place for place, name in enumerate(scores.criteria, start=1)}
    may_write = actor.can(Role.AUTHOR)
    running = queries.in_view_running(version, scores.answers)
    return {
        "scores": scores,
        "groups": [(group, _warning(group, numbers)) for group in scores.groups],
        "to_judge": sorted(numbers[name] for name in scores.missing),
        "tellings": [_telling(numbers[one.criterion], one) for one in (scores.wide.separations if scores.wide else ())],
        "running": running,
        "estimate": queries.missing_estimate(version, scores) if may_write and not running else None,
        "may_write": may_write,
        "mode": "?suggest=1" if suggesting else "",
        "suggested": changed,
        "beyond": beyond,
    }


def _telling(place: int, found: queries.Separation) -> Telling:
    if not found.count:
        return Telling(place, found, "no verdict yet")
    label = f"{found.count} verdict{'s' if found.count > 1 else ''}, {found.met:.0%} met on average"
    if not found.separates:
        label += "; nearly all alike, so it separates nothing"
    return Telling(place, found, label)


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

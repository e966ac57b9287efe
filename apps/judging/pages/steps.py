"""What the scoring steps of a version do, for the fragments of its Scoring page."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging import queries
from apps.judging.pages import sentences
from apps.judging.pages.sentences import number
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import rubric, words
from domain.scoring.diagnostics import Diagnostics

FLOOR_WARNING = 0.3
MOST_BARS = 15


@dataclass(frozen=True)
class Figure:
    """A diagnostic with its reading; `tone` is a warning where there is something to do."""

    name: str
    value: str
    reading: str
    tone: str = ""


def steps_effect(
    actor: Actor, version: RubricVersion, *, against: str = "", suggesting: bool = False
) -> dict[str, Any]:
    """Diagnostics, the distribution before and after, and the answers that move most."""
    found = queries.steps_effect(version, supposed=supposed(actor, version, suggesting=suggesting), against=against)
    context: dict[str, Any] = {"version": version, "mode": "?suggest=1" if suggesting else "", "effect": found}
    if found is None:
        return context
    numbers = {one.id: place for place, one in enumerate(found.said.criteria, start=1)}
    return context | {
        "figures": figures(found.diagnostics),
        "histogram": _histogram(found),
        "parts": _parts(found, numbers),
        "against": "the version it was made from" if found.against == "parent" else "weighted points alone",
    }


def score_trace(actor: Actor, version: RubricVersion, subject: str, *, suggesting: bool = False) -> dict[str, Any]:
    """How one judged answer came to its score, step by step."""
    found = supposed(actor, version, suggesting=suggesting)
    scored = [one for one in queries.version_scores(version, supposed=found).answers if one.score is not None]
    chosen = next((one for one in scored if str(one.subject.pk) == subject), scored[0] if scored else None)
    context: dict[str, Any] = {
        "version": version, "mode": "?suggest=1" if suggesting else "", "answers": scored, "chosen": chosen,
    }  # fmt: skip
    if chosen is None or chosen.score is None:
        return context
    said = found or rubric_queries.domain_rubric(version)
    numbers = {one.id: place for place, one in enumerate(said.criteria, start=1)}
    return context | {
        "score": chosen.score,
        "sentences": sentences.of_trace(chosen.score.trace, said),
        "waterfall": _waterfall(chosen.score, numbers),
    }


def supposed(actor: Actor, version: RubricVersion, *, suggesting: bool) -> rubric.Rubric | None:
    """What the person suggests, as far as stored verdicts can score it."""
    now = rubric_queries.suggesting(version, actor) if suggesting else None
    return rubric_queries.suggested_scoring(now)[0] if now and now.proposal else None


def figures(found: Diagnostics) -> list[Figure]:
    """The diagnostics in words."""
    level, clamp, floor = found.zero_advantage, found.clamp_share, found.floor_saturation
    clipped = found.level_shown - found.level
    more = f" Clamping to 0\N{EN DASH}1 would make {clipped} more so." if clipped else ""
    return [
        Figure("Prompts without a spread", _share(found.level, found.prompts, level),
               "All their answers score alike, so every advantage in the group is nought and training learns nothing"
               f" from them.{more}", "w" if level else ""),
        Figure("Outside 0\N{EN DASH}1", _share(found.clamped, found.answers, clamp),
               "Their differences vanish where scores are shown clamped: train on the raw score.",
               "w" if clamp else ""),
        Figure("At the floor", _share(found.at_floor, found.answers, floor),
               "They score 0 or less, or a closed gate or the content gate holds them down; from 30\u00a0% on penalties"
               " drown what is better.", "w" if floor is not None and floor > FLOOR_WARNING else ""),
        Figure("Effective number of criteria",
               "not defined" if found.effective is None else f"{found.effective:.1f} of {found.weighing}",
               "Over how many of them the weighted verdicts vary: 1 where all rise and fall together."),
    ]  # fmt: skip


def _share(count: int, whole: int, share: float | None) -> str:
    return "none to count" if share is None else f"{words.percent(share)} ({count} of {whole})"


def _histogram(found: queries.StepsEffect) -> dict[str, Any] | None:
    held = found.histogram
    if held is None:
        return None
    middles = [round((low + high) / 2, 4) for low, high in zip(held.edges, held.edges[1:], strict=False)]
    bars = [
        {"type": "bar", "name": name, "x": middles, "y": list(counts), "opacity": 0.75}
        for name, counts in (("before", held.before), ("now", held.after))
    ]
    layout = {
        "height": 260, "barmode": "group", "xaxis": {"title": "raw score"}, "yaxis": {"title": "answers"},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }  # fmt: skip
    rows = [
        [f"{number(low)} to {number(high)}", before, after]
        for low, high, before, after in zip(held.edges, held.edges[1:], held.before, held.after, strict=False)
        if before or after
    ]
    table = {"columns": ["Raw score", "Answers before", "Answers now"], "rows": rows}
    return {"figure": {"data": bars, "layout": layout}, "table": table}


def _parts(found: queries.StepsEffect, numbers: dict[str, int]) -> list[dict[str, Any]]:
    """What each criterion gives on average, and its share of the differences; those that explain most first."""
    known = [one for one in found.diagnostics.parts if one.share is not None or one.mean]
    known.sort(key=lambda one: -abs(one.share or 0.0))
    return [
        {
            "number": numbers[one.criterion],
            "text": next(c.text for c in found.said.criteria if c.id == one.criterion),
            "mean": None if one.mean is None else number(one.mean),
            "share": "–" if one.share is None else words.percent(one.share),
        }
        for one in known
    ]


def _waterfall(score: Any, numbers: dict[str, int]) -> dict[str, Any] | None:
    """Contributions of criteria up to the raw score, the largest first and the small ones together."""
    given = sorted(score.contributions.items(), key=lambda item: -abs(item[1]))
    if score.raw is None or not given:
        return None
    steps = [(f"criterion {numbers.get(name, 0)}", value) for name, value in given[:MOST_BARS] if value]
    rest = sum(value for _, value in given[MOST_BARS:])
    steps += [("all others", rest)] if rest else []
    if score.baseline:
        steps.insert(0, ("start", score.baseline))
    at, bases = 0.0, []
    for _, value in steps:
        bases.append(round(at, 6))
        at += value
    names = [name for name, _ in steps]
    data = [
        {"type": "bar", "orientation": "h", "y": names, "x": [round(value, 6) for _, value in steps], "base": bases},
        {"type": "bar", "orientation": "h", "y": ["score"], "x": [round(score.raw, 6)], "base": [0]},
    ]
    layout = {
        "height": 110 + 26 * len(steps), "showlegend": False, "xaxis": {"title": "raw score"},
        "yaxis": {"autorange": "reversed"},
    }  # fmt: skip
    rows = [[name, f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")] for name, value in steps]
    return {
        "figure": {"data": data, "layout": layout},
        "table": {"columns": ["What", "Gives"], "rows": [*rows, ["score", number(score.raw)]]},
    }

"""Answers ranked by the comparisons of a run, and scores smoothed over near-identical answers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries
from domain import errors
from domain.scoring import fusion
from domain.scoring.rankings import Method, Ties

AFTER = OpenApiParameter("after", int, description="The `next` of the page before")
SMOOTHING = [
    OpenApiParameter("neighbours", int, description=f"At most so many, 1 to {fusion.MOST_NEIGHBOURS}; 5 if left out"),
    OpenApiParameter("alike", float, description="From which cosine on answers are near-identical; 0.9 if left out"),
    AFTER,
]
RANKING = [
    OpenApiParameter("method", str, enum=[one.value for one in Method]),
    OpenApiParameter(
        "ties", str, enum=[one.value for one in Ties],
        description="`half`: the better takes all, a tie is half each; `left_out`: no ties; `degree`: by score",
    ),
    OpenApiParameter("room", float, description="Differences of scores up to this are ties; 0 if left out"),
    *SMOOTHING,
]  # fmt: skip


class NearAnswer(answers.Answer):
    """A near-identical answer to the same prompt with its own score."""

    response_id: str
    score: float | None
    similarity: float


class RankedAnswer(answers.Answer):
    """One answer; `rank` holds within its `part`, and `score` is null where it was never compared."""

    response_id: str
    rank: int | None
    part: int
    score: float | None
    won: float
    ties: int
    compared: int
    smoothed: float | None
    neighbours: list[NearAnswer]


class PromptRanked(answers.Answer):
    """The answers to one prompt by the comparisons of one judge, or of all (`judge` null).

    `connected` is false where no chain of comparisons joins all answers; they then fall into `parts`. `missing` counts
    pairs never compared, `unscored` comparisons without a score and `left_out` ties that do not count.
    """

    prompt_id: str
    rubric: str
    judge: str | None
    sample: int
    connected: bool
    parts: int
    comparisons: int
    unscored: int
    ties: int
    left_out: int
    missing: int
    cycles: int
    answers: list[RankedAnswer]


class Rankings(answers.Answer):
    """Prompts in the order in which they were stored; `next` goes into `after`."""

    method: str
    ties: str
    results: list[PromptRanked]
    next: int | None


class SmoothedAnswer(answers.Answer):
    """One answer with its score, the smoothed one, and the trace that gives it again."""

    index: int
    prompt_id: str
    response_id: str
    judge: str
    sample: int
    score: float | None
    smoothed: float | None
    neighbours: list[NearAnswer]
    trace: list[dict[str, Any]]


class SmoothedAnswers(answers.Answer):
    """Answers of some prompts; `next` goes into `after`."""

    results: list[SmoothedAnswer]
    next: int | None


class RunRankingsView(StudioView):
    """The answers of a run ranked by its comparisons."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="runs_rankings", parameters=RANKING, responses={200: Rankings, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> Response:
        """Score answers by who beat whom, twenty prompts at a time; 409 where nothing was compared."""
        run = queries.get_run(self.actor, run_id)
        settings = _settings(request.query_params)
        if not queries.judged_kinds(run).compares:
            raise errors.Conflict("This run judged answers one by one; nothing was compared.", code="nothing_compared")
        page = queries.ranked_prompts(run, _after(request.query_params))
        found = queries.rankings_of(run, page.span, settings) if page.span else []
        return Response(
            {
                "method": settings.method.value,
                "ties": settings.ties.value,
                "results": list(map(_ranked, found)),
                "next": page.next,
            }
        )


class RunSmoothedView(StudioView):
    """The scores of a run smoothed over near-identical answers."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(
        operation_id="runs_smoothed", parameters=SMOOTHING, responses={200: SmoothedAnswers, **shapes.PROBLEMS}
    )
    def get(self, request: Request, run_id: str) -> Response:
        """Each answer's score with those of near-identical answers to its prompt, twenty prompts at a time."""
        run = queries.get_run(self.actor, run_id)
        settings = _settings(request.query_params)
        if not queries.judged_kinds(run).judges_answers:
            raise errors.Conflict(
                "This run compared pairs; GET …/rankings smooths their scores.", code="nothing_single"
            )
        page = queries.ranked_prompts(run, _after(request.query_params))
        found = queries.smoothed_of(run, page.span, settings) if page.span else []
        return Response({"results": list(map(_smoothed, found)), "next": page.next})


def _settings(given: Mapping[str, str]) -> queries.RankingSettings:
    """What the query asks for; Invalid with the place of what cannot be read."""
    readers: dict[str, Any] = {"method": Method, "ties": Ties, "room": float, "neighbours": int, "alike": float}
    chosen: dict[str, Any] = {}
    for name, reader in readers.items():
        if name not in given:
            continue
        try:
            chosen[name] = reader(given[name])
        except (ValueError, OverflowError) as wrong:
            said = f"{name} cannot be {given[name][:40]!r}."
            raise errors.Invalid(said, problems=[errors.Problem(f"/{name}", said)]) from wrong
    return queries.RankingSettings(**chosen)


def _after(given: Mapping[str, str]) -> int:
    said = given.get("after", "0")
    if not (said.isdecimal() and len(said) < 16):
        raise errors.Invalid("after must be a whole number.", problems=[errors.Problem("/after", "is no number")])
    return int(said)


def _near(found: Any) -> list[dict[str, Any]]:
    return [
        {"response_id": one.response.external_id, "score": one.score, "similarity": one.similarity} for one in found
    ]


def _ranked(one: queries.PromptRanking) -> dict[str, Any]:
    counted = ("connected", "parts", "comparisons", "unscored", "ties", "left_out", "missing", "cycles", "sample")
    return {
        "prompt_id": one.prompt.external_id,
        "rubric": str(one.version),
        "judge": str(one.judge) if one.judge else None,
        **{name: getattr(one, name) for name in counted},
        "answers": [
            {
                "response_id": each.response.external_id,
                "rank": each.rank,
                "part": each.part,
                "score": each.score,
                "won": each.won,
                "ties": each.tied,
                "compared": each.compared,
                "smoothed": each.smoothed,
                "neighbours": _near(each.neighbours),
            }
            for each in one.answers
        ],
    }


def _smoothed(one: queries.Smoothed) -> dict[str, Any]:
    return {
        "index": one.line.place,
        "prompt_id": one.prompt.external_id,
        "response_id": one.response.external_id,
        "judge": str(one.judge),
        "sample": one.line.sample,
        "score": one.score,
        "smoothed": one.smoothed,
        "neighbours": _near(one.neighbours),
        "trace": one.trace,
    }

"""Judges side by side on a labelled sample."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, runs, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries, services
from apps.rubrics import queries as rubrics
from domain import errors


class BakeoffBody(serializers.Serializer[Any]):
    """Which judges judge which labelled prompts by which rubric; `prompts` draws so many of them by the seed."""

    rubric = serializers.CharField(max_length=300)
    dataset = serializers.CharField(max_length=100)
    judges = serializers.ListField(child=serializers.CharField(max_length=200), min_length=2, max_length=12)
    prompts = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)


class CriterionAgreement(answers.Answer):
    """Agreement with people on one criterion; null where it is not defined."""

    criterion: str
    kappa: float | None
    alpha: float | None
    answers: int


class BakeoffCost(answers.Answer):
    """What a judge cost in the comparison; `asked` are the verdicts read from its calls."""

    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    asked: int
    tokens_a_verdict: float | None


class BakeoffJudge(answers.Answer):
    """One judge: how right under each policy on ties, how far people agree, what it could not judge, what it cost."""

    judge: str
    strategy: str
    measures: dict[str, answers.MeasuredAccuracy]
    agreements: list[CriterionAgreement]
    verdicts: int
    unscored: dict[str, int]
    cost: BakeoffCost


class BakeoffEnsemble(answers.Answer):
    """Several judges as one by a rule, on the prompts that all of them scored."""

    rule: str
    weights: dict[str, float]
    measures: dict[str, answers.MeasuredAccuracy]
    prompts: int


class BakeoffChoice(answers.Answer):
    """The best judge, others level with it, and the cheapest not clearly worse; `few`: the sample is small."""

    best: str
    level: list[str]
    take: str
    difference: float | None
    low: float | None
    high: float | None
    saves: float | None
    few: bool


class BakeoffResult(answers.Answer):
    """What a comparison of judges found so far; no choice until somebody won."""

    run: answers.Run
    judges: list[BakeoffJudge]
    ensembles: list[BakeoffEnsemble]
    choice: BakeoffChoice | None


class BakeoffsView(StudioView):
    """The comparisons of judges in the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "runs:write"}

    @extend_schema(
        operation_id="bakeoffs_list", parameters=shapes.PAGING, responses={200: answers.RunList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        return Response(paging.page(request, queries.list_bakeoffs(self.actor), runs.show))

    @extend_schema(operation_id="bakeoffs_create", request=BakeoffBody, responses={201: answers.Run, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Have several judges judge the same labelled prompts."""
        return self.once(self._start)

    def _start(self) -> Response:
        body = shapes.checked(BakeoffBody, self.body)
        with errors.at("/rubric"):
            version = rubrics.resolve(self.actor, body["rubric"]).general
        if version is None:
            raise errors.Invalid("Name one rubric, not a set.", problems=[errors.Problem("/rubric", "is a set")])
        with errors.at("/dataset"):
            dataset = datasets.get_dataset(self.actor, body["dataset"])
        judges = []
        for place, ref in enumerate(body["judges"]):
            with errors.at(f"/judges/{place}"):
                judges.append(queries.judge_by_ref(self.actor, ref))
        run = services.start_bakeoff(
            by=self.actor, version=version, dataset=dataset, judges=judges, prompts=body.get("prompts"),
            seed=body["seed"], name=body.get("name") or "",
        )  # fmt: skip
        return Response(runs.show(run), status=201, headers={"Location": f"/api/v1/bakeoffs/{run.pk}"})


class BakeoffView(StudioView):
    """One comparison of judges."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="bakeoffs_read", responses={200: BakeoffResult, **shapes.PROBLEMS})
    def get(self, request: Request, run_id: str) -> Response:
        """Each judge's figures, several as one, and which to take."""
        found = queries.bakeoff_of(queries.get_bakeoff(self.actor, run_id))
        several = [*found.ensembles, *([found.single] if found.single else [])]
        return Response(
            {
                "run": runs.show(found.run),
                "judges": [_judge(one) for one in found.contenders],
                "ensembles": [_ensemble(one, alone=one is found.single) for one in several],
                "choice": _choice(found) if queries.is_ordered(found.run) else None,
            }
        )


def _judge(one: queries.Contender) -> dict[str, Any]:
    measures = one.accuracy.measures if one.accuracy else {}
    return {
        "judge": one.name,
        "strategy": one.judge.strategy,
        "measures": {name: found._asdict() for name, found in measures.items()},
        "agreements": [
            {"criterion": each.criterion.id, "kappa": each.kappa, "alpha": each.alpha, "answers": each.answers}
            for each in one.agreements
        ],
        "verdicts": one.verdicts,
        "unscored": dict(one.reasons),
        "cost": asdict(one.cost) | {"tokens_a_verdict": one.cost.tokens_a_verdict},
    }


def _ensemble(one: queries.EnsembleFigure, *, alone: bool) -> dict[str, Any]:
    return {
        "rule": "best_alone" if alone else one.rule.value,
        "weights": dict(one.weights),
        "measures": {name: found._asdict() for name, found in one.measures.items()},
        "prompts": one.prompts,
    }


def _choice(found: queries.Bakeoff) -> dict[str, Any] | None:
    choice = found.choice
    if choice is None:
        return None
    gap = choice.difference
    return {
        "best": choice.best,
        "level": list(choice.level),
        "take": choice.take,
        "difference": gap.value if gap else None,
        "low": gap.low if gap else None,
        "high": gap.high if gap else None,
        "saves": choice.saves,
        "few": choice.few,
    }

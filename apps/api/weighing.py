"""Weights: what they are, what people say they should be, profiles beside them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, combining, shapes
from apps.api.base import StudioView
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.judging import services as judging_services
from apps.rubrics import queries, services
from apps.rubrics.models import Profile, RubricVersion
from domain import errors, rubric, weighing


class Section(answers.Answer):
    """What is weighed against each other: the root (an empty id) or a group, with its items and their present part."""

    id: str
    title: str
    items: dict[str, float]


class Weights(answers.Answer):
    """The weights of a version; `shares` are parts of the whole, `sections` what swings and trade-offs ask about."""

    weights: dict[str, float]
    shares: dict[str, float]
    sections: list[Section]


class Moves(answers.Answer):
    """What weights do to the answers judged last, by stored verdicts."""

    judge: str
    answers: int
    moved: int
    pairs: int
    flipped: int
    tau: float | None
    mean_before: float | None
    mean_after: float | None


class WorstPair(answers.Answer):
    """A comparison that fits the others worst; `off` is the factor between what was said and what they imply."""

    first: str
    second: str
    said: float
    implied: float
    off: float


class SectionResult(answers.Answer):
    """What follows in one section; consistency only for trade-offs."""

    id: str
    weights: dict[str, float]
    geometric: dict[str, float] | None = None
    consistency_ratio: float | None = None
    consistent: bool | None = None
    worst: list[WorstPair] = []


class Elicited(answers.Answer):
    """Weights that follow from somebody's answers; name `elicitation` to apply them or to keep them as a profile."""

    elicitation: int
    criteria: dict[str, float]
    groups: dict[str, float]
    shares: dict[str, float]
    sections: list[SectionResult]
    preview: Moves | None


class ProfileShown(answers.Answer):
    """A named weight set; weights by criterion."""

    name: str
    number: int
    ref: str
    weights: dict[str, float]
    digest: str
    description: str
    source: dict[str, Any]
    retired: bool
    created_at: datetime


class Profiles(answers.Answer):
    """The newest version of each profile, or all versions of one."""

    results: list[ProfileShown]


class Fit(answers.Answer):
    """A fit of weights: its state, why it was refused, or what was frozen."""

    id: str
    status: str
    reason: str
    artefact: combining.Artefact | None


class PlaceShown(answers.Answer):
    """An answer at its place; `climbed` against the present weights."""

    rank: int
    answer: str
    score: float | None
    before: float | None
    climbed: int


class Ranked(answers.Answer):
    """What weights rank, what they cost, and which criteria may go without a change of order inside a prompt."""

    shares: dict[str, float]
    answers: int
    flipped: int
    pairs: int
    ndcg: float | None
    ndcg_before: float | None
    places: list[PlaceShown]
    criteria: int
    tokens_a_criterion: float
    calls: float | None
    prompt_tokens: float | None
    droppable: list[str]


class SwingSection(serializers.Serializer[Any]):
    """Items from the most important swing down, and their points: the first has 100."""

    order = serializers.ListField(child=serializers.CharField(max_length=100), max_length=1000)
    ratings = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=100))


class SwingBody(serializers.Serializer[Any]):
    """Answers by section."""

    sections = serializers.DictField(child=SwingSection())


class Comparison(serializers.Serializer[Any]):
    """How many times as important the first is as the second."""

    first = serializers.CharField(max_length=100)
    second = serializers.CharField(max_length=100)
    ratio = serializers.FloatField(min_value=0.01, max_value=100)


class TradeoffBody(serializers.Serializer[Any]):
    """Comparisons by section; not all pairs are needed, but they must link all items."""

    sections = serializers.DictField(child=serializers.ListField(child=Comparison(), max_length=1000))


class SourceBody(serializers.Serializer[Any]):
    """Which weights: those of answers, of a fit by its digest, of a profile, or shares by criterion."""

    elicitation = serializers.IntegerField(required=False, min_value=1, max_value=2**62)
    fit = serializers.CharField(required=False, max_length=71)
    profile = serializers.CharField(required=False, max_length=100)
    shares = serializers.DictField(child=serializers.FloatField(), required=False)


class ProfileBody(SourceBody):
    """A profile under a name: weights by criterion, or a source of them; `version` defaults to the newest."""

    name = serializers.CharField(max_length=80)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    weights = serializers.DictField(child=serializers.FloatField(), required=False)
    description = serializers.CharField(required=False, max_length=2000, allow_blank=True)


class FitBody(serializers.Serializer[Any]):
    """On which preferences, by whose verdicts (the default judge's where none is named), and how."""

    dataset = serializers.CharField(max_length=80)
    judge = serializers.CharField(max_length=120, required=False, allow_null=True)
    loss = serializers.ChoiceField(choices=["plain", "scaled", "margin"], default="scaled")
    signed = serializers.BooleanField(default=True)
    penalty = serializers.FloatField(required=False, allow_null=True, max_value=1000)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)


class RankBody(serializers.Serializer[Any]):
    """Shares by criterion, scaled to sum to one; how many answers of the fullest prompt to name."""

    shares = serializers.DictField(child=serializers.FloatField())
    top = serializers.IntegerField(default=10, min_value=1, max_value=100)


class WeightsView(StudioView):
    """The weights of a version."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="versions_weights", responses={200: Weights, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Weights, shares and the sections that can be weighed."""
        return Response(_weights(queries.get_version(self.actor, slug, number)))


class SwingView(StudioView):
    """Swing weighting in one call."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(operation_id="weights_swing", request=SwingBody, responses={201: Elicited, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Keep ranks and points with who gave them, and say what follows; the draft stays as it is."""
        return self.once(lambda: self._weigh(slug, number))

    def _weigh(self, slug: str, number: int) -> Response:
        body = shapes.checked(SwingBody, self.body)
        version = queries.get_version(self.actor, slug, number)
        row = services.start_elicitation(by=self.actor, version=version, kind="swing")
        for name, said in body["sections"].items():
            with errors.at(f"/sections/{name}"):
                services.rate_swings(by=self.actor, elicitation=row, section=name, **said)
        return Response(_elicited(self, version, row), status=201)


class TradeoffView(StudioView):
    """Pairwise trade-offs in one call."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(operation_id="weights_tradeoffs", request=TradeoffBody, responses={201: Elicited, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Keep comparisons with who made them; answers with weights, the consistency ratio and what fits worst."""
        return self.once(lambda: self._weigh(slug, number))

    def _weigh(self, slug: str, number: int) -> Response:
        body = shapes.checked(TradeoffBody, self.body)
        version = queries.get_version(self.actor, slug, number)
        row = services.start_elicitation(by=self.actor, version=version, kind="tradeoffs")
        for name, said in body["sections"].items():
            for place, one in enumerate(said):
                with errors.at(f"/sections/{name}/{place}"):
                    services.compare_items(by=self.actor, elicitation=row, section=name, **one)
        return Response(_elicited(self, version, row), status=201)


class ApplyView(StudioView):
    """Other weights for a draft."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(operation_id="weights_apply", request=SourceBody, responses={200: Weights, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Put weights into the draft as one step that can be undone; 409 for a version that left draft."""
        return self.once(lambda: self._apply(slug, number))

    def _apply(self, slug: str, number: int) -> Response:
        body = shapes.checked(SourceBody, self.body)
        version = queries.get_version(self.actor, slug, number)
        found = proposed(self, version, body)
        done = services.apply_weights(
            by=self.actor, version=version, criteria=found.criteria, groups=found.groups,
            what=f"set weights by {found.title}",
        )  # fmt: skip
        return Response(_weights(done))


class ProfilesView(StudioView):
    """The profiles of a rubric."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:write"}

    @extend_schema(operation_id="profiles_list", responses={200: Profiles, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str) -> Response:
        """The newest version of each."""
        found = queries.profiles_of(queries.get_rubric(self.actor, slug))
        return Response({"results": [_profile(one.newest) for one in found]})

    @extend_schema(operation_id="profiles_save", request=ProfileBody, responses={201: ProfileShown, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str) -> Response:
        """Store weights under a name, as its next version; negative weights and unknown criteria are refused."""
        return self.once(lambda: self._save(slug))

    def _save(self, slug: str) -> Response:
        body = shapes.checked(ProfileBody, self.body)
        number = body.get("version")
        row = queries.get_rubric(self.actor, slug)
        version = queries.get_version(self.actor, slug, number) if number else queries.newest_version(row)
        if version is None:
            raise errors.NotFound(f"{slug} has no version.", code="version_unknown")
        weights, source = body.get("weights"), {"kind": "hand"}
        if weights is None:
            found = proposed(self, version, body)
            weights, source = dict(found.criteria), dict(found.source)
        made = services.save_profile(
            by=self.actor, version=version, name=body["name"], weights=weights, source=source,
            description=body.get("description", ""),
        )  # fmt: skip
        return Response(_profile(made), status=201)


class ProfileView(StudioView):
    """One profile."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="profiles_get", responses={200: Profiles, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, name: str) -> Response:
        """All its versions, newest first."""
        rows = queries.profile_versions(queries.get_rubric(self.actor, slug), name)
        return Response({"results": [_profile(one) for one in rows]})


class ProfileRetireView(StudioView):
    """The end of a profile."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(operation_id="profiles_retire", request=None, responses={200: ProfileShown, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, name: str) -> Response:
        """Offer it no longer; what names it with its number goes on."""
        newest = queries.profile_versions(queries.get_rubric(self.actor, slug), name)[0]
        return Response(_profile(services.retire_profile(by=self.actor, profile=newest)))


class RankView(StudioView):
    """Stored answers ranked under other weights."""

    scopes: ClassVar = {"POST": "data:read"}

    @extend_schema(operation_id="weights_rank", request=RankBody, responses={200: Ranked, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Rank the answers judged last by shares that are scaled to sum to one; asks no judge, stores nothing."""
        body = shapes.checked(RankBody, self.body)
        version = queries.get_version(self.actor, slug, number)
        found = judging.from_shares(version, queries.read_shares(json.dumps(body["shares"])))
        ranking = judging.ranking_of(version, found.criteria, top=body["top"])
        compact = judging.compactness_of(version, found.criteria)
        return Response(
            {
                "shares": found.shares,
                "answers": ranking.answers if ranking else 0,
                "flipped": ranking.movement.flipped if ranking else 0,
                "pairs": ranking.movement.pairs if ranking else 0,
                "ndcg": ranking.ndcg if ranking else None,
                "ndcg_before": ranking.ndcg_before if ranking else None,
                "places": [
                    {
                        "rank": one.rank,
                        "answer": one.title,
                        "score": one.score,
                        "before": one.before,
                        "climbed": one.climbed,
                    }
                    for one in (ranking.places if ranking else ())
                ],
                "criteria": compact.weighing,
                "tokens_a_criterion": compact.tokens_a_criterion,
                "calls": compact.cost.calls if compact.cost else None,
                "prompt_tokens": compact.cost.prompt_tokens if compact.cost else None,
                "droppable": list(compact.droppable),
            }
        )


class FitsView(StudioView):
    """Weights learnt from preferences."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:write"}

    @extend_schema(operation_id="weights_fits", responses={200: combining.Artefacts, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The frozen fits of this rubric, newest first, with figures in `inputs`."""
        rows = judging.fits_of(queries.get_version(self.actor, slug, number))
        return Response({"results": [judging.show_artefact(one) for one in rows]})

    @extend_schema(operation_id="weights_fit", request=FitBody, responses={202: Fit, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Have a worker fit weights on stored verdicts; asks no judge."""
        return self.once(lambda: self._fit(slug, number))

    def _fit(self, slug: str, number: int) -> Response:
        body = shapes.checked(FitBody, self.body)
        version = queries.get_version(self.actor, slug, number)
        with errors.at("/dataset"):
            dataset = datasets.get_dataset(self.actor, body["dataset"])
        with errors.at("/judge"):
            judge = judging.judge_by_ref(self.actor, body.get("judge"))
        job = judging_services.start_weight_fit(
            by=self.actor, version=version, dataset=dataset, judge=judge, loss=body["loss"], signed=body["signed"],
            penalty=body.get("penalty"), seed=body["seed"],
        )  # fmt: skip
        headers = {"Location": f"/api/v1/weight-fits/{job.pk}"}
        return Response(_fit(judging.fit_state(self.actor, str(job.pk))), status=202, headers=headers)


class FitView(StudioView):
    """One fit under way or done."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="weights_fit_get", responses={200: Fit, **shapes.PROBLEMS})
    def get(self, request: Request, job_id: str) -> Response:
        """Its state; once done the frozen artefact, else why there is none."""
        return Response(_fit(judging.fit_state(self.actor, job_id)))


def _fit(found: judging.FitState) -> dict[str, Any]:
    made = judging.show_artefact(found.artefact) if found.artefact else None
    return {"id": str(found.job.pk), "status": found.job.state, "reason": found.reason, "artefact": made}


def proposed(view: StudioView, version: RubricVersion, body: Mapping[str, Any]) -> judging.Proposed:
    """The weights that a body of sources names."""
    given = [name for name in ("elicitation", "fit", "profile", "shares") if body.get(name) is not None]
    if len(given) != 1:
        said = "Name one source of weights: elicitation, fit, profile or shares."
        raise errors.Invalid(said, problems=[errors.Problem("", said)])
    with errors.at(f"/{given[0]}"):
        match given[0]:
            case "elicitation":
                row = queries.get_elicitation(view.actor, body["elicitation"])
                if row.version.rubric_id != version.rubric_id:
                    raise errors.NotFound("These answers are about another rubric.", code="elicitation_unknown")
                return judging.from_elicitation(version, row)
            case "fit":
                return judging.from_fit(view.actor, version, body["fit"])
            case "profile":
                return judging.from_profile(version, queries.profile_of(version, body["profile"]))
            case _:
                return judging.from_shares(version, queries.read_shares(json.dumps(body["shares"])))


def _elicited(view: StudioView, version: RubricVersion, row: Any) -> dict[str, Any]:
    done = services.finish_elicitation(by=view.actor, elicitation=row)
    found = judging.from_elicitation(version, done)
    sections = queries.asked(weighing.sections_of(queries.domain_rubric(version)), done, done.kind)
    return {
        "elicitation": done.pk,
        "criteria": found.criteria,
        "groups": found.groups,
        "shares": found.shares,
        "sections": [_section(one) for one in sections],
        "preview": moves(judging.preview_of(version, found)),
    }


def _section(one: queries.Asked) -> dict[str, Any]:
    told: dict[str, Any] = {"id": one.section.id, "weights": dict(one.weights or {})}
    if one.judged is None:
        return told
    worst = [
        {"first": w.first, "second": w.second, "said": w.said, "implied": w.implied, "off": w.off}
        for w in one.judged.worst
    ]
    return told | {
        "geometric": one.judged.geometric,
        "consistency_ratio": one.judged.ratio,
        "consistent": one.judged.consistent,
        "worst": worst,
    }


def moves(found: judging.Preview | None) -> dict[str, Any] | None:
    """A preview as REST shows it."""
    if found is None:
        return None
    moved = found.movement
    names = ("answers", "moved", "pairs", "flipped", "tau", "mean_before", "mean_after")
    return {"judge": str(found.judge), **{name: getattr(moved, name) for name in names}}


def _weights(version: RubricVersion) -> dict[str, Any]:
    said = queries.domain_rubric(version)
    return {
        "weights": {one.id: one.weight for one in said.criteria},
        "shares": rubric.shares(said),
        "sections": [{"id": one.id, "title": one.title, "items": one.present} for one in weighing.sections_of(said)],
    }


def _profile(row: Profile) -> dict[str, Any]:
    return {
        "name": row.name, "number": row.number, "ref": str(row), "weights": row.weights, "digest": row.digest,
        "description": row.description, "source": row.source, "retired": queries.is_retired(row),
        "created_at": row.created_at,
    }  # fmt: skip

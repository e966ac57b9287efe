"""Weights: what they are, what people say they should be, profiles beside them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries as judging
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
        found = _proposed(self, version, body)
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
        found = queries.get_rubric(self.actor, slug)
        version = queries.get_version(self.actor, slug, number) if number else queries.newest_version(found)
        if version is None:
            raise errors.NotFound(f"{slug} has no version.", code="version_unknown")
        weights, source = body.get("weights"), {"kind": "hand"}
        if weights is None:
            proposed = _proposed(self, version, body)
            weights, source = dict(proposed.criteria), dict(proposed.source)
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


def _proposed(view: StudioView, version: RubricVersion, body: Mapping[str, Any]) -> judging.Proposed:
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
        "name": row.name,
        "number": row.number,
        "ref": str(row),
        "weights": row.weights,
        "digest": row.digest,
        "description": row.description,
        "source": row.source,
        "retired": queries.is_retired(row),
        "created_at": row.created_at,
    }

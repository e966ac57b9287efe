"""Probes: the edits and attacks that there are, and data sets made of them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.audit import services
from apps.datasets import queries as datasets
from apps.rubrics import queries as rubrics
from domain import errors, probes


class ProbesBody(serializers.Serializer[Any]):
    """Which probes of which data set, stored under `slug`; `rubric` (slug@number) gives the criteria to echo.

    `edits` are names of edits, all where left out; `attacks` how many on the first answer of each prompt.
    """

    dataset = serializers.CharField(max_length=80)
    slug = serializers.SlugField(max_length=80)
    rubric = serializers.CharField(max_length=120, required=False, allow_null=True)
    prompts = serializers.IntegerField(default=50, min_value=1, max_value=services.MOST_PROMPTS)
    answers = serializers.IntegerField(default=1, min_value=1, max_value=probes.MOST_EDITED)
    edits = serializers.ListField(child=serializers.CharField(max_length=60), required=False, allow_null=True)
    attacks = serializers.IntegerField(default=6, min_value=0, max_value=len(probes.suite()))
    policies = serializers.BooleanField(default=True)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)


class ProbesMade(answers.Answer):
    """The data set that holds them, with the counts of what was stored."""

    dataset: str
    counts: dict[str, int]


class EditShape(answers.Answer):
    """An edit: what it does, and what it must do to the score (same, no_gain, lower)."""

    name: str
    title: str
    wants: str


class AttackShape(answers.Answer):
    """An attack: `place` is alone, before or behind the answer."""

    name: str
    family: str
    language: str
    place: str
    text: str


class ProbesThere(answers.Answer):
    """All edits and attacks, for people to look at."""

    edits: list[EditShape]
    attacks: list[AttackShape]


class ProbesView(StudioView):
    """Probes."""

    scopes: ClassVar = {"GET": "data:read", "POST": "data:write"}

    @extend_schema(operation_id="probes_list", responses={200: ProbesThere, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """The edits and attacks that there are."""
        edits = [{"name": one.name, "title": one.title, "wants": str(one.wants)} for one in probes.EDITS.values()]
        attacks = [
            {
                "name": one.name,
                "family": one.family,
                "language": one.language,
                "place": str(one.place),
                "text": one.text,
            }
            for one in probes.suite()
        ]
        return Response({"edits": edits, "attacks": attacks})

    @extend_schema(operation_id="probes_create", request=ProbesBody, responses={201: ProbesMade, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Make probes of a data set as a new one; nothing is judged."""
        return self.once(self._make)

    def _make(self) -> Response:
        body = shapes.checked(ProbesBody, self.body)
        slug, _, number = (body.get("rubric") or "").partition("@")
        with errors.at("/rubric"):
            if slug and not number.isdecimal():
                raise errors.Invalid("A version is named as slug@number.", code="rubric_ref_invalid")
            version = rubrics.get_version(self.actor, slug, int(number)) if slug else None
        chosen = body.get("edits")
        wish = probes.Wish(
            edits=tuple(probes.EDITS) if chosen is None else tuple(chosen), attacks=body["attacks"],
            policies=body["policies"], answers=body["answers"], seed=body["seed"],
        )  # fmt: skip
        done = services.make_probes(
            by=self.actor, dataset=datasets.get_dataset(self.actor, body["dataset"]), slug=body["slug"], wish=wish,
            version=version, prompts=body["prompts"],
        )  # fmt: skip
        headers = {"Location": f"/api/v1/datasets/{done.dataset.slug}"}
        return Response({"dataset": done.dataset.slug, "counts": dict(done.counts)}, status=201, headers=headers)

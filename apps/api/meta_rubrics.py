"""Rules for writing rubrics, and their versions."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.refinement import models, queries, services


class NewRules(serializers.Serializer[Any]):
    """The text; `tag` names the rubrics that they govern, empty all; `seen` the newest version that was read."""

    text = serializers.CharField(max_length=20_000, trim_whitespace=False)
    tag = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    seen = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    governs = serializers.BooleanField(required=False)


class ChosenRules(serializers.Serializer[Any]):
    """The number of the version that is to govern."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class RulesVersion(answers.Answer):
    """A version and who wrote it; `provenance` says what made it where no person did."""

    number: int
    text: str
    note: str
    by: str | None
    created_at: str
    provenance: dict[str, Any]


class Rules(answers.Answer):
    """Rules for all rubrics (`tag` empty) or those with a tag; `current` is the version that governs."""

    id: int
    tag: str
    title: str
    current: int | None
    versions: list[RulesVersion]


class RulesList(answers.Answer):
    """All of the workspace."""

    meta_rubrics: list[Rules]


class MetaRubricsView(StudioView):
    """The rules of the workspace."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:write"}

    @extend_schema(operation_id="meta_rubrics_list", responses={200: RulesList, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """What governs the writing of rubrics here, each with all its versions."""
        return Response({"meta_rubrics": [_show(one) for one in queries.meta_rubrics_of(self.actor)]})

    @extend_schema(operation_id="meta_rubrics_write", request=NewRules, responses={201: Rules, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Write the next version, or the first; general rules are an admin's. 409 where `seen` is not the newest."""
        return self.once(self._write)

    def _write(self) -> Response:
        version = services.write_meta_rubric(by=self.actor, **shapes.checked(NewRules, self.body))
        return Response(_show(queries.get_meta_rubric(self.actor, version.meta_rubric_id)), 201)


class MetaRubricView(StudioView):
    """One set of rules."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:write"}

    @extend_schema(operation_id="meta_rubrics_read", responses={200: Rules, **shapes.PROBLEMS})
    def get(self, request: Request, meta_rubric_id: int) -> Response:
        """All its versions."""
        return Response(_show(queries.get_meta_rubric(self.actor, meta_rubric_id)))

    @extend_schema(operation_id="meta_rubrics_choose", request=ChosenRules, responses={200: Rules, **shapes.PROBLEMS})
    def post(self, request: Request, meta_rubric_id: int) -> Response:
        """Let an older version govern, or one that waits."""
        return self.once(lambda: self._choose(meta_rubric_id))

    def _choose(self, meta_rubric_id: int) -> Response:
        found = queries.get_meta_rubric(self.actor, meta_rubric_id)
        version = queries.get_meta_version(found, shapes.checked(ChosenRules, self.body)["version"])
        services.choose_meta_version(by=self.actor, version=version)
        return Response(_show(queries.get_meta_rubric(self.actor, meta_rubric_id)))


def _show(found: models.MetaRubric) -> dict[str, Any]:
    versions = sorted(found.versions.all(), key=lambda one: -one.number)
    return {
        "id": found.pk, "tag": found.tag, "title": found.title,
        "current": found.current.number if found.current else None,
        "versions": [
            {
                "number": one.number, "text": one.text, "note": one.note,
                "by": one.created_by.name if one.created_by else None, "created_at": one.created_at.isoformat(),
                "provenance": one.provenance,
            }
            for one in versions
        ],
    }  # fmt: skip

"""What a method of drafting takes over REST: the fields of its needs, its settings, and who is asked."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from apps.api import shapes
from domain.refinement.loop import Method, Need, Param

Field = serializers.Field[Any, Any, Any, Any]
Fields = dict[str, Field]


def _pairs() -> Fields:
    return {"dataset": serializers.CharField(max_length=80)}


def _answers() -> Fields:
    def names() -> Field:
        return serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=50)

    return {"dataset": serializers.CharField(max_length=80), "strong": names(), "weak": names()}


def _policy() -> Fields:
    names = serializers.ListField(child=serializers.CharField(max_length=120), min_length=1, max_length=50)
    return {"policy": names}


def _document() -> Fields:
    return {"text": _text(), "title": _text(200, required=False), "goal": _text(5_000, required=False)}


def _passages() -> Fields:
    given = serializers.ListField(child=_text(), required=False, max_length=50)
    return {"question": _text(5_000), "passages": given, "text": _text(required=False)}


def _comments() -> Fields:
    return {"comments_of": _text(20, required=False, help_text="`rubric`, or the number of a queue")}


def _cases() -> Fields:
    return {"task": _text(5_000)}


def _conversation() -> Fields:
    return {"goal": _text(5_000), "said": _text(required=False)}


def _faults() -> Fields:
    return {"verdicts_of": serializers.CharField(required=False, max_length=120)}


def _text(most: int = 400_000, *, required: bool = True, help_text: str | None = None) -> Field:
    return serializers.CharField(max_length=most, required=required, help_text=help_text)


FIELDS: dict[Need, Callable[[], Fields]] = {
    Need.ANSWERS: _answers, Need.PAIRS: _pairs, Need.POLICY: _policy, Need.DOCUMENT: _document,
    Need.PASSAGES: _passages, Need.COMMENTS: _comments, Need.CASES: _cases, Need.CONVERSATION: _conversation,
    Need.FAULTS: _faults,
}  # fmt: skip
"""A need without an entry takes nothing."""


def fields_of(method: Method) -> Fields:
    """The fields of the method's needs, by their names."""
    found: Fields = {}
    for need in sorted(method.needs):
        found |= FIELDS[need]() if need in FIELDS else {}
    return found


def body_of(method: Method) -> type[serializers.Serializer[Any]]:
    """The whole body of a request for a draft by this method."""
    return type("MethodProposal", (shapes.NewProposal,), {"inputs": shape_of(method)()})


def shape_of(method: Method) -> type[serializers.Serializer[Any]]:
    """What `inputs` of this method holds."""
    fields: Fields = {
        "rubric": serializers.CharField(max_length=140),
        "judge": serializers.CharField(max_length=120, required=False, allow_null=True),
        "writer": serializers.CharField(max_length=120, required=False, allow_null=True),
        "seed": serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1),
        **fields_of(method),
        **{one.name: _setting(one) for one in method.params},
    }
    return type("MethodInputs", (serializers.Serializer,), fields)


def _setting(one: Param) -> Field:
    if one.whole:
        return serializers.IntegerField(required=False, min_value=int(one.low), max_value=int(one.high))
    return serializers.FloatField(required=False, min_value=one.low, max_value=one.high)

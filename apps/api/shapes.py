"""The shapes of bodies and answers, for checking and for the OpenAPI schema."""

import math
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers

from domain import errors


@extend_schema_field(OpenApiTypes.OBJECT)
class Anything(serializers.JSONField):
    """A JSON object whose keys depend on the case."""

    default_error_messages = {"object": "must be a JSON object"}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse anything but an object."""
        if not isinstance(data, dict):
            self.fail("object")
        return super().to_internal_value(data)


@extend_schema_field({})
class Value(serializers.JSONField):
    """Any JSON value."""


class ProblemPointer(serializers.Serializer[Any]):
    """Where in the body, and what."""

    pointer = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemPointer(many=True)  # type: ignore[assignment]
    request_id = serializers.CharField()


_PROBLEM_TEXTS = {
    400: "The body could not be read",
    401: "No valid token",
    403: "The token lacks the scope, or the person the role",
    404: "Unknown, or not for this token",
    409: "It does not fit the present state",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid, with pointers",
    429: "Too many requests",
    503: "Something that is needed is away",
}
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): OpenApiResponse(Problem, description=text)
    for status, text in _PROBLEM_TEXTS.items()
}
PRECONDITIONS: dict[Any, Any] = {
    (412, "application/problem+json"): OpenApiResponse(Problem, description="It changed in the meantime"),
    (428, "application/problem+json"): OpenApiResponse(Problem, description="If-Match is missing"),
}
FILES: dict[Any, Any] = {
    **{(200, f"application/{kind}"): OpenApiTypes.ANY for kind in ("json", "x-ndjson", "yaml", "toml")},
    (200, "text/csv"): OpenApiTypes.STR,
    (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY,
}


class JudgeNamed(serializers.Serializer[Any]):
    """Which judge to ask; the default one where none is named."""

    judge = serializers.CharField(required=False, allow_null=True, max_length=100)


class NewVersion(serializers.Serializer[Any]):
    """Which version a new draft starts from."""

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python."""
        return {"from": serializers.IntegerField(required=False, min_value=1, allow_null=True)}


class Merging(serializers.Serializer[Any]):
    """Which version goes into the draft, and what stays at each place that both changed.

    `choices`: a pointer such as `criteria/c_1/text` → `mine`, `theirs` or, where both can stay, `both`.
    """

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python."""
        ways = serializers.ChoiceField(choices=["mine", "theirs", "both", "joined"])
        return {
            "from": serializers.IntegerField(min_value=1, max_value=2**31 - 1),
            "choices": serializers.DictField(child=ways, required=False),
        }


class ProposedHunk(serializers.Serializer[Any]):
    """One edit; `before` of an addition and both sides of a move are `{"after": id or null}`.

    A move into another group names it too: `group` of a criterion, `parent` of a group. `before` names what the item
    stands in front of where `after` is gone. Hunks may build on one another in any order.
    """

    op = serializers.ChoiceField(choices=["add", "change", "remove", "move"])
    pointer = serializers.CharField(max_length=300)
    before = Value(required=False, allow_null=True)
    after = Value(required=False, allow_null=True)
    evidence = Anything(required=False)


class ProposalInputs(serializers.Serializer[Any]):
    """The version that a suggestion starts from, and the document or the hunks."""

    rubric = serializers.CharField(max_length=140)
    document = Anything(required=False)
    hunks = ProposedHunk(many=True, required=False)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    note = serializers.CharField(required=False, allow_blank=True, max_length=5_000)


class NewProposal(serializers.Serializer[Any]):
    """By which method, from what."""

    method = serializers.CharField(max_length=60)
    inputs = Anything()
    budget = Anything(required=False)


class HunkDecision(serializers.Serializer[Any]):
    """Positions of hunks; all that are open where left out."""

    hunks = serializers.ListField(child=serializers.IntegerField(min_value=0, max_value=100_000), required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=5_000)


class Said(serializers.Serializer[Any]):
    """What is said in a discussion; `@name` speaks to somebody."""

    text = serializers.CharField(max_length=10_000)


class NewThread(Said):
    """What a new discussion is about: the rubric, or a criterion of the version (the newest), or a level by label."""

    criterion = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=80)
    level = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=80)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1)


class Noted(serializers.Serializer[Any]):
    """A note that goes with a decision."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class SetSubmission(Noted):
    """How many rubrics of the set another person reads; without it as many as the workspace's limit needs."""

    sample_size = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class SampleFinding(Noted):
    """Whether a rubric of the sample is good; one that is not needs a note."""

    ok = serializers.BooleanField()


class DatasetItems(serializers.Serializer[Any]):
    """Prompts with responses to add."""

    items = serializers.ListField(child=Anything(), max_length=10_000)


class LabelItems(serializers.Serializer[Any]):
    """Labels to add."""

    labels = serializers.ListField(child=Anything(), max_length=100_000)


class EngineBody(serializers.Serializer[Any]):
    """Where a model is served."""

    kind = serializers.ChoiceField(["served", "embedded", "vllm_local"])
    model = serializers.CharField(max_length=200, required=False, allow_blank=True)
    base_url = serializers.CharField(max_length=500, required=False, allow_blank=True)
    api_key = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    replicas = serializers.ListField(child=serializers.CharField(max_length=500), required=False, max_length=64)


class JudgeBody(serializers.Serializer[Any]):
    """A judge, or a new version of one."""

    name = serializers.SlugField(max_length=80)
    engine = EngineBody()
    strategy = serializers.CharField(max_length=40, default="label_distribution")
    protocol = serializers.ChoiceField(["isolated", "rubric_context", "reasoned"], default="isolated")
    settings = Anything(required=False)
    default = serializers.BooleanField(default=False)


def digests() -> serializers.ListField:
    """Digests of calibrations, each used only because it is named here."""
    return serializers.ListField(child=serializers.CharField(max_length=71), required=False, max_length=20)


class RunBody(serializers.Serializer[Any]):
    """A run over a data set."""

    name = serializers.CharField(max_length=200, required=False)
    rubrics = serializers.ListField(child=serializers.CharField(max_length=300), required=False, max_length=50)
    rubric_set = serializers.CharField(max_length=300, required=False)
    dataset = serializers.CharField(max_length=80)
    filter = Anything(required=False)
    judges = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=10)
    samples = serializers.IntegerField(required=False, min_value=1, max_value=16)
    deadline = serializers.DateTimeField(required=False, allow_null=True)
    jury = Anything(required=False)
    cascade = Anything(required=False)
    calibrations = digests()


class Size(serializers.FloatField):
    """How long something is: a finite number, 0 or more."""

    def to_internal_value(self, data: Any) -> float:
        """Refuse what counts nothing."""
        size = float(super().to_internal_value(data))
        if not math.isfinite(size):
            self.fail("invalid")
        return size


class Lengths(serializers.Serializer[Any]):
    """How long an answer is, in the units that the scoring looks at."""

    words = Size(required=False, min_value=0, max_value=1_000_000_000)
    characters = Size(required=False, min_value=0, max_value=1_000_000_000)
    tokens = Size(required=False, min_value=0, max_value=1_000_000_000)


class ScoreBody(serializers.Serializer[Any]):
    """Verdicts to score, of one answer or of all to a prompt; `fit` names fitted weights by their digest.

    `votes` are the values of several judges on one answer, which the `jury` of that digest makes one verdict of.
    `lengths` say how long that answer is, `group_lengths` those of `group` in the same order.
    """

    rubric = serializers.CharField(max_length=300)
    verdicts = serializers.DictField(
        child=serializers.FloatField(allow_null=True, min_value=0, max_value=1), required=False
    )
    votes = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField(allow_null=True, min_value=0, max_value=1)),
        required=False,
        help_text="By judge, as `name@n`, and criterion; null where the judge gave no value",
    )
    jury = serializers.CharField(max_length=71, required=False, allow_null=True)
    profile = serializers.CharField(max_length=100, required=False, allow_null=True)
    fit = serializers.CharField(max_length=71, required=False, allow_null=True)
    calibrations = digests()
    lengths = Lengths(required=False, allow_null=True)
    group_lengths = Lengths(many=True, required=False)
    group = serializers.ListField(
        child=serializers.DictField(child=serializers.FloatField(allow_null=True, min_value=0, max_value=1)),
        required=False,
        max_length=1024,
    )


class CheckBody(serializers.Serializer[Any]):
    """A computed criterion to try."""

    check = Anything(source="check_spec")
    response = serializers.CharField(max_length=2_000_000, allow_blank=True, trim_whitespace=False)
    reference = serializers.CharField(max_length=2_000_000, required=False, allow_null=True, allow_blank=True)
    prompt = serializers.CharField(max_length=2_000_000, required=False, allow_null=True, allow_blank=True)


class TaskAnswer(serializers.Serializer[Any]):
    """An answer as the task of the queue takes it."""

    value = serializers.FloatField(
        required=False, allow_null=True, help_text="verdict: a value on offer; null where it cannot be decided"
    )
    applies = serializers.BooleanField(required=False, help_text="verdict: false where the criterion does not apply")
    criteria = serializers.DictField(
        child=Anything(), required=False, help_text="response: `{value, applies, note}` for each criterion id"
    )
    strength = serializers.IntegerField(
        required=False, help_text="pair: -3, the first of `responses` is much better, to 3, the second is; 0 is a tie"
    )
    ranks = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=26,
        help_text="ranking: one for each of `responses`, 1 is best, equal ranks are ties",
    )  # fmt: skip
    level = serializers.IntegerField(required=False, help_text="rating: 1, the worst, to 5")
    errors = serializers.ListField(  # type: ignore[assignment]
        child=Anything(), required=False, max_length=50,
        help_text="spans: `{category, severity, start, end}`, the last two left out where an error has no place",
    )  # fmt: skip
    vote = serializers.CharField(
        required=False, max_length=20, help_text="necessity: needed, not_needed, unsure; triage: accept, edit, reject"
    )
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=20_000, help_text="triage: other words for the edit"
    )
    spans = serializers.ListField(
        child=Anything(), required=False, max_length=100, help_text="`{start, end}` in characters of the response"
    )
    undecided = serializers.BooleanField(
        required=False, help_text="every task but votes: true where it cannot be decided; the note says why"
    )


class AnswerBody(TaskAnswer):
    """A reviewer's answer, with what stands beside it."""

    confidence = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)
    note = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    seconds = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=86_400)


class DecisionBody(TaskAnswer):
    """What settles an item."""

    reason = serializers.CharField(max_length=20_000)


class ReasonBody(serializers.Serializer[Any]):
    """A reason."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


PAGING = [
    OpenApiParameter("cursor", str, description="The `next` of the page before"),
    OpenApiParameter("limit", int, description="How many, 1 to 200"),
]
IF_NONE_MATCH = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have")
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag you read")
IDEMPOTENCY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key is done once")


def texts(*names: str) -> list[OpenApiParameter]:
    """Optional text parameters of the query."""
    return [OpenApiParameter(name, str) for name in names]


def format_parameter(names: tuple[str, ...]) -> OpenApiParameter:
    """The format of a file."""
    return OpenApiParameter("format", str, enum=sorted(names), description="The file's format")


def checked(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """The validated body; Invalid with pointers, unknown keys included."""
    if not isinstance(data, dict):
        raise errors.Invalid("The body must be a JSON object.", problems=[errors.Problem("", "is no JSON object")])
    reader = shape(data=data)
    unknown = _unknown(reader, data)
    if unknown:
        problems = [errors.Problem(pointer, "is not a known key") for pointer in unknown]
        raise errors.Invalid(f"{unknown[0].lstrip('/')} is not a known key.", problems=problems)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def _unknown(reader: serializers.Serializer[Any], data: dict[str, Any], at: str = "") -> list[str]:
    """Pointers of the keys that the shape does not have, in objects inside it too."""
    found = [f"{at}/{name}" for name in sorted(set(data) - set(reader.fields))]
    for name, field in reader.fields.items():
        if isinstance(field, serializers.Serializer) and isinstance(data.get(name), dict):
            found += _unknown(field, data[name], f"{at}/{name}")
        elif isinstance(field, serializers.ListSerializer) and isinstance(data.get(name), list):
            each = cast("serializers.Serializer[Any]", field.child)
            for place, one in enumerate(data[name]):
                found += _unknown(each, one, f"{at}/{name}/{place}") if isinstance(one, dict) else []
    return found

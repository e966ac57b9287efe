"""Computed checks: which kinds there are, and one tried on an answer; nothing is stored."""

import time
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.core import gateway
from domain import checks, errors

SANDBOX_PATIENCE = 1.0
"""Seconds that a request waits for a free process of the sandbox before it is answered 503."""


class CheckResult(answers.Answer):
    """What a computed criterion found."""

    result: str = Field(description="pass, fail or abstain")
    evidence: str = Field(description="the sentence that explains it")
    ms: float = Field(description="time the check took")
    spans: list[list[int]] = Field(description="places in the response it rests on: start, and end excluded")
    details: list[str] = Field(description="what was found part by part, where a check has parts")


class CheckView(StudioView):
    """A computed criterion on one answer."""

    scopes: ClassVar = {"POST": "rubrics:read"}

    @extend_schema(
        operation_id="checks_evaluate",
        request=shapes.CheckBody,
        responses={200: CheckResult, **shapes.PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Run a check: pass, fail or abstain, with its evidence."""
        body = shapes.checked(shapes.CheckBody, self.body)
        start = time.perf_counter()
        given = checks.Given(
            response=body["response"],
            reference=body.get("reference"),
            prompt=body.get("prompt"),
            sandbox=gateway.sandbox_here(patience=SANDBOX_PATIENCE),
        )
        found = checks.evaluate(body["check_spec"], given)
        ms = (time.perf_counter() - start) * 1000
        return Response(
            {
                "result": found.result.value,
                "evidence": found.evidence,
                "ms": round(ms, 3),
                "spans": [list(span) for span in found.spans],
                "details": list(found.details),
            }
        )


class CheckField(answers.Answer):
    """One setting of a kind of check."""

    pointer: str = Field(description="where it stands in a check, as a JSON pointer")
    title: str
    help: str
    type: str = Field(description="integer, number, text, long (text), choice, yes_no, list, table or json")
    required: bool
    default: Any = Field(description="what holds where it is left out; null: nothing")
    choices: list[str] = Field(description="the values of a choice")
    minimum: float | None
    maximum: float | None


class CheckExample(answers.Answer):
    """A check, an answer, and what comes of it."""

    check: dict[str, Any]
    response: str
    reference: str | None
    result: str = Field(description="pass, fail or abstain")


class CheckKind(answers.Answer):
    """One kind of check, or one instruction of a family."""

    kind: str
    instruction: str | None = Field(description="of a family: which one; its settings stand under kwargs")
    title: str
    group: str
    help: str
    abstains: str = Field(description="when it cannot tell, beside answers beyond its limits")
    limits: str
    cost: str = Field(description="instant, or sandbox: it may run code in a process of its own")
    needs: list[str] = Field(description="what must stand beside the answer: reference or prompt")
    fields: list[CheckField]
    examples: list[CheckExample]


class CheckKinds(answers.Answer):
    """All kinds of check, and what it means where one abstains."""

    results: list[CheckKind]
    next: str | None
    abstain: str


class CheckKindsView(StudioView):
    """What may be chosen as a check."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="check_kinds",
        parameters=[OpenApiParameter("kind", str, description="Only this kind")],
        responses={200: CheckKinds, **shapes.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """Each kind with its settings, limits and examples; the kinds of a family with each instruction."""
        wanted = request.GET.get("kind")
        if wanted is not None and wanted not in checks.KINDS:
            raise errors.NotFound(f"There is no kind of check {wanted[:60]!r}.", code="check_kind_unknown")
        found = [offer for offer in checks.offers().values() if wanted in (None, offer.kind)]
        return Response({"results": list(map(_kind, found)), "next": None, "abstain": checks.ABSTAIN})


def _kind(offer: checks.Offer) -> dict[str, Any]:
    return {
        "kind": offer.kind,
        "instruction": offer.instruction,
        "title": offer.title,
        "group": offer.group,
        "help": offer.help,
        "abstains": offer.abstains,
        "limits": offer.limits,
        "cost": offer.cost.value,
        "needs": list(offer.needs),
        "fields": [_field(offer, one) for one in offer.parameters],
        "examples": [
            {"check": dict(case.spec), "response": case.response, "reference": case.reference, "result": case.result}
            for case in offer.cases
        ],
    }


def _field(offer: checks.Offer, one: checks.Parameter) -> dict[str, Any]:
    return {
        "pointer": offer.pointer(one),
        "title": one.title,
        "help": one.help,
        "type": one.input.value,
        "required": one.required,
        "default": one.default,
        "choices": list(one.choices),
        "minimum": one.low,
        "maximum": one.high,
    }

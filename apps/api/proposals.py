"""Proposals: asked for by method, decided on hunk by hunk."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, drafts, effects, needs, shapes
from apps.api.base import StudioView
from apps.refinement import queries as refinement
from apps.rubrics import queries, services
from apps.rubrics.models import Proposal, RubricVersion
from domain import errors


class ProposalsView(StudioView):
    """The proposals of the workspace."""

    scopes: ClassVar = {"POST": "proposals:write"}

    @extend_schema(
        operation_id="proposals_create",
        request=shapes.NewProposal,
        responses={201: answers.Proposal, 202: drafts.Draft, **shapes.PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Ask a method for a proposal; `suggestion` takes a document or hunks that somebody wrote.

        Every other method has models draft or refine (`GET /drafts/methods` tells what each takes) and answers 202 with
        the draft, which names the proposal once there is one.
        """
        return self.once(self._create)

    def _create(self) -> Response:
        body = shapes.checked(shapes.NewProposal, self.body)
        methods = refinement.methods()
        if body["method"] in methods:
            wanted = dict(shapes.checked(needs.body_of(methods[body["method"]]), self.body)["inputs"])
            base = self._base(wanted.pop("rubric"))
            made = drafts.started(self.actor, body["method"], base, wanted, body.get("budget"))
            return Response(drafts.show(made), 202, headers={"Location": f"/api/v1/drafts/{made.pk}"})
        if body["method"] not in services.METHODS:
            services.refuse_method(body["method"], methods)
        inputs = shapes.checked(shapes.ProposalInputs, body["inputs"])
        base = self._base(inputs.pop("rubric"))
        row = services.start_proposal(by=self.actor, method=body["method"], base=base, inputs=inputs)
        where = f"/api/v1/proposals/{row.pk}"
        return Response(queries.proposal_body(row), status=201, headers={"Location": where})

    def _base(self, named: str) -> RubricVersion:
        slug, _, number = named.partition("@")
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            problem = errors.Problem("/inputs/rubric", "must be a version such as letters@3")
            raise errors.Invalid("Name the version that the proposal starts from.", problems=[problem])
        return queries.get_version(self.actor, slug, int(number))


class ProposalView(StudioView):
    """One proposal."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="proposals_read", responses={200: effects.ProposalRead, **shapes.PROBLEMS})
    def get(self, request: Request, proposal_id: int) -> Response:
        """The hunks, what was decided on each, and what was predicted last of those that wait."""
        return Response(_read(queries.get_proposal(self.actor, proposal_id)))


class ProposalStepView(StudioView):
    """A decision on hunks."""

    verb = ""

    @property
    def scopes(self) -> dict[str, str]:  # type: ignore[override]
        """Accepting edits a draft; rejecting only decides."""
        return {"POST": "rubrics:write" if self.verb == "accept" else "proposals:write"}

    @extend_schema(request=shapes.HunkDecision, responses={200: effects.ProposalRead, **shapes.PROBLEMS})
    def post(self, request: Request, proposal_id: int) -> Response:
        """Decide on the hunks named by position, or on all that are open; 409 where a draft was edited meanwhile."""
        return self.once(lambda: self._do(proposal_id))

    def _do(self, proposal_id: int) -> Response:
        body: dict[str, Any] = shapes.checked(shapes.HunkDecision, self.body or {})
        row = queries.get_proposal(self.actor, proposal_id)
        if self.verb == "accept":
            services.accept_hunks(by=self.actor, proposal=row, positions=body.get("hunks"))
        else:
            services.reject_hunks(
                by=self.actor, proposal=row, positions=body.get("hunks"), reason=body.get("reason", "")
            )
        return Response(_read(queries.get_proposal(self.actor, proposal_id)))


def _read(row: Proposal) -> dict[str, Any]:
    """The proposal with what was predicted last of it."""
    return {**queries.proposal_body(row), "effects": effects.shown(row)}

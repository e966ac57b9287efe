"""Tokens over REST: made, rotated, revoked, and how much each is used."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries, services
from apps.accounts.models import Token
from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.training import bodies
from domain import errors

SCOPE = "admin"
MOST_DAYS = 366
DAYS = OpenApiParameter("days", int, description="How many days back, today included: 1 to 366, 30 where left out")


class TokenBody(bodies.Body):
    """A new token."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: Annotated[list[bodies.Short], Field(min_length=1, max_length=20)]
    expires_at: datetime | None = None
    networks: Annotated[list[bodies.Short], Field(max_length=50)] = []
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class RotateBody(bodies.Body):
    """For how long the old token goes on working."""

    grace_hours: Annotated[float, Field(ge=0, le=720)] = 24


class TokenShown(answers.Answer):
    """A token without its secret."""

    id: int
    name: str
    prefix: str
    state: str = Field(description="active, lapsed or revoked")
    scopes: list[str]
    networks: list[str]
    requests_per_minute: int | None
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    replaced_by: int | None = Field(description="The token that took its place")


class TokenMade(TokenShown):
    """A new token with its secret, which is told this once."""

    secret: str


class TokenList(answers.Page):
    """Tokens."""

    results: list[TokenShown]


class TokenDay(answers.Answer):
    """One day in UTC."""

    day: date
    calls: int
    items: int = Field(description="What the calls brought that were served")
    errors: int = Field(description="Calls that were refused or failed")
    throttled: int = Field(description="Of the errors: over the token's rate")


class TokenUsage(answers.Answer):
    """How much a token is used, day by day; numbers of the last seconds may be missing."""

    id: int
    days: list[TokenDay]


class TokensView(StudioView):
    """The tokens of the workspace."""

    scopes: ClassVar = {"GET": SCOPE, "POST": SCOPE}

    @extend_schema(operation_id="tokens_list", parameters=shapes.PAGING, responses={200: TokenList, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """All tokens, newest first."""
        return Response(paging.page(request, queries.visible_tokens(self.actor), _shown))

    @extend_schema(operation_id="tokens_create", request=TokenBody, responses={201: TokenMade, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Make a token; it may do at most what the calling one may. The answer is not kept for an Idempotency-Key."""
        body = bodies.read(TokenBody, self.body)
        if body.expires_at is not None and body.expires_at.tzinfo is None:
            problem = errors.Problem("/expires_at", "needs an offset, as in 2027-01-31T12:00:00Z")
            raise errors.Invalid(f"expires_at {problem.message}.", code="token_invalid", problems=[problem])
        return _made(services.issue_token(by=self.actor, **body.model_dump()))


class TokenView(StudioView):
    """One token."""

    scopes: ClassVar = {"GET": SCOPE}

    @extend_schema(operation_id="tokens_read", responses={200: TokenShown, **shapes.PROBLEMS})
    def get(self, request: Request, token_id: int) -> Response:
        """What it may do, until when, and when it was last used."""
        return Response(_shown(queries.get_token(self.actor, token_id)))


class TokenRotateView(StudioView):
    """A token and its successor."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="tokens_rotate", request=RotateBody, responses={201: TokenMade, **shapes.PROBLEMS}
    )  # fmt: skip
    def post(self, request: Request, token_id: int) -> Response:
        """Make a token that takes the place of this one, which goes on working for `grace_hours`."""
        grace = timedelta(hours=bodies.read(RotateBody, self.body).grace_hours)
        token = queries.get_token(self.actor, token_id)
        return _made(services.rotate_token(by=self.actor, token=token, grace=grace))


class TokenRevokeView(StudioView):
    """A token that is to work no longer."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(operation_id="tokens_revoke", request=None, responses={200: TokenShown, **shapes.PROBLEMS})
    def post(self, request: Request, token_id: int) -> Response:
        """Revoke it, at once and for good; once more changes nothing."""
        return Response(_shown(services.revoke_token(by=self.actor, token=queries.get_token(self.actor, token_id))))


class TokenUsageView(StudioView):
    """How much a token is used."""

    scopes: ClassVar = {"GET": SCOPE}

    @extend_schema(operation_id="tokens_usage", parameters=[DAYS], responses={200: TokenUsage, **shapes.PROBLEMS})
    def get(self, request: Request, token_id: int) -> Response:
        """Calls, items, errors and refusals for the rate, day by day, oldest first."""
        token = queries.get_token(self.actor, token_id)
        days = [vars(one) for one in queries.token_use(token, days=_days(request))]
        return Response({"id": token.pk, "days": days})


def _days(request: Request) -> int:
    text = request.query_params.get("days", "30")
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_DAYS):
        problem = errors.Problem("/days", f"must be a whole number from 1 to {MOST_DAYS}")
        raise errors.Invalid(f"days {problem.message}.", problems=[problem])
    return int(text)


def _made(issued: services.IssuedToken) -> Response:
    token = issued.token
    headers = {"Location": f"/api/v1/tokens/{token.pk}", "Cache-Control": "no-store"}
    return Response({**_shown(token), "secret": issued.secret}, status=201, headers=headers)


def _shown(token: Token) -> dict[str, Any]:
    return {
        "id": token.pk, "name": token.name, "prefix": token.prefix, "state": token.state, "scopes": token.scopes,
        "networks": token.allowed_networks, "requests_per_minute": token.requests_per_minute,
        "made_by": token.created_by.username, "created_at": token.created_at, "expires_at": token.expires_at,
        "last_used_at": token.last_used_at, "replaced_by": token.replaced_by_id,
    }  # fmt: skip

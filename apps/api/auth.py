"""Who calls: bearer tokens become actors; each call names the one scope that it needs."""

from typing import Any, ClassVar, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts import queries
from apps.accounts.permissions import Actor
from domain import errors


def bearer_of(header: str) -> str | None:
    """The secret that an Authorization header bears."""
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer rs_…`."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """Return the person and the actor; 401 for a token that is unknown, expired or revoked."""
        given = request.headers.get("Authorization", "")
        if not given.partition(" ")[0]:
            return None
        secret = bearer_of(given)
        if not secret:
            raise AuthenticationFailed("Send the token as “Authorization: Bearer rs_…”.")
        return self.known(request, secret)

    def known(self, request: Request, secret: str) -> tuple[Any, Actor]:
        """The person and the actor behind a secret."""
        try:
            actor = queries.actor_for_token(secret, ip=request.META.get("REMOTE_ADDR", ""))
        except errors.StudioError as refused:
            raise AuthenticationFailed(refused.message) from refused
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class ScopePermission(BasePermission):
    """The view's `scopes` says which scope each method needs; a method without one is not served."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuse callers without a token (401) and tokens without the scope (403)."""
        if not isinstance(request.auth, Actor):
            return False
        scope = view.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope is None:
            raise MethodNotAllowed(str(request.method))
        request.auth.require_scope(scope)
        return True


def actor_of(request: Request) -> Actor:
    """The actor behind an authenticated call."""
    return cast("Actor", request.auth)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the token."""

    target_class = "apps.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return dict(self.definition)

    definition: ClassVar[dict[str, str]] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token made under Admin → Tokens.",
    }


class PathToken(TokenAuthentication):
    """The token as a part of the address, for a trainer that sends no headers."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """As the bearer token does."""
        context = request.parser_context or {}
        return self.known(request, context["kwargs"]["token"])


class PathTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it; the parameter itself stands in the path."""

    target_class = "apps.api.auth.PathToken"
    name = "token_in_path"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """None beside the path."""
        return {"type": "http", "scheme": "bearer", "description": "The token stands in the path; no header is needed."}

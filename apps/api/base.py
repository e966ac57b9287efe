"""The base of all REST views: scopes, limits, request ids, idempotency."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.permissions import Actor
from apps.accounts.services import limits
from apps.api import auth, errors, idempotency


class ScopedSchema(AutoSchema):
    """The schema of a call says which scope it needs."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The usual operation, with its scope."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["x-scope"] = cast("StudioView", self.view).scopes.get(self.method, "")
            operation["security"] = [{"token": [operation["x-scope"]]}]
        return operation


class StudioView(APIView):
    """One resource; `scopes` names the one scope that each method needs."""

    scopes: ClassVar[dict[str, str]] = {}
    schema = ScopedSchema()
    metadata_class = None

    @property
    def actor(self) -> Actor:
        """Who calls."""
        return auth.actor_of(self.request)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        return cast("dict[str, Any]", self.request.data)

    @property
    def file(self) -> bytes:
        """The bytes that were sent where any format is taken; an empty body is no bytes."""
        return bytes(cast("bytes", self.request.data))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the token, its scope and its rate before anything is read."""
        super().initial(request, *args, **kwargs)
        if any("\x00" in text for text in (*map(str, kwargs.values()), *request.query_params.values())):
            raise NotFound("Nothing here has a name with the character U+0000.")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise errors.TooLarge("The body is larger than this server takes.")
        self._allowance = limits.take(self.actor.token) if self.actor.token else None
        if self._allowance is not None and not self._allowance.allowed:
            raise Throttled(wait=self._allowance.reset_seconds)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say what is left of the caller's rate."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        allowance = getattr(self, "_allowance", None)
        if allowance is not None:
            answer["RateLimit-Limit"] = str(allowance.limit)
            answer["RateLimit-Remaining"] = str(allowance.remaining)
            answer["RateLimit-Reset"] = str(round(allowance.reset_seconds))
        return answer

    def once(self, handle: Callable[[], Response]) -> Response:
        """Do it once per Idempotency-Key of this token."""
        return idempotency.once(self.request, self.actor, handle)

"""The base of all REST views: scopes, limits, request ids, idempotency."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from rest_framework.exceptions import APIException, NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Token
from apps.accounts.permissions import Actor
from apps.accounts.services import limits, usage
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
    """One resource; `scopes` names the one scope that each method needs.

    `counted` is the key of the body under which stand the things that the call brings: they are counted for the token.
    """

    scopes: ClassVar[dict[str, str]] = {}
    counted: ClassVar[str] = "items"
    caller: Token | None = None
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

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls, and remember it also for a call that is refused."""
        super().perform_authentication(request)
        if isinstance(request.auth, Actor):
            self.caller = request.auth.token

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
        """Say what is left of the caller's rate, and count the call."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        allowance = getattr(self, "_allowance", None)
        if allowance is not None:
            for name, value in allowance.headers.items():
                answer[name] = value
        if self.caller is not None:
            failed = answer.status_code >= 400
            usage.note(self.caller, status=answer.status_code, items=0 if failed else self._brought(request))
        return answer

    def _brought(self, request: Request) -> int:
        """How many things the call brought: those listed in its body, or the one."""
        try:
            sent = request.data if request.method in {"POST", "PUT"} else None
        except APIException:  # A call that has no use for its body was served all the same.
            sent = None
        found = sent.get(self.counted) if isinstance(sent, dict) else None
        return len(found) if isinstance(found, list) else int(found is not None)

    def once(self, handle: Callable[[], Response]) -> Response:
        """Do it once per Idempotency-Key of this token."""
        return idempotency.once(self.request, self.actor, handle)

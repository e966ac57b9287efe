"""Request ids, the way to sign in and back, and the door through which known errors leave."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.utils.deprecation import MiddlewareMixin

from apps.core import http, request_ids, returning
from domain import errors

Next = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class PageCompressionMiddleware(GZipMiddleware):
    """Compresses pages; other answers keep their length, their strong ETag and their ranges."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress HTML that is whole."""
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class RequestIdMiddleware:
    """Takes the caller's X-Request-ID, or makes one, and returns it with every answer."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Set the id, go on, return the id."""
        identifier = request_ids.chosen(request.headers.get("X-Request-ID", ""))
        request_ids.current.set(identifier)
        request.request_id = identifier  # type: ignore[attr-defined]
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseBase):
            answer["X-Request-ID"] = identifier
            return answer
        return self._later(answer, identifier)

    async def _later(self, coming: Awaitable[HttpResponseBase], identifier: str) -> HttpResponseBase:
        answer = await coming
        answer["X-Request-ID"] = identifier
        return answer


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in and leads from there to a page, not to a fragment or an address that only takes forms."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Send to the sign-in page, with the page to come back to as `next`."""
        sign_in = self.get_login_url(view_func)
        return redirect_to_login(returning.page_of(request), sign_in, self.get_redirect_field_name(view_func))


class OnlyFormsMiddleware(MiddlewareMixin):
    """Leads a person who opens the address of a form, by reloading or going back, to the page that it belongs to."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Answer with the address above, which may again be only for forms; what asks for no page keeps its 405."""
        asked = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != 405 or not asked or request.headers.get("HX-Request"):
            return response
        return HttpResponseRedirect(returning.page_above(request.path))


class ErrorMiddleware:
    """Turns the five families of error into pages; everything else stays loud."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Nothing to do before or after."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer known errors; REST has its own handler inside its views."""
        if isinstance(exception, errors.StudioError) and not request.path.startswith("/api/"):
            return http.error_answer(request, exception)
        return None

"""Where a person goes after a form or a sign-in: back to the page that they came from."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def back_or(request: HttpRequest, otherwise: str) -> str:
    """The address that the form names as `next` where it is one of ours, else another."""
    back = request.POST.get("next", "")
    return back if _ours(request, back) else otherwise


def page_of(request: HttpRequest) -> str:
    """The path and query of the page that a request was made from; of itself where it asks for a page.

    Browsers name the page of a form as the referrer, htmx its own. Where neither is told, the start page is it.
    """
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not _ours(request, page):
        return "/"
    return urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl() or "/"


def page_above(path: str) -> str:
    """The nearest address above a path that leads anywhere."""
    parts = path.strip("/").split("/")[:-1]
    while parts:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            parts.pop()
        else:
            return above
    return "/"


def _ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )

"""Where a person goes after a form: back to the page that they came from."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def back_or(request: HttpRequest, otherwise: str) -> str:
    """The address that the form names as `next` where it is one of ours, else another."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if safe else otherwise

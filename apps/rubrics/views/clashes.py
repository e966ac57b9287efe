"""Two people in one field: what a form says it saw, and the question which of both should stay."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.core import htmx
from apps.rubrics import pages, queries, services
from apps.rubrics.models import RubricVersion

LONGEST = 2_000_000
_OWN = {"csrfmiddlewaretoken", "revision", "base", "against"}


def seen_by(request: HttpRequest, base: dict[str, Any] | None = None) -> services.Seen:
    """What the person who sent this form had before them; `base` where the form says it in its own fields."""
    picks = {
        name.removeprefix("pick-"): services.Pick(str(way), request.POST.get(f"edit-{name.removeprefix('pick-')}", ""))
        for name, way in request.POST.items()
        if name.startswith("pick-")
    }
    return services.Seen(
        fingerprint=request.POST.get("revision") or None,
        base=_base(request.POST.get("base", "")) or base,
        picks=picks,
        against=request.POST.get("against", ""),
    )


def _base(text: str) -> dict[str, Any] | None:
    """The part a form was filled from; a text that is none counts as not sent."""
    if not text or len(text) > LONGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def as_base(part: Any) -> str:
    """A part of a document as a form carries it."""
    return json.dumps(part, ensure_ascii=False)


def question(request: HttpRequest, version: RubricVersion, clash: services.Clash, take_url: str) -> HttpResponse:
    """Which of both should stay, field by field: a fragment under the form, or a page."""
    context = {
        **pages.clash(clash),
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in _OWN and not name.startswith(("pick-", "edit-"))
        ],
        "base": request.POST.get("base", ""),
        "seen": request.POST.get("revision", ""),
        "against": queries.fingerprint(clash.theirs),
        "version": version,
        "keep_url": request.path,
        "take_url": take_url,
    }
    answer = htmx.page_or_fragment(
        request, "rubrics/edit_conflict.html", "rubrics/_edit_conflict.html", context, status=409
    )
    answer["X-Conflict"] = "1"
    return answer

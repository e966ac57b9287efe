"""Health, metrics and the pages for errors that no view caught."""

import hmac

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from kombu.exceptions import KombuError

from apps.core import http
from apps.core import metrics as figures


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and queue; not the judge, so that authoring works while a GPU is away."""
    checks = {"database": _database_ready()}
    checks["migrations"] = checks["database"] and _migrated()
    checks["queue"] = checks["database"] and _queue_ready()
    ready = all(checks.values())
    return JsonResponse({"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures; only for this machine or with the metrics secret as bearer."""
    secret = settings.STUDIO_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not settings.BEHIND_PROXY
    if not (local or (secret and hmac.compare_digest(given.encode(), f"Bearer {secret}".encode()))):
        return HttpResponse(status=404)
    body, content_type = figures.exposition()
    return HttpResponse(body, content_type=content_type)


def _database_ready() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue_ready() -> bool:
    try:
        with current_app.connection_for_write() as queue:
            queue.ensure_connection(max_retries=1, timeout=2)
    except (KombuError, OSError):
        return False
    return True


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a bug; says how to report it."""
    if request.path.startswith("/api/"):
        return http.problem(500, "A bug. Report it with the request's id.", code="bug", title="Something broke here")
    context = {"status": 500, "request_id": getattr(request, "request_id", "")}
    # Without the request: what every page asks of the database may be what is broken.
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return http.problem(status, http.TITLES[status] + ".", code="http_error")
    return render(request, "errors/error.html", {"status": status, "title": http.TITLES[status]}, status=status)

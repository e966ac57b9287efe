"""Calls that schemathesis makes up, sent to the application in this process and held to the schema."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import requests
import schemathesis
from django.db import transaction
from django.test import Client
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from apps.api import docs

HELD = (
    checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance,
    checks.response_schema_conformance,
)  # fmt: skip
"""What every answer is held to beside not being a 500: its status, type, headers and body are those of the schema."""

schemathesis.serializer.alias("application/x-ndjson", "application/octet-stream")


def schema() -> Any:
    """The API as schemathesis sees it."""
    return schemathesis.openapi.from_dict(docs.schema())


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is not there afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(case: Any, headers: Mapping[str, str]) -> Response:
    """One call in this process."""
    kind = case.media_type or "application/json"
    body = b"" if isinstance(case.body, type(NOT_SET)) else case.body
    if not isinstance(body, bytes):
        body = json.dumps(body, default=str).encode("utf-8", "surrogatepass")
    query = urlencode(case.query or {}, doseq=True, errors="surrogatepass")
    path = f"{case.formatted_path}?{query}" if query else case.formatted_path
    own = {name: str(value) for name, value in (case.headers or {}).items() if str(value).isprintable()}
    answer: Any = Client().generic(case.method, path, body, content_type=kind, headers={**own, **headers})
    content = b"".join(answer) if answer.streaming else answer.content
    sent = requests.Request(case.method, f"http://testserver{path}", data=body).prepare()
    told = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, told, content, sent, elapsed=0.0, verify=False, encoding="utf-8")


def faults(case: Any, answer: Response) -> list[str]:
    """What of an answer is not as the schema says; a 500 is one."""
    if answer.status_code >= 500 and answer.status_code != 503:
        return [_told(case, answer, "")]
    try:
        case.validate_response(answer, checks=list(HELD))
    except FailureGroup as group:
        return [_told(case, answer, f"{type(one).__name__}: {one}"[:600]) for one in group.exceptions]
    return []


def _told(case: Any, answer: Response, why: str) -> str:
    asked = f"{case.method} {case.formatted_path} {case.query!r:.200} {case.body!r:.400}"
    return f"{asked}\n  → {answer.status_code} {answer.content[:400]!r}\n  {why}"

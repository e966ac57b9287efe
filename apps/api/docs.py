"""The schema (OpenAPI 3.1) and a page to read it, made from the same source."""

from functools import lru_cache
from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "delete")


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = SchemaGenerator(api_version="1").get_schema(request=None, public=True)
    return found


@lru_cache(maxsize=1)
def _schema_bytes() -> bytes:
    return orjson.dumps(schema(), default=str, option=orjson.OPT_INDENT_2)


@login_not_required
def schema_view(request: HttpRequest) -> HttpResponse:
    """The document as JSON; it says nothing about any workspace, so the door is open."""
    return HttpResponse(_schema_bytes(), content_type="application/vnd.oai.openapi+json")


@login_not_required
def docs_view(request: HttpRequest) -> HttpResponse:
    """Every call with its scope, parameters, body and answers."""
    return render(request, "api/docs.html", {"groups": _groups(), "title": schema()["info"]["title"]})


def _groups() -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema()["paths"].items():
        name = path.removeprefix("/api/v1/").split("/")[0].replace("-", " ").capitalize()
        for method in METHODS:
            if method in methods:
                groups.setdefault(name, []).append(_operation(path, method, methods[method]))
    return sorted(groups.items())


def _operation(path: str, method: str, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": given["operationId"],
        "path": path,
        "method": method.upper(),
        "text": given.get("description", ""),
        "scope": given.get("x-scope", ""),
        "parameters": [
            {"name": p["name"], "where": p["in"], "needed": p.get("required", False), "text": p.get("description", "")}
            for p in given.get("parameters", [])
        ],
        "body": _body(given),
        "answers": [
            {"status": status, "text": answer.get("description", "")} for status, answer in given["responses"].items()
        ],
    }


def _body(given: dict[str, Any]) -> list[dict[str, Any]]:
    content = given.get("requestBody", {}).get("content", {})
    shape = next(iter(content.values()), {}).get("schema", {})
    name = shape.get("$ref", "").rpartition("/")[2]
    found = schema()["components"]["schemas"].get(name, {})
    needed = set(found.get("required", []))
    return [
        {
            "name": key,
            "type": value.get("type", "object"),
            "needed": key in needed,
            "text": value.get("description", ""),
        }
        for key, value in found.get("properties", {}).items()
    ]

"""The schema (OpenAPI 3.1) and a page to read it, made from the same source."""

from functools import lru_cache
from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator

from apps.core import http

METHODS = ("get", "post", "put", "delete")
READING = ("GET", "HEAD")


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The OpenAPI document."""
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator(api_version="1").get_schema(request=None, public=True)
    return found


def natural_ids(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The document with what addresses take said of whole numbers in paths: there are no negative ones."""
    for methods in result["paths"].values():
        for call in methods.values():
            for one in call.get("parameters", []):
                if one["in"] == "path" and one["schema"].get("type") == "integer":
                    one["schema"].setdefault("minimum", 0)
    return result


@lru_cache(maxsize=1)
def _schema_bytes() -> bytes:
    return orjson.dumps(schema(), default=str, option=orjson.OPT_INDENT_2)


def _not_allowed() -> HttpResponse:
    answer = http.problem(405, "This address is only read.", code="method_not_allowed", title="Method not allowed")
    answer["Allow"] = ", ".join(READING)
    return answer


@csrf_exempt
@login_not_required
def schema_view(request: HttpRequest) -> HttpResponse:
    """The document as JSON; it says nothing about any workspace, so the door is open."""
    if request.method not in READING:
        return _not_allowed()
    return HttpResponse(_schema_bytes(), content_type="application/vnd.oai.openapi+json")


@csrf_exempt
@login_not_required
def docs_view(request: HttpRequest) -> HttpResponse:
    """Every call with its scope, parameters, body and answers."""
    if request.method not in READING:
        return _not_allowed()
    base = request.build_absolute_uri("/api/v1")
    groups = [(name, [{**call, "curl": _curl(base, call)} for call in calls]) for name, calls in _groups()]
    first = f'curl -H "Authorization: Bearer $TOKEN" {base}/rubrics'
    reward = f"""curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" {base}/rewards -d '{{
  "rubric": "your-rubric@1", "wait": 25,
  "items": [{{"id": "a1", "prompt": "What was asked", "response": "What was answered"}}]
}}'"""
    context = {"groups": groups, "title": schema()["info"]["title"], "first": first, "reward": reward}
    return render(request, "api/docs.html", context)


@lru_cache(maxsize=1)
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
        "tone": "g" if method == "get" else "a",
        "text": given.get("description", ""),
        "scope": given["x-scope"],
        "parameters": [
            {"name": p["name"], "where": p["in"], "needed": p.get("required", False), "text": p.get("description", "")}
            for p in given.get("parameters", [])
        ],
        "kind": next(iter(given.get("requestBody", {}).get("content", {})), ""),
        "body": _fields(given.get("requestBody", {})),
        "answer": next((_fields(found) for status, found in given["responses"].items() if status < "300"), []),
        "answers": [
            {"status": status, "text": answer.get("description", "")} for status, answer in given["responses"].items()
        ],
    }


def _curl(base: str, call: dict[str, Any]) -> str:
    parts = ["curl", '-H "Authorization: Bearer $TOKEN"']
    if call["method"] != "GET":
        parts.append(f"-X {call['method']}")
    if call["kind"] == "application/octet-stream":
        parts.append("--data-binary @FILE")
    elif call["kind"]:
        needed = ", ".join(f'"{one["name"]}": …' for one in call["body"] if one["needed"])
        parts += ['-H "Content-Type: application/json"', f"-d '{{{needed}}}'"]
    if any(one["name"] == "If-Match" for one in call["parameters"]):
        parts.append('-H "If-Match: $ETAG"')
    return " ".join([*parts, f'"{base}{call["path"].removeprefix("/api/v1")}"'])


def _fields(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The keys of a body, one level deep."""
    kinds: list[dict[str, Any]] = list(given.get("content", {}).values())
    shape = kinds[0].get("schema", {}) if kinds else {}
    name = shape.get("$ref", "").rpartition("/")[2]
    found = schema()["components"]["schemas"].get(name, {})
    needed = set(found.get("required", []))
    return [
        {"name": key, "type": _type(value), "needed": key in needed, "text": value.get("description", "")}
        for key, value in found.get("properties", {}).items()
    ]


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_type(one) for one in shape["anyOf"]))
    kind = shape.get("type", "any")
    if kind == "array":
        return f"list of {_type(shape.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)

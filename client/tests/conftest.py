"""A played studio: it answers over httpx's MockTransport, keeps what it was asked, and fails when told to."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain import rubric as rubrics
from rubricstudio_client import Studio
from rubricstudio_client.steps import Retry

FAST = Retry(tries=4, first=0.001, longest=0.01)
Handler = Callable[[httpx.Request], httpx.Response]


def make_document(title: str = "Letters", **fields: Any) -> dict[str, Any]:
    criteria = [
        {"id": "c_drug", "text": "Names the drug. Größe ≥ 5 µg", "weight": 3.0, "tier": "essential"},
        {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 1},
    ]
    parsed = rubrics.parse({"format": rubrics.FORMAT, "title": title, "criteria": criteria, **fields})
    return rubrics.document(parsed)


def make_manifest(name: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [
        {"prompt_id": f"p{n}", "slug": f"r{n}", "version": 1, "digest": document["digest"]}
        for n, document in enumerate(documents)
    ]
    digest = "sha256:" + hashlib.sha256(rubrics.canonical({"rubrics": entries})).hexdigest()
    return {"name": name, "digest": digest, "count": len(entries), "rubrics": entries, "notes": "", "deprecated": None}


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"title": "No", "status": status, "detail": "Because.", "code": code, "request_id": "r-1"}
    body["errors"] = [{"pointer": "/items/0/rubric", "message": "unknown"}]
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json", **headers})


def rehearsed(items: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("responses", "pairs", "items", "verdicts", "stored", "computed", "to_ask", "prompt_tokens")
    known = {
        **dict.fromkeys(names, 2),
        "completion_tokens": 1,
        "sampled": 0,
        "calls": 2,
        "currency": "",
        "capped": False,
    }
    money = None if "drug" in str(items) else 1.0
    shown = [
        {"id": item["id"], "rubric": "letters@3", "digest": "sha256:0", "criteria": 2, "stored": 1,
         "served_before": "drug" in item["response"], "compared": False}
        for item in items
    ]  # fmt: skip
    judge = {"name": "reader", "version": 1, "fingerprint": "sha256:1", "licensed": False}
    estimate = {**known, "seconds": 1.5, "money": money}
    deadline = "2027-01-01T00:00:00Z"
    return {"judge": judge, "rubric": "letters@3", "deadline": deadline, "items": shown, "estimate": estimate}


@dataclass
class Played:
    """The studio; `faults` are answers or errors given first, in order."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    faults: list[httpx.Response | Exception] = field(default_factory=list)
    pending: int = 0
    statuses: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        return self.answer(request)

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.url.path.removeprefix('/api/v1/')}" for request in self.asked]

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1/")
        if path == "rewards/dry-run":
            return httpx.Response(200, json=rehearsed(json.loads(request.content)["items"]))
        if path == "rewards" or (path.startswith("rewards/") and request.method == "POST"):
            return self.post_rewards(request)
        if path.startswith("rewards/"):
            return self.rewards(path.rpartition("/")[2])
        if path in self.documents:
            document = self.documents[path]
            etag = f'"{document["digest"]};{document.get("status", "")}"'
            if request.headers.get("If-None-Match") == etag:
                return httpx.Response(304, headers={"ETag": etag})
            return httpx.Response(200, json=document, headers={"ETag": etag})
        if path == "training-runs":
            body = json.loads(request.content)
            pin = {"number": 1, "release": body.get("release"), "digest": "sha256:0"}
            return httpx.Response(201, json={"id": "t-1", "name": body["name"], "pin": pin})
        if path in {"training-runs/t-1/pin", "training-runs/t-1/close"}:
            return httpx.Response(201, json={"id": "t-1", "name": "run", "pin": {"number": 2}})
        if path == "training-runs/t-1/telemetry":
            points = json.loads(request.content)["points"]
            return httpx.Response(201, json={"stored": sum(len(point["values"]) for point in points)})
        return problem(404, "not_found")

    def post_rewards(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        identifier = self.keys.setdefault(request.headers["Idempotency-Key"], f"q{len(self.keys)}")
        self.bodies[identifier] = body
        return self.rewards(identifier)

    def rewards(self, identifier: str) -> httpx.Response:
        done = self.pending <= 0
        self.pending -= 1
        items = self.bodies[identifier]["items"]
        body = {
            "id": identifier, "status": "done" if done else "pending",
            "rubric": {"slug": "letters", "version": 3, "digest": "sha256:0"},
            "judge": {"name": "reader", "version": 1, "fingerprint": "sha256:1", "licensed": False},
            "results": [self.result(item, done=done) for item in items],
            "usage": {"prompt_tokens": 10 * len(items), "calls": len(items), "seconds": 0.5}, **self.more,
        }  # fmt: skip
        if not done and self.bodies[identifier].get("mode") == "cached":
            return httpx.Response(200, json=body)
        if done:
            return httpx.Response(200, json=body)
        headers = {"Location": f"/api/v1/rewards/{identifier}", "Retry-After": "0.001"}
        return httpx.Response(202, json=body, headers=headers)

    def result(self, item: dict[str, Any], *, done: bool) -> dict[str, Any]:
        status = self.statuses.get(item["id"], "ok") if done else "pending"
        value = 1.0 if "drug" in str(item["response"]) else 0.0
        criteria = {
            "c_drug": {"status": "ok", "value": value, "probability": value, "label_mass": 1, "contribution": value},
            "c_blame": {"status": "unparseable", "value": None, "probability": None, "label_mass": 0.1},
        }
        scored = status in {"ok", "partial"}
        return {
            "id": item["id"], "status": status, "reward": value if scored else None,
            "display": max(0.0, value) if scored else None, "coverage": 1.0 if scored else 0.0, "cached": False,
            "rubric": "letters@3", "criteria": criteria, "trace": [],
        }  # fmt: skip


@pytest.fixture
def played() -> Played:
    return Played()


@pytest.fixture
def studio(played: Played, tmp_path: Path) -> Studio:
    transport = httpx.MockTransport(played)
    return Studio(
        "http://studio.test/", "rs_x", cache_dir=tmp_path, retry=FAST, transport=transport, async_transport=transport
    )

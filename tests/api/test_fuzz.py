"""Whatever is sent, nothing answers 500: the schema's own examples and broken ones, with a bounded seed."""

import contextlib
import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
import schemathesis.core
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

from apps.api import docs
from apps.judging.models import JudgeVersion
from tests import factories
from tests.api.conftest import Caller

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(int(os.environ.get("STUDIO_FUZZ_SECONDS", "150"))),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
EXAMPLES = int(os.environ.get("STUDIO_FUZZ_EXAMPLES", "3"))
NAMES = {"slug": "letters", "number": 1, "name": "spring", "digest": "sha256:00"}


@pytest.fixture
def full(alice: Caller, judge: JudgeVersion, engine: Any) -> Caller:
    """A workspace in which names mean something."""
    rubric = factories.make_rubric(workspace=alice.actor.workspace, slug="letters")
    factories.make_version(rubric=rubric, status="approved")
    factories.make_version(rubric=rubric)
    alice.post("/releases", {"name": "spring", "rubrics": ["letters@1"]})
    return alice


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(docs.schema())
    found: list[Any] = list(schema.get_all_operations())
    return [result.ok() for result in found]


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_nothing_that_is_sent_breaks_the_server(full: Caller, mode: str):
    broken: list[str] = []
    for operation in operations():

        @seed(2027)
        @settings(
            max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
        def once(case: Any) -> None:
            for name in case.path_parameters or {}:
                if name in NAMES:
                    case.path_parameters[name] = NAMES[name]
            status, text = send(full, case)
            if status >= 500:
                broken.append(f"{case.method} {case.path} {status} {case.body!r:.300} {case.query!r:.200} {text[:300]}")

        with contextlib.suppress(Unsatisfiable):
            once()
    assert not broken, "\n".join(broken)


def send(caller: Caller, case: Any) -> tuple[int, str]:
    """One call, whose changes are taken back."""
    kind = case.media_type or "application/json"
    body = b"" if isinstance(case.body, type(schemathesis.core.NOT_SET)) else case.body
    if not isinstance(body, bytes):
        body = json.dumps(body, default=str).encode("utf-8", "surrogatepass")
    path = f"{case.formatted_path}?{urlencode(case.query or {}, doseq=True, errors='surrogatepass')}"
    headers = {name: str(value) for name, value in (case.headers or {}).items() if str(value).isprintable()}
    with transaction.atomic():
        answer = Client().generic(case.method, path, body, content_type=kind, headers={**headers, **caller.headers})
        text = (
            b"".join(answer).decode(errors="replace") if answer.streaming else answer.content.decode(errors="replace")
        )
        transaction.set_rollback(True)
    return answer.status_code, text

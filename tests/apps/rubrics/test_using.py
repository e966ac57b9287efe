"""The snippets of the Use page: they name the pinned version and are code that parses."""

import ast
import json
import tomllib

import pytest
import yaml

from apps.accounts.permissions import Actor
from apps.rubrics import pages, services
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db


def test_snippets_pin_the_version(author: Actor, draft: RubricVersion) -> None:
    waiting = services.submit(by=author, version=draft)
    context = pages.using(author, waiting, "https://studio.example/")
    assert context["needs"] == []
    for snippet in context["snippets"]:
        assert "https://studio.example" in snippet.code
        assert "letters@1" in snippet.code
        assert "example//" not in snippet.code
    assert waiting.digest in context["snippets"][0].code
    code = {snippet.label: snippet.code for snippet in context["snippets"]}
    for label in ("Python client", "TRL, GRPO", "NeMo-Gym", "SkyRL"):
        ast.parse(code[label])
    tomllib.loads(code["verifiers, prime-rl"])
    assert yaml.safe_load(code["verl"])["reward"]["custom_reward_function"]["reward_kwargs"]["rubric"] == "letters@1"


def test_the_body_of_the_rest_snippet_is_json(author: Actor, draft: RubricVersion) -> None:
    code = pages.using(author, draft, "http://h/")["snippets"][0].code
    body = json.loads(code.split("-d '")[1].removesuffix("'"))
    assert body["rubric"] == "letters@1"
    assert set(body["items"][0]) == {"id", "prompt", "response"}


def test_what_criteria_compare_with_is_in_every_snippet(author: Actor) -> None:
    """Without it they cannot be judged; lines stay as short as the page is wide."""
    document = factories.make_document(criteria=[{"id": "c", "text": "Fits the notes.", "needs": ["context"]}])
    rubric = factories.make_rubric(workspace=author.workspace, slug="discharge-letters")
    version = factories.make_version(rubric=rubric, status="approved", document=document)
    context = pages.using(author, version, "http://127.0.0.1:8000")
    assert context["needs"] == ["context"]
    code = {snippet.label: snippet.code for snippet in context["snippets"]}
    for label, said in code.items():
        assert "context" in said, label
        assert max(len(line) for line in said.splitlines()) <= 88, label
    for label in ("Python client", "TRL, GRPO", "NeMo-Gym", "SkyRL"):
        ast.parse(code[label])
    assert json.loads(code["REST, with curl"].split("-d '")[1].removesuffix("'"))["items"][0]["context"]
    assert tomllib.loads(code["verifiers, prime-rl"])

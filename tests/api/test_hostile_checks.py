"""Hostile input over REST: every door answers in bounded time with a verdict, an abstention or a refusal."""

from typing import Any

import pytest

from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db
DEEP = "[" * 50_000 + "]" * 50_000
TOWER = "^".join(["9"] * 5_000)
LOCALE = "The answer is \u0661\u0662\u0663 or \uff11\uff12\uff13."
GARBAGE = r"\boxed{\frac{\left(\begin{matrix}\\sqrt[" * 200
MEGABYTE = "word " * 200_000
SPECS: dict[str, dict[str, Any]] = {
    "equivalent": {"kind": "equivalent", "expected": "9^{9^{9}}"},
    "arithmetic": {"kind": "arithmetic"},
    "calendar": {"kind": "calendar"},
    "regex": {"kind": "regex", "pattern": "(a+)+$|(x+x+)+y"},
    "json_valid": {"kind": "json_valid"},
    "json_schema": {"kind": "json_schema", "schema": {"type": "array"}},
    "xml": {"kind": "xml"},
    "markdown": {"kind": "markdown", "part": "anything", "min": 1},
    "tokens": {"kind": "length", "unit": "tokens", "max": 5},
    "sentences": {"kind": "length", "unit": "sentences", "max": 5},
    "citations": {"kind": "citations", "min": 1},
    "readability": {"kind": "readability", "measure": "gunning_fog", "max": 12},
    "predicate": {"kind": "predicate", "code": "def check(response):\n    return len(response) > 9**9**9"},
}
ANSWERS = {
    "tower": f"The answer is {TOWER}.", "deep": DEEP, "locale": LOCALE, "garbage": GARBAGE, "megabyte": MEGABYTE,
    "letters": "a" * 900_000, "brackets": "[" * 900_000, "controls": "a\x1b\u202e\ufffd\U0001f600",
}  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_hostile_answers_get_an_answer(bob: Caller, spec: str):
    for name, response in ANSWERS.items():
        said = bob.post("/checks/evaluate", {"check": SPECS[spec], "response": response, "reference": TOWER})
        assert said.status_code == 200, (name, said.content[:300])
        body = said.json()
        assert body["result"] in ("pass", "fail", "abstain"), name
        assert body["evidence"] and len(body["evidence"]) <= 2_000, name


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "regex", "pattern": "("}, {"kind": "regex", "pattern": "(?:a{1000}){1000}"},
        {"kind": "json_schema", "schema": {"$ref": "http://127.0.0.1:1/x"}},
        {"kind": "json_schema", "schema": {"pattern": "(?=a)b", "type": "string"}},
        {"kind": "predicate", "code": "import subprocess\ndef check(r):\n    return True"},
        {"kind": "predicate", "code": "def check(r):\n    return " + "(" * 500 + ")" * 500},
        {"kind": "predicate", "code": "def check(r):\n    return " + "-" * 19_000 + "1"},
        {"kind": "predicate", "code": "x = 1\x00"}, {"kind": "words", "min": 1e400}, {"kind": "words", "min": True},
        {"kind": "words", "min": -1}, {"kind": "words", "min": 9, "max": 1}, {"kind": None}, {"kind": ["words"]}, {},
        {"kind": "keywords", "words": ["a"] * 100_000}, {"kind": "ifeval", "instruction": "no:such"},
        {"kind": "ifeval", "instruction": "punctuation:no_comma", "kwargs": {"x": 1}},
        {"kind": "code_tests", "tests": ["__import__('os').system('id') =="]},
    ],
    ids=str,
)  # fmt: skip
def test_checks_that_cannot_be_are_refused(bob: Caller, spec: dict[str, Any]):
    said = bob.post("/checks/evaluate", {"check": spec, "response": "x"})
    assert said.status_code in (400, 413, 422), said.content[:300]
    assert said.json()["code"]


def test_texts_beyond_the_limit_are_refused(bob: Caller):
    said = bob.post("/checks/evaluate", {"check": {"kind": "words", "min": 1}, "response": "a" * 2_000_001})
    assert said.status_code in (413, 422)


def test_what_cannot_be_stored_is_refused(bob: Caller):
    said = bob.post("/checks/evaluate", {"check": {"kind": "words", "min": 1}, "response": "a\x00b"})
    assert (said.status_code, said.json()["code"]) == (400, "malformed")

"""Waiting calls hold no thread: every middleware can run asynchronously."""

import gzip

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string


@pytest.mark.parametrize("path", settings.MIDDLEWARE)
def test_every_middleware_can_run_asynchronously(path: str) -> None:
    assert import_string(path).async_capable


@pytest.mark.django_db
def test_a_request_id_is_taken_or_made() -> None:
    client = Client()
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"})["X-Request-ID"] == "abc-1"
    made = client.get("/healthz", headers={"X-Request-ID": "<script>"})["X-Request-ID"]
    assert len(made) == 32


@pytest.mark.django_db
def test_ready_says_what_it_looked_at() -> None:
    answer = Client().get("/readyz")
    assert answer.json() == {"status": "ready", "checks": {"database": True, "migrations": True, "queue": True}}


@pytest.mark.django_db
def test_metrics_are_for_this_machine() -> None:
    assert b"studio_shards" in Client().get("/metrics").content
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics").status_code == 404


@pytest.mark.django_db
def test_pages_are_compressed_and_other_answers_are_left_alone() -> None:
    client = Client(headers={"Accept-Encoding": "gzip"})
    page = client.get("/sign-in/")
    assert page["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content).lstrip().lower().startswith(b"<!doctype html>")
    assert "Content-Encoding" not in Client().get("/sign-in/")
    assert "Content-Encoding" not in client.get("/api/v1/schema")

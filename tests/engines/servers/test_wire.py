"""Addresses are read as people write them, and waiting times as servers send them."""

import email.utils
import time

import httpx
import pytest

from engines.servers import wire


@pytest.mark.parametrize("given", ["http://a:1", "http://a:1/", "http://a:1/v1", " http://a:1/v1/ "])
def test_the_root_of_an_address(given) -> None:
    assert wire.root_of(given) == "http://a:1"


@pytest.mark.parametrize(("value", "seconds"), [("3", 3), ("0.5", 0.5), ("-1", 0), ("nan", 0), ("soon", 0), ("", 0)])
def test_retry_after(value, seconds) -> None:
    assert wire._retry_after(httpx.Response(503, headers={"Retry-After": value})) == seconds


def test_retry_after_as_a_date() -> None:
    value = email.utils.formatdate(time.time() + 30, usegmt=True)
    assert 25 < wire._retry_after(httpx.Response(503, headers={"Retry-After": value})) < 31

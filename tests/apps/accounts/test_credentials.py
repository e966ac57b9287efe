"""Secrets are recognised by their form before anybody asks the database."""

import re

import pytest

from apps.accounts import credentials


def test_a_token_secret_has_256_bits_and_a_checksum() -> None:
    secret = credentials.new_token_secret()
    assert re.fullmatch(r"rs_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}", secret)
    assert credentials.is_token_secret(secret)
    assert credentials.new_token_secret() != secret


@pytest.mark.parametrize("place", range(3, 52, 6))
def test_a_changed_character_is_noticed(place: int) -> None:
    secret = credentials.new_token_secret()
    other = "A" if secret[place] != "A" else "B"
    assert not credentials.is_token_secret(secret[:place] + other + secret[place + 1 :])


@pytest.mark.parametrize("text", ["", "rs_", "rs_" + "a" * 49, "hello", "rs_" + "é" * 49, "x" * 52])
def test_other_texts_are_no_tokens(text: str) -> None:
    assert not credentials.is_token_secret(text)
    assert not credentials.is_token_secret(text + "\n")


def test_links_have_a_form_of_their_own() -> None:
    assert credentials.is_link_secret(credentials.new_link_secret())
    assert not credentials.is_link_secret(credentials.new_token_secret())


def test_only_hashes_are_kept() -> None:
    assert credentials.fingerprint("a").startswith("ca978112ca1bbdca")
    assert len(credentials.fingerprint("a")) == 64
    assert credentials.checksum("a" * 43) == credentials.checksum("a" * 43)

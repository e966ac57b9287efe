"""Readers of the environment: what they take, and the sentence they give for what they do not."""

from pathlib import Path

import pytest

from rubricstudio import env


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch):
    for name in ("X", "X_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_a_text_comes_from_the_variable_then_the_file_then_the_default(monkeypatch, tmp_path: Path):
    kept = tmp_path / "secret"
    kept.write_text("from file\n")
    assert env.text("X", "default") == "default"
    monkeypatch.setenv("X_FILE", str(kept))
    assert env.secret("X", "default") == "from file"
    monkeypatch.setenv("X", " given ")
    assert env.text("X") == "given"


def test_an_empty_variable_counts_as_absent(monkeypatch):
    monkeypatch.setenv("X", "  ")
    assert env.number("X", 7) == 7


def test_a_needed_text_names_its_variable_and_the_fix():
    with pytest.raises(env.SettingError, match=r"X is not set\. Set X, or X_FILE"):
        env.text("X")


def test_a_file_that_cannot_be_read_is_named(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("X_FILE", str(tmp_path / "absent"))
    with pytest.raises(env.SettingError, match="X_FILE points at .*absent"):
        env.text("X", "default")


@pytest.mark.parametrize(("given", "meant"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)])
def test_flags(monkeypatch, given: str, meant: bool):
    monkeypatch.setenv("X", given)
    assert env.flag("X", not meant) is meant


@pytest.mark.parametrize("given", ["maybe", "2"])
def test_a_flag_that_is_neither_is_refused(monkeypatch, given: str):
    monkeypatch.setenv("X", given)
    with pytest.raises(env.SettingError, match="Use 1 or 0"):
        env.flag("X", default=False)


@pytest.mark.parametrize(("given", "said"), [("abc", "whole number"), ("-1", "at least 0"), ("1.5", "whole number")])
def test_numbers_out_of_place_are_refused(monkeypatch, given: str, said: str):
    monkeypatch.setenv("X", given)
    with pytest.raises(env.SettingError, match=said):
        env.number("X", 1)


def test_a_number_has_limits(monkeypatch):
    monkeypatch.setenv("X", "70000")
    with pytest.raises(env.SettingError, match="from 1 to 65535"):
        env.number("X", 1, low=1, high=65535)


def test_words_are_split_at_commas(monkeypatch):
    assert env.words("X", ["a"]) == ["a"]
    monkeypatch.setenv("X", "a, b,,c ")
    assert env.words("X") == ["a", "b", "c"]


def test_addresses_need_their_scheme(monkeypatch):
    monkeypatch.setenv("X", "ftp://a")
    with pytest.raises(env.SettingError, match="http, https"):
        env.url("X")
    with pytest.raises(env.SettingError, match="ftp://a"):
        env.urls("X")
    monkeypatch.setenv("X", "http://a/v1,https://b")
    assert env.urls("X") == ["http://a/v1", "https://b"]


def test_a_path_is_made_absolute(monkeypatch):
    monkeypatch.setenv("X", "some/folder")
    assert env.path("X", Path("/a")) == Path.cwd() / "some/folder"
    monkeypatch.setenv("X", "~/x")
    assert env.path("X", Path("/a")) == Path.home() / "x"

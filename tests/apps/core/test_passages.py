"""Hostile text on a page: nothing runs, nothing is hidden, nothing is fetched."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import passages

HOSTILE = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[a](javascript:alert(1))",
    "![p](http://e.vil/p)",
)


def plain(shown: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", shown))


@given(st.text(max_size=200))
def test_every_character_is_kept_and_escaped(text: str) -> None:
    shown = passages.visible(text)
    assert plain(shown) == text
    assert "<" not in re.sub(r"</?span[^<>]*>", "", shown)


def test_controls_are_named_and_counted() -> None:
    shown = passages.visible("pay \u202e05\u202c now\U000e0041\U000e0042")
    assert re.findall('data-name="([^"]*)"', shown) == ["RLO", "PDF", "TAG"]
    assert passages.controls("pay \u202e05\u202c now\U000e0041\U000e0042") == 4
    assert passages.controls("zwj: \u200d, plain") == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_rendered_markdown_has_nothing_live(text: str) -> None:
    shown = passages.rendered(text)
    assert not re.search(r"<(script|img|a|iframe|style)\b", shown)
    assert not re.search(r"<[^>]+\son\w+=", shown)


def test_markdown_reads_as_meant() -> None:
    shown = passages.rendered("# Plan\n\n**Take** [rest](https://a.b/c) daily\n\n| a | b |\n|---|---|\n| 1 | \u202e2 |")
    assert "<p><strong>Plan</strong></p>" in shown
    assert "<strong>Take</strong> <u>rest</u> <small>(https://a.b/c)</small>" in shown
    assert "<td>1</td>" in shown
    assert 'data-name="RLO"' in shown
    assert "<h1" not in shown

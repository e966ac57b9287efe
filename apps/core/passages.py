"""Texts of models and people on a page: hidden controls made visible, Markdown rendered without anything live in it."""

import re
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MOST_RENDERED = 50_000
# What turns the reading direction around or shows nothing at all, and so can hide text from the eye.
NAMES = {
    "\u061c": "ALM", "\u200b": "ZWSP", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE",
    "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI",
    "\u2068": "FSI", "\u2069": "PDI", "\ufeff": "BOM",
}  # fmt: skip
_CONTROLS = re.compile(f"[{''.join(NAMES)}\U000e0000-\U000e007f]+")


def visible(text: str) -> SafeString:
    """A text escaped, with direction controls and invisible characters shown by name and without their effect."""
    return mark_safe(_CONTROLS.sub(_named, escape(text)))  # noqa: S308  (escaped before)


def controls(text: str) -> int:
    """How many such characters a text has."""
    return sum(len(found.group()) for found in _CONTROLS.finditer(text))


def rendered(text: str) -> SafeString:
    """Markdown as it reads: no HTML of its own, no pictures, links as text with their address."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])
    for name, rule in {"link_open": _link_open, "link_close": _link_close, "text": _text}.items():
        reader.add_render_rule(name, rule)
    for level in ("heading_open", "heading_close"):
        reader.add_render_rule(level, _heading)
    return mark_safe(str(reader.render(text)))  # noqa: S308  (the reader escapes, and has no HTML)


def _named(found: "re.Match[str]") -> str:
    names = " ".join(dict.fromkeys(NAMES.get(one, "TAG") for one in found.group()))
    return f'<span class="hidden-control" data-name="{names}">{found.group()}</span>'


def _text(_self: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    return visible(tokens[place].content)


def _heading(_self: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    """Headings of an answer are no headings of the page."""
    return "</strong></p>\n" if tokens[place].nesting < 0 else "<p><strong>"


def _link_open(_self: Any, _tokens: Any, _place: int, _options: Any, _env: Any) -> str:
    return "<u>"


def _link_close(_self: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    depth, opened = 0, place
    while depth >= 0:
        opened -= 1
        depth += {"link_close": 1, "link_open": -1}.get(tokens[opened].type, 0)
    return f"</u> <small>({visible(str(tokens[opened].attrGet('href') or ''))})</small>"

"""Tags and filters every template may use: states, numbers, times, bars, small plots, marked text."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.core import passages
from apps.core.templatetags import words

register = template.Library()

MISSING = "–"
LEAST_SHOWN = 0.01  # percent
MINUS = "\N{MINUS SIGN}"


class SpanLike(Protocol):
    """A passage of a text by its offsets; `tone` and `title` are optional."""

    start: int
    end: int


def _number(value: Any, digits: int) -> str:
    """Format a number with a real minus sign; anything that is not a finite number becomes a dash."""
    if value is None or value == "":
        return MISSING
    number = float(value)
    if not math.isfinite(number):
        return MISSING
    text = f"{number:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", MINUS)


@register.filter
def score(value: Any, digits: int = 2) -> str:
    """Show a score with two digits, or a dash where there is none."""
    return _number(value, digits)


@register.filter
def percent(value: Any, digits: int = 0) -> str:
    """Show a share between 0 and 1 in percent; one below a hundredth keeps two digits that say something."""
    if value is None or value == "":
        return MISSING
    shown = float(value) * 100
    if not digits and 0 < shown < 1:
        return "< 0.01 %" if shown < LEAST_SHOWN else f"{shown:.2g} %"
    return f"{_number(shown, digits)} %"


@register.filter
def weight(value: Any) -> str:
    """Show a weight as it was typed: no trailing zeros, a real minus sign."""
    return MISSING if value is None or value == "" else f"{float(value):g}".replace("-", MINUS)


@register.filter
def count(value: Any) -> str:
    """Show a count with thin thousands separators."""
    return MISSING if value is None or value == "" else f"{int(value):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@register.filter
def short(digest: str | None, length: int = 10) -> str:
    """Show the first characters of a digest or fingerprint."""
    text = (digest or "").removeprefix("sha256:")
    return text if len(text) <= length else f"{text[:length]}…"


@register.filter
def duration(seconds: float | None) -> str:
    """Say how long something took in the largest two units."""
    if seconds is None:
        return MISSING
    whole = int(seconds)
    if whole < 1:
        return f"{seconds * 1000:.0f} ms"
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _distance(seconds: float) -> str:
    """Say a distance in time in the largest unit."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """Say how long ago something was; the full time is in the element for people and scripts."""
    if moment is None:
        return MISSING
    seconds = (timezone.now() - moment).total_seconds()
    if abs(seconds) < 5:
        said = "just now"
    elif abs(seconds) > 30 * 86_400:
        said = moment.strftime("%d %b %Y")
    else:
        said = f"{_distance(seconds)} ago" if seconds > 0 else f"in {_distance(-seconds)}"
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(),
        moment.strftime("%Y-%m-%d %H:%M %Z"),
        said,
    )


@register.filter
def at(values: Mapping[str, Any], name: str) -> Any:
    """Give the value of a mapping under a name, the name itself where there is none."""
    return values.get(name, name)


@register.filter
def as_json(values: Any) -> str:
    """Write plain values as JSON, for an attribute that a script reads."""
    return json.dumps(values)


@register.filter
def unlocalised(value: float) -> str:
    """Write a number for a field or a script: a point, no rounding that can be seen."""
    return f"{float(value):.6g}"


@register.filter
def key_name(key: str) -> str:
    """Write a key of `data-key` as it stands on a keyboard."""
    names = {"Mod": "Ctrl", "ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→", "Escape": "Esc"}
    parts = str(key).split(" ")[0].split("+")
    return " ".join(names.get(part, part.upper() if len(part) == 1 else part) for part in parts)


@register.filter
def word_for(state: str) -> str:
    """Give the word a state is shown with."""
    return words.word_of(str(state))


@register.filter
def tone_for(state: str) -> str:
    """Give the tone class of a state."""
    return words.tone_of(str(state))


@register.filter
def chip_for(state: str | None) -> SafeString | str:
    """Show a state as a chip with its word."""
    if not state:
        return ""
    live = " live" if state in {"running", "leased"} else ""
    return format_html('<span class="chip {}{}">{}</span>', words.tone_of(str(state)), live, words.word_of(str(state)))


@register.filter
def notice_tone(level: str) -> str:
    """Give the tone of a message by its level."""
    return words.NOTICE_TONES.get(level, words.ACCENT)


def _hundredths(share: Any) -> int:
    """Turn a share between 0 and 1 into a whole percentage within bounds."""
    if share is None or share == "":
        return 0
    number = float(share)
    return 0 if math.isnan(number) else max(0, min(100, round(number * 100)))


@register.simple_tag
def bar(share: Any, tone: str = "", label: str = "") -> SafeString:
    """Draw a thin bar for a share between 0 and 1; its number stands beside it or in `label`."""
    name = format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    return format_html('<span class="bar {}"{}><i class="w-{}"></i></span>', tone, name, _hundredths(share))


@register.simple_tag
def split_bar(parts: Iterable[tuple[str, float]], label: str = "") -> SafeString:
    """Draw one bar of several tones; each part is (tone, share between 0 and 1)."""
    inner = format_html_join("", '<i class="{} w-{}"></i>', ((tone, _hundredths(share)) for tone, share in parts))
    return format_html('<span class="split" role="img" aria-label="{}">{}</span>', label, inner)


@register.simple_tag
def spark(values: Sequence[float], label: str = "") -> SafeString:
    """Draw a small histogram of counts or shares, scaled to its largest value."""
    top = max(values, default=0) or 1
    gap = 64 / max(len(values), 1)
    bars = (
        (
            f"{index * gap:.1f}",
            f"{22 - max(22 * value / top, 1):.1f}",
            f"{max(gap - 2, 1):.1f}",
            f"{max(22 * value / top, 1):.1f}",
        )
        for index, value in enumerate(values)
    )
    inner = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" rx="1"/>', bars)
    return format_html('<svg class="spark" viewBox="0 0 64 22" role="img" aria-label="{}">{}</svg>', label, inner)


@register.simple_tag
def interval(
    low: float | None, point: float | None, high: float | None, least: float = 0, most: float = 1
) -> SafeString | str:
    """Draw a value with its interval on a track from `least` to `most`."""
    if low is None or high is None or point is None or most <= least:
        return MISSING

    def place(value: float) -> float:
        return 160 * max(0.0, min(1.0, (value - least) / (most - least)))

    return format_html(
        '<svg class="ci" viewBox="0 0 160 14" role="img" aria-label="{} with interval {} to {}">'
        '<rect class="track" width="160" height="14" rx="3"/>'
        '<rect class="range" x="{}" y="4" width="{}" height="6" rx="3"/>'
        '<rect class="point" x="{}" y="2" width="3" height="10"/></svg>',
        _number(point, 2),
        _number(low, 2),
        _number(high, 2),
        f"{place(low):.1f}",
        f"{max(place(high) - place(low), 1):.1f}",
        f"{max(place(point) - 1.5, 0):.1f}",
    )


@register.filter
def parts_text(parts: Iterable[Mapping[str, Any]] | None) -> str:
    """Join the text parts of a prompt or response; other parts are named by their type."""
    return "\n".join(
        str(part.get("text", "")) if part.get("type") == "text" else f"[{part.get('type', 'unknown')} part]"
        for part in parts or ()
    )


def _bounds(span: SpanLike | Mapping[str, Any], length: int) -> tuple[int, int, str, str]:
    """Read a span, given as object or mapping, within the text."""
    read = span.get if isinstance(span, Mapping) else lambda name, default=None: getattr(span, name, default)
    start = max(0, min(int(read("start", 0) or 0), length))
    end = max(start, min(int(read("end", 0) or 0), length))
    return start, end, str(read("tone", "") or ""), str(read("title", "") or "")


@register.simple_tag
def marked(text: str, spans: Iterable[SpanLike | Mapping[str, Any]] | None = None) -> SafeString:
    """Show a text with passages marked; everything is escaped, overlapping passages never nest."""
    pieces: list[tuple[SafeString | str]] = []
    position = 0
    for first, end, tone, title in sorted(_bounds(span, len(text)) for span in spans or ()):
        start = max(first, position)
        if end > start:
            inside = passages.visible(text[start:end])
            pieces.append((passages.visible(text[position:start]),))
            pieces.append((format_html('<mark class="{}" title="{}">{}</mark>', tone, title, inside),))
            position = end
    pieces.append((passages.visible(text[position:]),))
    return format_html_join("", "{}", pieces)


@register.filter
def visible(text: str) -> SafeString:
    """Show a text of a model or person; direction controls and invisible characters in it are named."""
    return passages.visible(text)


@register.filter
def rendered(text: str) -> SafeString:
    """Show Markdown as it reads, with nothing live in it."""
    return passages.rendered(text)


@register.filter
def hidden_controls(text: str) -> int:
    """Count the direction controls and invisible characters of a text."""
    return passages.controls(text)


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """Give the page's query string with some values changed; an empty value takes one out."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"

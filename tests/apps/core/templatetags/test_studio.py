"""Tags and filters of every template: numbers, states, marked text."""

import html
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.core.templatetags import studio, words


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.714, "0.71"), (-0.5, "−0.50"), (None, "–"), (float("nan"), "–"), (float("inf"), "–"), ("", "–"), (0, "0.00")],
)
def test_score_shows_two_digits_or_a_dash(value, shown):
    assert studio.score(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.54, "54 %"),
        (None, "–"),
        (0.0065, "0.65 %"),
        (0.0002, "0.02 %"),
        (0.00001, "< 0.01 %"),
        (0, "0 %"),
        (0.0099999, "1 %"),
        (1, "100 %"),
    ],
)
def test_percent(value, shown):
    assert studio.percent(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(5.0, "5"), (-5, "−5"), (0.25, "0.25"), (None, "–")])
def test_weight_is_shown_as_typed(value, shown):
    assert studio.weight(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (0.25, "250 ms"), (3.21, "3.2 s"), (42, "42 s"), (93, "1 min 33 s"), (7260, "2 h 1 min")],
)
def test_duration(seconds, shown):
    assert studio.duration(seconds) == shown


def test_count_digest_and_key():
    assert studio.count(48562) == "48\N{NARROW NO-BREAK SPACE}562"
    assert studio.short("sha256:4f9a77c1a2b3c4") == "4f9a77c1a2…"
    assert studio.short(None) == ""
    assert studio.key_name("Mod+Enter") == "Ctrl Enter"
    assert studio.key_name("j ArrowDown") == "J"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(0), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(hours=-2, seconds=-9), "in 2 h"),
    ],
)
def test_ago_says_how_long(before, said):
    assert f">{said}</time>" in studio.ago(timezone.now() - before)


def test_ago_of_nothing_and_of_long_ago():
    assert studio.ago(None) == "–"
    assert str((timezone.now() - timedelta(days=400)).year) in studio.ago(timezone.now() - timedelta(days=400))


def test_a_chip_always_carries_its_word():
    for state, (tone, word) in words.STATES.items():
        chip = studio.chip_for(state)
        assert f">{word}</span>" in chip
        assert f'class="chip {tone}' in chip
    assert studio.chip_for("some_new_state") == '<span class="chip ">some new state</span>'
    assert studio.chip_for(None) == ""
    assert "live" in studio.chip_for("running")


@pytest.mark.parametrize(("share", "width"), [(0.784, 78), (-1, 0), (7, 100), (None, 0), (float("nan"), 0)])
def test_bar_stays_within_its_track(share, width):
    assert f'<i class="w-{width}">' in studio.bar(share)


def test_interval_needs_all_three_numbers():
    assert studio.interval(None, 0.4, 0.5) == "–"
    assert 'aria-label="0.40 with interval 0.20 to 0.50"' in studio.interval(0.2, 0.4, 0.5)


def test_spark_and_split_bar_draw_each_part():
    assert studio.spark([1, 2, 3], "three").count("<rect") == 3
    assert studio.spark([], "none").count("<rect") == 0
    assert '<i class="g w-60"></i>' in studio.split_bar([("g", 0.6), ("u", 0.1)], "sixty")


def test_parts_are_joined_and_other_kinds_named():
    assert studio.parts_text([{"type": "text", "text": "a"}, {"type": "image", "url": "x"}]) == "a\n[image part]"
    assert studio.parts_text(None) == ""


def test_marked_escapes_and_marks():
    shown = studio.marked("a <b> c", [{"start": 2, "end": 5, "tone": "g", "title": '"x"'}])
    assert shown == 'a <mark class="g" title="&quot;x&quot;">&lt;b&gt;</mark> c'


def test_marked_reads_objects_and_never_nests():
    spans = [SimpleNamespace(start=0, end=4), SimpleNamespace(start=2, end=6)]
    assert studio.marked("abcdef", spans).count("<mark") == 2
    assert "cdef" not in studio.marked("abcdef", spans)


@given(st.text(), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60))))
def test_marked_never_loses_or_invents_text(text, pairs):
    shown = studio.marked(text, [{"start": start, "end": end} for start, end in pairs])
    assert html.unescape(re.sub(r"</?mark[^>]*>", "", shown)) == html.unescape(html.escape(text))


def test_query_with_changes_one_value_and_drops_the_page(rf):
    template = engines["django"].from_string('{% query_with sort="name" state="" %}')
    assert template.render({}, rf.get("/?q=a&page=3&state=done")) == "?q=a&amp;sort=name"


def test_messages_have_tones():
    assert studio.notice_tone("error") == "r"
    assert studio.notice_tone("other") == "a"

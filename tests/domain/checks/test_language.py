"""The language of a text."""

import pytest

from domain.checks import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Take one tablet in the morning.", "en"),
        ("TAKE ONE TABLET IN THE MORNING.", "en"),
        ("Nehmen Sie morgens eine Tablette.", "de"),
        ("Prenez un comprimé le matin.", "fr"),
        ("毎朝一錠を飲んでください。", "ja"),
        ("123 456", None),
        ("", None),
    ],
)
def test_detect(text, code):
    assert language.detect(text) == code


def test_known_codes_and_half_characters():
    assert {"en", "de", "zh", "ar"} <= set(language.known())
    assert language.detect("\ud800 hello there, my good friend") == "en"

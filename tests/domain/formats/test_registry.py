"""Formats are found by token."""

import pytest

from domain import errors, formats
from domain.formats.models import slug_of


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(errors.Invalid) as caught:
        formats.read("word", b"")
    assert caught.value.code == "unknown_format"
    assert "healthbench" in caught.value.message
    with pytest.raises(errors.Invalid):
        formats.write("word", [])


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Discharge letters!", "discharge-letters"), ("Ärzte & Öl", "arzte-ol"), ("评估", "x"), ("a" * 80, "a" * 50)],
)
def test_slugs(text, slug):
    assert slug_of(text, "x") == slug

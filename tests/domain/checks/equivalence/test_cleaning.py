"""One spelling for what people and models write in many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks.equivalence import cleaning, limits


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("１２３", "123"),
        ("٣٫٥", "3.5"),
        ("−5", "-5"),
        ("½", r"\frac{1}{2}"),
        ("m²", "m^{2}"),
        ("x₁", "x_{1}"),
        ("1.234.567,89", "1234567.89"),
        ("1 234 567", "1234567"),
        ("1'234'567", "1234567"),
        (r"11,\! 111,\! 111", "11111111"),
        (r"14 {, }916", "14916"),
        ("10{,}000", "10000"),
        ("3 x 10^8", r"3 \times 10^8"),
        ("28 percent", "28 %"),
        ("28 pct", "28 %"),
        (r"$90^\circ$", "90 °"),
        ("90 degrees", "90 °"),
        (r"\$32,\!348", "32348"),
        ("12 €", "12"),
        ("**7**", "7"),
        ("2**3", "2**3"),
        (r"\dfrac{1}{2}", r"\frac{1}{2}"),
        (r"\left( 1, 2 \right)", "( 1, 2 )"),
        (r"\\left(\\frac{1}{5}\\right)", r"(\frac{1}{5} )"),
        ("12.", "12"),
        ("12...", "12..."),
        ("5!", "5!"),
        ("a\u200bb\x00", "ab"),
    ],
)
def test_spellings(written, plain):
    assert cleaning.clean(written) == plain


def test_row_ends_of_matrices_stay():
    assert cleaning.clean(r"\begin{pmatrix}1 \\ 2\end{pmatrix}") == r"\begin{pmatrix}1 \cr 2\end{pmatrix}"


def test_turned_text_is_refused():
    with pytest.raises(limits.Unreadable, match="direction"):
        cleaning.clean("\u202e123")


@pytest.mark.parametrize("length", [limits.TEXT + 1, limits.TAIL + 1])
def test_long_texts_are_refused(length):
    with pytest.raises(limits.TooBig):
        cleaning.clean("1" * length)


@given(st.text(max_size=300))
def test_any_text_is_cleaned_or_refused(text):
    try:
        found = cleaning.clean(text)
    except limits.Unreadable:
        return
    assert "\x00" not in found
    assert found == found.strip()


@given(st.integers(-(10**12), 10**12))
def test_numbers_survive_thousands_marks(number):
    assert cleaning.clean(f"{number:,}".replace(",", r",\!")) == str(number)
    assert cleaning.clean(str(number)) == str(number)

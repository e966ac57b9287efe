"""Formulas are read as they are meant, and what is too much is refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks.equivalence import cleaning, evaluating, limits, nodes, parsing
from domain.checks.equivalence.nodes import Builder, Call, Group, Interval, Matrix, Number, Relation, Symbol


def read(text, commas="thousands"):
    return parsing.parse(cleaning.clean(text), commas)


def value(text):
    return evaluating.value(read(text))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-5", -5),
        (".5", Fraction(1, 2)),
        ("1,234,567.5", Fraction(2469135, 2)),
        ("6.02e2", 602),
        (r"1.5 \times 10^{3}", 1500),
        (r"\frac13", Fraction(1, 3)),
        (r"\frac{1}{3}", Fraction(1, 3)),
        ("1/3", Fraction(1, 3)),
        ("2 1/2", Fraction(5, 2)),
        (r"2\frac{1}{2}", Fraction(5, 2)),
        (r"0.\overline{3}", Fraction(1, 3)),
        ("0.1(6)", Fraction(1, 6)),
        ("0.333...", Fraction(1, 3)),
        ("0.121212...", Fraction(4, 33)),
        ("50%", Fraction(1, 2)),
        ("5!", 120),
        (r"\binom{5}{2}", 10),
        ("4210_5", 555),
        (r"1011_{2}", 11),
        ("2^{10}", 1024),
        ("2**10", 1024),
        ("-3^2", -9),
        ("2^{-2}", Fraction(1, 4)),
        (r"\sqrt{16}", 4),
        ("sqrt(16)", 4),
        (r"\sqrt[3]{27}", 3),
        (r"\sqrt[3]{-27}", -3),
        ("27^{2/3}", 9),
        ("|3 - 5|", 2),
        ("2|-3|", 6),
        (r"\lfloor 3.7 \rfloor", 3),
        (r"\lceil 3.2 \rceil", 4),
        (r"\lfloor \pi \rfloor", 3),
        ("gcd(12, 18)", 6),
        (r"\max(1, 4, 2)", 4),
        (r"\min(1, 4, 2)", 1),
        ("7:32", Fraction(7, 32)),
        (r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", -2),
        ("+4", 4),
        (r"\boxed{3}", 3),
        ("2(3)(4)", 24),
        ("6/2/3", 1),
    ],
)
def test_exact_values(text, number):
    assert value(text) == number
    assert isinstance(value(text), Fraction)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (r"\pi", 3.141592653589793),
        ("2 pi", 6.283185307179586),
        ("e^2", 7.38905609893065),
        (r"\sin 30^\circ", 0.5),
        (r"\cos(0)", 1.0),
        (r"\sin^2 1 + \cos^2 1", 1.0),
        (r"\sin^{-1} 1", 1.5707963267948966),
        (r"\tan 45°", 1.0),
        (r"\cot 1", 0.6420926159343306),
        (r"\sec 1", 1.8508157176809255),
        (r"\csc 1", 1.1883951057781212),
        (r"\log_2 8", 3.0),
        (r"\log_{10} 100", 2.0),
        (r"\lg 100", 2.0),
        (r"\ln e", 1.0),
        (r"\exp(1)", 2.718281828459045),
        ("i^2", -1.0),
        (r"\sqrt{2}", 2**0.5),
        (r"\sqrt 2", 2**0.5),
        (r"|\sqrt{2} - 2|", 2 - 2**0.5),
    ],
)
def test_rounded_values(text, number):
    assert complex(value(text)) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x", Symbol),
        ("x_{max}", Symbol),
        ("x'", Symbol),
        ("(1, 2)", Group),
        ("{1, 2}", Group),
        (r"\{1, 2\}", Group),
        (r"\{\}", Group),
        ("1, 2", Group),
        ("1; 2", Group),
        ("1 and 2", Group),
        ("x = 1 or x = 2", Group),
        ("[1, 2)", Interval),
        ("]1, 2[", Interval),
        (r"(-\infty, 3]", Interval),
        ("x < 3", Relation),
        (r"1 \le x < 2", Relation),
        (r"x \in [1, 2]", Relation),
        (r"\{x \mid 1 \le x\}", Builder),
        (r"\{x \in \mathbb{R} : x > 0\}", Builder),
        (r"(1,2) \cup (3,4)", Call),
        (r"\mathbb{R} \setminus \{1\}", Call),
        ("1:2:3", Group),
        ("f(x, y)", Call),
        (r"\begin{pmatrix}1 & 2\\3 & 4\\\end{pmatrix}", Matrix),
        (r"\left[\begin{array}{cc}1 & 2\\3 & 4\end{array}\right]", Matrix),
    ],
)
def test_shapes(text, kind):
    assert isinstance(read(text), kind)


def test_variables_are_named():
    assert nodes.variables(read(r"a_{1}x + \theta + \mathrm{i} + e + \pi")) == {"a_1", "x", "theta"}


@pytest.mark.parametrize("commas", ["list", "decimal"])
def test_commas_are_read_as_told(commas):
    assert isinstance(read("1000,99", commas), Group if commas == "list" else Number)


@pytest.mark.parametrize(
    "text",
    [
        "", "(", "1 +", "the answer", r"\foo{1}", "(1, 2", "1)", r"\frac{1}", "a @ b", "|3",
        r"\begin{pmatrix}1&2\\3\end{pmatrix}", r"\begin{cases}1\end{cases}", r"\begin{array}{c", "5_x",
        "x_+", "{}", r"\text{two words}",
        r"\text", r"\lfloor 3",
        "0.123...", "[1, 2, 3)(", r"\forall", "1 = ", "(1]",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_not_read(text):
    with pytest.raises(limits.Unreadable):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9", "9^{9^{9}}", "100000!", "(9!)!", "9e999999", "1" * 1_500, "2^{-1999999}",
        "(" * 50 + "1" + ")" * 50,
        "x^" * 60 + "2", r"\frac{" * 60 + "1" + "}{2}" * 60, "1+" * 450 + "1", "1, " * 250 + "1",
        r"\sqrt{" * 45 + "x" + "}" * 45,
        r"\begin{pmatrix}" + r"\\".join("&".join(["1"] * 25) for _ in range(17)) + r"\end{pmatrix}",
    ],
)  # fmt: skip
def test_too_much_is_refused(text):
    with pytest.raises(limits.TooBig):
        value(text)


@pytest.mark.parametrize(
    "text", ["1/0", "x", r"\infty - \infty", "f(", "2^{1/2}!", "(1,2)", "3_2", "5_{99}", r"\gcd(1.5, 2)"]
)
def test_what_has_no_value(text):
    with pytest.raises(limits.Unreadable):
        value(text)


@given(st.text("0123456789+-*/^(){}[]|,.=<>xyzπ√±%°!_ \\frac\\sqrt", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        node = read(text)
        evaluating.value(node, {name: Fraction(3, 2) for name in nodes.variables(node)})
    except limits.Unreadable:
        return


@given(st.fractions(max_denominator=10**6))
def test_fractions_round_trip(number):
    assert value(f"{number.numerator}/{number.denominator}") == number
    assert value(rf"\frac{{{number.numerator}}}{{{number.denominator}}}") == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_decimals_round_trip(number):
    assert value(f"{number:f}") == Fraction(number)
    assert value(f"{number:,f}") == Fraction(number)
    assert value(f"{number:E}") == Fraction(number)

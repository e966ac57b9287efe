"""Final answers against references: what is the same, what is not, and what cannot be told."""

import string
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks.equivalence import deciding
from domain.checks.equivalence.deciding import Form, Question
from domain.checks.equivalence.rules import Rules, Units, Verdict, different, equal, unsure

PASS, FAIL, NONE = Verdict.EQUAL, Verdict.DIFFERENT, Verdict.UNSURE


def decide(response, reference, form=Form.AUTO, **rules):
    return deciding.decide(response, reference, Question(Rules(**rules), form))


def verdict(response, reference, form=Form.AUTO, **rules):
    return decide(response, reference, form, **rules).finding.verdict


@pytest.mark.parametrize(
    ("response", "reference", "stage"),
    [
        ("12", "12", "exact"),
        ("１２", "12", "normalised"),
        ("The Origin", r"\text{the origin}", "normalised"),
        ("1/2", "0.5", "numeric"),
        (r"\sqrt{12}", r"2\sqrt{3}", "numeric"),
        ("2*(x+1)", "2x+2", "expression"),
        (r"\sin^2 x + \cos^2 x", "1", "at points"),
        ("{1,2,3}", "{3,2,1}", "set"),
        ("x = 3, y = 5", "y = 5, x = 3", "list"),
        ("AB=4, CD=5", "4, 5", "list"),
        ("a = 4, -8, -10", "-10, -8, 4", "set"),
        ("(p,q,r) = (3,2,7)", "(3,2,7)", "parsed"),
        (r"V_{1}:V_{2}=11:21", "11:21", "parsed"),
        (r"3 \pm 2\sqrt{2}", r"3-2\sqrt{2}, 3+2\sqrt{2}", "set"),
        (r"1 \mp 2", "-1, 3", "set"),
        ("x < 2", r"(-\infty, 2)", "interval"),
        ("-x > -2", "x < 2", "interval"),
        (r"(-\infty,2)\cup(2,\infty)", r"x \neq 2", "interval"),
        (r"\mathbb{R}", r"(-\infty,\infty)", "interval"),
        (r"\{x \mid 1 \le x < 2\}", "[1,2)", "interval"),
        (r"1 \le |z| \le \frac32", r"[-\frac32,-1] \cup [1,\frac32]", "interval"),
        ("x > 1, x < 3", "(1, 3)", "interval"),
        ("[a, b)", "[a, b+0)", "interval"),
        ("y = 2x+3", "2x - y + 3 = 0", "equation"),
        ("2a < 2b", "b > a", "equation"),
        (r"\begin{pmatrix}1&2\end{pmatrix}", r"\begin{bmatrix}1&2.0\end{bmatrix}", "matrix"),
        (
            r"\begin{pmatrix}1&2\\3&4\end{pmatrix}+\begin{pmatrix}5&6\\7&8\end{pmatrix}",
            r"\begin{pmatrix}6&8\\10&12\end{pmatrix}",
            "matrix",
        ),
        (r"2\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}2\\4\end{pmatrix}", "matrix"),
        (r"\begin{pmatrix}2\\4\end{pmatrix}/2", r"\begin{pmatrix}1\\2\end{pmatrix}", "matrix"),
        (
            r"\begin{pmatrix}1&1\\0&1\end{pmatrix}\begin{pmatrix}1&1\\0&1\end{pmatrix}",
            r"-\begin{pmatrix}-1&-2\\0&-1\end{pmatrix}",
            "matrix",
        ),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", "(1, 2)", "list"),
        ("180 min", "3 h", "unit"),
        ("25 °C", "77 °F", "unit"),
        ("298.15 K", "25 degrees Celsius", "unit"),
        ("36 km/h", "10 m/s", "unit"),
        ("20 square meters", "20 m²", "unit"),
        ("90°", r"\frac{\pi}{2} rad", "unit"),
        ("1 J", "1 kg m^2 s^-2", "unit"),
        ("5 km", "5", "parsed"),
        ("24", "24 ways", "parsed"),
        ("50%", "0.5", "numeric"),
        ("50%", "50", "numeric"),
        ("555", "4210_5", "numeric"),
        ("4210", "4210_5", "numeric"),
        ("1000,99", "1000.99", "parsed"),
        ("B", "(B)", "choice"),
        ("The answer is (b).", r"\text{(B)}", "choice"),
        ("I would choose option C here.", "C", "choice"),
        ("x = 5 + 5 + 1 = 11", "11", "parsed"),
        (r"x = 1/3 \approx 0.33", "1/3", "parsed"),
        (r"1 = \zzz = x = 0", "0", "parsed"),
        ("f(x) = 1", "1", "parsed"),
        ("f(2x) + 1", "1 + f(x + x)", "expression"),
        ("6 and 8", "8, 6", "set"),
        (r"\emptyset", r"\{\}", "interval"),
        (r"3\in\{3\}", r"3\in\{3\}", "exact"),
        ("3, 2, 7", "(p,q,r)=(3,2,7)", "list"),
        (r"x = 1 \pm 2", "3, -1", "set"),
        (r"$x=\pm 2$", "$x=2$ or $x=-2$", "set"),
        ("(1,2),(3,4)", "(3,4),(1,2)", "set"),
        (r"x\in[1,2], y>0", r"y>0, x\in[1,2]", "set"),
        (r"(0,5)\cap(2,9)", "(2,5)", "interval"),
        (r"[0,5]\setminus[2,3)", r"[0,2)\cup[3,5]", "interval"),
        (r"[0,5]\setminus\{2\}", r"[0,2)\cup(2,5]", "interval"),
        (r"[1,2]\cup[2,3]", "[1,3]", "interval"),
        (r"[1,5]\cup[2,3]", "[1,5]", "interval"),
        (r"\{x | x^2 < 4\}", "(-2,2)", "interval"),
        (r"x^2<4 or x>5", r"(-2,2)\cup(5,\infty)", "interval"),
        ("x^2<4, x>0", "(0,2)", "interval"),
        (r"(x^2<4) \cap (0,9)", "(0,2)", "interval"),
        (r"(x^2<4) \setminus (0,9)", "(-2,0]", "interval"),
        (r"x \in (x^2 < 4) \cup (5, 6)", r"(-2,2)\cup(5,6)", "interval"),
        (r"\sqrt{x} < 2", "[0,4)", "interval"),
        ("x = 3 or x > 5", r"\{3\} \cup (5,\infty)", "interval"),
        ("D = (1,2]", "1 < x <= 2", "interval"),
        ("5 m squared", "5 m^2", "unit"),
        ("5 cubic meters", "5 m^3", "unit"),
        ("3 J/(mol K)", "3 J mol^-1 K^-1", "unit"),
        (r"2\sqrt{3}\text{ cm}", "34.6410161 mm", "unit"),
        (r"F = 5\text{ N}", "5 kg m/s^2", "unit"),
        (r"\frac{\pi}{2}", "90°", "numeric"),
        ("90", "90°", "numeric"),
        (r"\log 100", "2", "numeric"),
        (r"\log e", "1", "numeric"),
        ("XYZ = 4", "4", "parsed"),
        ("a:b:c = 1:2:3", "1:2:3", "parsed"),
        (r"\sin 2x", r"\sin(2x)", "parsed"),
        (r"-\sin x", r"\sin -x", "at points"),
        (r"\frac{1}{x} + i^2", r"\frac{1}{x} - 1", "at points"),
    ],
)
def test_the_same(response, reference, stage):
    finding = decide(response, reference).finding
    assert (finding.verdict, finding.stage) == (PASS, stage), finding


@pytest.mark.parametrize(
    ("response", "reference"),
    [
        ("x", "-x"),
        ("9.81", "g"),
        ("(1,2)", "(2,1)"),
        ("(1,2,3)", "(1,2)"),
        ("{1,2}", "{1,2,3}"),
        ("{1,2,4}", "{1,2,3}"),
        ("x = 3, y = 5", "x = 5, y = 3"),
        ("x = 3, y = 5", "x = 3, z = 5"),
        ("[1,2]", "[1,2)"),
        ("(1,3)", "[1,3]"),
        ("x <= 2", r"(-\infty, 2)"),
        ("x > 5", "x < 5"),
        (r"x^2 < 4", "(-2, 3)"),
        ("[a, b)", "[a, b]"),
        ("11a + c", "7 = 11a + c"),
        ("0", "a + 3z = 0"),
        ("y = 2x+3", "y = 2x+4"),
        ("k = 1/3", "x = 1/3"),
        ("a < b", "c < d"),
        (r"\begin{pmatrix}1&2\end{pmatrix}", r"\begin{pmatrix}1&3\end{pmatrix}"),
        (r"\begin{pmatrix}1&2\end{pmatrix}", r"\begin{pmatrix}1\\2\end{pmatrix}"),
        (r"\begin{pmatrix}1\end{pmatrix}+\begin{pmatrix}1\end{pmatrix}", r"\begin{pmatrix}3\end{pmatrix}"),
        (r"\begin{pmatrix}1\end{pmatrix}+\begin{pmatrix}1\end{pmatrix}", r"\begin{pmatrix}2&2\end{pmatrix}"),
        ("5 kg", "5 m"),
        ("3 min", "3 h"),
        ("5000", "5 km"),
        ("0.333", "1/3"),
        ("1000001", "1000000"),
        ("3.1416", r"\pi"),
        ("A", "(B)"),
        ("d", "E"),
        (r"\sin x", r"\cos x"),
        ("1:2:3", "1:2:4"),
        (r"\{\}", r"\{1\}"),
        (r"(1 \pm 2, 3)", "(3, 3), (-1, 4)"),
        (r"x \in A", r"x \in B"),
        (r"[1,2)\cup(2,3]", "[1,3]"),
        (r"\sqrt{x} < 2", "(0,4)"),
        (r"(1,2) \cup (x^2<1)", "(1,2)"),
        ("x < i", "x < 2"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", "3"),
        ("6.63e-34 J s", "6.62607015e-34 J s"),
        (r"\log 100", "3"),
        ("2x = 4y, x = 1", "2x = 4y, x = 2"),
        ("{1, 1, 2}", "{1, 3}"),
        (r"x^{-1}", r"x^{-2}"),
        ("f(x) = 3x", "f(y) = 3x"),
    ],
)
def test_different(response, reference):
    assert verdict(response, reference) is FAIL


@pytest.mark.parametrize(
    ("response", "reference"),
    [
        ("west", r"\text{east}"),
        ("", "5"),
        ("no number at all", "5"),
        ("24 ways", "24 people"),
        (r"\ln(x^2)", r"2\ln x"),
        (r"\int_0^1 x dx", "1/2"),
        ("x^2 < 1", "x^4 < 1"),
        ("9**9**9", "5"),
        ("3" * 3_000, "5"),
        ("\u202e5", "5"),
        ("I counted 3 of them, then 4 more in the next room, which makes seven.", "7"),
        (r"It is \(3\), not \(4\)", "3"),
        ("{" + ", ".join(map(str, range(70))) + "}", "{" + ", ".join(map(str, range(1, 71))) + "}"),
        (r"\begin{pmatrix}1\end{pmatrix}^2", r"\begin{pmatrix}1\end{pmatrix}"),
        ("a < b < c", "a < b"),
        ("a b < 1", "a < b"),
        ("5 m", "5"),
        ("1 @ 2", "3"),
        ("100 cents", "1 dollar"),
        ("0.5 or 1/2", "1/2"),
        ("x < y", "(0,1)"),
        (r"2x \in [0,2]", "[0,1]"),
        (r"\begin{pmatrix}1&2\end{pmatrix}\begin{pmatrix}1&2\end{pmatrix}", r"\begin{pmatrix}1\end{pmatrix}"),
        (r"\begin{pmatrix}1&2\end{pmatrix}+\begin{pmatrix}1\end{pmatrix}", r"\begin{pmatrix}1\end{pmatrix}"),
        (r"\begin{vmatrix}1&2\end{vmatrix}", "1"),
        (r"\lfloor i \rfloor", "1"),
        (r"\sqrt{-4} m", "2 cm"),
        (r"1/0", "5"),
        (r"{\ln(x^2), 1}", r"{2\ln x, 1}"),
        ("1" + "0" * 900, "x < 2"),
    ],
)
def test_undecided(response, reference):
    assert verdict(response, reference) is NONE


@pytest.mark.parametrize(
    "reference",
    ["a) 3 b) 5", "(a) 3 (b) 5", "(i) 3 (ii) 5", "1. 3\n2. 5", "**a)** 3\n**b)** 5", "Part a) 3, part b) 5"],
)
def test_parts(reference):
    found = decide("First some work: 2 + 1 = 3. Then a) 3.0 and b) 10/2", reference)
    assert found.finding.verdict is PASS
    assert [finding.stage for _, finding in found.parts] == ["numeric", "numeric"]


def test_parts_of_an_answer():
    assert verdict("a) 3 b) 6", "a) 3 b) 5") is FAIL
    assert verdict("a) 3 b) west", "a) 3 b) east") is NONE
    assert verdict("a) 3", "a) 3 b) 5") is NONE
    assert verdict("a) 3 b) 5", "a) 3 b) 5 c) 6") is FAIL
    assert verdict("The answers are 3, 5", "a) 3 b) 5") is PASS
    assert verdict("(3, 5)", "a) 3 b) 5") is PASS
    assert verdict("The answers are 5, 3", "a) 3 b) 5") is FAIL
    assert verdict("I do not know", "a) 3 b) 5") is NONE


def test_parts_can_be_left_alone():
    found = deciding.decide("a) 3 b) 5", "a) 3 b) 5", Question(parts=False))
    assert (found.finding.stage, found.parts) == ("exact", ())


@pytest.mark.parametrize(
    ("response", "way"),
    [
        (r"We get \boxed{5}. Check: 6", "box"),
        ("<answer>5</answer> and then 6", "answer tag"),
        (r"<answer>\boxed{5}</answer>", "box"),
        ("Work: 3. Final answer: 5. I hope it is correct, all 7 of it.", "said"),
        ("The answer is $5$, as 2 + 3 = 5", "said"),
        ("**Answer:** 5", "said"),
        ("5", "whole answer"),
        ("Therefore, 5", "whole answer"),
        ("We add two and three and find $5$", "last formula"),
        ("Adding them gives 5", "last number"),
        ("Final Answer: she has 5 of them in the garden", "said"),
    ],
)
def test_where_the_answer_stands(response, way):
    found = decide(response, "5")
    assert found.finding.is_equal
    assert found.given.way == way
    assert found.given.text in response[found.given.start : found.given.end]


def test_neighbouring_boxes_are_one_answer():
    assert verdict(r"\boxed{1} papers and \boxed{2} bins", "2, 1") is PASS
    assert verdict(r"First \boxed{1}. Then, much later, \boxed{2}", "2") is PASS
    assert verdict(r"\boxed{1,2}", r"$\boxed{1}\boxed{2}$") is PASS


def test_only_formulas_count_where_told():
    latex = Question(latex_only=True)
    assert deciding.decide("The answer is $5$.", "5", latex).finding.verdict is PASS
    assert deciding.decide("The answer is 5.", "5", latex).finding.verdict is FAIL


def test_the_whole_text_counts_where_told():
    whole = Question(whole=True)
    assert deciding.decide("5", "5", whole).finding.verdict is PASS
    assert deciding.decide(r"So \boxed{5}", "5", whole).finding.verdict is not PASS


@pytest.mark.parametrize(
    ("response", "reference", "form", "expected"),
    [
        ("north", "south", Form.TEXT, FAIL),
        ("North ", "north", Form.TEXT, PASS),
        ("(1,3)", "x > 1, x < 3", Form.INTERVAL, PASS),
        ("(1,3)", "(1,3]", Form.INTERVAL, FAIL),
        ("2, 1", "(1, 2)", Form.SET, PASS),
        ("3", r"\{3\}", Form.SET, PASS),
        ("x+1", "3", Form.NUMBER, FAIL),
        ("3, 4", "3", Form.NUMBER, FAIL),
        ("x = 3", "3", Form.NUMBER, PASS),
        ("3", "x", Form.NUMBER, NONE),
        ("3", "3.0", Form.MATRIX, NONE),
        (r"\begin{pmatrix}3\end{pmatrix}", r"\begin{bmatrix}3.0\end{bmatrix}", Form.MATRIX, PASS),
        ("3 m", "300 cm", Form.QUANTITY, PASS),
        ("3", "3 m", Form.QUANTITY, FAIL),
        ("3", "3.0", Form.QUANTITY, NONE),
        ("2x", "x + x", Form.EXPRESSION, PASS),
        ("B", "b", Form.CHOICE, NONE),
        ("B", "B", Form.CHOICE, PASS),
        ("42", "Z", Form.CHOICE, NONE),
    ],
)
def test_a_named_form(response, reference, form, expected):
    assert verdict(response, reference, form) is expected


def test_units_by_rule():
    assert verdict("5", r"5\text{ km}") is PASS
    assert verdict("5", r"5\text{ km}", units=Units.REQUIRED) is FAIL
    assert verdict("5 kg", "5 km", units=Units.IGNORED) is PASS


def test_constants_where_allowed():
    assert verdict("9.81", "g", constants=("g",)) is PASS
    assert verdict("9.9", "g", constants=("g",)) is FAIL
    assert verdict("3.00e8 m/s", "c", constants=("c",)) is PASS
    assert verdict("3.00e8 kg", "c", constants=("c",)) is FAIL
    assert verdict("2 c", "599584916", constants=("c",)) is PASS
    assert verdict("m c^2", "c^2 m", constants=("c",)) is PASS
    assert verdict("5", "5.0", constants=("c",)) is PASS


def test_strict_signs():
    assert verdict("50%", "50", strict=True) is FAIL
    assert verdict("50%", "0.5", strict=True) is PASS


def test_names_may_not_matter():
    assert verdict("x^3 + C", "x^3 + K") is FAIL
    assert verdict("x^3 + C", "x^3 + K", rename=True) is PASS
    assert verdict("f(x)", "f(y)", rename=True) is PASS
    assert verdict("x + y", "z", rename=True) is FAIL


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, FAIL),
        ({"figures": 3}, PASS),
        ({"absolute": 0.01}, PASS),
        ({"relative": 1e-3}, PASS),
        ({"relative": 1e-5}, FAIL),
    ],
)
def test_tolerances(rules, expected):
    assert verdict("3.14", r"\pi", **rules) is expected


@pytest.mark.parametrize("rules", [{}, {"relative": 0.5}, {"figures": 1}, {"absolute": 10.0}])
def test_numbers_beyond_floating_point_are_not_near(rules):
    assert verdict("5", "10^{1500}", **rules) is FAIL
    assert verdict("10^{1500}", "5", **rules) is FAIL
    assert verdict("10^{1500}", r"x + \sqrt{x}", **rules) is FAIL
    assert verdict("10^{1500}", "10^{1500} + 0", **rules) is PASS
    assert verdict(r"\infty", r"-\infty", **rules) is FAIL
    assert verdict(r"\infty", r"+\infty", **rules) is PASS
    assert verdict("5", r"\infty", **rules) is FAIL


def test_what_small_sizes_multiply_to_is_bounded():
    given = r"\{" + ",".join(rf"\{{x,y,{n}+x\}}" for n in range(60)) + r"\}"
    expected = r"\{" + ",".join(rf"\{{y,x,{n}+x\}}" for n in reversed(range(60))) + r"\}"
    found = decide(given, expected).finding
    assert (found.verdict, found.stage) == (NONE, "size")
    assert "too many values" in found.said
    small = decide(given[:60] + "\\}", expected)
    assert small.finding.verdict is not PASS


def asked(finding):
    seen = []

    def ask(given, expected):
        seen.append((given, expected))
        return finding

    return ask, seen


def test_algebra_is_asked_last():
    ask, seen = asked(equal("symbolic", "Read."))
    assert deciding.decide("1/2", "0.5", Question(ask=ask)).finding.stage == "numeric"
    assert seen == []
    assert deciding.decide(r"\int_0^1 x\,dx", "50%", Question(ask=ask)).finding.stage == "symbolic"
    assert seen == [(r"\int_0^1 x dx", r"50\%")]


def test_algebra_must_not_see_what_the_list_refuses():
    ask, seen = asked(equal("symbolic", "Read."))
    for text in (
        "__import__('os')",
        "9**9**9**9 + [",
        r"\input{/etc/passwd}",
        "lambda: x",
        r"\sum k^{99999}",
        "9^9^9 x = [",
    ):
        assert deciding.decide(text, r"\int_0^1 x dx", Question(ask=ask)).finding.verdict is NONE
    assert seen == []


def test_what_algebra_says_is_weighed():
    for said, expected in ((different("symbolic", "No."), FAIL), (unsure("symbolic", "Late."), NONE)):
        ask, _ = asked(said)
        assert deciding.decide(r"\int_0^1 x dx", "1/3", Question(ask=ask)).finding.verdict is expected
    ask, _ = asked(different("symbolic", "No."))
    assert deciding.decide(r"\sin(2x)", r"2 \sin x \cos x", Question(ask=ask)).finding.verdict is NONE
    ask, _ = asked(unsure("symbolic", "Late."))
    assert deciding.decide(r"\sin(2x)", r"2 \sin x \cos x", Question(ask=ask)).finding.verdict is PASS


FORMULAS = st.recursive(
    st.one_of(st.integers(-50, 50).map(str), st.sampled_from(["x", "y", r"\pi", r"\frac{1}{3}", "0.25", "a_1"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", r" \cdot ", "/"]), inner).map(
            lambda t: f"({t[0]}{t[1]}{t[2]})"
        ),
        inner.map(lambda text: rf"\sqrt{{{text}}}"),
        st.tuples(inner, st.integers(0, 3)).map(lambda t: f"({t[0]})^{{{t[1]}}}"),
    ),
    max_leaves=6,
)


@given(FORMULAS)
def test_an_answer_equals_itself(text):
    assert verdict(text, text) is PASS
    assert verdict(rf"Thus we find \boxed{{{text}}}", text) is PASS


@given(FORMULAS, FORMULAS)
def test_the_relation_is_symmetric(one, two):
    assert verdict(one, two) == verdict(two, one)


@given(FORMULAS)
def test_adding_one_is_seen(text):
    assert verdict(f"{text} + 1", text) is not PASS


@given(st.fractions(-1000, 1000, max_denominator=500), st.floats(0, 0.5), st.floats(0, 0.5), st.floats(-1, 1))
def test_a_wider_tolerance_never_refuses_more(number, narrow, more, shift):
    given_text = f"{float(number) + shift:.6f}"
    reference = f"{number.numerator}/{number.denominator}"
    if verdict(given_text, reference, absolute=narrow) is PASS:
        assert verdict(given_text, reference, absolute=narrow + more) is PASS
    if verdict(given_text, reference, relative=narrow) is PASS:
        assert verdict(given_text, reference, relative=narrow + more) is PASS


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_one_number_in_many_spellings(whole, places):
    number = Fraction(whole, 10**places)
    plain = f"{whole / 10**places:.{places}f}" if abs(whole) < 10**9 else str(number)
    for text in (
        f"{plain}",
        f"{number.numerator}/{number.denominator}",
        f"${plain}$",
        rf"\boxed{{{plain}}}",
        f"x = {plain}",
    ):
        assert verdict(text, str(number)) is PASS


@given(
    st.text(string.printable + "½²π√≤∞−٣", max_size=120),
    st.sampled_from(["5", "x+1", "[1,2)", "3 km", "a) 1 b) 2", "(B)"]),
)
def test_any_answer_gets_a_verdict(response, reference):
    assert decide(response, reference).finding.verdict in set(Verdict)

"""Tokens → nodes: a recursive parser with a bounded depth; nothing is computed here."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from domain.checks.equivalence import limits
from domain.checks.equivalence.nodes import Builder, Call, Group, Interval, Matrix, Node, Number, Relation, Symbol
from domain.checks.equivalence.tokens import END, Kind, Token, tokens

_RELATIONS: Final = frozenset({"=", "<", ">", "<=", ">=", "!=", "≈", "∈"})
_CLOSERS: Final = {"(": {")", "]"}, "[": {"]", ")", "["}}
_APPLIED: Final = frozenset("fghFGHPQ")
_REPEATING: Final = re.compile(r"(\d*)\.?(\d*)(?:\\overline\s*\{(\d+)\}|\((\d+)\)|(\.\.\.))$")


_POWER: Final = re.compile(r"([\d.]+)[eE]([-+]?\d+)")


def parse(text: str, commas: str = "thousands") -> Node:
    """The node of a whole text."""
    parser = _Parser(tokens(text, commas))
    node = parser.listed()
    parser.finish()
    return node


def number(text: str) -> Number:
    """A number as written, exactly: 1,234.5 · 0.(3) · 6.02e23."""
    plain = text.replace(",", "" if "." in text or _grouped(text) else ".")
    scientific = _POWER.fullmatch(plain)
    mantissa, power = (scientific[1], scientific[2]) if scientific else (plain, "")
    exponent = int(power or 0)
    if abs(exponent) > limits.EXPONENT:
        raise limits.TooBig(f"a power of ten beyond {limits.EXPONENT}")
    if len(mantissa) > 1_000:
        raise limits.TooBig("a number of more than 1,000 digits")
    if repeated := _REPEATING.match(mantissa):
        return _repeating(repeated)
    digits = mantissa.replace(".", "").lstrip("0")
    places = len(mantissa.partition(".")[2]) if "." in mantissa else None
    value = Fraction(mantissa if mantissa not in {".", ""} else "0") * Fraction(10) ** exponent
    if places is None and not power:
        return Number(value, None, len(digits))
    return Number(value, (places or 0) - exponent, len(digits))


def _grouped(text: str) -> bool:
    return re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", text) is not None


def _repeating(found: re.Match[str]) -> Number:
    whole, fixed, repeat = found[1] or "0", found[2], found[3] or found[4]
    if found[5]:
        run = re.search(r"(\d)\1\1+$", fixed) or re.search(r"(\d{2,6}?)\1+$", fixed)
        if run is None:
            raise limits.Unreadable("it is not plain how the decimals go on")
        fixed, repeat = fixed[: run.start()], run[1]
    base = Fraction(f"{whole}.{fixed or 0}")
    return Number(base + Fraction(int(repeat), (10 ** len(repeat) - 1) * 10 ** len(fixed)))


class _Parser:
    """Reads tokens from left to right; each method is one level of binding, from loose to tight."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0
        self._bars = 0

    def _peek(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else END

    def _take(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _sees(self, *signs: str) -> bool:
        token = self._peek()
        return token.kind is Kind.SIGN and token.text in signs

    def _accept(self, *signs: str) -> bool:
        if self._sees(*signs):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise limits.Unreadable(f"{sign!r} is missing")

    def finish(self) -> None:
        """Nothing may be left over."""
        if self._peek() is not END:
            raise limits.Unreadable(f"{self._peek().text[:20]!r} stands where the formula should end")

    def _deeper(self, level: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > limits.DEPTH:
            raise limits.TooBig(f"nested more than {limits.DEPTH} deep")
        node = level()
        self._depth -= 1
        return node

    def listed(self) -> Node:
        """Conditions joined by `or`, things joined by commas, semicolons or `and`."""
        items = [self._alternatives()]
        while self._accept(",", ";", "and"):
            while self._accept(",", ";", "and"):
                pass
            if self._peek() is END:
                break
            items.append(self._alternatives())
            if len(items) > limits.ITEMS:
                raise limits.TooBig(f"more than {limits.ITEMS} things in a list")
        return items[0] if len(items) == 1 else Group("list", tuple(items))

    def _alternatives(self) -> Node:
        items = [self._deeper(self._relation)]
        while self._sees("or") or (self._sees(",") and self._peek(1).text == "or"):
            self._accept(",")
            self._expect("or")
            items.append(self._deeper(self._relation))
        return items[0] if len(items) == 1 else Group("or", tuple(items))

    def _relation(self) -> Node:
        sides, signs = [self._joined()], []
        while self._peek().kind is Kind.SIGN and self._peek().text in _RELATIONS:
            signs.append(self._take().text)
            sides.append(self._joined())
        return Relation(tuple(signs), tuple(sides)) if signs else sides[0]

    def _joined(self) -> Node:
        left = self._ratio()
        while self._sees("∪", "∩", "∖"):
            name = {"∪": "union", "∩": "intersection", "∖": "minus"}[self._take().text]
            left = Call(name, (left, self._ratio()))
        return left

    def _ratio(self) -> Node:
        sides = [self._sum()]
        while self._accept(":"):
            sides.append(self._sum())
        if len(sides) == 2:
            return Call("ratio", tuple(sides))
        return sides[0] if len(sides) == 1 else Group("ratio", tuple(sides))

    def _sum(self) -> Node:
        left = self._term()
        while self._sees("+", "-", "±", "∓"):
            sign = self._take().text
            right = self._term()
            left = Call({"+": "add", "-": "sub", "±": "pm", "∓": "mp"}[sign], (left, right))
        return left

    def _term(self) -> Node:
        left = self._signed()
        while True:
            if self._sees("*", "/"):
                name = "mul" if self._take().text == "*" else "div"
                left = Call(name, (left, self._signed()))
            elif self._starts_factor():
                left = Call("mul", (left, self._power()))
            else:
                return left

    def _starts_factor(self) -> bool:
        token = self._peek()
        if token.kind in {Kind.NUMBER, Kind.NAME, Kind.CONSTANT, Kind.FUNCTION}:
            return True
        if token.kind is Kind.COMMAND:
            return token.text not in {"rfloor", "rceil"} and not token.text.startswith("end ")
        return token.kind is Kind.SIGN and (token.text in {"(", "{"} or (token.text == "|" and self._bars == 0))

    def _signed(self) -> Node:
        if self._accept("-"):
            return Call("neg", (self._deeper(self._signed),))
        if self._accept("+"):
            return self._deeper(self._signed)
        if self._sees("±", "∓"):
            name = {"±": "pm", "∓": "mp"}[self._take().text]
            return Call(name, (Number(Fraction(0)), self._deeper(self._signed)))
        return self._power()

    def _power(self) -> Node:
        base = self._postfixed()
        if self._accept("^"):
            base = Call("pow", (base, self._deeper(self._exponent)))
            base = self._after(base)
        return base

    def _exponent(self) -> Node:
        if self._sees("{", "("):
            inside = self._postfixed()
            return Call("pow", (inside, self._deeper(self._exponent))) if self._accept("^") else inside
        if self._sees("-", "+"):
            sign = self._take().text
            inside = self._deeper(self._exponent)
            return Call("neg", (inside,)) if sign == "-" else inside
        return self._power()

    def _postfixed(self) -> Node:
        return self._after(self._deeper(self._atom))

    def _after(self, node: Node) -> Node:
        while True:
            if self._accept("!"):
                node = Call("factorial", (node,))
            elif self._accept("%"):
                node = Call("percent", (node,))
            elif self._accept("°"):
                node = Call("degree", (node,))
            else:
                return node

    def _atom(self) -> Node:
        token = self._take()
        if token.kind is Kind.NUMBER:
            return self._number(token)
        if token.kind is Kind.CONSTANT:
            return Symbol(token.text)
        if token.kind is Kind.NAME:
            return self._name(token)
        if token.kind is Kind.FUNCTION:
            return self._function(token.text)
        if token.kind is Kind.COMMAND:
            return self._command(token.text)
        if token.kind is Kind.SIGN and token.text in {"(", "[", "{", r"\{", "|", "]"}:
            return self._bracket(token.text)
        raise limits.Unreadable(
            "the formula is not complete" if token is END else f"{token.text!r} stands at a wrong place"
        )

    def _number(self, token: Token) -> Node:
        value = number(token.text)
        if self._sees("_"):
            self._take()
            base = self._take()
            if not base.text.isdecimal() or len(base.text) > 2:
                raise limits.Unreadable("a number's base is not read")
            return Call("base", (value, number(base.text)))
        return self._mixed(value) or value

    def _mixed(self, whole: Number) -> Node | None:
        """A whole number and a fraction right after it: 2 1/2."""
        if whole.decimals is not None:
            return None
        if self._peek().kind is Kind.COMMAND and self._peek().text == "frac":
            start = self._at
            self._take()
            parts = (self._argument(), self._argument())
            if all(isinstance(part, Number) and part.decimals is None for part in parts):
                return Call("add", (whole, Call("div", parts)))
            self._at = start
            return None
        over, slash, under = self._peek(), self._peek(1), self._peek(2)
        plain = over.kind is under.kind is Kind.NUMBER and slash.text == "/" and over.spaced
        if plain and over.text.isdecimal() and under.text.isdecimal():
            self._at += 3
            return Call("add", (whole, Call("div", (number(over.text), number(under.text)))))
        return None

    def _name(self, token: Token) -> Node:
        name = token.text
        if self._accept("_"):
            name += "_" + self._label()
        while self._accept("'"):
            name += "'"
        if name in {"e", "i"}:
            return Symbol(name)
        if name.strip("'")[0] in _APPLIED and self._sees("("):
            return Call(f"apply {name}", self._arguments())
        return Symbol(name)

    def _label(self) -> str:
        """A subscript, as text."""
        token = self._take()
        if token.kind not in {Kind.LABEL, Kind.NUMBER, Kind.NAME, Kind.CONSTANT}:
            raise limits.Unreadable("a subscript is not read")
        return token.text

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        inside = self._deeper(self.listed)
        self._expect(")")
        return inside.items if isinstance(inside, Group) and inside.form == "list" else (inside,)

    def _function(self, name: str) -> Node:
        if name == "sqrt":
            return self._root()
        base: Node | None = None
        power: Node | None = None
        while self._sees("_", "^"):
            if self._take().text == "_":
                base = self._base()
            else:
                power = self._argument()
        if name in {"max", "min", "gcd", "lcm"}:
            return Call(name, self._arguments())
        inside = self._operand()
        found = Call("log", (inside, base)) if name == "log" and base is not None else Call(name, (inside,))
        if power is None:
            return found
        if power == Call("neg", (Number(Fraction(1), None, 1),)) and not name.startswith("arc"):
            return Call("arc" + name, (inside,))
        return Call("pow", (found, power))

    def _base(self) -> Node:
        """The base of a logarithm."""
        if self._peek().kind is not Kind.LABEL:
            return self._argument()
        label = self._take().text
        return number(label) if label.isdecimal() else Symbol(label)

    def _operand(self) -> Node:
        """What a function without brackets is taken of: sin 2x is sin(2x)."""
        if self._sees("("):
            return self._deeper(self._atom)
        if self._sees("-"):
            return self._deeper(self._signed)
        left = self._deeper(self._power)
        while self._starts_factor() and self._peek().kind is not Kind.FUNCTION and not self._sees("("):
            left = Call("mul", (left, self._power()))
        return left

    def _command(self, name: str) -> Node:
        if name == "frac":
            return Call("div", (self._argument(), self._argument()))
        if name == "sqrt":
            return self._root()
        if name == "binom":
            return Call("binom", (self._argument(), self._argument()))
        if name in {"boxed", "fbox"}:
            return self._argument()
        if name == "log":
            return self._function("log")
        if name in {"lfloor", "lceil"}:
            inside = self._deeper(self.listed)
            if self._take().text != "r" + name[1:]:
                raise limits.Unreadable("a bracket is not closed")
            return Call("floor" if name == "lfloor" else "ceil", (inside,))
        if name.startswith("begin "):
            return self._matrix(name.removeprefix("begin "))
        raise limits.Unreadable(f"\\{name} is not read here")

    def _root(self) -> Node:
        degree: Node | None = None
        if self._accept("["):
            degree = self._deeper(self.listed)
            self._expect("]")
        inside = self._argument()
        return Call("sqrt", (inside,)) if degree is None else Call("root", (inside, degree))

    def _argument(self) -> Node:
        r"""What stands in braces, or one sign: \frac12 is a half."""
        if self._accept("{"):
            inside = self._deeper(self.listed)
            self._expect("}")
            return inside
        token = self._peek()
        if token.kind is Kind.NUMBER and token.text[0].isdecimal() and len(token.text) > 1:
            self._tokens[self._at] = Token(Kind.NUMBER, token.text[1:])
            return number(token.text[0])
        return self._deeper(self._atom)

    def _bracket(self, opened: str) -> Node:
        if opened == "|":
            self._bars += 1
            inside = self._deeper(self._sum)
            self._bars -= 1
            self._expect("|")
            return Call("abs", (inside,))
        if opened == r"\{":
            return self._set()
        if opened == "{":
            return self._braced()
        bars, self._bars = self._bars, 0
        inside = self._deeper(self.listed)
        self._bars = bars
        closed = self._take().text
        if closed not in _CLOSERS.get(opened, {"[", "]"}):
            raise limits.Unreadable("a bracket is not closed")
        return _enclosed(opened, closed, inside)

    def _braced(self) -> Node:
        if self._accept("}"):
            raise limits.Unreadable("the braces are empty")
        inside = self._deeper(self.listed)
        self._expect("}")
        return inside

    def _set(self) -> Node:
        if self._accept(r"\}"):
            return Group("set", ())
        name = self._peek().text
        if self._peek().kind is Kind.NAME and (self._peek(1).text in {"|", ":"} or self._membership()):
            while not self._sees("|", ":"):
                self._take()
            self._take()
            inside = self._deeper(self.listed)
            self._expect(r"\}")
            conditions = inside.items if isinstance(inside, Group) and inside.form == "list" else (inside,)
            return Builder(name, conditions)
        inside = self._deeper(self.listed)
        self._expect(r"\}")
        items = inside.items if isinstance(inside, Group) and inside.form == "list" else (inside,)
        return Group("set", items)

    def _membership(self) -> bool:
        r"""Whether this is {x ∈ ℝ | …}."""
        return self._peek(1).text == "∈" and self._peek(2).text == "reals" and self._peek(3).text in {"|", ":"}

    def _matrix(self, name: str) -> Node:
        if name == "array" and self._accept("{"):
            while not self._accept("}"):
                if self._take() is END:
                    raise limits.Unreadable("a bracket is not closed")
        rows = [self._row()]
        while self._accept("&&") and self._peek().text != f"end {name}":
            rows.append(self._row())
            if sum(map(len, rows)) > limits.CELLS:
                raise limits.TooBig(f"more than {limits.CELLS} cells")
        if self._take().text != f"end {name}" or len({len(row) for row in rows}) != 1:
            raise limits.Unreadable("the matrix is not complete")
        matrix = Matrix(tuple(rows))
        return Call("det", (matrix,)) if name == "vmatrix" else matrix

    def _row(self) -> tuple[Node, ...]:
        cells = [self._deeper(self._relation)]
        while self._accept("&"):
            cells.append(self._deeper(self._relation))
        return tuple(cells)


def _enclosed(opened: str, closed: str, inside: Node) -> Node:
    """What round and square brackets make of things: a group, a tuple, an interval."""
    several = isinstance(inside, Group) and inside.form == "list"
    if isinstance(inside, Group) and several and len(inside.items) == 2 and (opened, closed) != ("(", ")"):
        return Interval(inside.items[0], inside.items[1], opened == "[", closed == "]")
    if isinstance(inside, Group) and several:
        return Group("tuple", inside.items)
    if {opened, closed} in ({"(", ")"}, {"[", "]"}):
        return inside
    raise limits.Unreadable("the brackets do not match")

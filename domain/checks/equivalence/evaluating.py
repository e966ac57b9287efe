"""Nodes → values: exact while numbers are rational, else in floating point; bounded in size, never in doubt.

What cannot be given a value here (a derivative, a limit, an unknown operation) raises `Unreadable`.
"""

from __future__ import annotations

import cmath
import hashlib
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from domain.checks.equivalence import limits
from domain.checks.equivalence.nodes import Call, Group, Matrix, Node, Number, Symbol

Scalar = Fraction | complex
Environment = Mapping[str, Scalar]

_KNOWN: Final[dict[str, complex]] = {"pi": complex(math.pi), "e": complex(math.e), "i": 1j}
_FUNCTIONS: Final[dict[str, Callable[[complex], complex]]] = {
    "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "arcsin": cmath.asin, "arccos": cmath.acos,
    "arctan": cmath.atan, "sinh": cmath.sinh, "cosh": cmath.cosh, "tanh": cmath.tanh, "exp": cmath.exp,
    "ln": cmath.log, "log": cmath.log, "lg": cmath.log10,
    "cot": lambda z: 1 / cmath.tan(z), "sec": lambda z: 1 / cmath.cos(z), "csc": lambda z: 1 / cmath.sin(z),
}  # fmt: skip


def value(node: Node, at: Environment | None = None) -> Scalar:
    """The number that a node stands for, its variables put at the values of `at`."""
    try:
        return _value(node, at or {})
    except ZeroDivisionError as error:
        raise limits.Unreadable("it divides by zero") from error
    except (OverflowError, ValueError) as error:
        raise limits.Unreadable("it has no value in floating point") from error


def _value(node: Node, at: Environment) -> Scalar:
    match node:
        case Number():
            return node.value
        case Symbol(name=name):
            return _symbol(name, at)
        case Call():
            return _call(node, at)
        case Group(form="ratio"):
            raise limits.Unreadable("a ratio of several is no number")
        case _:
            raise limits.Unreadable("it is no number")


def _symbol(name: str, at: Environment) -> Scalar:
    if name in at:
        return at[name]
    if name in _KNOWN:
        return _KNOWN[name]
    if name == "infinity":
        return complex(math.inf)
    raise limits.Unreadable(f"{name} has no value")


def _call(node: Call, at: Environment) -> Scalar:
    name = node.name
    if name == "det":
        return _determinant(node.args[0], at)
    if name == "base":
        return _in_base(node)
    args = [_value(item, at) for item in node.args]
    if name.startswith("apply "):
        return _applied(name, args)
    if name in _ARITHMETIC:
        return _ARITHMETIC[name](*args)
    if name in _FUNCTIONS:
        if name == "log" and len(args) == 2:
            return checked(cmath.log(complex(args[0])) / cmath.log(complex(args[1])))
        return checked(_FUNCTIONS[name](complex(args[0])))
    return _counting(name, args)


def checked(found: Scalar) -> Scalar:
    """The value, where it is one and not too long."""
    if isinstance(found, Fraction):
        if max(found.numerator.bit_length(), found.denominator.bit_length()) > limits.BITS:
            raise limits.TooBig(f"an exact number of more than {limits.BITS} bits")
        return found
    if cmath.isnan(found):
        raise limits.Unreadable("it has no value")
    return found


def _both(
    exact: Callable[[Fraction, Fraction], Fraction], loose: Callable[[complex, complex], complex]
) -> Callable[[Scalar, Scalar], Scalar]:
    def act(left: Scalar, right: Scalar) -> Scalar:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return checked(exact(left, right))
        return checked(loose(complex(left), complex(right)))

    return act


_add = _both(lambda a, b: a + b, lambda a, b: a + b)
_sub = _both(lambda a, b: a - b, lambda a, b: a - b)
_mul = _both(lambda a, b: a * b, lambda a, b: a * b)
_div = _both(lambda a, b: a / b, lambda a, b: a / b)


def power(base: Scalar, exponent: Scalar) -> Scalar:
    """base^exponent: exact for whole exponents and perfect roots, refused where it would not fit."""
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return _whole_power(base, exponent.numerator)
        root = _perfect_root(base, exponent.denominator)
        if root is not None:
            return _whole_power(root, exponent.numerator)
    return checked(complex(base) ** complex(exponent))


def _whole_power(base: Fraction, exponent: int) -> Fraction:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base in {0, 1, -1}:
        return base ** (exponent if exponent < 2 else 2 + exponent % 2)
    if abs(exponent) > limits.EXPONENT or bits * abs(exponent) > limits.BITS:
        raise limits.TooBig("a power too large to compute")
    return base**exponent


def _perfect_root(base: Fraction, degree: int) -> Fraction | None:
    if base < 0 or degree > 64:
        return None
    over, under = _whole_root(base.numerator, degree), _whole_root(base.denominator, degree)
    return None if over is None or under is None else Fraction(over, under)


def _whole_root(whole: int, degree: int) -> int | None:
    if degree == 2:
        found = math.isqrt(whole)
    elif whole.bit_length() > 900:
        return None
    else:
        found = round(whole ** (1 / degree))
    return found if found**degree == whole else None


def _root(base: Scalar, degree: Scalar) -> Scalar:
    if isinstance(base, Fraction) and base < 0 and isinstance(degree, Fraction) and degree.numerator % 2 == 1:
        return _sub(Fraction(0), power(-base, 1 / degree))
    return power(base, _div(Fraction(1), degree))


def _absolute(inside: Scalar) -> Scalar:
    return abs(inside) if isinstance(inside, Fraction) else complex(abs(inside))


_ARITHMETIC: Final[dict[str, Callable[..., Scalar]]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "ratio": _div,
    "pow": power,
    "root": _root,
    "abs": _absolute,
    "neg": lambda inside: -inside,
    "sqrt": lambda inside: power(inside, Fraction(1, 2)),
    "percent": lambda inside: _div(inside, Fraction(100)),
    "degree": lambda inside: checked(complex(inside) * math.pi / 180),
}


def _counting(name: str, args: list[Scalar]) -> Scalar:
    """Operations on whole or at least real rational numbers."""
    if name in {"floor", "ceil"}:
        real = args[0] if isinstance(args[0], Fraction) else Fraction(_real(args[0]))
        return Fraction(math.floor(real) if name == "floor" else math.ceil(real))
    if name in {"max", "min"}:
        return (max if name == "max" else min)(args, key=_real)
    whole = [_whole(item) for item in args]
    if name == "factorial":
        return Fraction(math.factorial(_small(whole[0])))
    if name == "binom":
        return Fraction(math.comb(_small(whole[0]), _small(whole[1])))
    if name in {"gcd", "lcm"}:
        return checked(Fraction((math.gcd if name == "gcd" else math.lcm)(*whole)))
    raise limits.Unreadable(f"{name} is not computed")


def _real(number: Scalar) -> float:
    if isinstance(number, complex) and abs(number.imag) > 1e-12 * max(1.0, abs(number.real)):
        raise limits.Unreadable("it is not real")
    return number.real if isinstance(number, complex) else float(number)


def _whole(number: Scalar) -> int:
    if not isinstance(number, Fraction) or number.denominator != 1:
        raise limits.Unreadable("it is not whole")
    return number.numerator


def _small(number: int) -> int:
    if not 0 <= number <= limits.FACTORIAL:
        raise limits.TooBig(f"a factorial of more than {limits.FACTORIAL} or of a negative number")
    return number


def _in_base(node: Call) -> Fraction:
    digits, base = node.args
    if not isinstance(digits, Number) or digits.decimals is not None or not isinstance(base, Number):
        raise limits.Unreadable("a number in a base is not read")
    radix = _whole(base.value)
    if not 2 <= radix <= 36:
        raise limits.Unreadable("a base lies between 2 and 36")
    return Fraction(int(str(digits.value.numerator), radix))


def _applied(name: str, args: list[Scalar]) -> Scalar:
    """An unknown function: a fixed polynomial of its own, the same wherever the name stands."""
    seed = hashlib.sha256(name.encode()).digest()
    total: Scalar = Fraction(seed[0] + 1, 7)
    for place, item in enumerate(args):
        straight, bent = Fraction(seed[place % 16] + 3, 11), Fraction(seed[16 + place % 16] + 5, 13)
        total = _add(total, _add(_mul(straight, item), _mul(bent, _mul(item, item))))
    return total


def matrix(node: Node, at: Environment | None = None) -> list[list[Scalar]]:
    """The cells of a matrix, of a sum, difference or product of matrices, or of one times a number."""
    if isinstance(node, Matrix):
        return [[value(cell, at) for cell in row] for row in node.rows]
    if isinstance(node, Call) and node.name == "neg":
        return [[-cell for cell in row] for row in matrix(node.args[0], at)]
    if not isinstance(node, Call) or node.name not in {"add", "sub", "mul", "div"}:
        raise limits.Unreadable("it is no matrix")
    left, right = node.args
    if node.name in {"add", "sub"}:
        act = _ARITHMETIC[node.name]
        one, two = matrix(left, at), matrix(right, at)
        if [len(row) for row in one] != [len(row) for row in two]:
            raise limits.Unreadable("the matrices have different sizes")
        return [[act(a, b) for a, b in zip(x, y, strict=True)] for x, y in zip(one, two, strict=True)]
    if not _is_matrix(right):
        return [[_ARITHMETIC[node.name](cell, value(right, at)) for cell in row] for row in matrix(left, at)]
    if not _is_matrix(left):
        return [[_mul(value(left, at), cell) for cell in row] for row in matrix(right, at)]
    return _product(matrix(left, at), matrix(right, at))


def _is_matrix(node: Node) -> bool:
    return isinstance(node, Matrix) or (isinstance(node, Call) and any(_is_matrix(item) for item in node.args))


def _product(left: list[list[Scalar]], right: list[list[Scalar]]) -> list[list[Scalar]]:
    if len(left[0]) != len(right):
        raise limits.Unreadable("the matrices cannot be multiplied")
    return [[_dot(row, [line[n] for line in right]) for n in range(len(right[0]))] for row in left]


def _dot(row: list[Scalar], column: list[Scalar]) -> Scalar:
    total: Scalar = Fraction(0)
    for one, two in zip(row, column, strict=True):
        total = _add(total, _mul(one, two))
    return total


def _determinant(node: Node, at: Environment) -> Scalar:
    if not isinstance(node, Matrix) or len(node.rows) != len(node.rows[0]) or len(node.rows) > 4:
        raise limits.Unreadable("a determinant of at most 4 rows is computed")
    return _minor([[_value(cell, at) for cell in row] for row in node.rows])


def _minor(rows: list[list[Scalar]]) -> Scalar:
    if len(rows) == 1:
        return rows[0][0]
    total: Scalar = Fraction(0)
    for n, cell in enumerate(rows[0]):
        part = _mul(cell, _minor([row[:n] + row[n + 1 :] for row in rows[1:]]))
        total = _sub(total, part) if n % 2 else _add(total, part)
    return total

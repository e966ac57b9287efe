"""Two nodes → equal, different or unsure: the stages between plain text and algebra."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from domain.checks.equivalence import evaluating, expressions, limits, nodes, regions
from domain.checks.equivalence.evaluating import Scalar, value
from domain.checks.equivalence.nodes import Builder, Call, Group, Interval, Matrix, Node, Number, Relation, Symbol
from domain.checks.equivalence.rules import Finding, Rules, Verdict, close, different, equal, gap, shown, unsure

UNORDERED: Final = 60
_STEPS_OF_A_PAIR: Final = 5
_MARKS: Final = ("percent", "degree", "base")
_TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!=", "≈": "≈"}


def compare(given: Node, expected: Node, rules: Rules) -> Finding:
    """Whether the answer says what the reference says."""
    rules.budget.spend(_STEPS_OF_A_PAIR + nodes.size(given, expected))
    if given == expected:
        return equal("parsed", "Both are read as the same formula.")
    if rules.rename:
        given = _renamed(given, expected)
    given, expected = _set_of(given), _set_of(expected)
    if _several(given) or _several(expected):
        return _collections(given, expected, rules)
    given_values, expected_values = _assigned(given), _assigned(expected)
    if given_values or expected_values:
        return _assignments(given, expected, given_values, expected_values, rules)
    if regions.is_region(given) or regions.is_region(expected):
        return as_regions(given, expected, rules)
    if isinstance(given, Relation) or isinstance(expected, Relation):
        return _equations(given, expected, rules)
    if _is_collection(given) or _is_collection(expected):
        return _collections(given, expected, rules)
    if has_matrix(given) or has_matrix(expected):
        return _matrices(given, expected, rules)
    return _values(given, expected, rules)


def _renamed(given: Node, expected: Node) -> Node:
    """The answer with its variables called as in the reference, in order of appearance."""
    ours, theirs = _order(given), _order(expected)
    if len(ours) != len(theirs):
        return given
    change: dict[Node, Node] = {Symbol(a): Symbol(b) for a, b in zip(ours, theirs, strict=True)}
    return nodes.mapped(given, change)


def _order(node: Node) -> list[str]:
    names = nodes.variables(node)
    return list(
        dict.fromkeys(item.name for item in nodes.walk(node) if isinstance(item, Symbol) and item.name in names)
    )


# Several things.


def _several(node: Node) -> bool:
    """Whether it is a list of things without brackets, or one thing with two signs."""
    if isinstance(node, Group) and node.form == "list":
        return not regions.is_region(node)
    return nodes.has(node, "pm", "mp") and not isinstance(node, Group | Interval | Matrix | Builder)


def _is_collection(node: Node) -> bool:
    return isinstance(node, Group) and node.form in {"list", "tuple", "set", "ratio"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Things:
    """What a collection holds: names where things are named, and whether order matters."""

    items: tuple[Node, ...]
    names: tuple[str, ...] = ()
    ordered: bool = False


def _things(node: Node) -> _Things:
    if isinstance(node, Relation) and (values := _assigned(node)):
        return _things(values[0])
    if isinstance(node, Group) and node.form in {"tuple", "ratio"}:
        return _Things(node.items, ordered=True)
    items = node.items if isinstance(node, Group) else (node,)
    heads = [_head(item) for item in items]
    named = [head for head in heads if head]
    spread = tuple(one for item in items for one in _signs(result(item)))
    if len(items) > 1 and len(named) == len(items) == len(set(named)) == len(spread):
        return _Things(spread, tuple(named), ordered=True)
    return _Things(spread)


def _signs(node: Node) -> list[Node]:
    """Both readings of ±."""
    if not nodes.has(node, "pm", "mp"):
        return [node]
    return list(dict.fromkeys((_signed(node, "add"), _signed(node, "sub"))))


def _signed(node: Node, plus: str) -> Node:
    minus = "sub" if plus == "add" else "add"
    match node:
        case Call(name="pm", args=args):
            return Call(plus, tuple(_signed(item, plus) for item in args))
        case Call(name="mp", args=args):
            return Call(minus, tuple(_signed(item, plus) for item in args))
        case Call(name=name, args=args):
            return Call(name, tuple(_signed(item, plus) for item in args))
        case Group(form=form, items=items):
            return Group(form, tuple(_signed(item, plus) for item in items))
        case Relation(signs=signs, sides=sides):
            return Relation(signs, tuple(_signed(item, plus) for item in sides))
        case _:
            return node


def _collections(given: Node, expected: Node, rules: Rules) -> Finding:
    if isinstance(given, Interval) or isinstance(expected, Interval):
        return as_regions(given, expected, rules)
    if has_matrix(given) or has_matrix(expected):
        given, expected = _column(given), _column(expected)
    one, two = _things(given), _things(expected)
    if max(len(one.items), len(two.items)) == 1:
        return compare(one.items[0], two.items[0], rules) if one.items and two.items else _sizes(one, two)
    if one.names and two.names:
        return _by_name(one, two, rules)
    is_set = any(isinstance(node, Group) and node.form == "set" for node in (given, expected))
    if (one.ordered or two.ordered) and not is_set:
        if len(one.items) != len(two.items):
            return _sizes(one, two)
        return joined("list", [compare(a, b, rules) for a, b in zip(one.items, two.items, strict=True)])
    return _unordered(one.items, two.items, rules)


def _column(node: Node) -> Node:
    """A matrix of one row or column as the tuple of its cells."""
    if isinstance(node, Matrix) and (len(node.rows) == 1 or len(node.rows[0]) == 1):
        return Group("tuple", nodes.children(node))
    return node


def _sizes(one: _Things, two: _Things) -> Finding:
    return different("list", f"The answer has {len(one.items)} values, the reference {len(two.items)}.")


def _by_name(one: _Things, two: _Things, rules: Rules) -> Finding:
    ours, theirs = dict(zip(one.names, one.items, strict=True)), dict(zip(two.names, two.items, strict=True))
    if set(ours) != set(theirs):
        return different("list", f"The answer names {', '.join(ours)}, the reference {', '.join(theirs)}."[:300])
    return joined("list", [compare(ours[name], theirs[name], rules) for name in theirs])


def _unordered(given: Sequence[Node], expected: Sequence[Node], rules: Rules) -> Finding:
    if max(len(given), len(expected)) > UNORDERED:
        return unsure("set", f"More than {UNORDERED} values without an order.")
    ours, theirs = _distinct(given, rules), _distinct(expected, rules)
    left, found = list(theirs), []
    doubts: list[Finding] = []
    for item in ours:
        tries = [(other, compare(item, other, rules)) for other in left]
        match = next((pair for pair in tries if pair[1].is_equal), None)
        if match is None:
            doubts += [finding for _, finding in tries if finding.verdict is Verdict.UNSURE]
            if not any(finding.verdict is Verdict.UNSURE for _, finding in tries):
                return different("set", "The answer holds a value that the reference lacks.")
            continue
        left.remove(match[0])
        found.append(match[1])
    if doubts:
        return unsure("set", doubts[0].said)
    if left:
        return different("set", f"The answer lacks {len(left)} of the reference's {len(theirs)} values.")
    return equal("set", f"All {len(theirs)} values match, in any order.")


def _distinct(items: Sequence[Node], rules: Rules) -> list[Node]:
    """Each value once, without the author's tolerance."""
    kept: list[Node] = []
    exact = Rules(budget=rules.budget)
    for item in items:
        if not any(item == other or compare(item, other, exact).is_equal for other in kept):
            kept.append(item)
    return kept


def joined(stage: str, findings: Sequence[Finding]) -> Finding:
    """Several findings as one: all equal, one different, or unsure."""
    for verdict, make in ((Verdict.DIFFERENT, different), (Verdict.UNSURE, unsure)):
        for place, finding in enumerate(findings, 1):
            if finding.verdict is verdict:
                return make(stage, f"Value {place} of {len(findings)}: {finding.said}")
    return equal(stage, f"All {len(findings)} values match in order.")


# Names with values, and equations.


def _head(node: Node) -> str:
    """The name that an equation gives a value to: x, f(x), (p, q, r), AB, a : b."""
    if isinstance(node, Relation) and node.signs[0] in {"=", "≈"} and len(node.sides) == 2:
        return _named(node.sides[0])
    return ""


def _named(node: Node) -> str:
    match node:
        case Symbol(name=name):
            return "" if name in nodes.CONSTANTS - {"e", "i"} else name
        case Call(name=name, args=args) if name.startswith("apply "):
            return f"{name}({', '.join(_written(item) for item in args)})"
        case Call(name="mul", args=args) if all(_is_capital(item) for item in args):
            return "".join(map(_named, args))
        case Call(name="ratio", args=args) | Group(form="tuple" | "ratio", items=args):
            names = [_named(item) for item in args]
            return ":".join(names) if all(names) else ""
        case _:
            return ""


def _written(node: Node) -> str:
    return str(node.value) if isinstance(node, Number) else _named(node) or repr(node)


def _is_capital(node: Node) -> bool:
    if isinstance(node, Symbol):
        return node.name[0].isupper()
    return isinstance(node, Call) and node.name == "mul" and all(_is_capital(item) for item in node.args)


def result(node: Node) -> Node:
    """What an equation gives to a name; anything else as it is."""
    values = _assigned(node)
    return values[0] if values else node


def _assigned(node: Node) -> list[Node]:
    """What a chain of equations comes to: its last exact value first, then what it is about."""
    if not isinstance(node, Relation) or not set(node.signs) <= {"=", "≈"}:
        return []
    last = len(node.sides) - 1
    if not _named(node.sides[0]) and not (_is_closed(node.sides[last]) and _leads(node.sides[last - 1])):
        return []
    exact = [side for sign, side in zip(node.signs, node.sides[1:], strict=True) if sign == "="]
    about = [side for sign, side in zip(node.signs, node.sides[1:], strict=True) if sign == "≈"]
    return [*exact[-1:], *about[-1:]]


def _leads(node: Node) -> bool:
    return bool(_named(node)) or _is_closed(node)


def _is_closed(node: Node) -> bool:
    return not nodes.variables(node)


def _assignments(given: Node, expected: Node, ours: list[Node], theirs: list[Node], rules: Rules) -> Finding:
    """At least one side gives a value to a name."""
    if ours and theirs:
        return _both_assigned(given, expected, ours, theirs, rules)
    if isinstance(given, Relation) and isinstance(expected, Relation):
        return _equations(given, expected, rules)
    findings = [compare(one, two, rules) for two in theirs or [expected] for one in ours or [given]]
    return next((item for item in findings if item.is_equal), findings[0])


def _both_assigned(given: Node, expected: Node, ours: list[Node], theirs: list[Node], rules: Rules) -> Finding:
    if isinstance(given, Relation) and isinstance(expected, Relation):
        names = _named(given.sides[0]), _named(expected.sides[0])
        if names[0] and names[1] and names[0] != names[1]:
            return _equations(given, expected, rules)
    findings = [compare(one, two, rules) for two in theirs for one in ours]
    return next((item for item in findings if item.is_equal), findings[0])


def _equations(given: Node, expected: Node, rules: Rules) -> Finding:
    """Two equations or inequalities in several variables: the same up to a factor."""
    if not isinstance(given, Relation) or not isinstance(expected, Relation):
        return different("equation", "One is an equation, the other is not.")
    ours, theirs = _pairs(given), _pairs(expected)
    if len(ours) != len(theirs):
        return unsure("equation", "The chains have different lengths.")
    left = list(theirs)
    for item in ours:
        rules.budget.spend(2 * expressions.POINTS * nodes.size(item, *left))
        match = next((other for other in left if _same_relation(item, other)), None)
        if match is None:
            return _not_matched(ours, theirs)
        left.remove(match)
    return equal("equation", "The difference of the sides is the same up to a constant factor.")


def _not_matched(ours: list[Relation], theirs: list[Relation]) -> Finding:
    names = [frozenset().union(*(nodes.variables(item) for item in side)) for side in (ours, theirs)]
    if names[0] != names[1]:
        return different("equation", "They are about different variables.")
    return unsure("equation", "The difference of the sides is not the same up to a constant factor.")


def _pairs(node: Relation) -> list[Relation]:
    return [
        Relation((sign,), (left, right))
        for sign, left, right in zip(node.signs, node.sides, node.sides[1:], strict=False)
    ]


def _same_relation(one: Relation, two: Relation) -> bool:
    if one.signs == two.signs == ("∈",):
        return one == two
    if "∈" in one.signs + two.signs:
        return False
    try:
        factor = expressions.factor(Call("sub", one.sides), Call("sub", two.sides))
    except limits.Unreadable:
        return False
    if factor is None or (isinstance(factor, complex) and abs(factor.imag) > 1e-9):
        return False
    positive = factor > 0 if isinstance(factor, Fraction) else factor.real > 0
    return one.signs[0] == (two.signs[0] if positive else _TURNED[two.signs[0]])


def as_regions(given: Node, expected: Node, rules: Rules) -> Finding:
    """Two sets of real numbers; (a, b) is an open interval here."""
    finding = regions.compared(_set_of(given), _set_of(expected), rules)
    if finding.verdict is not Verdict.UNSURE:
        return finding
    if isinstance(given, Relation) and isinstance(expected, Relation):
        return _equations(given, expected, rules)
    if isinstance(given, Interval) and isinstance(expected, Interval):
        if (given.low_in, given.high_in) != (expected.low_in, expected.high_in):
            return different("interval", "An end belongs to one interval only.")
        ends = [compare(given.low, expected.low, rules), compare(given.high, expected.high, rules)]
        return joined("interval", ends)
    return finding


def _set_of(node: Node) -> Node:
    r"""The set itself where it is given to a name: D = (1, 2)."""
    values = _assigned(node)
    return values[0] if values and regions.is_region(values[0]) else node


# Matrices and values.


def has_matrix(node: Node) -> bool:
    """Whether a matrix is in it, other than to take its determinant."""
    return any(isinstance(item, Matrix) for item in nodes.walk(node)) and not nodes.has(node, "det")


def _matrices(given: Node, expected: Node, rules: Rules) -> Finding:
    if not (has_matrix(given) and has_matrix(expected)):
        return _collections(given, expected, rules)
    if isinstance(given, Matrix) and isinstance(expected, Matrix):
        if (len(given.rows), len(given.rows[0])) != (len(expected.rows), len(expected.rows[0])):
            return different("matrix", f"{_size(given)} and {_size(expected)}.")
        pairs = zip(nodes.children(given), nodes.children(expected), strict=True)
        return joined("matrix", [compare(one, two, rules) for one, two in pairs])
    try:
        one, two = evaluating.matrix(given), evaluating.matrix(expected)
    except limits.TooBig:
        raise
    except limits.Unreadable as problem:
        return unsure("matrix", f"A matrix expression that is not computed: {problem}.")
    if [len(row) for row in one] != [len(row) for row in two]:
        return different("matrix", "The matrices have different sizes.")
    cells = zip((c for row in one for c in row), (c for row in two for c in row), strict=True)
    same = all(close(a, b, rules) for a, b in cells)
    return equal("matrix", "All cells match.") if same else different("matrix", "A cell differs.")


def _size(node: Matrix) -> str:
    return f"{len(node.rows)} × {len(node.rows[0])}"


def _values(given: Node, expected: Node, rules: Rules) -> Finding:
    """Numbers and expressions, with the marks that one side may leave out."""
    first = _plain(given, expected, rules)
    if first.is_equal:
        return first
    in_tens = (_in_tens(given), _in_tens(expected))
    if in_tens != (given, expected):
        other = _plain(*in_tens, rules)
        if other.is_equal:
            return dataclasses.replace(other, said=f"{other.said} A logarithm without a base is read to the base 10.")
    if rules.strict:
        return first
    for one, two in _without_marks(given, expected):
        other = _plain(one, two, rules)
        if other.is_equal:
            return dataclasses.replace(other, said=f"{other.said} A sign that one side leaves out does not count.")
    return first


def _in_tens(node: Node) -> Node:
    """The node with each logarithm that has no base read to the base 10; school and university differ."""
    change: dict[Node, Node] = {
        item: Call("lg", item.args)
        for item in nodes.walk(node)
        if isinstance(item, Call) and item.name == "log" and len(item.args) == 1
    }
    return nodes.mapped(node, change) if change else node


def _without_marks(given: Node, expected: Node) -> list[tuple[Node, Node]]:
    """Readings in which a percent or degree sign or a base is left out on the side that alone has it."""
    pairs = []
    for mark in _MARKS:
        ours = isinstance(given, Call) and given.name == mark
        theirs = isinstance(expected, Call) and expected.name == mark
        if ours != theirs:
            pairs.append(
                (nodes.children(given)[0] if ours else given, nodes.children(expected)[0] if theirs else expected)
            )
    return pairs


def _plain(given: Node, expected: Node, rules: Rules) -> Finding:
    if not _is_closed(given) or not _is_closed(expected):
        rules.budget.spend(2 * expressions.POINTS * nodes.size(given, expected))
        return expressions.same(given, expected)
    try:
        one, two = value(given), value(expected)
    except limits.TooBig:
        raise
    except limits.Unreadable as problem:
        return unsure("numeric", f"Not computed: {problem}.")
    said = f"{shown(one)} and {shown(two)}, {_apart(one, two)}."
    rounded = sum(_is_rounded(node) for node in (given, expected))
    if close(one, two, rules, rounded=rounded):
        return equal("numeric", said)
    return different("numeric", said)


def _apart(one: Scalar, two: Scalar) -> str:
    apart = gap(one, two)
    return "difference 0" if apart == 0 else f"difference {apart:.3g}"


def _is_rounded(node: Node) -> bool:
    return any(isinstance(item, Number) and item.decimals is not None for item in nodes.walk(node))

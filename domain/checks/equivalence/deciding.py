"""From two texts to a decision: cheap stages first, algebra in a process of its own last, else no answer."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Callable
from typing import Final

from domain.checks.equivalence import (
    cleaning,
    comparing,
    evaluating,
    extraction,
    limits,
    nodes,
    parsing,
    parts,
    quantities,
    tokens,
)
from domain.checks.equivalence.extraction import Found
from domain.checks.equivalence.nodes import Group, Node, Number, Relation, Symbol
from domain.checks.equivalence.rules import (
    PLAIN,
    Finding,
    Rules,
    Units,
    Verdict,
    close,
    different,
    equal,
    shown,
    unsure,
)

# Given and expected as LaTeX → what algebra says.
Ask = Callable[[str, str], Finding]

_COMMA: Final = re.compile(r"\d,\d")
_TAIL: Final = re.compile(r"^(?P<head>.*?)(?:=|\\approx)(?P<tail>[^=]*)$", re.DOTALL)
_WORD_HEAD: Final = re.compile(r"[A-Za-z][A-Za-z \\{}_]{0,60}")
_BARE_FUNCTION: Final = re.compile(r"(?<![\\A-Za-z])(?:(?:arc)?(?:sin|cos|tan)|cot|sec|csc|ln|log|exp)(?![A-Za-z])")
# Where a piece of the answer was not read at all, the next one may be.
_UNREAD: Final = frozenset({"parsing"})
_DOUBT: Final = "Nothing says plainly which value of the answer is its final one. "
_FIRM: Final = frozenset({"answer tag", "box"})


class Form(enum.StrEnum):
    """What the reference is, where an author says so."""

    AUTO = "auto"
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    QUANTITY = "quantity"
    SET = "set"
    INTERVAL = "interval"
    EXPRESSION = "expression"
    MATRIX = "matrix"


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """How to compare: the rules, the form, where the answer stands, and whom to ask for algebra."""

    rules: Rules = PLAIN
    form: Form = Form.AUTO
    parts: bool = True
    latex_only: bool = False
    whole: bool = False
    ask: Ask | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What was found, about which piece of the answer, and for each part where there are several."""

    finding: Finding
    given: Found | None = None
    expected: str = ""
    parts: tuple[tuple[str, Finding], ...] = ()


def decide(response: str, reference: str, question: Question) -> Decision:
    """Whether an answer comes to what the reference says."""
    fresh = dataclasses.replace(question.rules, budget=limits.Budget())
    return _decide(response, reference, dataclasses.replace(question, rules=fresh))


def _decide(response: str, reference: str, question: Question) -> Decision:
    expected = _expected(reference, question)
    if question.parts and question.form is Form.AUTO and (labelled := parts.split(reference)):
        return _by_parts(response, labelled, question)
    if question.form is Form.CHOICE or (question.form is Form.AUTO and len(expected) < 40):
        letter = extraction.is_choice(expected)
        if question.form is Form.CHOICE and not letter:
            return Decision(unsure("choice", "The reference is not one letter of a list of choices."), None, expected)
        if letter and (chosen := extraction.choice(response)) is not None:
            return Decision(_letters(chosen.text, letter), chosen, letter)
    return _by_candidates(response, expected, question)


def _letters(given: str, expected: str) -> Finding:
    said = f"The answer chooses {given}, the reference {expected}."
    return equal("choice", said) if given == expected else different("choice", said)


def _expected(reference: str, question: Question) -> str:
    """The reference itself where it can be read, else the final answer in it."""
    text = reference.strip()
    is_boxed = "\\boxed" in text
    if question.whole or (not is_boxed and len(text) <= 400 and _is_readable(text)):
        return text
    found = [item for item in extraction.candidates(text) if item.way in _FIRM or item.way == "said"]
    return found[0].text if found else text


def _is_readable(text: str) -> bool:
    try:
        cleaned = cleaning.clean(text)
        return bool(read(cleaned)) or quantities.read(cleaned) is not None
    except limits.Unreadable:
        return False


def _by_parts(response: str, labelled: dict[str, str], question: Question) -> Decision:
    """Each part of the reference with the part of the answer that has its label, or its place in a list."""
    ours = parts.split(response) or _unlabelled(response, labelled)
    if len(ours) == len(labelled) and not set(ours) & set(labelled):
        ours = dict(zip(labelled, ours.values(), strict=True))
    single = dataclasses.replace(question, parts=False)
    found: list[tuple[str, Finding]] = []
    for label, expected in labelled.items():
        if label not in ours:
            found.append((label, different("parts", "The answer has no such part.") if ours else _no_parts()))
            continue
        found.append((label, _decide(ours[label], expected, single).finding))
    verdicts = [finding.verdict for _, finding in found]
    equal_parts = sum(verdict is Verdict.EQUAL for verdict in verdicts)
    said = f"{equal_parts} of {len(found)} parts match."
    make = equal if equal_parts == len(found) else different if Verdict.DIFFERENT in verdicts else unsure
    return Decision(make("parts", said), None, "", tuple(found))


def _no_parts() -> Finding:
    return unsure("parts", "The answer's parts could not be told apart.")


def _unlabelled(response: str, labelled: dict[str, str]) -> dict[str, str]:
    """The values of a plain list of as many values as there are parts, in order."""
    for item in extraction.candidates(response)[:2]:
        try:
            node = parsing.parse(cleaning.clean(item.text), "list")
        except limits.Unreadable:
            continue
        if isinstance(node, Group) and node.form in {"list", "tuple"} and len(node.items) == len(labelled):
            pieces = [piece.strip() for piece in re.split(r"[,;](?![^(\[{]*[)\]}])", item.text.strip("()$ "))]
            if len(pieces) == len(labelled):
                return dict(zip(labelled, pieces, strict=True))
    return {}


def _by_candidates(response: str, expected: str, question: Question) -> Decision:
    """The first place in the answer that can be compared decides; a weak place never fails what is right elsewhere."""
    found = _candidates(response, question)
    first: Decision | None = None
    for item in found:
        decision = Decision(compared(item.text, expected, question), item, expected)
        if decision.finding.verdict is not Verdict.UNSURE:
            if not decision.finding.is_equal and _is_doubtful(item, response, expected, question):
                return dataclasses.replace(decision, finding=unsure("extraction", _DOUBT + decision.finding.said))
            return decision
        first = first or decision
        if item.way in _FIRM or decision.finding.stage not in _UNREAD:
            break
    if first is None and question.latex_only:
        return Decision(different("extraction", "The answer holds no formula in LaTeX."), None, expected)
    if first is None:
        return Decision(unsure("extraction", "No final answer was found in the answer."), None, expected)
    return first


def _candidates(response: str, question: Question) -> list[Found]:
    if question.whole:
        return [Found(response.strip(), "whole answer", 0, len(response))]
    return extraction.latex_only(response) if question.latex_only else extraction.candidates(response)


def _is_doubtful(item: Found, response: str, expected: str, question: Question) -> bool:
    """Whether a value that differs may not be the final answer: nothing marks it, or the right one stands elsewhere."""
    if item.way == "last number":
        return extraction.count_numbers(response) > 1
    return item.way == "last formula" and _stands_elsewhere(response, expected, question)


def _stands_elsewhere(response: str, expected: str, question: Question) -> bool:
    quiet = dataclasses.replace(question, ask=None)
    spots = re.findall(r"(?<![\w.])-?\d[\d,.]*(?:/\d+)?(?<![,.])", response[-2_000:])[-20:]
    return any(compared(spot, expected, quiet).is_equal for spot in dict.fromkeys(spots))


def compared(given: str, expected: str, question: Question) -> Finding:
    """Two final answers, stage by stage."""
    if given.strip() == expected.strip():
        return equal("exact", "Letter by letter the same.")
    try:
        one, two = cleaning.clean(given), cleaning.clean(expected)
    except limits.TooBig as problem:
        return unsure("size", f"A final answer is {problem}.")
    except limits.Unreadable as problem:
        return unsure("characters", f"Not read: {problem}.")
    if one and _same_text(one, two):
        return equal("normalised", f"Both are written {two[:200]}.")
    if question.form is Form.TEXT:
        return different("normalised", f"{cleaning.folded(one)[:200]} and {cleaning.folded(two)[:200]}.")
    try:
        finding = _parsed(one, two, question)
    except limits.TooBig as problem:
        return unsure("size", f"Not computed: {problem}.")
    except limits.Unreadable as problem:
        finding = unsure("parsing", f"Not read: {problem}.")
    except RecursionError:
        return unsure("size", "Not computed: nested too deep.")
    return _symbolic(one, two, finding, question) if finding.verdict is Verdict.UNSURE else finding


def _same_text(one: str, two: str) -> bool:
    if cleaning.tight(one) == cleaning.tight(two):
        return True
    worded = re.search(r"[A-Za-z]{4,}", re.sub(r"\\[A-Za-z]+", "", one)) is not None
    return worded and cleaning.folded(one) == cleaning.folded(two)


def _parsed(one: str, two: str, question: Question) -> Finding:
    rules = question.rules
    if rules.constants and (finding := _by_constants(one, two, question)) is not None:
        return finding
    ours, theirs = quantities.read(one), quantities.read(two)
    if (ours is not None and (ours.unit or ours.words)) or (theirs is not None and (theirs.unit or theirs.words)):
        finding = _with_units(one, two, ours, theirs, question)
        if finding is not None:
            return finding
    if question.form is Form.QUANTITY:
        return unsure("unit", "The reference has no unit that is read.")
    return _readings(one, two, question)


def _with_units(
    one: str, two: str, ours: quantities.Quantity | None, theirs: quantities.Quantity | None, question: Question
) -> Finding | None:
    """Where at least one side has a unit or words behind its number; None where it is read as a formula instead."""
    rules = question.rules
    if ours and theirs and ours.unit and theirs.unit and rules.units is not Units.IGNORED:
        return quantities.compared(ours, theirs, rules)
    if ours and theirs and ours.words and theirs.words and ours.words != theirs.words and rules.units != Units.IGNORED:
        return unsure("words", f"Behind the numbers stand “{ours.words}” and “{theirs.words}”.")
    if _is_angle(ours, theirs):
        return None
    lacking = theirs is not None and bool(theirs.unit) and (ours is None or not ours.unit)
    if lacking and (rules.units is Units.REQUIRED or question.form is Form.QUANTITY) and theirs is not None:
        return different("unit", f"The answer lacks the unit {theirs.unit_text}.")
    left = ours.value if ours else _only(one)
    right = theirs.value if theirs else _only(two)
    if left is None or right is None:
        return None
    finding = comparing.compare(left, right, rules)
    if not all(item is None or item.sure for item in (ours, theirs)) and (ours is None or theirs is None):
        return _letter_or_unit(one, two, finding, question)
    return dataclasses.replace(finding, said=f"{finding.said} Words or a unit on one side only do not count.")


def _is_angle(ours: quantities.Quantity | None, theirs: quantities.Quantity | None) -> bool:
    """90° against a number: the parser knows both readings, 90 and π/2."""
    units = [item.unit for item in (ours, theirs) if item is not None and item.unit]
    return units == [(("degree", 1),)]


def _letter_or_unit(one: str, two: str, finding: Finding, question: Question) -> Finding | None:
    """5 m against 5: as a formula m is a variable, as a quantity a unit that one side lacks."""
    if not finding.is_equal or _readings(one, two, question).is_equal:
        return None
    return unsure("unit", "A single letter behind the number may be a unit or a variable.")


def _only(text: str) -> Node | None:
    try:
        return read(text)[0]
    except limits.TooBig:
        raise
    except (limits.Unreadable, IndexError):
        return None


def _by_constants(one: str, two: str, question: Question) -> Finding | None:
    """Compare with the physical constants that the author allows put in; None where neither side names one."""
    rules = question.rules
    ours, theirs = _with_constant(one, rules), _with_constant(two, rules)
    if ours is None or theirs is None or not (ours[1] or theirs[1]):
        return None
    left, right = evaluating.value(ours[0].value), evaluating.value(theirs[0].value)
    names = ", ".join(quantities.constant_title(name) for name in dict.fromkeys(ours[1] + theirs[1]))
    near = rules if rules.has_tolerance else _as_written(rules, ours[0].value, theirs[0].value)
    if ours[0].unit and theirs[0].unit and not (ours[1] and theirs[1]):
        finding = quantities.compared(ours[0], theirs[0], near)
    else:
        said = f"{shown(left)} and {shown(right)}."
        finding = (equal if close(left, right, near, rounded=1) else different)("constants", said)
    return dataclasses.replace(finding, stage="constants", said=f"With {names}: {finding.said}")


def _with_constant(text: str, rules: Rules) -> tuple[quantities.Quantity, tuple[str, ...]] | None:
    """A text as a quantity with constants put in, and the names of those."""
    node = _only(text)
    if node is not None:
        changed, used = quantities.with_constants(node, rules.constants)
        if not nodes.variables(changed):
            bare = isinstance(node, Symbol) and bool(used)
            unit = quantities.constant(used[0])[1] if bare else ()
            return quantities.Quantity(changed, unit), used
    found = quantities.read(text)
    return None if found is None else (found, ())


def _as_written(rules: Rules, left: Node, right: Node) -> Rules:
    """As near as the side that is written in decimals can say."""
    written = [node for node in (left, right) if isinstance(node, Number) and node.figures and node.figures < 12]
    figures = min((node.figures for node in written), default=6)
    return dataclasses.replace(rules, figures=figures)


def read(text: str) -> list[Node]:
    """The readings of a text: a comma between digits may part thousands, decimals or two numbers."""
    found: list[Node] = []
    problem: limits.Unreadable | None = None
    for commas in ("thousands", "decimal", "list") if _COMMA.search(text) else ("list",):
        try:
            node = _loosely(text, commas)
        except limits.TooBig:
            raise
        except limits.Unreadable as error:
            problem = problem or error
            continue
        if node not in found:
            found.append(node)
    if not found and problem is not None:
        raise problem
    return found


def _loosely(text: str, commas: str) -> Node:
    """The node of a text, or of what stands behind its last sign of equality where the rest is not read."""
    try:
        return parsing.parse(text, commas)
    except limits.TooBig:
        raise
    except limits.Unreadable:
        split = _TAIL.match(text)
        if split is None or not split["tail"].strip():
            raise
        node = parsing.parse(split["tail"], commas)
        worded = _WORD_HEAD.fullmatch(split["head"].strip()) is not None
        if isinstance(node, Relation) or (nodes.variables(node) and not worded):
            raise
        return node


def _readings(one: str, two: str, question: Question) -> Finding:
    ours, theirs = read(one), read(two)
    first: Finding | None = None
    for right in theirs:
        for left in ours:
            finding = _formed(left, right, question)
            if finding.is_equal:
                return finding
            first = first or finding
    return first or unsure("parsing", "Nothing was read.")


def _formed(given: Node, expected: Node, question: Question) -> Finding:
    """Compare as the form that the author named."""
    form, rules = question.form, question.rules
    if form is Form.NUMBER:
        values = [comparing.result(node) for node in (given, expected)]
        if nodes.variables(values[1]):
            return unsure("numeric", "The reference is not a number.")
        if nodes.variables(values[0]) or isinstance(values[0], Group):
            return different("numeric", "The answer is not one number.")
    if form is Form.SET:
        given, expected = _as_set(given), _as_set(expected)
    if form is Form.INTERVAL:
        return comparing.as_regions(given, expected, rules)
    if form is Form.MATRIX and not comparing.has_matrix(expected):
        return unsure("matrix", "The reference is not a matrix.")
    return comparing.compare(given, expected, rules)


def _as_set(node: Node) -> Node:
    inner = comparing.result(node)
    if isinstance(inner, Group) and inner.form in {"list", "tuple"}:
        return Group("set", inner.items)
    return inner if isinstance(inner, Group) else Group("set", (inner,))


def _symbolic(one: str, two: str, finding: Finding, question: Question) -> Finding:
    """Ask algebra about what could not be decided; what only agrees at points passes where algebra stays silent."""
    if finding.stage == "words":
        return finding
    said: Finding | None = None
    if question.ask is not None and tokens.is_admissible(one) and tokens.is_admissible(two):
        said = question.ask(as_latex(one), as_latex(two))
        if said.is_equal:
            return said
    if finding.stage == "at points":
        if said is not None and said.verdict is Verdict.DIFFERENT:
            return unsure("symbolic", f"{finding.said} {said.said}")
        return equal("at points", finding.said)
    if said is not None and said.verdict is Verdict.DIFFERENT and finding.stage != "expression":
        return said
    return finding if said is None else dataclasses.replace(finding, said=f"{finding.said} {said.said}".strip())


def as_latex(text: str) -> str:
    """A cleaned text as LaTeX again."""
    text = text.replace("%", r"\%").replace("°", r"^{\circ}").replace(r"\cr", r"\\")
    return _BARE_FUNCTION.sub(r"\\\g<0>", text)

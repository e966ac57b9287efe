"""Python that an author wrote, read before it is kept: what does not parse, or needs what is not there, is refused.

Nothing is run here. The reader of Python itself is the only part of it that sees the text, within bounds.
"""

from __future__ import annotations

import ast
import sys
from typing import NamedTuple

MAX_SOURCE = 20_000
MAX_TEST = 2_000
# What the interpreter of the sandbox can import; a test holds this list against it.
MODULES = (
    "asyncio", "base64", "binascii", "bisect", "collections", "copy", "csv", "dataclasses", "datetime", "decimal",
    "functools", "hashlib", "itertools", "json", "math", "os", "pathlib", "posixpath", "random", "re", "sys", "time",
    "tomllib", "typing", "unicodedata",
)  # fmt: skip
LACKS = (
    "no generators (`yield`), no classes that inherit, no decorators inside classes, no `del`, and no modules but "
    + ", ".join(MODULES)
)


class TestLine(NamedTuple):
    """One test: what is done first, the expression, and what it is compared with where it is a comparison by ==."""

    text: str
    before: str
    left: str
    right: str | None


def parsed(code: str) -> ast.Module:
    """The tree of a source; a ValueError says in a sentence why there is none."""
    if len(code) > MAX_SOURCE:
        raise ValueError(f"The code has {len(code):,} characters; {MAX_SOURCE:,} are allowed.")
    try:
        return ast.parse(code, feature_version=(3, 11))
    except SyntaxError as error:
        at = f"Line {error.lineno}: " if error.lineno else ""
        raise ValueError(f"{at}{error.msg}.") from error
    except ValueError as error:
        raise ValueError(f"The code cannot be read: {error}.") from error
    except (RecursionError, MemoryError) as error:
        raise ValueError("The code is nested too deeply.") from error


def refuse_what_is_lacking(tree: ast.Module) -> None:
    """Raise a ValueError for what the sandbox's Python is known to lack."""
    for node in ast.walk(tree):
        lacking = _lacking(node)
        if lacking:
            raise ValueError(f"Line {getattr(node, 'lineno', 1)}: {lacking}.")


def refuse_unknown_modules(tree: ast.Module) -> None:
    """Raise a ValueError for modules that are not of Python's own library."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.split(".")[0] not in sys.stdlib_module_names:
                raise ValueError(f"There is no module {name} in the sandbox; Python's own library is.")


def arguments_of(tree: ast.Module, name: str) -> int:
    """How many plain arguments the function `name` takes; a ValueError where there is no such function."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    if not found:
        raise ValueError(f"Write a function `def {name}(response, reference, prompt):`.")
    spec = found[-1].args
    plain = len(spec.posonlyargs) + len(spec.args)
    if spec.kwonlyargs or spec.vararg or spec.kwarg or not 1 <= plain <= 3:
        raise ValueError(
            f"`{name}` takes the response, then the reference, then the prompt: one, two or three of them."
        )
    return plain


def test_line(text: str) -> TestLine:
    """A line such as `add(2, 3) == 5`, or `s = Stack(); s.push(1); s.pop() == 1`; a ValueError says what is wrong."""
    if len(text) > MAX_TEST:
        raise ValueError(f"A test has {len(text):,} characters; {MAX_TEST:,} are allowed.")
    tree = parsed(text.strip())
    refuse_unknown_modules(tree)
    if not tree.body or not isinstance(tree.body[-1], ast.Expr | ast.Assert):
        raise ValueError("A test ends in an expression that has to be true, such as add(2, 3) == 5.")
    last = tree.body[-1]
    wanted = last.value if isinstance(last, ast.Expr) else last.test
    try:
        before = "\n".join(ast.unparse(node) for node in tree.body[:-1])
        if isinstance(wanted, ast.Compare) and len(wanted.ops) == 1 and isinstance(wanted.ops[0], ast.Eq):
            return TestLine(text.strip(), before, ast.unparse(wanted.left), ast.unparse(wanted.comparators[0]))
        return TestLine(text.strip(), before, ast.unparse(wanted), None)
    except RecursionError as error:
        raise ValueError("The test is nested too deeply.") from error


def _lacking(node: ast.AST) -> str:
    match node:
        case ast.Yield() | ast.YieldFrom():
            return "the sandbox's Python has no generators"
        case ast.ClassDef() if node.bases or node.keywords:
            return "the sandbox's Python has no classes that inherit"
        case ast.Delete():
            return "the sandbox's Python has no `del`"
        case ast.Import():
            return _unknown([alias.name for alias in node.names])
        case ast.ImportFrom():
            return _unknown([node.module or "."])
    return ""


def _unknown(names: list[str]) -> str:
    missing = [name for name in names if name.split(".")[0] not in MODULES]
    return f"the sandbox's Python has no module {missing[0]}; it has {', '.join(MODULES)}" if missing else ""

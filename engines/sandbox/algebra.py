"""Inside a child: symbolic algebra, which may run for ever and is therefore stopped from outside.

What comes here has passed `domain.checks.equivalence.tokens.is_admissible`. Only LaTeX is read (by the grammar of
latex2sympy2); SymPy's own reading of text, which runs Python, is never asked.
"""

from __future__ import annotations

import logging
from typing import Any

SHOWN = 300


def warm(_cache: str) -> None:
    """Load what takes long to load, and do each thing once."""
    logging.disable(logging.CRITICAL)
    equal({"given": r"\sin^2 x + \cos^2 x", "expected": "1", "decimals": 6})


def ready(request: dict[str, Any]) -> dict[str, Any]:
    """Say which algebra system answers here; what is asked is given back."""
    import sympy

    return {"system": f"sympy {sympy.__version__}", "asked": request}


def equal(request: dict[str, Any]) -> dict[str, Any]:
    """Read two formulas and compare them: what each was read as (None where it was not), and whether they are equal."""
    import math_verify

    given, expected = _read(str(request["given"])), _read(str(request["expected"]))
    if given is None or expected is None:
        return {"given": _text(given), "expected": _text(expected), "equal": None}
    same = _cheaply(given, expected)
    if same is None:
        same = math_verify.verify(
            [expected], [given], float_rounding=int(request["decimals"]), timeout_seconds=None, raise_on_error=True
        )
    return {"given": _text(given), "expected": _text(expected), "equal": bool(same)}


def _cheaply(given: Any, expected: Any) -> bool | None:
    """Whether the difference vanishes by working out, by expanding, and with angles written as exponentials.

    Each is a proof, and costs a twentieth of what simplifying does; a number that is clearly not zero is one too.
    """
    import sympy

    if not (isinstance(given, sympy.Expr) and isinstance(expected, sympy.Expr)):
        return None
    left = sympy.expand((given - expected).doit())
    if left == 0:
        return True
    if left.is_number:
        size = abs(sympy.N(left, 15))
        return False if size.is_comparable and size > 1e-3 * (1 + abs(sympy.N(expected, 15))) else None
    return True if sympy.expand(left.rewrite(sympy.exp)) == 0 else None


def _read(latex: str) -> Any:
    import math_verify

    found = math_verify.parse(f"${latex}$", [math_verify.LatexExtractionConfig()], parsing_timeout=None)
    return found[0] if found and not isinstance(found[0], str) else None


def _text(found: Any) -> str | None:
    return None if found is None else str(found)[:SHOWN]

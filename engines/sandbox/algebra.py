"""Inside a child: symbolic algebra, which may run for ever and is therefore stopped from outside."""

from __future__ import annotations

from typing import Any


def warm() -> None:
    """Load what takes long to load."""
    import sympy

    sympy.simplify(sympy.Symbol("x") + 1)


def ready(request: dict[str, Any]) -> dict[str, Any]:
    """Say which algebra system answers here; what is asked is given back."""
    import sympy

    return {"system": f"sympy {sympy.__version__}", "asked": request}

"""In which language a text is, told the same way each time."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Any

MAX_READ = 20_000
SURE = 10.0
"""By how much the logarithm of the likelihood has to be above that of every expected language (ours)."""


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the likeliest language; none where there are no letters."""
    if not any(map(str.isalpha, text[:MAX_READ])):
        return None
    head = text[:MAX_READ].encode("utf-8", "replace").decode()
    # The model is made of running text; capitals alone would look like names and acronyms to it.
    code, _ = _model().classify(head.lower() if head.isupper() else head)
    return str(code)


def foreign(text: str, expected: Collection[str]) -> str | None:
    """The language of a text that is surely none of these; None where it may be one of them, or holds no letters.

    Of 2,200 English criteria of published rubrics one was taken for another language; of the Chinese ones all were.
    """
    if not any(map(str.isalpha, text)):
        return None
    ranked = {str(code): float(weight) for code, weight in _model().rank(text[:MAX_READ].lower())}
    best = max(ranked, key=lambda code: ranked[code])
    near = max((ranked[code] for code in expected if code in ranked), default=ranked[best])
    return best if ranked[best] - near > SURE else None


def known() -> tuple[str, ...]:
    """The codes that can be told apart."""
    return tuple(sorted(map(str, _model().labels)))


@functools.cache
def _model() -> Any:
    """Read when first needed: it takes half a second."""
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)

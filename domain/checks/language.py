"""In which language a text is, told the same way each time."""

from __future__ import annotations

import functools
from typing import Any

MAX_READ = 20_000


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the likeliest language; none where there are no letters."""
    if not any(map(str.isalpha, text[:MAX_READ])):
        return None
    head = text[:MAX_READ].encode("utf-8", "replace").decode()
    # The model is made of running text; capitals alone would look like names and acronyms to it.
    code, _ = _model().classify(head.lower() if head.isupper() else head)
    return str(code)


def known() -> tuple[str, ...]:
    """The codes that can be told apart."""
    return tuple(sorted(map(str, _model().labels)))


@functools.cache
def _model() -> Any:
    """Read when first needed: it takes half a second."""
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)

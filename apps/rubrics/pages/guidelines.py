"""The guidelines above the table, as rows of a form."""

import json
from collections.abc import Mapping
from typing import Any

from apps.rubrics import forms, queries


def guidelines(document: Mapping[str, Any], rows: Any = None) -> dict[str, Any]:
    """What the form of guidelines shows of a document; `rows` holds what was refused."""
    part = {"guidelines": document["guidelines"]}
    return {
        "guideline_rows": rows or forms.GuidelineFormSet(initial=part["guidelines"], prefix="guidelines"),
        "guidelines_seen": queries.fingerprint(part),
        "guidelines_base": json.dumps(part, ensure_ascii=False),
    }

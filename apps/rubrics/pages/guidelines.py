"""The guidelines above the table, as rows of a form."""

import json
from typing import Any

from apps.rubrics import forms, queries
from apps.rubrics.models import RubricVersion


def guidelines(version: RubricVersion, rows: Any = None) -> dict[str, Any]:
    """What the form of guidelines shows; `rows` holds what was refused."""
    part = {"guidelines": [{"id": row.guideline_id, "text": row.text} for row in version.guidelines.all()]}
    return {
        "guideline_rows": rows or forms.GuidelineFormSet(initial=part["guidelines"], prefix="guidelines"),
        "guidelines_seen": queries.fingerprint(part),
        "guidelines_base": json.dumps(part, ensure_ascii=False),
    }

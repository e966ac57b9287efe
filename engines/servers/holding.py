"""Whether a server holds its model to a form, and which texts of a request have the same one."""

import json
from collections.abc import Sequence

from engines.protocol import Form, TextRequest

MARK = "k7q2v9"
"""What no model says unless it is held to it."""

QUESTION = "Say hello to a friend in one sentence."
TOKENS = 24
_SCHEMA = {
    "type": "object",
    "properties": {"mark": {"type": "string", "enum": [MARK]}},
    "required": ["mark"],
    "additionalProperties": False,
}
MARKED = Form(f'root ::= "{MARK}"')
MARKED_JSON = Form(f'root ::= "{{\\"mark\\": \\"{MARK}\\"}}"', json.dumps(_SCHEMA))
TRIAL = TextRequest((), ((),), max_tokens=TOKENS)


def is_marked(text: str) -> bool:
    """Whether a text is what a model says that is held to the mark, alone or as JSON."""
    try:
        return text.strip() == MARK or json.loads(text) == {"mark": MARK}
    except ValueError:
        return False


def groups(forms: Sequence[Form | None]) -> list[tuple[Form | None, list[int]]]:
    """The different forms, each with its places."""
    found: dict[Form | None, list[int]] = {}
    for place, form in enumerate(forms):
        found.setdefault(form, []).append(place)
    return list(found.items())

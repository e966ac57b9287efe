"""The key under which a verdict is judged once ever."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import orjson

from domain.rubric import canonical


def verdict_key(
    *,
    workspace_id: str | int | uuid.UUID,
    criterion_digest: str,
    fingerprint: str,
    strategy: str,
    protocol: str,
    subject_hash: str,
    context_hash: str,
    sample: int,
) -> uuid.UUID:
    """The first 128 bits of the digest over everything that decides a verdict."""
    form = {
        "workspace": str(workspace_id),
        "criterion": criterion_digest,
        "fingerprint": fingerprint,
        "strategy": strategy,
        "protocol": protocol,
        "subject": subject_hash,
        "context": context_hash,
        "sample": sample,
    }
    return uuid.UUID(bytes=hashlib.sha256(_canonical(form)).digest()[:16])


def _canonical(form: dict[str, Any]) -> bytes:
    """The canonical form; of printable ASCII, which keys nearly always are, plain sorted JSON is the same and fast."""
    texts = "".join(str(value) for value in form.values())
    if texts.isascii() and texts.isprintable():
        return orjson.dumps(form, option=orjson.OPT_SORT_KEYS)
    return canonical(form)

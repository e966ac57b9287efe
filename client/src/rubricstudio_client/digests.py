"""Digests, computed here as the studio computes them: SHA-256 over RFC 8785 of text in NFC."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

import rfc8785

from rubricstudio_client.errors import DigestMismatch

UNNAMED = frozenset({"slug", "version", "status", "digest", "judged_digest"})
JUDGED = ("text", "kind", "levels", "examples", "evidence", "applies_when", "check")
EXACT = 2**53 - 1


def digest(document: Mapping[str, Any]) -> str:
    """The digest of all that a rubric says, without its name, version and state."""
    return sha256({key: value for key, value in document.items() if key not in UNNAMED})


def judged_digest(document: Mapping[str, Any]) -> str:
    """The digest of only what a judge is shown."""
    criteria = [{key: criterion[key] for key in JUDGED} for criterion in document["criteria"]]
    return sha256({"guidelines": [one["text"] for one in document["guidelines"]], "criteria": criteria})


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """The digest of a release: its list of prompt, name, version and digest."""
    keys = ("prompt_id", "slug", "version", "digest")
    return sha256({"rubrics": [{key: entry[key] for key in keys} for entry in manifest["rubrics"]]})


def check(document: Mapping[str, Any], expected: str | None = None) -> None:
    """Raise DigestMismatch unless the document says what its digests claim, and is the expected one."""
    try:
        found, judged = digest(document), judged_digest(document)
    except (KeyError, TypeError, ValueError, rfc8785.CanonicalizationError) as broken:
        raise DigestMismatch(f"This is no rubric document: {broken!r}.") from broken
    claimed = document.get("digest")
    if found != claimed or (expected is not None and found != expected):
        raise DigestMismatch(f"The document has the digest {found}, expected was {expected or claimed}.")
    if judged != document.get("judged_digest"):
        raise DigestMismatch(f"What a judge is shown has the digest {judged}, not {document.get('judged_digest')}.")


def sha256(value: Any) -> str:
    """The digest of a JSON value."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(_normalised(value))).hexdigest()


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_normalised(key): _normalised(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normalised(inner) for inner in value]
    if isinstance(value, int) and abs(value) > EXACT:
        return float(value)
    return value

"""Secrets of tokens and links: how they are made, recognised and stored (only as a hash)."""

import hashlib
import re
import secrets
import zlib

PREFIX = "rs_"
SHOWN = 9
_FORM = re.compile(r"rs_([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})")
_LINK = re.compile(r"[A-Za-z0-9_-]{43}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_token_secret() -> str:
    """A token's secret: `rs_`, 256 random bits and a checksum, so that scanners and typos are recognised."""
    body = secrets.token_urlsafe(32)
    return f"{PREFIX}{body}{checksum(body)}"


def new_link_secret() -> str:
    """A link's secret: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_token_secret(text: str) -> bool:
    """Whether this could be a token of ours; needs no database."""
    found = _FORM.fullmatch(text)
    return found is not None and checksum(found[1]) == found[2]


def is_link_secret(text: str) -> bool:
    """Whether this could be the secret of a link of ours; needs no database."""
    return _LINK.fullmatch(text) is not None


def checksum(body: str) -> str:
    """The CRC-32 of a secret's random part in six base-62 digits."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, place = divmod(number, 62)
        digits = _DIGITS[place] + digits
    return digits


def fingerprint(secret: str) -> str:
    """What is stored instead of a secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

"""Secrets at rest: what is derived from the studio's secret key, and for which purpose."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from domain import errors

_API_KEYS = "api keys at rest"
_FENCES = "fences of judge prompts"


class SealBroken(errors.Invalid):
    """What was sealed cannot be opened with the present secret key."""

    default_code = "seal_broken"


def seal(secret: str) -> bytes:
    """Encrypt a secret for the database."""
    return _fernet().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """Decrypt a secret from the database."""
    try:
        return _fernet().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise SealBroken(
            "A stored secret cannot be read because the studio's secret key has changed. Enter the API key again, or "
            "rotate the webhook's secret."
        ) from error


def fence_secret() -> str:
    """The secret from which the marks around untrusted text in prompts are made."""
    return _derived(_FENCES).hex()


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(_API_KEYS)))


def _derived(purpose: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()

"""Access tokens: issued with a secret that is shown once, revoked for good."""

import ipaddress
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from apps.accounts import credentials, permissions
from apps.accounts.models import Token
from apps.accounts.permissions import SCOPES, Actor
from apps.history import services as history
from domain import errors


class IssuedToken(NamedTuple):
    """A token and its secret, which is not stored."""

    token: Token
    secret: str


@transaction.atomic
def issue_token(
    *, by: Actor, name: str, scopes: Collection[str], expires_at: datetime | None,
    networks: Collection[str] = (), requests_per_minute: int | None = None,
) -> IssuedToken:  # fmt: skip
    """Issue a token that may do at most what the person's role allows; every member may."""
    permissions.check_scopes(by, scopes)
    _check(name, expires_at, requests_per_minute)
    secret = credentials.new_token_secret()
    token = Token.objects.create(
        workspace=by.workspace,
        name=name.strip()[:80],
        prefix=secret[: credentials.SHOWN],
        secret_hash=credentials.fingerprint(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        allowed_networks=_networks(networks),
        requests_per_minute=requests_per_minute,
        created_by=by.user,
        expires_at=expires_at,
    )
    detail = {"scopes": token.scopes, "expires_at": expires_at.isoformat(timespec="minutes") if expires_at else None}
    history.record(by=by, workspace=by.workspace, action="token.issued", target=token, detail=detail)
    return IssuedToken(token, secret)


def _check(name: str, expires_at: datetime | None, per_minute: int | None) -> None:
    problems = []
    if not name.strip():
        problems.append(errors.Problem("/name", "Give the token a name that says where it is used."))
    if expires_at is not None and expires_at <= timezone.now():
        problems.append(errors.Problem("/expires_at", "The last day lies in the past."))
    if per_minute is not None and per_minute < 1:
        problems.append(errors.Problem("/requests_per_minute", "At least one request a minute, or leave it empty."))
    if problems:
        raise errors.Invalid(" ".join(one.message for one in problems), code="token_invalid", problems=problems)


def _networks(given: Collection[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(one.strip(), strict=False)) for one in given if one.strip()]
    except ValueError as error:
        problem = errors.Problem("/networks", f"{error}. Write networks like 10.0.0.0/8 or 2001:db8::/32.")
        raise errors.Invalid(problem.message, code="network_invalid", problems=[problem]) from error


@transaction.atomic
def revoke_token(*, by: Actor, token: Token) -> Token:
    """Make a token useless, at once and for good."""
    if by.scopes is not None and (by.token is None or by.token.pk != token.pk):
        by.require_scope("admin")
    permissions.check_token_owner(by, token)
    now = timezone.now()
    if Token.objects.filter(pk=token.pk, workspace=by.workspace, revoked_at=None).update(revoked_at=now):
        history.record(by=by, workspace=by.workspace, action="token.revoked", target=token)
    token.revoked_at = token.revoked_at or now
    return token

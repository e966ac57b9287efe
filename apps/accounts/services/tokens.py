"""Access tokens: issued with a secret that is shown once, revoked for good."""

import ipaddress
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from apps.accounts import credentials, permissions
from apps.accounts.models import Token
from apps.accounts.permissions import SCOPES, Actor
from apps.history import services as history
from domain import errors

USUAL_GRACE = timedelta(hours=24)
MOST_GRACE = timedelta(hours=720)


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
    made = _made(
        by, name=name.strip()[:80], scopes=[scope for scope in SCOPES if scope in scopes],
        allowed_networks=_networks(networks), requests_per_minute=requests_per_minute, expires_at=expires_at,
    )  # fmt: skip
    detail = {"scopes": made.token.scopes, "expires_at": _said(expires_at)}
    history.record(by=by, workspace=by.workspace, action="token.issued", target=made.token, detail=detail)
    return made


def _made(by: Actor, **fields: Any) -> IssuedToken:
    secret = credentials.new_token_secret()
    token = Token.objects.create(
        workspace=by.workspace, created_by=by.user, prefix=secret[: credentials.SHOWN],
        secret_hash=credentials.fingerprint(secret), **fields,
    )  # fmt: skip
    return IssuedToken(token, secret)


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="minutes") if moment else None


@transaction.atomic
def rotate_token(*, by: Actor, token: Token, grace: timedelta = USUAL_GRACE) -> IssuedToken:
    """Issue a token that takes the place of another, which goes on working for `grace` and then ends.

    The new one has the same name, networks and rate, the scopes that its person still has, and lasts as long as the old
    one was made for. Only who made a token may: its successor speaks for them.
    """
    if by.scopes is not None and (by.token is None or by.token.pk != token.pk):
        by.require_scope("admin")
    permissions.check_token_maker(by, token)
    if not timedelta(0) <= grace <= MOST_GRACE:
        problem = errors.Problem("/grace_hours", "The old token may go on for 0 to 720 hours.")
        raise errors.Invalid(problem.message, code="grace_invalid", problems=[problem])
    old = Token.objects.select_for_update(of=("self",)).get(pk=token.pk, workspace=by.workspace)
    if not old.is_live:
        raise errors.Conflict(f"This token is {old.state}; make a new one instead.", code="token_not_live")
    if old.replaced_by_id is not None:
        raise errors.Conflict(
            "This token was already replaced; rotate the one that took its place.", code="token_replaced"
        )
    scopes = [scope for scope in old.scopes if scope in permissions.scopes_of(by.role)]
    permissions.check_scopes(by, scopes)
    now = timezone.now()
    made = _made(
        by, name=old.name, scopes=scopes, allowed_networks=old.allowed_networks,
        requests_per_minute=old.requests_per_minute,
        expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
    )  # fmt: skip
    old.replaced_by = made.token
    old.expires_at = now + grace if old.expires_at is None else min(old.expires_at, now + grace)
    old.save(update_fields=["replaced_by", "expires_at"])
    detail = {"by": made.token.prefix, "until": _said(old.expires_at)}
    history.record(by=by, workspace=by.workspace, action="token.rotated", target=old, detail=detail)
    return made


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

"""What is known about access tokens: who comes in with one, and the list of them."""

import ipaddress
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from apps.accounts import credentials
from apps.accounts.models import Membership, Token, TokenDay
from apps.accounts.permissions import Actor, Role, scopes_of
from domain import errors

SEEN_EVERY = timedelta(minutes=1)
LIVE_TOKENS = """
SELECT token.id, token.workspace_id, token.secret_hash, token.requests_per_minute, token.scopes, member.role
  FROM accounts_token token
  JOIN accounts_user person ON person.id = token.created_by_id AND person.is_active
  JOIN accounts_membership member
    ON member.user_id = person.id AND member.workspace_id = token.workspace_id AND member.active
 WHERE token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > now())
   AND token.allowed_networks = '{}'
   AND token.last_used_at > now() - interval '1 minute'
"""
"""Those that `actor_for_token` lets in from everywhere and of whose use it notes nothing."""


class TokenRefused(errors.NotAllowed):
    """A token that opens nothing; REST answers 401."""

    default_code = "token_refused"


def actor_for_token(secret: str, *, ip: str | None = None) -> Actor:
    """The token's creator as an actor, with the token's scopes as far as their present role allows."""
    if not credentials.is_token_secret(secret):
        raise TokenRefused("This is not a token of the studio.", code="token_malformed")
    role = Membership.objects.filter(
        user=OuterRef("created_by"), workspace=OuterRef("workspace"), active=True, user__is_active=True
    ).values("role")
    token = (
        Token.objects.select_related("created_by", "workspace")
        .annotate(present_role=Subquery(role[:1]))
        .filter(secret_hash=credentials.fingerprint(secret))
        .first()
    )
    if token is None:
        raise TokenRefused("There is no such token.", code="token_unknown")
    _check_live(token, ip)
    _note_use(token)
    present = Role(token.present_role)
    scopes = frozenset(token.scopes) & scopes_of(present)
    return Actor(user=token.created_by, workspace=token.workspace, role=present, scopes=scopes, token=token)


def live_token_key(secret: str) -> str | None:
    """Under what a token lies in `LIVE_TOKENS`; none for what cannot be a token of the studio."""
    return credentials.fingerprint(secret) if credentials.is_token_secret(secret) else None


def _check_live(token: Token, ip: str | None) -> None:
    if token.revoked_at is not None:
        raise TokenRefused("This token was revoked.", code="token_revoked")
    if not token.is_live:
        raise TokenRefused("This token has expired.", code="token_expired")
    if token.present_role is None:  # type: ignore[attr-defined]
        raise TokenRefused("Whoever made this token is no longer an active member.", code="token_orphaned")
    if token.allowed_networks and not _inside(ip, token.allowed_networks):
        raise TokenRefused("This token may not be used from this network.", code="token_network")


def _inside(ip: str | None, networks: list[str]) -> bool:
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in ipaddress.ip_network(network) for network in networks)


def _note_use(token: Token) -> None:
    """Remember the use, at most once a minute, so that reading stays reading."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def tokens(actor: Actor) -> list[Token]:
    """The person's tokens, an admin's list has everybody's; live ones first, newest first."""
    return sorted(visible_tokens(actor).order_by("-pk"), key=lambda token: not token.is_live)


def get_token(actor: Actor, token_id: int) -> Token:
    """A token of the workspace; somebody else's exists only for an admin."""
    found = visible_tokens(actor).filter(pk=token_id).first()
    if found is None:
        raise errors.NotFound("There is no such token.", code="token_unknown")
    return found


def visible_tokens(actor: Actor) -> QuerySet[Token]:
    """The person's own tokens; an admin's are all of the workspace."""
    rows = Token.objects.filter(workspace=actor.workspace).select_related("created_by", "replaced_by", "replaces")
    return rows if actor.can(Role.ADMIN) else rows.filter(created_by=actor.user)


@dataclass(frozen=True)
class Use:
    """How much a token was used on one day (UTC)."""

    day: date
    calls: int = 0
    items: int = 0
    errors: int = 0
    throttled: int = 0


def token_use(token: Token, *, days: int) -> list[Use]:
    """The last days with today's, oldest first; a day without calls has zeros."""
    today = timezone.now().date()
    first = today - timedelta(days=days - 1)
    known = {
        row.day: Use(row.day, row.calls, row.items, row.errors, row.throttled)
        for row in TokenDay.objects.filter(token=token, day__gte=first)
    }
    wanted = (first + timedelta(days=number) for number in range(days))
    return [known.get(day, Use(day)) for day in wanted]

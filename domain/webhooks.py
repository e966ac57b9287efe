"""Webhooks: what is told, how a message is signed, which addresses may be spoken to, when a delivery is tried again.

Messages are signed as Standard Webhooks 1.0.0 says (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
"""

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain import errors

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

EVENTS = {
    "release.published": "a release was made",
    "release.deprecated": "a release was deprecated",
    "alarm.raised": "an alarm of a training run was raised, or came back",
    "alarm.cleared": "an alarm ended by itself or was closed",
    "job.done": "a job is done",
    "job.failed": "a job ended with parts that failed",
    "job.cancelled": "a job was cancelled",
}
TEST = "test"
MOST_URL = 500
SECRET_PREFIX = "whsec_"  # noqa: S105 (the mark by which scanners know one)
SECRET_BYTES = 32
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 28_800)
"""Seconds before each further attempt: ten of them, about 22 hours in all; ours."""
LONGEST_SECONDS = 30 * 3600
"""A delivery older than this is not tried again, also where it waited for its endpoint to rest."""
MOST_REST = 300
"""Seconds for which a failed endpoint is left alone by all its deliveries, at most."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
)
"""Where clouds tell a machine its secrets: AWS, Google, Azure and others; Alibaba; Azure's wire server; Oracle; AWS."""


class AddressRefused(errors.Invalid):
    """A webhook may not lead there."""

    default_code = "webhook_address"


@dataclass(frozen=True)
class Rules:
    """What an installation allows beside HTTPS to public addresses: plain HTTP, and hosts on private networks."""

    http: bool = False
    private_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Target:
    """Where a webhook leads; `host` is in lower case, and ASCII."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, rules: Rules) -> Target:
    """Read an address; raises AddressRefused with a sentence for what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError as error:
        raise _refused(f"This is not an address of the web: {error}.") from error
    if len(url) > MOST_URL or not url.isprintable() or " " in url or not url.isascii():
        raise _refused(f"An address has at most {MOST_URL} characters of ASCII and no spaces.")
    if parts.scheme not in {"https", "http"} or not host:
        raise _refused("Write a whole address, as in https://hooks.example.org/studio.")
    if parts.scheme == "http" and not rules.http:
        raise _refused("Only https:// is allowed here; the messages would travel unencrypted.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("An address with a user, a password or a part after # is not taken.")
    if port == 0:
        raise _refused("There is no port 0.")
    if literal := _literal(host):
        check_address(literal, host, rules)
    elif (host == "localhost" or host.endswith(".localhost")) and host not in rules.private_hosts:
        raise _refused("This is the studio's own machine.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def check_address(address: Address, host: str, rules: Rules) -> None:
    """Refuse an address that a host's name led to, unless it is public or the host is one that may be private.

    Metadata services, link-local, multicast and unspecified addresses are refused for every host, and so is IPv4
    wrapped in IPv6, except behind NAT64, where the wrapped address counts.
    """
    if address in _NAT64:
        check_address(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), host, rules)
        return
    if why := _never(address):
        raise _refused(f"{host} leads to {address}, {why}.")
    if not _is_public(address) and host not in rules.private_hosts:
        raise _refused(f"{host} leads to {address}, which is not a public address.")


def new_secret(random: bytes) -> str:
    """A signing secret of 32 random bytes, in the form of Standard Webhooks."""
    if len(random) != SECRET_BYTES:
        raise ValueError(f"a secret has {SECRET_BYTES} bytes")
    return SECRET_PREFIX + base64.b64encode(random).decode("ascii")


def signature(secrets: Sequence[str], *, message: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one `v1,…` for each secret, the newest first."""
    signed = f"{message}.{timestamp}.".encode() + body
    return " ".join(f"v1,{base64.b64encode(_mac(secret, signed)).decode('ascii')}" for secret in secrets)


def headers(secrets: Sequence[str], *, message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secrets, message=message, timestamp=timestamp, body=body),
    }


def pause(failed: int, chance: float) -> float | None:
    """Seconds until the next attempt after so many that failed (from 1 on), None where it was the last.

    `chance` in [0, 1) spreads it over 80 to 120 % of the plan, so that receivers do not get all at once.
    """
    if failed > len(PAUSES):
        return None
    return PAUSES[max(1, failed) - 1] * (0.8 + 0.4 * chance)


def chosen(events: Collection[str]) -> list[str]:
    """The events in their order; raises Invalid where one is unknown or none is named."""
    if unknown := sorted(set(events) - set(EVENTS)):
        sentence = f"There is no event {', '.join(unknown)}. There are {', '.join(EVENTS)}."
        raise errors.Invalid(sentence, code="event_unknown", problems=[errors.Problem("/events", sentence)])
    if not events:
        sentence = "Choose at least one event."
        raise errors.Invalid(sentence, code="events_missing", problems=[errors.Problem("/events", sentence)])
    return [name for name in EVENTS if name in events]


def _mac(secret: str, signed: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return hmac.new(key, signed, hashlib.sha256).digest()


def _refused(sentence: str) -> AddressRefused:
    return AddressRefused(sentence, problems=[errors.Problem("/url", sentence)])


def _host(name: str) -> str:
    return name if ":" in name else name.encode("idna").decode("ascii").lower().rstrip(".")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _never(address: Address) -> str:
    """Why nothing is ever sent there, or nothing."""
    if address in _METADATA:
        return "where a cloud keeps its machines' secrets"
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return "which belongs to no host that a webhook may reach"
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or address.teredo
        if wrapped is not None or (0 < int(address) < 2**32 and not address.is_loopback):
            return "which wraps an IPv4 address"
    elif address.is_reserved or int(address) < 2**24:
        return "which belongs to no host that a webhook may reach"
    return ""


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global

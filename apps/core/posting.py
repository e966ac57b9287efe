"""Posts to addresses that people typed: names are resolved once, checked, and the connection goes to what was checked.

No redirect is followed, no proxy of the environment used, nothing is kept open, and all of it together takes a bounded
time.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings

from domain import errors, webhooks

CONNECT_SECONDS = 5.0
MOST_ADDRESSES = 3
MOST_ANSWER = 2000


@dataclass(frozen=True)
class Reply:
    """What came of a post: a status and the beginning of the answer, or an error in a sentence."""

    milliseconds: int
    status: int | None = None
    text: str = ""
    error: str = ""
    retry_after: int | None = None
    address: str = ""

    @property
    def ok(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def rules() -> webhooks.Rules:
    """What this installation allows."""
    hosts = frozenset(host.lower().strip("[]") for host in settings.STUDIO_WEBHOOK_PRIVATE_HOSTS)
    return webhooks.Rules(http=settings.STUDIO_WEBHOOK_HTTP, private_hosts=hosts)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Reply:
    """Post once, within `seconds`; whatever the other side does comes back as a reply."""
    began = time.monotonic()
    address = ""
    try:
        target = webhooks.target_of(url, rules())
        addresses = _resolved(target)
        connection = _Pinned(target, addresses, max(0.1, seconds - (time.monotonic() - began)))
        with contextlib.closing(connection), _ended_after(connection, seconds - (time.monotonic() - began)):
            connection.request("POST", target.path, body=body, headers={**headers, "Connection": "close"})
            address = connection.address
            answer = connection.getresponse()
            text = answer.read(MOST_ANSWER).decode("utf-8", "replace").replace("\x00", "�")
            if connection.hung_up:
                raise TimeoutError
            waits = _seconds(answer.headers.get("Retry-After"))
            return Reply(_since(began), answer.status, text, "", waits, address)
    except errors.Invalid as refused:
        return Reply(_since(began), error=refused.message)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        late = isinstance(error, TimeoutError) or time.monotonic() - began >= seconds
        said = f"No answer within {seconds:g} seconds." if late else _said(error)
        return Reply(_since(began), error=said, address=address)


class _Pinned(http.client.HTTPConnection):
    """A connection to one of some addresses that were checked; the host's name is only said, never looked up."""

    def __init__(self, target: webhooks.Target, addresses: list[webhooks.Address], seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.default_port = 443 if target.scheme == "https" else 80
        self.address = ""
        self.hung_up = False
        self._target = target
        self._addresses = addresses
        self._seconds = seconds

    def connect(self) -> None:
        """Try the addresses in turn; the certificate has to be for the host's name."""
        last: OSError = OSError("no address")
        for address in self._addresses:
            self.address = str(address)
            try:
                self.sock = _opened(address, self._target.port, min(CONNECT_SECONDS, self._seconds))
                break
            except OSError as error:
                last = error
        else:
            raise last
        self.sock.settimeout(self._seconds)
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host, do_handshake_on_connect=False)
            self.sock.do_handshake()


def _opened(address: webhooks.Address, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET if isinstance(address, ipaddress.IPv4Address) else socket.AF_INET6
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect((str(address), port))
    except BaseException:
        line.close()
        raise
    return line


def _resolved(target: webhooks.Target) -> list[webhooks.Address]:
    """The addresses of a host, each of them checked: one that is refused refuses the host."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise OSError(f"the name {target.host} cannot be resolved") from error
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    addresses = [ipaddress.ip_address(text) for text in texts]
    for address in addresses:
        webhooks.check_address(address, target.host, rules())
    return addresses[:MOST_ADDRESSES]


@contextlib.contextmanager
def _ended_after(connection: _Pinned, seconds: float) -> Iterator[None]:
    """Hang up when the time is over, whatever the other side drips."""
    timer = threading.Timer(max(0.1, seconds), _hang_up, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: _Pinned) -> None:
    connection.hung_up = True
    line = connection.sock
    if line is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate does not hold: {error.verify_message}."
    if isinstance(error, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError):
        return "The receiver hung up without an answer."
    if isinstance(error, http.client.HTTPException):
        return "The answer was not HTTP that can be read."
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"It could not be reached: {said[:200].rstrip('.')}."

"""Posts go where was checked, once, for a bounded time, and what comes back is a reply."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.core import posting
from tests.receiver import Receiver


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.STUDIO_WEBHOOK_HTTP = True
    settings.STUDIO_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with Receiver() as found:
        yield found


def post(url: str, seconds: float = 10) -> posting.Reply:
    return posting.post(url, b"{}", {"X-Own": "1"}, seconds=seconds)


def test_a_message_arrives_and_the_answer_is_bounded(receiver: Receiver) -> None:
    receiver.statuses, receiver.answer = [200], b"thanks \x00\xff" + b"x" * 100_000
    reply = post(receiver.url)
    assert (reply.ok, reply.status, reply.address, reply.error) == (True, 200, "127.0.0.1", "")
    assert len(reply.text) == posting.MOST_ANSWER
    assert "\x00" not in reply.text
    assert receiver.got[0].path == "/hook?from=studio"
    assert receiver.got[0].headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with Receiver() as other:
        receiver.statuses, receiver.headers = [302], {"Location": other.url, "Retry-After": "7"}
        reply = post(receiver.url)
        assert (reply.ok, reply.status, reply.retry_after) == (False, 302, 7)
        assert not other.got


@pytest.mark.parametrize("slow", ["hold", "drip"])
def test_a_slow_receiver_is_left(receiver: Receiver, slow: str) -> None:
    receiver.hold, receiver.drip = (30, False) if slow == "hold" else (0, True)
    began = time.monotonic()
    reply = post(receiver.url, 0.6)
    assert (reply.ok, reply.error) == (False, "No answer within 0.6 seconds.")
    assert time.monotonic() - began < 10


def test_what_is_no_answer_is_said() -> None:
    assert "resolved" in posting.post("https://nowhere.invalid/", b"", {}, seconds=5).error


@pytest.mark.parametrize(("line", "said"), [(b"", "hung up"), (b"nonsense\r\n\r\n", "was not HTTP")])
def test_a_broken_server_is_said(settings: Any, line: bytes, said: str) -> None:
    settings.STUDIO_WEBHOOK_HTTP, settings.STUDIO_WEBHOOK_PRIVATE_HOSTS = True, ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def serve() -> None:
            call, _ = server.accept()
            call.recv(65_536)
            call.sendall(line)
            call.close()

        threading.Thread(target=serve, daemon=True).start()
        assert said in post(url).error
    assert "could not be reached" in post(url).error


def answers_of(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[tuple[Any, ...]]:
    """The name service says something else each time it is asked."""
    asked: list[tuple[Any, ...]] = []

    def getaddrinfo(*asks: Any, **_: Any) -> list[Any]:
        asked.append(asks)
        texts = rounds[min(len(asked), len(rounds)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, asks[1])) for text in texts]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.STUDIO_WEBHOOK_HTTP = True
    with Receiver() as inside:
        for found in (["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"]):
            answers_of(monkeypatch, found)
            reply = post(f"http://rebind.example:{inside.port}/")
            assert "rebind.example leads to" in reply.error
        assert not inside.got


def test_a_name_is_looked_up_once_and_the_connection_goes_there(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A name service that says something public first and something inside afterwards gains nothing."""
    settings.STUDIO_WEBHOOK_HTTP = True
    asked = answers_of(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    opened: list[tuple[str, int]] = []

    def open_(address: Any, port: int, seconds: float) -> socket.socket:
        opened.append((str(address), port))
        raise OSError("not today")

    monkeypatch.setattr(posting, "_opened", open_)
    assert "not today" in post("http://rebind.example:8080/").error
    assert (len(asked), opened) == (1, [("93.184.216.34", 8080)])


def test_http_and_private_hosts_take_a_setting() -> None:
    assert "Only https" in post("http://example.org/").error
    assert "not a public address" in post("https://127.0.0.1/").error


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


def test_a_certificate_has_to_be_for_the_name(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, receiver: Receiver
) -> None:
    public, private = certificate(tmp_path, "hooks.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    receiver._server.socket = context.wrap_socket(receiver._server.socket, server_side=True)
    settings.STUDIO_WEBHOOK_PRIVATE_HOSTS = ["hooks.example", "other.example"]
    answers_of(monkeypatch, ["127.0.0.1"])
    assert "certificate does not hold" in post(f"https://hooks.example:{receiver.port}/").error
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    assert post(f"https://hooks.example:{receiver.port}/").ok
    assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"
    assert "certificate does not hold" in post(f"https://other.example:{receiver.port}/").error


def test_the_addresses_of_a_host_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    tried: list[str] = []
    opened = posting._opened

    def open_(address: Any, port: int, seconds: float) -> socket.socket:
        tried.append(str(address))
        if len(tried) == 1:
            raise ConnectionRefusedError("closed")
        return opened(ipaddress.ip_address("127.0.0.1"), port, seconds)

    monkeypatch.setattr(posting, "_opened", open_)
    answers_of(monkeypatch, ["93.184.216.34", "93.184.216.35"])
    assert post(f"http://two.example:{receiver.port}/").ok
    assert tried == ["93.184.216.34", "93.184.216.35"]

"""A little server that takes webhooks, and answers as it is told."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import socket
import threading
import time
from dataclasses import dataclass
from typing import Self


@dataclass
class Got:
    """A message as it came."""

    headers: dict[str, str]
    body: bytes
    path: str


def is_signed(got: Got, secret: str, place: int = 0) -> bool:
    """Whether the signature at this place was made with a secret; written from the standard's text alone."""
    key = base64.standard_b64decode(secret[len("whsec_") :])
    due = hmac.digest(
        key, got.headers["webhook-id"].encode() + b"." + got.headers["webhook-timestamp"].encode() + b"." + got.body,
        hashlib.sha256,
    )  # fmt: skip
    return got.headers["webhook-signature"].split(" ")[place] == "v1," + base64.standard_b64encode(due).decode()


class Receiver:
    """Answers with the statuses it was given, the last one again and again; `hold` keeps a request for so long."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.statuses = [204]
        self.headers: dict[str, str] = {}
        self.answer = b""
        self.hold = 0.0
        self.drip = False
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook?from=studio"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, call: http.server.BaseHTTPRequestHandler) -> None:
        body = call.rfile.read(int(call.headers["Content-Length"]))
        self.got.append(Got({name.lower(): value for name, value in call.headers.items()}, body, call.path))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        time.sleep(self.hold)
        if self.drip:
            self._drip(call.connection)
            return
        with contextlib.suppress(OSError):  # Who asked may be gone by now.
            call.send_response(status)
            for name, value in self.headers.items():
                call.send_header(name, value)
            call.end_headers()
            call.wfile.write(self.answer)

    @staticmethod
    def _drip(line: socket.socket) -> None:
        """Send a header byte by byte, always in time for a patience that is counted from byte to byte."""
        try:
            line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(200):
                line.sendall(b"a")
                time.sleep(0.1)
        except OSError:
            return

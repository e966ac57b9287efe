"""Vectors from a server with `/v1/embeddings`; whatever goes wrong is unavailable, never a made-up vector."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain import errors
from engines.embeddings import BATCH, ServedEmbedder

Reply = Callable[[str, dict[str, Any]], tuple[int, Any]]


class Server(http.server.ThreadingHTTPServer):
    """Answers by `reply` and keeps what it was asked."""

    reply: Reply
    asked: list[dict[str, Any]]


class Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        del format, args

    def do_GET(self) -> None:
        self._send(*self.server.reply(self.path, {}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body | {"key": self.headers.get("Authorization")})
        self._send(*self.server.reply(self.path, body))

    def _send(self, status: int, said: Any) -> None:
        content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def lengths(path: str, body: dict[str, Any]) -> tuple[int, Any]:
    """The vector of a text is its length and 1; the rows come in the wrong order, each with its index."""
    if path == "/v1/models":
        return 200, {"data": [{"id": "little-vectors"}]}
    rows = [{"index": n, "embedding": [len(text), 1]} for n, text in enumerate(body["input"])]
    return 200, {"data": rows[::-1]}


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.reply, made.asked = lengths, []
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def opened(server: Server, **more: Any) -> ServedEmbedder:
    return ServedEmbedder(f"http://127.0.0.1:{server.server_address[1]}/v1", **more)


def test_vectors_come_in_the_order_of_the_texts_in_batches(server: Server):
    embedder = opened(server, api_key="secret")
    found = embedder.embed(["x" * n for n in range(BATCH + 3)])
    assert [int(one[0]) for one in found] == list(range(BATCH + 3))
    assert [len(one["input"]) for one in server.asked] == [BATCH, 3]
    assert {(one["model"], one["key"]) for one in server.asked} == {("little-vectors", "Bearer secret")}
    assert embedder.model == "little-vectors"
    assert embedder.embed([]) == []
    embedder.close()


def test_a_named_model_is_asked(server: Server):
    opened(server, model="mine").embed(["a"])
    assert server.asked[0]["model"] == "mine"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (200, {"data": []}), (200, {"data": [{"embedding": []}]}), (200, {"data": [{"embedding": ["x"]}]}),
        (200, {"data": [{"embedding": [1], "index": 5}]}), (200, {"data": [{"embedding": [True]}]}), (200, "no JSON"),
        (200, {"data": ["x"]}), (200, []), (200, '{"data": [{"embedding": [NaN]}]}'), (404, {}), (401, {}), (503, {}),
        (400, {}), (500, {}),
    ],
)  # fmt: skip
def test_anything_else_is_unavailable(server: Server, status: int, said: Any):
    server.reply = lambda *_: (status, said)
    with pytest.raises(errors.Unavailable):
        opened(server, model="mine").embed(["a"])


def test_vectors_of_different_length_are_refused(server: Server):
    rows = [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}]
    server.reply = lambda *_: (200, {"data": rows})
    with pytest.raises(errors.Unavailable, match="different length"):
        opened(server, model="mine").embed(["a", "b"])


def test_a_server_without_models_and_one_that_is_away(server: Server):
    server.reply = lambda *_: (200, {"data": []})
    with pytest.raises(errors.Unavailable, match="lists no model"):
        opened(server).embed(["a"])
    with pytest.raises(errors.Unavailable):
        ServedEmbedder("http://127.0.0.1:9/v1", model="x").embed(["a"])

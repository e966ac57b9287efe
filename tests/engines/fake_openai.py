"""A server that plays vLLM and answers at once; it can be told to misbehave.

Run alone: `python -m tests.engines.fake_openai --port 8123`. In a test: `with FakeServer() as fake`.
While it runs, `POST /_fake {"mode": "busy", "times": 3}` switches how it behaves.
"""

import argparse
import contextlib
import dataclasses
import http.server
import itertools
import json
import math
import re
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any, Self

from tests.domain.gbnf import shortest

MODEL = "fake-judge"
BLOCK = 16
_TOKEN = re.compile(r"<\|\w+\|>| ?\w+|[^\w]")
_MODES = (
    "ok",
    "delay",  # answer after `seconds`
    "hang",  # the same, for as long as a test likes
    "misnamed",  # the reply carries another model's name
    "two_tokens",  # every label is two tokens
    "half",  # the last question's answer is cut short
    "busy",  # 503, with Retry-After where `retry_after` is given
    "limited",  # 429
    "broken",  # 500
    "refused",  # 400
    "key",  # 401
    "reset",  # hang up with a TCP reset
    "truncated",  # promise more bytes than are sent
    "not_json",
    "wrong_shape",
    "error_text",  # 200 with an error inside
    "nan",
    "no_logprobs",
    "few_choices",
    "above_one",
)


@dataclasses.dataclass
class Behaviour:
    """How the next requests to some paths go."""

    mode: str = "ok"
    times: int | None = None
    seconds: float = 0.0
    retry_after: float | None = None
    paths: tuple[str, ...] = ("/v1/completions", "/v1/chat/completions")


class Vocabulary:
    """Words as tokens: a word with its space before is one, a control string is one; the same for every server."""

    words: dict[int, str] = {}

    def ids(self, text: str) -> list[int]:
        found = []
        for word in _TOKEN.findall(text):
            token = zlib.crc32(word.encode())
            self.words.setdefault(token, word)
            found.append(token)
        return found

    def text(self, ids: list[int]) -> str:
        return "".join(self.words[token] for token in ids)


class FakeServer:
    """The server, its vocabulary and what it was told; `flavour` is vllm, old_vllm, plain or chat."""

    def __init__(
        self,
        port: int = 0,
        *,
        flavour: str = "vllm",
        model: str = MODEL,
        context_length: int = 8192,
        answer: str | None = None,
        slots: int = 1000,
        impostor: bool = False,
    ) -> None:
        self.slots = slots
        self.impostor = impostor
        self.stated: str | None = None
        self._slots = threading.Semaphore(slots)
        self.under_way = 0
        self.most_under_way = 0
        self.flavour = flavour
        self.model = model
        self.context_length = context_length
        self.answer = answer
        self.vocabulary = Vocabulary()
        self.behaviour = Behaviour()
        self.requests: dict[str, int] = {}
        self.bodies: list[dict[str, Any]] = []
        self.keep_bodies = False
        self.verdicts = 0
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"fake": self})
        self._http = _Server(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def behave(self, mode: str = "ok", **settings: Any) -> None:
        """Switch to a mode, for `times` requests or until told otherwise."""
        if mode not in _MODES:
            raise ValueError(f"No such mode: {mode}. There are: {', '.join(_MODES)}")
        if "paths" in settings:
            settings["paths"] = tuple(settings["paths"])
        with self._lock:
            self.behaviour = Behaviour(mode, **settings)

    @contextlib.contextmanager
    def behaving(self, mode: str, **settings: Any) -> Iterator[None]:
        """Misbehave inside a block."""
        self.behave(mode, **settings)
        try:
            yield
        finally:
            self.behave()

    @contextlib.contextmanager
    def place(self, path: str) -> Iterator[None]:
        """Answer only so many completions at once, and let the others wait."""
        if not path.startswith("/v1/c"):
            yield
            return
        with self._lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            with self._slots:
                yield
        finally:
            with self._lock:
                self.under_way -= 1

    def metrics(self) -> str:
        """Return the queue as vLLM's page of metrics tells it."""
        waiting = max(0, self.under_way - self.slots)
        return (
            f'vllm:cache_config_info{{block_size="{BLOCK}"}} 1.0\n'
            f'vllm:num_requests_running{{engine="0",model_name="{self.model}"}} {self.under_way - waiting}.0\n'
            f'vllm:num_requests_waiting{{engine="0",model_name="{self.model}"}} {waiting}.0\n'
        )

    def take(self, path: str) -> Behaviour:
        """Count a request and say how it is to go."""
        with self._lock:
            self.requests[path] = self.requests.get(path, 0) + 1
            now = self.behaviour
            if now.mode == "ok" or not any(path.startswith(each) for each in now.paths):
                return Behaviour()
            if now.times is not None:
                now.times -= 1
                if now.times <= 0:
                    self.behaviour = Behaviour()
            return now


class _Server(http.server.ThreadingHTTPServer):
    """Hangs up on everybody when it stops, as a server does whose process ends."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for request in list(self._open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Handler(http.server.BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Stay silent."""

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, content: bytes | None) -> None:
        if self.path == "/_fake":
            self._control(content)
            return
        if self.path == "/metrics" and self.fake.flavour.endswith("vllm"):
            self.fake.take(self.path)
            self._send_bytes(200, self.fake.metrics().encode(), {})
            return
        with self.fake.place(self.path):
            self._answer_in_turn(content)

    def _answer_in_turn(self, content: bytes | None) -> None:
        behaviour = self.fake.take(self.path)
        if behaviour.mode in ("delay", "hang"):
            time.sleep(behaviour.seconds)
        if self._misbehaves_early(behaviour):
            return
        try:
            said = self._route(json.loads(content) if content else {})
        except _Refused as refused:
            self._send(refused.status, {"error": {"message": str(refused), "code": refused.status}})
            return
        _spoil(said, behaviour.mode)
        if behaviour.mode == "misnamed":
            said["model"] = "some-other-model"
        if behaviour.mode == "error_text":
            said = {"error": {"message": "CUDA error: device-side assert triggered", "code": 500}}
        self._send(200, said, truncated=behaviour.mode == "truncated")

    def _control(self, content: bytes | None) -> None:
        if content:
            self.fake.behave(**json.loads(content))
        now = dataclasses.asdict(self.fake.behaviour)
        self._send(200, {"behaviour": now, "requests": self.fake.requests, "verdicts": self.fake.verdicts})

    def _misbehaves_early(self, behaviour: Behaviour) -> bool:
        statuses = {"busy": 503, "limited": 429, "broken": 500, "refused": 400, "key": 401}
        if behaviour.mode in statuses:
            extra = {} if behaviour.retry_after is None else {"Retry-After": str(behaviour.retry_after)}
            self._send(statuses[behaviour.mode], {"error": {"message": f"Told to be {behaviour.mode}."}}, extra)
            return True
        if behaviour.mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return True
        if behaviour.mode == "not_json":
            self._send_bytes(200, b"<html>Bad gateway</html>", {})
            return True
        if behaviour.mode == "wrong_shape":
            self._send(200, {"choices": 5})
            return True
        return False

    def _send(self, status: int, said: Any, headers: dict[str, str] | None = None, *, truncated: bool = False) -> None:
        self._send_bytes(status, json.dumps(said).encode(), headers or {}, truncated=truncated)

    def _send_bytes(self, status: int, content: bytes, headers: dict[str, str], *, truncated: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content) + (500 if truncated else 0)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        if truncated:
            self.close_connection = True

    def _route(self, body: dict[str, Any]) -> Any:
        flavour = self.fake.flavour
        if self.path == "/v1/models":
            owner = "vllm" if flavour.endswith("vllm") else "somebody"
            entry = {"id": self.fake.model, "object": "model", "owned_by": owner}
            return {"object": "list", "data": [entry | {"max_model_len": self.fake.context_length}]}
        if self.path == "/health":
            return {}
        if self.fake.keep_bodies:
            self.fake.bodies.append(body)
        if body.get("model", self.fake.model) != self.fake.model:
            raise _Refused(404, f"The model `{body['model']}` does not exist.")
        routes = {"/v1/chat/completions": self._chat}
        if flavour != "chat":
            routes["/v1/completions"] = self._completions
        if flavour.endswith("vllm"):
            routes |= {"/version": self._version, "/tokenize": self._tokenize, "/detokenize": self._detokenize}
        if self.path not in routes:
            raise _Refused(404, "Not Found")
        return routes[self.path](body)

    def _version(self, body: dict[str, Any]) -> Any:
        del body
        return {"version": "0.32.0" if self.fake.flavour == "vllm" else "0.9.0"}

    def _tokenize(self, body: dict[str, Any]) -> Any:
        text = body.get("prompt")
        if text is None:
            turns = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in body["messages"])
            text = turns + "<|im_start|>assistant\n"
        if behaviour_of(self.fake, self.path) == "two_tokens":
            text = re.sub(r"(Answer:) (\w)(\w*)$", r"\1  \2\3", text)
        ids = self.fake.vocabulary.ids(text)
        said: dict[str, Any] = {"count": len(ids), "max_model_len": self.fake.context_length, "tokens": ids}
        if body.get("return_token_strs"):
            said["token_strs"] = [self.fake.vocabulary.words[token].replace(" ", "Ġ") for token in ids]
        return said

    def _detokenize(self, body: dict[str, Any]) -> Any:
        return {"prompt": self.fake.vocabulary.text(body["tokens"])}

    def _completions(self, body: dict[str, Any]) -> Any:
        given = body["prompt"]
        prompts = given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
        ids = [self.fake.vocabulary.ids(each) if isinstance(each, str) else each for each in prompts]
        for each in ids:
            if len(each) + body.get("max_tokens", 16) > self.fake.context_length:
                raise _Refused(400, f"This model's maximum context length is {self.fake.context_length} tokens.")
        choices = [self._choice(place, prompt, body) for place, prompt in enumerate(ids)]
        self.fake.verdicts += len(choices)
        reused = [_shared(left, right) // BLOCK * BLOCK for left, right in itertools.pairwise(ids[-2:])]
        if not self.fake.flavour.endswith("vllm"):
            reused = [_shared(left, right) for left, right in itertools.pairwise(ids)]
        usage = {
            "prompt_tokens": sum(map(len, ids)),
            "completion_tokens": len(ids),
            "prompt_tokens_details": {"cached_tokens": sum(reused)},
        }
        said = {"object": "text_completion", "model": self.fake.model, "choices": choices, "usage": usage}
        return said | ({"system_fingerprint": self.fake.stated} if self.fake.stated else {})

    def _choice(self, place: int, prompt: list[int], body: dict[str, Any]) -> dict[str, Any]:
        tail = self.fake.vocabulary.text(prompt[-200:])
        if body.get("prompt_logprobs") is not None and self.fake.flavour.endswith("vllm"):
            return {"index": place, "text": " so", "logprobs": None, "prompt_logprobs": self._of_prompt(prompt)}
        if body.get("echo"):
            return self._echo(place, prompt)
        if body.get("max_tokens", 16) > 1 and (held := _held(body, self.fake.flavour)):
            return {"index": place, "text": held, "finish_reason": "stop", "token_ids": [1] * 8, "logprobs": None}
        if body.get("max_tokens", 16) > 1:
            text = f' Quote: "{tail[-40:-20]}"\nReason: it is so.'
            return {"index": place, "text": text, "finish_reason": "stop", "token_ids": [1] * 8, "logprobs": None}
        said = self._distribution(tail, zlib.crc32(tail.encode()))
        top = max(said, key=lambda word: said[word])
        found: dict[str, float]
        if body.get("return_tokens_as_token_ids"):
            named = {self.fake.vocabulary.ids(word)[0]: math.log(p) for word, p in said.items()}
            asked = body.get("logprob_token_ids") if self.fake.flavour == "vllm" else None
            wanted = named if asked is None else [self.fake.vocabulary.ids(top)[0], *asked]
            found = {f"token_id:{token}": named.get(token, -25.0) for token in wanted}
        else:
            found = {word: math.log(p) for word, p in said.items()}
        logprobs = {"tokens": [top], "token_logprobs": [max(found.values())], "top_logprobs": [found]}
        return {"index": place, "text": top, "finish_reason": "length", "logprobs": logprobs}

    def _of_prompt(self, prompt: list[int]) -> list[Any]:
        steps: list[Any] = [None]
        for end in range(1, len(prompt)):
            entry = {"logprob": self._chance(prompt[: end + 1]), "rank": 1}
            steps.append({str(prompt[end]): entry})
        return steps

    def _chance(self, prompt: list[int]) -> float:
        return -0.01 - zlib.crc32(self.fake.vocabulary.text(prompt[-60:]).encode()) % 997 / 250

    def _echo(self, place: int, prompt: list[int]) -> dict[str, Any]:
        words = [self.fake.vocabulary.words[token] for token in prompt]
        chances = [None, *(self._chance(prompt[: end + 1]) for end in range(1, len(prompt)))]
        logprobs = {"tokens": [*words, " so"], "token_logprobs": [*chances, -0.5], "top_logprobs": None}
        return {"index": place, "text": "".join(words) + " so", "logprobs": logprobs}

    def _distribution(self, tail: str, digest: int) -> dict[str, float]:
        """Choose among the labels that the question offers; the same question gets the same answer."""
        letters = re.findall(r"\n([A-J]) = ", tail)
        labels = [f" {letter}" for letter in letters] if letters else [" Yes", " No"]
        digest += 1 if self.fake.impostor else 0
        chosen = self.fake.answer if self.fake.answer in labels else labels[digest % len(labels)]
        high = 0.6 + digest % 997 / 997 * 0.35
        rest = (0.98 - high) / (len(labels) - 1) if len(labels) > 1 else 0.01
        return {**{label: high if label == chosen else rest for label in labels}, "\n": 0.02}

    def _chat(self, body: dict[str, Any]) -> Any:
        text = body["messages"][-1]["content"]
        ids = self.fake.vocabulary.ids(text)
        if len(ids) + body.get("max_tokens", 16) > self.fake.context_length:
            raise _Refused(400, f"This model's maximum context length is {self.fake.context_length} tokens.")
        said = self._distribution(text[-900:], zlib.crc32(text.encode()))
        top = max(said, key=lambda word: said[word]).strip()
        entries = [{"token": word.strip() or word, "logprob": math.log(p)} for word, p in said.items()]
        logprobs = {"content": [{"token": top, "top_logprobs": entries}]} if body.get("logprobs") else None
        content = top if body.get("max_tokens") == 1 else _held(body, "chat") or "Reason: it is so."
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "logprobs": logprobs}
        self.fake.verdicts += 1
        return {"choices": [choice], "usage": {"prompt_tokens": len(ids), "completion_tokens": 1}}


def _held(body: dict[str, Any], flavour: str) -> str:
    """Return a text in the form that was asked for, cut off at its most tokens; empty where it is not known."""
    if flavour == "vllm" and "structured_outputs" in body:
        text = shortest(body["structured_outputs"]["grammar"])
    elif flavour in ("plain", "chat") and "response_format" in body:
        text = json.dumps(_instance(body["response_format"]["json_schema"]["schema"]))
    else:
        return ""
    return text[: 4 * body["max_tokens"]]


def _instance(schema: dict[str, Any], number: int = 0) -> Any:
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    if schema["type"] == "object":
        return {name: _instance(inner, number) for name, inner in schema["properties"].items()}
    if schema["type"] == "array":
        return [_instance(schema["items"], n) for n in range(schema.get("minItems", 0))]
    return "so"


def _spoil(said: Any, mode: str) -> None:
    for choice in said.get("choices", []) if isinstance(said, dict) else []:
        for step in choice.get("prompt_logprobs") or []:
            for entry in (step or {}).values():
                entry["logprob"] = {"nan": math.nan, "above_one": 0.7}.get(mode, entry["logprob"])
        if mode == "no_logprobs":
            choice.pop("prompt_logprobs", None)
        logprobs = choice.get("logprobs")
        if not logprobs:
            continue
        if mode == "no_logprobs":
            choice["logprobs"] = None
        elif mode in ("nan", "above_one") and "top_logprobs" in logprobs:
            value = math.nan if mode == "nan" else 0.0
            logprobs["top_logprobs"] = [dict.fromkeys(logprobs["top_logprobs"][0], value)]
    if mode == "half" and said.get("choices"):
        said["choices"][-1] = {"index": said["choices"][-1].get("index"), "text": ""}
    if mode == "few_choices":
        said["choices"] = said["choices"][:-1]


def behaviour_of(fake: FakeServer, path: str) -> str:
    """Return the mode that holds for a path now."""
    return fake.behaviour.mode if any(path.startswith(each) for each in fake.behaviour.paths) else "ok"


def _shared(left: list[int], right: list[int]) -> int:
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A model server that answers at once, for tests.")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--context-length", type=int, default=8192)
    parser.add_argument("--flavour", choices=("vllm", "old_vllm", "plain", "chat"), default="vllm")
    parser.add_argument("--answer", help='always this label, such as " Yes"')
    given = parser.parse_args()
    fake = FakeServer(
        given.port,
        flavour=given.flavour,
        model=given.model,
        context_length=given.context_length,
        answer=given.answer,
    ).start()
    sys.stdout.write(f"{fake.url}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    fake.stop()


if __name__ == "__main__":
    main()

"""The main job once, over HTTP only: author, judge run, review, approval by another person, release, pull, reward."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from rubricstudio.visitor import Lost, Visitor

PATIENCE = 600.0
PAUSE = 0.15

PROMPT = (
    "A customer writes: my parcel came two days late and the box was crushed. What do I do? Please answer the mail."
)
RESPONSES = {
    "good": "Dear Ms Brandt, I am sorry that your parcel came late and damaged. We send a replacement today, free of "
    "charge, and you can keep the crushed one. It should reach you on Thursday. Kind regards, Lena",
    "plain": "Hello, parcels are sometimes late. You can send the goods back to us within 14 days.",
    "rude": "That is the carrier's problem and not ours. Read our terms before you complain.",
}
CRITERIA = (
    ("apology", "The answer apologises for the late and damaged delivery.", "positive", 3),
    ("remedy", "The answer offers a replacement or a refund.", "positive", 5),
    ("date", "The answer says when the customer can expect something.", "positive", 2),
    ("blame", "The answer blames the customer or refuses responsibility.", "negative", 4),
)


class Failed(Exception):
    """A step of the main job did not do what it should."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.step = step


class Story:
    """One telling of the main job; each step leaves what the next one needs."""

    def __init__(self, described: dict[str, Any], tend: Callable[[], None], say: Callable[[str], None]) -> None:
        self.described = described
        self.tend = tend
        self.say = say
        self.step = "signing in"
        self.timings: dict[str, float] = {}
        self.counts: dict[str, Any] = {}
        self.name = f"once-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"[:-3]
        self.api = httpx.Client(
            base_url=f"{described['url']}/api/v1",
            headers={"Authorization": f"Bearer {described['token']}"},
            timeout=90,
            trust_env=False,
        )
        self.version: dict[str, Any] = {}
        self.run: dict[str, Any] = {}

    def tell(self) -> dict[str, Any]:
        """Do every step in order and return counts and timings."""
        with self.api:
            for step in (self.write, self.load, self.judge, self.review, self.approve, self.release, self.reward):
                self.step = (step.__doc__ or step.__name__).split(":")[0].lower()
                self.say(f"… {self.step}")
                with self._timed(f"{step.__name__}_s"):
                    step()
        return self.counts | {"rubric": f"{self.name}@1", "timings": self.timings}

    def write(self) -> None:
        """Writing a rubric: a draft by REST."""
        criteria = [
            {"id": name, "text": text, "kind": "binary", "polarity": polarity, "weight": weight, "evidence": "none"}
            for name, text, polarity, weight in CRITERIA
        ]
        document = {
            "format": "rubricstudio/1",
            "slug": self.name,
            "title": f"Answers to complaints ({self.name})",
            "description": "Written by the demo's main job.",
            "language": "en",
            "criteria": criteria,
        }
        self.version = self._call("POST", "/rubrics", 201, json=document)
        self.counts["criteria"] = len(self.version["criteria"])

    def load(self) -> None:
        """Loading answers: a prompt with three responses."""
        lines = [
            {"prompt_id": "late-parcel", "prompt": PROMPT, "response_id": key, "response": f"{text}\n\n({self.name})"}
            for key, text in RESPONSES.items()
        ]
        body = "".join(json.dumps(line) + "\n" for line in lines)
        self._call(
            "POST",
            f"/datasets/import?format=generic&slug={self.name}",
            201,
            content=body.encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
        self.counts["responses"] = len(lines)

    def judge(self) -> None:
        """Judging: a run by the worker with the local model."""
        wanted = {"rubrics": [f"{self.name}@1"], "dataset": self.name, "judges": [self.described["judge"]]}
        run = self._call("POST", "/runs", 201, json=wanted)
        ended = {"done", "failed", "cancelled"}
        self.run = self._until(f"/runs/{run['id']}", lambda found: found["progress"]["state"] in ended)
        if self.run["progress"]["state"] != "done":
            raise Failed(self.step, f"the run did not get done: {json.dumps(self.run)[:600]}")
        verdicts = self._lines(f"/runs/{run['id']}/verdicts.ndjson")
        expected = len(CRITERIA) * len(RESPONSES)
        if len(verdicts) != expected:
            raise Failed(self.step, f"{len(verdicts)} verdicts came back, {expected} were expected")
        unscored = [verdict for verdict in verdicts if verdict["status"] != "ok"]
        self.counts |= {"verdicts": len(verdicts), "unscored": len(unscored)}
        if len(unscored) == expected:
            raise Failed(self.step, f"no verdict could be read, the first says: {json.dumps(unscored[0])[:400]}")

    def review(self) -> None:
        """Reviewing: an annotator's own decision."""
        rule = {"kind": "random", "size": 3}
        queue = self._call("POST", "/queues", 201, json={"name": self.name, "run": self.run["id"], "rule": rule})
        item = self._call("POST", f"/queues/{queue['id']}/claim", 200)
        self._call(
            "POST", f"/review-items/{item['item']}/answer", 200, json={"value": 1.0, "note": "Read by the demo."}
        )
        self.counts["reviews"] = 1

    def approve(self) -> None:
        """Approving: submitted by its author, approved by another person on the page."""
        self._call("POST", f"/rubrics/{self.name}/versions/1/submit", 200, json={})
        users, workspace = self.described["users"], self.described["workspace"]
        with Visitor(self.described["url"]) as approver:
            approver.sign_in(users["approver"]["username"], users["approver"]["password"])
            approver.submit(
                f"/w/{workspace}/rubrics/{self.name}/1/versions/", action="approve", note="Read by another."
            )
        self.version = self._call("GET", f"/rubrics/{self.name}/versions/1", 200)
        if self.version["status"] != "approved":
            raise Failed(self.step, f"the version is {self.version['status']} and not approved")

    def release(self) -> None:
        """Releasing: a named set, pulled back with its digest checked."""
        self._call("POST", "/releases", 201, json={"name": self.name, "rubrics": [f"{self.name}@1"]})
        manifest = self._call("GET", f"/releases/{self.name}", 200)
        pulled = self._request("GET", f"/releases/{self.name}/rubrics.ndjson", 200).content
        body, end = _without_end(pulled)
        if end.get("sha256", "").removeprefix("sha256:") != hashlib.sha256(body).hexdigest():
            raise Failed(self.step, "the pulled release does not have the digest that its last line names")
        documents = [json.loads(line) for line in body.split(b"\n") if line]
        if [document["digest"] for document in documents] != [self.version["digest"]]:
            raise Failed(self.step, "the pulled release does not hold the approved version")
        self.counts |= {"released": end["count"], "manifest": manifest["digest"]}

    def reward(self) -> None:
        """Rewarding: every answer by the released rubric."""
        items = [
            {"id": key, "prompt": PROMPT, "response": f"{text}\n\n(reward {self.name})"}
            for key, text in RESPONSES.items()
        ]
        wanted = {"rubric": f"{self.name}@1", "judge": self.described["judge"], "wait": 30, "items": items}
        answer = self._request("POST", "/rewards", (200, 202), json=wanted)
        found = answer.json()
        if answer.status_code == 202:
            found = self._until(f"/rewards/{found['id']}?wait=20", lambda told: told["status"] == "done")
        rewards = {result["id"]: result["reward"] for result in found["results"]}
        if len(rewards) != len(items) or all(value is None for value in rewards.values()):
            raise Failed(self.step, f"no rewards came back: {json.dumps(found)[:600]}")
        self.counts |= {"rewards": rewards, "usage": found["usage"]}

    def _until(self, path: str, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            found = self._call("GET", path, (200, 202))
            if done(found):
                return found
            if time.monotonic() > end:
                raise Failed(self.step, f"{path} was not done within {PATIENCE:.0f} s: {json.dumps(found)[:600]}")
            self.tend()
            time.sleep(PAUSE)

    def _lines(self, path: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self._request("GET", path, 200).text.split("\n") if line]
        return [line for line in found if "_end" not in line]

    def _call(self, method: str, path: str, expected: int | tuple[int, ...], **content: Any) -> dict[str, Any]:
        found = self._request(method, path, expected, **content).json()
        if not isinstance(found, dict):
            raise Failed(self.step, f"{method} {path} answered no JSON object")
        return found

    def _request(self, method: str, path: str, expected: int | tuple[int, ...], **content: Any) -> httpx.Response:
        try:
            answer = self.api.request(method, path, **content)
        except httpx.HTTPError as error:
            raise Failed(self.step, f"{method} {path} got no answer: {error}") from error
        if answer.status_code not in (expected if isinstance(expected, tuple) else (expected,)):
            raise Failed(self.step, f"{method} {path} answered {answer.status_code}: {answer.text[:600]}")
        return answer

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.timings[name] = time.monotonic() - begun


def run(described: dict[str, Any], *, tend: Callable[[], None], say: Callable[[str], None]) -> dict[str, Any]:
    """Tell the story to a running studio; `tend` is called while waiting."""
    story = Story(described, tend, say)
    try:
        return story.tell()
    except Lost as error:
        raise Failed(story.step, str(error)) from error
    except (KeyError, ValueError) as error:
        raise Failed(story.step, f"an answer was not as the contract says ({error!r})") from error


def _without_end(pulled: bytes) -> tuple[bytes, dict[str, Any]]:
    """Split a streamed body into what the digest covers and the line that names it."""
    body, _, last = pulled.rstrip(b"\n").rpartition(b"\n")
    end = json.loads(last)
    return body + b"\n", end

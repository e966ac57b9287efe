"""Verdicts a second beside autorubric and rubric: one engine, one model, the same answers and criteria, in one run.

The peers run as their packages do, with their own prompts, in an environment of their own; each may write 160 tokens a
verdict, also where one call holds all criteria. What a peer asked for counts, whether or not the reply could be read.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import computed_tokens
from bench.figures import Figure
from domain import prompts, rubric, strategies, subjects
from engines.protocol import LabelRequest
from engines.served import ServedEngine

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = 2
CRITERIA = 10
TOKENS = 160
TASK = "Write a discharge letter that the patient understands."
PEERS = (
    ("autorubric", "per_criterion", "judging.vs_autorubric", 4.0),
    ("rubric", "per_criterion", "judging.vs_rubric", 4.0),
    ("autorubric", "one_call", "judging.vs_autorubric_one_call", 2.0),
    ("rubric", "one_call", "judging.vs_rubric_one_call", 2.0),
)


def run() -> Iterator[Figure]:
    """Measure the studio before and after the peers, so that a machine that slows down shows."""
    python = _environment()
    answers = [computed_tokens.letter(f"peers {number}") for number in range(ANSWERS)]
    criteria = [f"The letter states {topic} in words the patient understands." for topic in computed_tokens.TOPICS]
    with _server() as url:
        _studio(url, answers[:1], criteria[:1])
        before = _studio(url, answers, criteria[:CRITERIA])
        given = {"url": url, "tokens": TOKENS, "task": TASK, "answers": answers, "criteria": criteria[:CRITERIA]}
        found = [(peer, _peer(python, {**given, "peer": peer[0], "mode": peer[1]})) for peer in PEERS]
        after = _studio(url, answers, criteria[:CRITERIA])
    own = min(before, after)
    for (peer, mode, name, goal), told in found:
        rate = told["asked"] / told["seconds"]
        note = (
            f"{own:.2f} against {rate:.3f} verdicts/s of {peer} ({mode}); it read {told['read']} of {told['asked']}; "
            f"studio before and after {before:.2f} and {after:.2f}; N = {CRITERIA}, {TOKENS} tokens a verdict"
        )
        yield Figure(name, round(own / rate, 2), "ratio", int(told["asked"]), goal, at_least=True, note=note)


def _studio(url: str, answers: list[str], criteria: list[str]) -> float:
    """Verdicts a second of the label distribution, over HTTP as a worker asks; every prompt is new to the cache."""
    made = rubric.parse({"title": "Letters", "criteria": [{"text": text} for text in criteria]})
    engine = ServedEngine(url)
    engine.info()
    fence = os.urandom(8).hex()
    begun = time.monotonic()
    for number, answer in enumerate(answers):
        shown = prompts.Material(
            made, subjects.as_messages(TASK), (subjects.as_parts(answer),), fence, f"sha256:{number:064x}"
        )
        steps = strategies.get("label_distribution").judge(strategies.Question(shown, made.criteria))
        found = _driven(steps, engine)
        assert all(verdict.value is not None for verdict in found.verdicts.values()), "the studio left some unscored"
    seconds = time.monotonic() - begun
    engine.close()
    return len(answers) * len(criteria) / seconds


def _driven(steps: strategies.Judging, engine: ServedEngine) -> strategies.Findings:
    batch: Any = None
    while True:
        try:
            asked = steps.send(batch)
        except StopIteration as done:
            found: strategies.Findings = done.value
            return found
        assert isinstance(asked.request, LabelRequest)
        batch = engine.label_distributions(asked.request)


def _peer(python: Path, given: dict[str, Any]) -> dict[str, float]:
    done = subprocess.run(
        [str(python), str(ROOT / "bench" / "_peer_load.py")],
        input=json.dumps(given), capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": os.environ.get("HOME", "/")},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{given['peer']} ({given['mode']}) failed:\n{done.stderr[-3000:]}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _environment() -> Path:
    """The Python of the peers' environment, which is made on the first run."""
    folder = ROOT / ".studio" / "peers"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        wanted = ROOT / "requirements-peers.in"
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)], check=True)
    return python


@contextmanager
def _server() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._llama_server"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(15)

"""Verdicts a second of a real vLLM server on a GPU, with dummy weights in the shape of an 8B model.

Needs a GPU, a Python with vLLM (`STUDIO_VLLM_PYTHON` names it, else the interpreter of `vllm` on the path) and the
small model's tokeniser (`./scripts/test_vllm.sh setup` makes it, or `STUDIO_BENCH_TOKENISER` names a folder with a
configuration and a tokeniser). Without a GPU it says so and measures nothing; `STUDIO_BENCH_SMALL=1` runs the same
way over the small model on a CPU, to try the benchmark itself, and keeps no figures.

    python -m bench.judging_gpu --help    what it needs
    python -m bench.judging_gpu --check   whether all of that is here
    python -m bench.judging_gpu           measure and print; `make bench ONLY=judging_gpu` keeps the figures too
"""

import argparse
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench import computed_tokens
from bench.figures import Figure
from domain import prompts, rubric, strategies, subjects
from engines.protocol import LabelRequest
from engines.served import ServedEngine

ROOT = Path(__file__).resolve().parent.parent
SMALL_MODEL = ROOT / ".studio" / "vllm-model"
BOUNDS = {10: 261.0, 20: 421.0, 50: 668.0}
"""Verdicts a second of an 8B model in bf16 on one H200 with 2,000 shared tokens and suffixes of 60: arithmetic."""
SHARE = 0.5
SHARED_WORDS = 1400
SHAPE = {
    "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36, "num_attention_heads": 32,
    "num_key_value_heads": 8, "head_dim": 128, "tie_word_embeddings": False,
}  # fmt: skip
PATIENCE = 900.0
_TRIAL = "import torch, vllm; assert torch.cuda.is_available(), 'torch sees no GPU: is it the CUDA build?'"


@dataclass(frozen=True)
class _Size:
    """How much is asked, and how the server is started."""

    answers: int
    in_flight: int
    arguments: tuple[str, ...]


GPU = _Size(96, 32, ("--load-format", "dummy", "--dtype", "bfloat16", "--max-num-seqs", "256"))
CPU = _Size(2, 2, ("--dtype", "float32", "--enforce-eager", "--max-num-seqs", "16"))


def run() -> list[Figure]:
    """Start a server and ask about answers of 2,000 tokens, several in flight, with 10, 20 and 50 criteria each."""
    small = _is_small()
    card = _card()
    missing = problems(small=small)
    if missing:
        sys.stderr.write("".join(f"   {each}\n" for each in missing) + "   Nothing was measured.\n")
        return []
    size = CPU if small else GPU
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder, _server(Path(folder), size, small) as url:
        _ask(url, CPU, 2)
        figures = [_figure(url, size, count, card or "CPU") for count in BOUNDS]
    if small:
        sys.stderr.write("".join(f"   tried: {figure.note}\n" for figure in figures))
        return []
    return figures


def problems(*, small: bool) -> list[str]:
    """What is missing here, each with what to do about it; empty where a run can start."""
    found = []
    if not small and _card() is None:
        found.append(
            "No GPU: nvidia-smi is missing or lists no card. STUDIO_BENCH_SMALL=1 tries the benchmark without."
        )
    try:
        python = _python()
    except RuntimeError as error:
        found.append(str(error))
    else:
        tried = [python, "-c", _TRIAL if not small else "import vllm"]
        try:
            done = subprocess.run(tried, capture_output=True, text=True, check=False, timeout=PATIENCE)
        except OSError as error:
            found.append(f"{python} does not run: {error}.")
        else:
            said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            found += [f"{python} cannot use vLLM: {said}"] * (done.returncode != 0)
    model = _tokeniser()
    lacking = [name for name in ("config.json", "tokenizer_config.json") if not (model / name).is_file()]
    if lacking:
        found.append(f"{model} has no {' and no '.join(lacking)}: run `./scripts/test_vllm.sh setup` once.")
    return found


def main() -> int:
    """Measure and print the figures, or only say what is missing."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="bench.judging_gpu", description=__doc__, formatter_class=about)
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    only_check = parser.parse_args().check
    missing = problems(small=_is_small())
    sys.stderr.write("".join(f"   {each}\n" for each in missing) or "   All that is needed is here.\n")
    if missing or only_check:
        return 1 if missing else 0
    for figure in run():
        sys.stdout.write(f"{figure.name} {figure.value} {figure.unit} (at least {figure.goal}): {figure.note}\n")
    return 0


def _figure(url: str, size: _Size, count: int, card: str) -> Figure:
    seconds, computed, asked = _ask(url, size, count)
    verdicts = size.answers * count
    rate = verdicts / seconds
    note = (
        f"{card}; {size.answers} answers, {size.in_flight} in flight, {count} criteria each; {computed / verdicts:.1f} "
        f"of {asked / verdicts:.0f} prompt tokens a verdict computed; bound on an H200 {BOUNDS[count]:g}/s"
    )
    goal = SHARE * BOUNDS[count]
    name = f"judging.gpu_n{count}_verdicts_per_s"
    return Figure(name, round(rate, 1), "verdicts/s", verdicts, goal, at_least=True, note=note)


def _ask(url: str, size: _Size, count: int) -> tuple[float, float, float]:
    """Seconds, computed and all prompt tokens; every answer is new to the server's cache."""
    topics = itertools.islice(itertools.cycle(computed_tokens.TOPICS), count)
    texts = [f"In part {number} the letter states {topic} in plain words." for number, topic in enumerate(topics)]
    made = rubric.parse({"title": "Letters", "criteria": [{"text": text} for text in texts]})
    engine = ServedEngine(url)
    mark = os.urandom(8).hex()

    def judge(number: int) -> tuple[float, float]:
        answer = computed_tokens.letter(f"{mark} {number}", words=SHARED_WORDS)
        shown = prompts.Material(
            made, subjects.as_messages("Write a letter."), (subjects.as_parts(answer),), mark, f"sha256:{number:064x}"
        )
        steps = strategies.get("label_distribution").judge(strategies.Question(shown, made.criteria))
        request = next(steps).request
        assert isinstance(request, LabelRequest)
        batch = engine.label_distributions(request)
        failed = [reply.failure.detail for reply in batch.replies if reply.failure]
        if failed:
            raise RuntimeError(f"The server left {len(failed)} questions open: {failed[0]}")
        return batch.usage.computed_tokens, batch.usage.prompt_tokens

    begun = time.monotonic()
    with ThreadPoolExecutor(size.in_flight) as pool:
        told = list(pool.map(judge, range(size.answers)))
    seconds = time.monotonic() - begun
    engine.close()
    return seconds, sum(computed for computed, _ in told), sum(asked for _, asked in told)


def _card() -> str | None:
    """The name of the first GPU, where there is one."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    done = subprocess.run(
        [tool, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout.strip() else None


def _model(folder: Path, small: bool) -> Path:
    """The small model itself, or its tokeniser with the configuration of a big one, whose weights are made up."""
    if small:
        return _tokeniser()
    for file in _tokeniser().iterdir():
        if file.is_file() and file.suffix not in {".safetensors", ".bin"}:
            shutil.copy(file, folder)
    told: dict[str, Any] = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**told, **SHAPE, "max_position_embeddings": 8192}))
    return folder


@contextmanager
def _server(folder: Path, size: _Size, small: bool) -> Iterator[str]:
    python = _python()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", str(_model(folder, small))]
    command += ["--served-model-name", "bench", "--host", "127.0.0.1", "--port", str(port), "--max-model-len", "8192"]
    command += ["--enable-prompt-tokens-details", *size.arguments]
    environment = {**os.environ, "VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1", "VLLM_CPU_KVCACHE_SPACE": "2"}
    with (folder / "vllm.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(f"http://127.0.0.1:{port}/health", process, folder / "vllm.log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _is_small() -> bool:
    return os.environ.get("STUDIO_BENCH_SMALL") == "1"


def _tokeniser() -> Path:
    return Path(os.environ.get("STUDIO_BENCH_TOKENISER") or SMALL_MODEL)


def _python() -> str:
    return os.environ.get("STUDIO_VLLM_PYTHON") or _python_of(shutil.which("vllm"))


def _python_of(script: str | None) -> str:
    """The interpreter in the first line of an installed script."""
    if script is None:
        raise RuntimeError("No vLLM was found: set STUDIO_VLLM_PYTHON to a Python that has it.")
    first = Path(script).read_bytes().split(b"\n", 1)[0].decode(errors="replace")
    return first.removeprefix("#!").strip() if first.startswith("#!") else sys.executable


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"vLLM stopped while starting:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass  # not up yet
        time.sleep(1)
    raise RuntimeError("vLLM did not start.")


if __name__ == "__main__":
    sys.exit(main())

"""How long `make demo ONCE=1` takes from an empty clone, and once more in the same folder."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
WARM_RUNS = 3
LEFT_OUT = {"VIRTUAL_ENV", "DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "STUDIO_DATA_DIR"}


def run() -> Iterator[Figure]:
    """Clone what is committed, start cold, then warm."""
    folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
    try:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", "--local", str(ROOT), str(clone)], check=True)
        yield Figure("start.cold_s", _once(clone), "s", n=1, goal=180, note="package cache warm")
        warm = sorted(_once(clone) for _ in range(WARM_RUNS))
        yield Figure("start.warm_s", warm[WARM_RUNS // 2], "s", n=WARM_RUNS, goal=25)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _once(clone: Path) -> float:
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT and name != "MAKEFLAGS"}
    begun = time.monotonic()
    done = subprocess.run(
        ["make", "--no-print-directory", "demo", "ONCE=1", "PORT=0"],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    if done.returncode:
        raise RuntimeError(f"make demo ONCE=1 failed:\n{done.stderr[-3000:]}")
    told = json.loads(done.stdout.strip().splitlines()[-1])
    if not told["ok"]:
        raise RuntimeError(f"make demo ONCE=1 was not well: {told}")
    return round(seconds, 1)

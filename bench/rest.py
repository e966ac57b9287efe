"""How long REST takes to say that a rubric has not changed: in process, on an embedded PostgreSQL."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figure
from rubricstudio import embedded

ROOT = Path(__file__).resolve().parent.parent
CALLS = 500
GOAL_MS = 5.0
GOAL_QUERIES = 2
FOREIGN = ("DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL")


def run() -> list[Figure]:
    """Ask for a rubric of 48 criteria with the ETag that is current."""
    folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
    folder.chmod(0o755)
    try:
        with embedded.running(folder, throwaway=True) as addresses:
            environment = {name: value for name, value in os.environ.items() if name not in FOREIGN} | {
                "DATABASE_URL": addresses.app,
                "STUDIO_MIGRATION_DATABASE_URL": addresses.owner,
                "STUDIO_DATA_DIR": str(folder),
                "STUDIO_SECRET_KEY": secrets.token_hex(32),
                "STUDIO_LOG_LEVEL": "WARNING",
            }
            _python(environment | {"STUDIO_USE_OWNER": "1"}, "manage.py", "migrate", "--no-input", "--verbosity", "0")
            told = json.loads(_python(environment, "-m", "bench._rest_load", str(CALLS)).splitlines()[-1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    note = f"median of {CALLS} calls; 95th percentile {told['p95_ms']:.2f} ms; {told['cpu_ms']:.2f} ms of CPU a call"
    return [
        Figure("rest.etag_ms", round(told["median_ms"], 3), "ms", CALLS, GOAL_MS, note=note),
        Figure("rest.etag_queries", told["queries"], "queries", CALLS, GOAL_QUERIES),
    ]


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout

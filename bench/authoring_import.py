"""How long the largest PaperBench tree takes from a file into PostgreSQL, through the product's own import."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.figures import Figure
from rubricstudio import embedded

ROOT = Path(__file__).resolve().parent.parent
DATA = (ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()
TREES = DATA / "rubrics" / "paperbench_trees.jsonl"
RUNS = 7
FOREIGN = ("DATABASE_URL", "STUDIO_MIGRATION_DATABASE_URL", "CELERY_BROKER_URL")


def run() -> list[Figure]:
    """Import the tree several times under other names; the middle one counts."""
    if not TREES.is_file():
        sys.stderr.write(f"   left out: there is no {TREES}\n")
        return []
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        stack.enter_context(embedded.running(folder, throwaway=True))
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment = kept | {"STUDIO_DATA_DIR": str(folder), "STUDIO_USE_OWNER": "1"}
        _python(environment, "manage.py", "migrate", "--no-input", "--verbosity", "0")
        told = json.loads(_python(environment, "-m", "bench._import_load", str(TREES), str(RUNS)).splitlines()[-1])
    seconds = sorted(told["seconds"])
    note = f"{told['nodes']} nodes; slowest {seconds[-1]:.2f} s"
    return [Figure("authoring.import_tree_s", round(seconds[RUNS // 2], 3), "s", n=RUNS, goal=1, note=note)]


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout

"""How long the largest PaperBench tree takes from a file into PostgreSQL, through the product's own import."""

import os
import sys

from bench import _studio
from bench.figures import Figure

DATA = (_studio.ROOT / os.environ.get("RUBRICSTUDIO_DATA", "../shared/data")).resolve()
TREES = DATA / "rubrics" / "paperbench_trees.jsonl"
RUNS = 7


def run() -> list[Figure]:
    """Import the tree several times under other names; the middle one counts."""
    if not TREES.is_file():
        sys.stderr.write(f"   left out: there is no {TREES}\n")
        return []
    with _studio.fresh() as studio:
        told = studio.told("bench._import_load", str(TREES), str(RUNS))
        busy = _studio.load()
    seconds = sorted(told["seconds"])
    note = (
        f"{told['nodes']} nodes; least {seconds[0]:.2f}, most {seconds[-1]:.2f} s, {told['cpu']:.2f} s of CPU; {busy}"
    )
    return [Figure("authoring.import_tree_s", round(seconds[RUNS // 2], 3), "s", n=RUNS, goal=1, note=note)]

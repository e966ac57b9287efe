"""Exports load with the trainers' own `datasets`, from NDJSON and Parquet, with the numbers that the studio wrote."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.accounts.permissions import Role
from apps.core import table_files
from apps.training import queries
from apps.training.queries import selecting
from engines.scripted import Script, ScriptedEngine
from tests import factories
from tests.apps.judging.conftest import play  # noqa: F401  (the same engine)
from tests.apps.training.studying import make_course, make_writers, reads, settle_pair, settle_verdicts

PYTHON = os.environ.get("STUDIO_TRAINERS_PYTHON", "")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.trainers,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PYTHON, reason="needs the trainers' packages: make test-trainers"),
]
LOAD = """
import json, sys
from datasets import load_dataset
kind, path, cache = sys.argv[1:]
rows = load_dataset(kind, data_files=path, cache_dir=cache, split="train")
print(json.dumps([dict(row) for row in rows]))
"""
RULES = {
    "bands": {"high": 1.0, "criterion_high": 1.0}, "curriculum": {}, "central": {},
    "pairs": {"which": "all", "decided_by": "both"},
    "posterior": {"beta": 0.5}, "rankings": {}, "augmented": {}, "judge": {}, "writer": {"base": "plain@1"},
}  # fmt: skip


@pytest.mark.parametrize("kind", RULES)
def test_datasets_loads_it(play: Callable[[Script], ScriptedEngine], tmp_path: Path, kind: str):  # noqa: F811
    play(reads)
    course = make_course(factories.make_actor(Role.ADMIN))
    settle_pair(course, "half-3", "half-0", -2)
    settle_verdicts(course)
    side = make_writers(course) if kind == "writer" else None
    export = course.export(kind, side, **RULES[kind])  # type: ignore[arg-type]
    rows = list(queries.export_rows(export))
    columns = selecting.columns_of(kind)
    lines, parquet = tmp_path / "rows.ndjson", tmp_path / "rows.parquet"
    lines.write_bytes(b"".join(table_files.ndjson(iter(rows))))
    with table_files.parquet(iter(rows), columns) as file:
        parquet.write_bytes(file.read())
    plain = [name for name, sort in columns.items() if sort != "json"]
    for builder, path in (("json", lines), ("parquet", parquet)):
        told = subprocess.run(
            [PYTHON, "-c", LOAD, builder, str(path), str(tmp_path / "cache")], capture_output=True, text=True,
            timeout=300, check=False, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")},
        )  # fmt: skip
        assert told.returncode == 0, told.stderr[-2000:]
        loaded = json.loads(told.stdout)
        assert [{name: row.get(name) for name in plain} for row in loaded] == [
            {name: row[name] for name in plain} for row in rows
        ]

"""The second look at what failed: steady faults stay faults, a passing one is named, many are never run again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of two tests with the record of a run before."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "def test_steady():\n    assert False\n\n\ndef test_unsteady():\n    assert True\n", encoding="utf-8"
    )
    return tmp_path


def _again(folder: Path, names: list[str]) -> "subprocess.CompletedProcess[str]":
    record = folder / ".pytest_cache/v/cache/lastfailed"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps(dict.fromkeys(names, True)), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "scripts.unsteady"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_passes_alone_is_named(folder: Path) -> None:
    done = _again(folder, ["test_it.py::test_unsteady"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Unsteady" in done.stdout
    assert "test_it.py::test_unsteady" in done.stdout.split("Unsteady")[1]


def test_what_fails_twice_fails(folder: Path) -> None:
    done = _again(folder, ["test_it.py::test_steady", "test_it.py::test_unsteady"])
    assert done.returncode == 1
    assert "Unsteady" not in done.stdout


@pytest.mark.parametrize("count", [0, 6])
def test_none_or_many_are_not_run_again(folder: Path, count: int) -> None:
    done = _again(folder, [f"test_it.py::test_{n}" for n in range(count)])
    assert done.returncode == 1
    assert "none is run again" in done.stderr

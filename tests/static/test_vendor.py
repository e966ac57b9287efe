"""Vendored files are what the manifests say, and nothing lies beside them unnamed."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]


def _entries():
    for folder in FOLDERS:
        manifest = json.loads((folder / "MANIFEST.json").read_text())
        for name, entry in manifest.items():
            yield pytest.param(folder / name, entry, id=f"{folder.parent.name}-{name}")


ENTRIES = list(_entries())


@pytest.mark.parametrize(("folder", "entry"), ENTRIES)
def test_files_match_their_hashes(folder, entry):
    stored = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert stored == entry["files"]


@pytest.mark.parametrize(("folder", "entry"), ENTRIES)
def test_each_asset_names_its_origin_and_carries_its_licence(folder, entry):
    assert entry["source"] == f"npm {entry['source'].split()[1].rsplit('@', 1)[0]}@{entry['version']}"
    assert entry["licence"]
    assert "LICENSE" in entry["files"]


@pytest.mark.parametrize(("folder", "entry"), ENTRIES)
def test_a_file_taken_unchanged_equals_upstream(folder, entry):
    if not entry["changed"].startswith("the source map"):
        assert entry["files"][Path(entry["taken"]).name] == entry["upstream_sha256"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_nothing_lies_there_unnamed(folder):
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    assert {path.name for path in folder.iterdir()} == {*manifest, "MANIFEST.json"}

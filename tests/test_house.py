"""The house stands as the style guide draws it, where import-linter's contracts do not reach."""

from pathlib import Path

import grimp
import pytest

# Beside the style guide's five: who decides (accounts), what a runner needs (jobs), typed requests of pages and REST,
# and what upper apps fill at start (registry, gates).
DOORS = {"services", "queries", "permissions", "models", "signals"} | {
    "doors",
    "registry",
    "gates",
    "leases",
    "waiting",
    "bodies",
}
LONGEST_FILE = 500
# The ground floor of all apps: its modules are made to be used from anywhere. `api` serves nobody but URLs.
OPEN = {"core"}
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        "apps", "domain", "engines", "rubricstudio", cache_dir=None, exclude_type_checking_imports=True
    )


def test_an_app_is_entered_through_its_doors_only(graph: grimp.ImportGraph):
    wrong = []
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            home, goal = importer.split("."), imported.split(".")
            if home[0] != "apps" or goal[0] != "apps" or len(goal) < 3 or goal[1] in OPEN:
                continue
            if home[1:2] != goal[1:2] and goal[2] not in DOORS:
                wrong.append(f"{importer} → {imported}")
    assert not wrong, "\n".join(sorted(wrong))


def test_there_is_no_drawer(graph: grimp.ImportGraph):
    drawers = {"utils", "helpers", "common", "misc"}
    assert not [module for module in graph.modules if drawers & set(module.split("."))]


def test_files_stay_small():
    folders = ("apps", "domain", "engines", "rubricstudio")
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    }
    assert not long

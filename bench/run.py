"""`make bench`: runs the benchmarks and merges their figures into results/latest.json."""

import importlib
import json
import os
import pkgutil
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import Figure

FOLDER = Path(__file__).resolve().parent
LATEST = FOLDER / "results" / "latest.json"
NOT_BENCHMARKS = {"run", "figures"}


def main(wanted: Sequence[str]) -> int:
    """Run the benchmarks asked for, or all, and return the exit status."""
    names = list(_found())
    unknown = [name for name in wanted if name not in names]
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(names)}.\n")
        return 2
    missed = False
    for name in wanted or names:
        sys.stderr.write(f"== {name}\n")
        module = importlib.import_module(f"bench.{name}")
        begun = time.monotonic()
        figures: list[Figure] = list(module.run())
        merge(LATEST, [entry(figure) for figure in figures])
        missed |= any(figure.reached() is False for figure in figures)
        for figure in figures:
            sys.stderr.write(f"   {_line(figure)}\n")
        sys.stderr.write(f"   ({time.monotonic() - begun:.0f} s)\n")
    return 1 if missed else 0


def entry(figure: Figure) -> dict[str, Any]:
    """Return a figure as the contract writes it."""
    told: dict[str, Any] = {"name": figure.name, "value": figure.value, "unit": figure.unit, "goal": figure.goal}
    if figure.peer is not None:
        told |= {"peer": figure.peer, "ratio": round(figure.value / figure.peer, 4) if figure.peer else None}
    told |= {"n": figure.n, "date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": machine()}
    return told | ({"note": figure.note} if figure.note else {})


def merge(path: Path, entries: Iterable[dict[str, Any]]) -> None:
    """Put figures in the place of older ones with the same name; the rest stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    merged = {told["name"]: told for told in known} | {told["name"]: told for told in entries}
    fresh = path.with_suffix(".new")
    fresh.write_text(
        json.dumps([merged[name] for name in sorted(merged)], indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    fresh.replace(path)


def machine() -> str:
    """Describe the machine in a few words: cores, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {python}"


def _found() -> Iterable[str]:
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.name not in NOT_BENCHMARKS and not module.name.startswith("_"):
            yield module.name


def _line(figure: Figure) -> str:
    reached = {True: "reached", False: "MISSED", None: ""}[figure.reached()]
    goal = "" if figure.goal is None else f"(goal {'≥' if figure.at_least else '≤'} {figure.goal:g}) {reached}"
    return f"{figure.name} = {figure.value:g} {figure.unit} {goal}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

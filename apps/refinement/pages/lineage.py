"""The tree of what came of what in a draft: rounds, parents and children, coverage, and why each ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Branch:
    """A suggestion in the tree; `coverage` is the share of answers that meet it, None where it was not measured."""

    key: str
    text: str
    round: int
    drop: str
    coverage: float | None
    others: list[str]
    children: list["Branch"]


def lineage(suggestions: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> list[Branch]:
    """The roots, each with what was made of it. Who has several parents stands under the first; a circle is cut."""
    known = {one["key"]: one for one in suggestions}
    below: dict[str, list[str]] = {}
    roots = []
    for key, one in known.items():
        home = next((parent for parent in one["parents"] if parent in known and parent != key), None)
        if home is None:
            roots.append(key)
        else:
            below.setdefault(home, []).append(key)
    seen: set[str] = set()

    def branch(key: str) -> Branch:
        seen.add(key)
        one = known[key]
        children = [branch(child) for child in below.get(key, ()) if child not in seen]
        why, share = words.get(one["drop"], one["drop"]), _share(one["evidence"].get("coverage"))
        others = [known[parent]["text"] for parent in one["parents"][1:] if parent in known]
        return Branch(key, one["text"], one["round"], why, share, others, children)

    found = [branch(key) for key in roots]
    return found + [branch(key) for key in known if key not in seen]


def _share(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return float(value) if fits else None

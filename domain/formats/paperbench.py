"""PaperBench: a weighted tree of requirements whose leaves are judged; inner nodes are groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain import errors, reading
from domain.formats import building, losses
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written, slug_of
from domain.rubric import Criterion, Kind, Rubric, TreeStep

NAME = "PaperBench"
KEY = "paperbench"
CODE = "paperbench_invalid"
MAX_TREE_DEPTH = 200
_CATEGORIES = ("task_category", "finegrained_task_category")
_OWN = ("id", "requirements", "weight", "sub_tasks")
_WRAPPERS = ("rubric", "graded_rubric")
_GRADES = ("score", "explanation", "judge_metadata")


class _Node(NamedTuple):
    item: dict[str, Any]
    parent: str | None
    pointer: str


def read(data: bytes) -> Imported:
    """One tree, several, or records that carry a tree as `rubric`."""
    items = reading.records(data)
    single = len(items) == 1
    found, report = [], []
    for n, item in enumerate(items):
        one, notes = _one(item, "" if single else f"/{n}")
        found.append(one)
        report.extend(notes)
    return Imported(tuple(found), tuple(report))


def _one(item: Any, pointer: str) -> tuple[ImportedRubric, list[Note]]:
    if not isinstance(item, dict):
        raise building.refuse(pointer, "A tree must be an object.", CODE)
    wrapper = next((key for key in _WRAPPERS if isinstance(item.get(key), dict) and "sub_tasks" not in item), None)
    tree, at = (item[wrapper], f"{pointer}/{wrapper}") if wrapper else (item, pointer)
    nodes = _walk(tree, at)
    groups = [node for node in nodes[1:] if node.item["sub_tasks"]]
    leaves = [node for node in nodes if not node.item["sub_tasks"]]
    paper = item.get("paper_id") if wrapper else None
    document = {
        "title": tree["requirements"][:300],
        "scoring": [{"step": "tree"}],
        "groups": [
            {"id": n.item["id"], "title": n.item["requirements"], "parent": n.parent, "weight": n.item["weight"]}
            for n in groups
        ],
        "criteria": [_criterion(n) for n in leaves],
        "extensions": {
            KEY: {
                "root": building.without(tree, ("sub_tasks",)),
                "order": [n.item["id"] for n in nodes],
                "nodes": {n.item["id"]: building.without(n.item, _OWN) for n in nodes[1:] or nodes},
                **({"wrapper": wrapper, "record": building.without(item, [wrapper])} if wrapper else {}),
            }
        },
    }
    moved = _moved(groups, leaves, at)
    said = building.parsed(document, code=CODE, moved=moved)
    notes = [_graded(at)] if any(key in tree for key in _GRADES) else []
    name = paper if isinstance(paper, str) and paper else tree["requirements"]
    return ImportedRubric(said, slug_of(f"paperbench-{name}" if paper else name, "paperbench")), notes


def _graded(pointer: str) -> Note:
    message = "The tree carries grades; they are kept for export and are no verdicts here."
    return Note("info", pointer, message)


def _walk(tree: dict[str, Any], pointer: str) -> list[_Node]:
    """All nodes from the root on, each before its children, with every fault of their shape told."""
    nodes: list[_Node] = []
    problems: list[errors.Problem] = []
    seen: set[Any] = set()
    waiting: list[tuple[Any, str | None, str, int]] = [(tree, None, pointer, 0)]
    while waiting:
        item, parent, at, depth = waiting.pop()
        found = list(_problems(item, at, depth, seen))
        if found:
            problems.extend(found)
            continue
        seen.add(item["id"])
        nodes.append(_Node(item, parent, at))
        inner = item["id"] if depth else None
        children = [(child, inner, f"{at}/sub_tasks/{n}", depth + 1) for n, child in enumerate(item["sub_tasks"])]
        waiting.extend(reversed(children))
    if problems:
        raise reading.invalid(problems, code=CODE)
    return nodes


def _problems(item: Any, at: str, depth: int, seen: set[Any]) -> Iterator[errors.Problem]:
    if not isinstance(item, dict):
        yield errors.Problem(at, "A node must be an object.")
        return
    if depth > MAX_TREE_DEPTH:
        yield errors.Problem(at, f"A tree may be at most {MAX_TREE_DEPTH} deep.")
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield errors.Problem(f"{at}/id", "A node needs an id.")
    elif item["id"] in seen:
        yield errors.Problem(f"{at}/id", f"The id {item['id']!r} is used twice.")
    if not isinstance(item.get("requirements"), str):
        yield errors.Problem(f"{at}/requirements", "The text of a requirement is needed.")
    if not building.is_number(item.get("weight")) or item["weight"] < 0:
        yield errors.Problem(f"{at}/weight", "A weight must be a finite number that is not negative.")
    if not isinstance(item.get("sub_tasks"), list):
        yield errors.Problem(f"{at}/sub_tasks", "A list of nodes is needed, empty for a leaf.")


def _criterion(node: _Node) -> dict[str, Any]:
    item = node.item
    tags = {key: item[key] for key in _CATEGORIES if isinstance(item.get(key), str) and item[key]}
    return {
        "id": item["id"], "text": item["requirements"], "weight": item["weight"], "group": node.parent, "tags": tags,
    }  # fmt: skip


def _moved(groups: Sequence[_Node], leaves: Sequence[_Node], root: str) -> building.Moved:
    """Where a fault of the document lies in the tree."""
    theirs = {"text": "requirements", "title": "requirements"}

    def place(pointer: str) -> str:
        steps = pointer.split("/")
        table = {"groups": groups, "criteria": leaves}.get(steps[1] if len(steps) > 2 else "")
        if table is None or not steps[2].isdecimal():
            return root
        rest = "".join(f"/{theirs.get(step, step)}" for step in steps[3:] if step != "parent")
        return table[int(steps[2])].pointer + rest

    return place


def write(rubrics: Sequence[Exported]) -> Written:
    """One tree, or one a line; equal to the imported one where nothing was changed."""
    report: list[Note] = []
    trees = []
    for n, item in enumerate(rubrics):
        pointer = f"/{n}" if len(rubrics) > 1 else ""
        report.extend(_losses(item.rubric, pointer))
        trees.append(_record(item))
    if len(trees) == 1:
        body = json.dumps(trees[0], ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        return Written(body.encode(), "application/json", "json", tuple(report))
    lines = "".join(json.dumps(tree, ensure_ascii=False, allow_nan=False) + "\n" for tree in trees)
    return Written(lines.encode(), "application/x-ndjson", "jsonl", tuple(report))


def _record(item: Exported) -> dict[str, Any]:
    kept = building.kept(item.rubric, KEY)
    tree = _tree(item, kept)
    wrapper = kept.get("wrapper")
    return {**building.as_object(kept.get("record")), wrapper: tree} if wrapper in _WRAPPERS else tree


def _tree(exported: Exported, kept: Mapping[str, Any]) -> dict[str, Any]:
    source = exported.rubric
    rest, order = building.as_object(kept.get("nodes")), kept.get("order")
    rank = {name: n for n, name in enumerate(order)} if isinstance(order, list) else {}
    root = _root(exported, building.as_object(kept.get("root")))
    leaves = [c for c in source.criteria if _fits(c)]
    if not source.groups and [c.id for c in leaves] == [root["id"]]:
        return _leaf(leaves[0], rest)
    made: dict[str | None, dict[str, Any]] = {None: {**root, "sub_tasks": []}}
    for group in source.groups:
        own = rest.get(group.id, dict.fromkeys(_CATEGORIES))
        made[group.id] = {
            "id": group.id, "requirements": group.title, "weight": building.plain(group.weight), "sub_tasks": [],
            **building.as_object(own),
        }  # fmt: skip
    inner = [(g.parent, made[g.id]) for g in source.groups if g.id in _used(source, leaves)]
    nodes = [*inner, *((c.group, _leaf(c, rest)) for c in leaves)]
    for parent, node in sorted(nodes, key=lambda pair: rank.get(pair[1]["id"], len(rank))):
        made[parent]["sub_tasks"].append(node)
    return made[None]


def _root(exported: Exported, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The root as it was, with the title where that was changed."""
    title = exported.rubric.title
    if not isinstance(kept.get("requirements"), str):
        fresh = {"id": exported.slug or "root", "requirements": title, "weight": 1}
        return {**fresh, **dict.fromkeys(_CATEGORIES), **kept}
    return dict(kept) if kept["requirements"][:300] == title else {**kept, "requirements": title}


def _used(source: Rubric, leaves: Sequence[Criterion]) -> set[str]:
    """The groups that hold a leaf, near or far; an empty one would become a leaf itself."""
    parents = {group.id: group.parent for group in source.groups}
    used: set[str] = set()
    for leaf in leaves:
        at = leaf.group
        while at is not None and at not in used:
            used.add(at)
            at = parents[at]
    return used


def _leaf(criterion: Criterion, rest: Mapping[str, Any]) -> dict[str, Any]:
    own = building.as_object(rest.get(criterion.id, dict.fromkeys(_CATEGORIES)))
    changed = {key: value for key, value in own.items() if key not in _CATEGORIES or not isinstance(value, str)}
    named = {key: criterion.tags.get(key) for key in _CATEGORIES if key in criterion.tags or key in own}
    weight = building.plain(criterion.weight)
    return {
        "id": criterion.id, "requirements": criterion.text, "weight": weight, "sub_tasks": [], **changed, **named
    }  # fmt: skip


def _fits(criterion: Criterion) -> bool:
    return criterion.kind is Kind.BINARY and not criterion.is_pitfall


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    for note in losses.of_rubric(source, pointer, NAME):
        if not note.pointer.endswith(("/groups", "/scoring")):
            yield note
    if TreeStep() not in source.scoring or len(source.scoring) != 1:
        message = f"{NAME} averages from the leaves to the root; this rubric is scored in another way."
        yield Note("warning", f"{pointer}/scoring", message)
    used = _used(source, [c for c in source.criteria if _fits(c)])
    for n, group in enumerate(source.groups):
        if group.id not in used:
            yield Note("warning", f"{pointer}/groups/{n}", "A group without a leaf would become one; it is left out.")
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, {Kind.BINARY})
        if criterion.is_pitfall:
            yield Note("error", f"{at}/polarity", f"{NAME} has no pitfalls; this criterion is left out.")
        yield from losses.of_criterion(criterion, at, NAME)
        yield from losses.of_frame(criterion, at, NAME, tags=bool(criterion.tags.keys() - set(_CATEGORIES)))

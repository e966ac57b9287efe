"""The parts of a version (guidelines, groups, criteria) as rows, stored in a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.rubrics.models import Criterion, Group, Guideline, RubricVersion
from domain import rubric

BATCH = 2000
Fields = dict[str, Any]


def store_new(versions: Sequence[tuple[RubricVersion, rubric.Rubric]]) -> None:
    """Store the parts of new versions, however many: one statement a table, and one for each depth of groups."""
    Guideline.objects.bulk_create(
        [
            Guideline(version=version, guideline_id=name, **fields)
            for version, said in versions
            for name, fields in _guidelines(said).items()
        ],
        batch_size=BATCH,
    )
    keys = _new_groups(versions)
    Criterion.objects.bulk_create(
        [
            Criterion(version=version, criterion_id=name, **fields)
            for (version, said), known in zip(versions, keys, strict=True)
            for name, fields in _criteria(said, known).items()
        ],
        batch_size=BATCH,
    )


def _new_groups(versions: Sequence[tuple[RubricVersion, rubric.Rubric]]) -> list[dict[str, int]]:
    """Store groups from the roots down, so that each is stored with its parent; returns their keys by id."""
    keys: list[dict[str, int]] = [{} for _ in versions]
    waiting = [(n, group, place) for n, (_, said) in enumerate(versions) for place, group in enumerate(said.groups)]
    while waiting:
        ready = [item for item in waiting if item[1].parent is None or item[1].parent in keys[item[0]]]
        waiting = [item for item in waiting if not (item[1].parent is None or item[1].parent in keys[item[0]])]
        made = Group.objects.bulk_create(
            [
                Group(
                    version=versions[n][0],
                    group_id=group.id,
                    parent_id=keys[n][group.parent] if group.parent else None,
                    **_group(group, place),
                )
                for n, group, place in ready
            ],
            batch_size=BATCH,
        )
        for (n, group, _), row in zip(ready, made, strict=True):
            keys[n][group.id] = row.pk
    return keys


def store_changes(version: RubricVersion, said: rubric.Rubric, before: RubricVersion | None = None) -> None:
    """Bring the rows of a draft to what the rubric says; rows that stay keep their keys, those that say the same rest.

    `before` is the same version with the parts already read.
    """
    present = before or version
    stored_groups = list(present.groups.all())
    _write(Guideline, version, "guideline_id", present.guidelines.all(), _guidelines(said))
    wanted = {group.id: _group(group, n) for n, group in enumerate(said.groups)}
    kept = _save(Group, version, "group_id", stored_groups, wanted)
    keys = {row.group_id: row.pk for row in kept}
    moved = []
    for row, group in zip(kept, said.groups, strict=True):
        parent = keys[group.parent] if group.parent else None
        if row.parent_id != parent:
            row.parent_id = parent
            moved.append(row)
    Group.objects.bulk_update(moved, ["parent"], batch_size=BATCH)
    _write(Criterion, version, "criterion_id", present.criteria.all(), _criteria(said, keys))
    gone = [row.pk for row in stored_groups if row.group_id not in wanted]
    if gone:
        Group.objects.filter(pk__in=gone).delete()


def _write(table: Any, version: RubricVersion, key: str, present: Iterable[Any], wanted: Mapping[str, Fields]) -> None:
    stored = list(present)
    gone = [row.pk for row in stored if getattr(row, key) not in wanted]
    if gone:
        table.objects.filter(pk__in=gone).delete()
    _save(table, version, key, stored, wanted)


def _save(
    table: Any, version: RubricVersion, key: str, present: Iterable[Any], wanted: Mapping[str, Fields]
) -> list[Any]:
    """Create rows that are missing and write the fields that differ; returns the rows in the order wanted."""
    stored = {getattr(row, key): row for row in present}
    rows, new, changed, names = [], [], [], set()
    for name, fields in wanted.items():
        row = stored.get(name)
        if row is None:
            row = table(version=version, **{key: name}, **fields)
            new.append(row)
        elif other := [field for field, value in fields.items() if getattr(row, field) != value]:
            for field in other:
                setattr(row, field, fields[field])
            changed.append(row)
            names.update(other)
        rows.append(row)
    if new:
        table.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        table.objects.bulk_update(changed, [field.removesuffix("_id") for field in sorted(names)], batch_size=BATCH)
    return rows


def _guidelines(said: rubric.Rubric) -> dict[str, Fields]:
    return {item.id: {"text": item.text, "position": n} for n, item in enumerate(said.guidelines)}


def _group(group: rubric.Group, position: int) -> Fields:
    return {"title": group.title, "weight": group.weight, "position": position}


def _criteria(said: rubric.Rubric, keys: Mapping[str, int]) -> dict[str, Fields]:
    """The columns of each criterion by its id; `keys` are those of the groups."""
    found: dict[str, Fields] = {}
    for position, body in enumerate(said.model_dump(mode="json", include={"criteria"})["criteria"]):
        name, group, check = body.pop("id"), body.pop("group"), body.pop("check")
        found[name] = {**body, "position": position, "check_spec": check, "group_id": keys[group] if group else None}
    return found

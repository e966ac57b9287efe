"""Rows of a version → the `rubricstudio/1` document and the rubric of the domain."""

import functools
from dataclasses import dataclass, field
from typing import Any

from apps.rubrics.models import Criterion, Group, RubricVersion
from domain import rubric

_TOP = ("format", "slug", "version", "status", "digest", "judged_digest", *rubric.Rubric.model_fields)


@dataclass(frozen=True)
class _Frozen:
    """A frozen document, told apart by its digest alone."""

    digest: str
    document: dict[str, Any] = field(compare=False)


@functools.lru_cache(maxsize=8192)
def _parsed(frozen: _Frozen) -> rubric.Rubric:
    return rubric.parse(frozen.document)


def domain_rubric(version: RubricVersion) -> rubric.Rubric:
    """What the version says, for the domain; frozen versions are read once per digest."""
    if version.document is not None:
        return _parsed(_Frozen(version.digest, version.document))
    return rubric.parse(draft_document(version))


def document(version: RubricVersion) -> dict[str, Any]:
    """The whole document with all keys, digests, slug, version and status."""
    slug, number, status = version.rubric.slug, version.number, str(version.status)
    if version.document is None:
        said = rubric.parse(draft_document(version))
        return rubric.document(said, slug=slug, version=number, status=status)
    names = {"slug": slug, "version": number, "status": status}
    whole = {**version.document, **names, "digest": version.digest, "judged_digest": version.judged_digest}
    return {key: _in_order(key, whole[key]) for key in _TOP if key in whole}


def draft_document(version: RubricVersion) -> dict[str, Any]:
    """The document as the rows say it, without digests; what edits start from."""
    names = {group.pk: group.group_id for group in version.groups.all()}
    return {**draft_frame(version), "criteria": [_criterion(criterion, names) for criterion in version.criteria.all()]}


def draft_frame(version: RubricVersion) -> dict[str, Any]:
    """The same with an empty list of criteria, however many there are."""
    groups = list(version.groups.all())
    names = {group.pk: group.group_id for group in groups}
    return {
        "format": rubric.FORMAT,
        "title": version.title,
        "description": version.description,
        "language": version.language,
        "translation_of": _translation(version),
        "scope": _scope(version),
        "guidelines": [{"id": g.guideline_id, "text": g.text} for g in version.guidelines.all()],
        "groups": [_group(group, names) for group in groups],
        "criteria": [],
        "scoring": version.scoring,
        "unscored": version.unscored,
        "content_gate": version.content_gate,
        "extensions": version.extensions,
    }


def criterion_part(row: Criterion) -> dict[str, Any]:
    """One criterion as the document says it; its group must be at hand."""
    return _criterion(row, {row.group_id: row.group.group_id} if row.group_id and row.group else {})


def _translation(version: RubricVersion) -> str | None:
    return str(version.translation_of) if version.translation_of_id and version.translation_of else None


def _scope(version: RubricVersion) -> dict[str, Any]:
    return {"kind": version.scope, **version.scope_ref} if version.scope == "prompt" else {"kind": "general"}


def _group(group: Group, names: dict[int, str]) -> dict[str, Any]:
    parent = names.get(group.parent_id) if group.parent_id else None
    return {"id": group.group_id, "title": group.title, "parent": parent, "weight": group.weight}


def _criterion(row: Criterion, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": row.criterion_id,
        "text": row.text,
        "kind": row.kind,
        "polarity": row.polarity,
        "weight": row.weight,
        "tier": row.tier,
        "role": row.role,
        "aspect": row.aspect,
        "gate": _copied(row.gate),
        "applies_when": _copied(row.applies_when),
        "evidence": row.evidence,
        "needs": list(row.needs),
        "group": names.get(row.group_id) if row.group_id else None,
        "tags": _copied(row.tags),
        "levels": _copied(row.levels),
        "check": _copied(row.check_spec),
        "examples": _copied(row.examples),
        "notes": row.notes,
    }


def _copied(value: Any) -> Any:
    """The JSON value of a row, so that whoever edits the document leaves the row as it is."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _in_order(key: str, value: Any) -> Any:
    """Criteria with their keys in the order of the contract, whatever order the database kept."""
    if key != "criteria":
        return value
    return [{name: item[name] for name in rubric.Criterion.model_fields if name in item} for item in value]

"""The rubric of the domain → rows of a version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import Workspace
from apps.datasets.models import Prompt
from apps.rubrics.models import Criterion, Group, Guideline, RubricVersion
from domain import errors, rubric

MAX_ID = 80
MAX_TITLE = 300
MAX_LANGUAGE = 16
COLUMNS = (
    "title", "description", "language", "translation_of", "scope", "prompt", "scope_ref", "scoring", "unscored",
    "content_gate", "extensions", "digest", "judged_digest",
)  # fmt: skip
_CRITERION_FIELDS = (
    "position", "group_id", "text", "kind", "polarity", "weight", "tier", "role", "aspect", "gate", "applies_when",
    "evidence", "needs", "tags", "levels", "check_spec", "examples", "notes",
)  # fmt: skip


@dataclass
class Parts:
    """The rows that belong to versions, not yet stored; `parents` names the parent of each group."""

    guidelines: list[Guideline] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    parents: list[str | None] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)


def check_fits(said: rubric.Rubric) -> None:
    """Refuse what the tables cannot hold, with the place of each fault."""
    problems = [
        *_too_long("/title", said.title, MAX_TITLE),
        *_too_long("/language", said.language, MAX_LANGUAGE),
        *(p for n, c in enumerate(said.criteria) for p in _too_long(f"/criteria/{n}/id", c.id, MAX_ID)),
        *(p for n, g in enumerate(said.groups) for p in _too_long(f"/groups/{n}/id", g.id, MAX_ID)),
        *(p for n, g in enumerate(said.guidelines) for p in _too_long(f"/guidelines/{n}/id", g.id, MAX_ID)),
    ]
    if problems:
        raise errors.Invalid(
            f"The rubric cannot be stored: {problems[0].message}", code="rubric_invalid", problems=problems
        )


BoundPrompts = dict[tuple[str | None, str], Prompt]


def fill_columns(
    version: RubricVersion, said: rubric.Rubric, workspace: Workspace, *, prompts: BoundPrompts | None = None
) -> None:
    """Set the version's own columns, digests included; the rows of its parts are stored apart."""
    body = said.model_dump(mode="json")
    if prompts is None:
        prompts = bound_prompts(workspace, [said])
    version.title = said.title or version.title
    version.description, version.language = said.description, said.language
    version.translation_of = translation_source(said.translation_of, workspace)
    version.scope, version.scope_ref = said.scope.kind, {}
    if isinstance(said.scope, rubric.PromptScope):
        version.scope_ref = {"dataset": said.scope.dataset, "prompt_id": said.scope.prompt_id}
    bind_prompt(version, said, prompts)
    version.scoring, version.unscored = body["scoring"], body["unscored"]
    version.content_gate, version.extensions = body["content_gate"], body["extensions"]
    version.digest, version.judged_digest = rubric.digest(said), rubric.judged_digest(said)


def bind_prompt(version: RubricVersion, said: rubric.Rubric, prompts: BoundPrompts) -> None:
    """Name the stored prompt that a rubric belongs to, where it is stored already."""
    scope = said.scope
    version.prompt = prompts.get((scope.dataset, scope.prompt_id)) if isinstance(scope, rubric.PromptScope) else None


def bound_prompts(workspace: Workspace, rubrics: Iterable[rubric.Rubric]) -> BoundPrompts:
    """The stored prompts that rubrics are bound to, by dataset and prompt id; those not imported yet are left out."""
    wanted = [said.scope for said in rubrics if isinstance(said.scope, rubric.PromptScope)]
    if not wanted:
        return {}
    rows = Prompt.objects.filter(
        dataset__workspace=workspace,
        dataset__slug__in={scope.dataset for scope in wanted if scope.dataset},
        external_id__in={scope.prompt_id for scope in wanted},
    ).select_related("dataset")
    return {(row.dataset.slug, row.external_id): row for row in rows}


def translation_source(ref: str | None, workspace: Workspace) -> RubricVersion | None:
    """The version `slug@n` that this one translates."""
    if ref is None:
        return None
    slug, _, number = ref.partition("@")
    found = RubricVersion.objects.filter(
        rubric__workspace=workspace, rubric__slug=slug, number=int(number) if number.isdecimal() else 0
    ).first()
    if found is None:
        problem = errors.Problem("/translation_of", f"There is no version {ref} here; write slug@number.")
        raise errors.Invalid(problem.message, code="rubric_invalid", problems=[problem])
    return found


def parts_of(version: RubricVersion, said: rubric.Rubric) -> Parts:
    """Rows for the parts of one version; groups are named on criteria by instance, so store groups first."""
    parts = Parts(
        guidelines=[
            Guideline(version=version, guideline_id=g.id, text=g.text, position=n)
            for n, g in enumerate(said.guidelines)
        ],
        groups=[
            Group(version=version, group_id=g.id, title=g.title, weight=g.weight, position=n)
            for n, g in enumerate(said.groups)
        ],
        parents=[g.parent for g in said.groups],
    )
    groups = {group.group_id: group for group in parts.groups}
    parts.criteria = [
        _criterion(version, n, c, groups[c.group] if c.group else None) for n, c in enumerate(said.criteria)
    ]
    return parts


def store_new(all_parts: Sequence[Parts]) -> None:
    """Store the parts of new versions, however many, in a handful of statements."""
    Guideline.objects.bulk_create([row for parts in all_parts for row in parts.guidelines], batch_size=2000)
    Group.objects.bulk_create([row for parts in all_parts for row in parts.groups], batch_size=2000)
    Group.objects.bulk_update([row for parts in all_parts for row in _with_parents(parts)], ["parent"], batch_size=2000)
    Criterion.objects.bulk_create([row for parts in all_parts for row in parts.criteria], batch_size=2000)


def store_changes(version: RubricVersion, said: rubric.Rubric) -> None:
    """Bring the rows of a draft to what the rubric says; rows that stay keep their keys."""
    parts = parts_of(version, said)
    _write(Guideline, version.guidelines.all(), parts.guidelines, "guideline_id", ("text", "position"))
    kept = _write(Group, version.groups.all(), parts.groups, "group_id", ("title", "weight", "position"), remove=False)
    _with_parents(parts)
    Group.objects.bulk_update(parts.groups, ["parent"])
    for criterion in parts.criteria:
        criterion.group = criterion.group  # takes over the key that the group got when it was stored
    _write(Criterion, version.criteria.all(), parts.criteria, "criterion_id", _CRITERION_FIELDS)
    Group.objects.filter(pk__in=kept).delete()


def _write(
    table: Any, present: Iterable[Any], wanted: Sequence[Any], key: str, fields: tuple[str, ...], *, remove: bool = True
) -> list[int]:
    """Create, update and delete rows of one table; returns the keys of rows that are no longer wanted."""
    stored = {getattr(row, key): row for row in present}
    new, changed = [], []
    for row in wanted:
        old = stored.pop(getattr(row, key), None)
        if old is None:
            new.append(row)
            continue
        row.pk = old.pk
        if any(getattr(row, name) != getattr(old, name) for name in fields):
            changed.append(row)
    gone = [row.pk for row in stored.values()]
    if remove:
        table.objects.filter(pk__in=gone).delete()
    table.objects.bulk_create(new)
    table.objects.bulk_update(changed, [name.removesuffix("_id") for name in fields])
    return gone


def _with_parents(parts: Parts) -> list[Group]:
    """Set the parent of each stored group; returns those that have one."""
    groups = {group.group_id: group for group in parts.groups}
    for group, parent in zip(parts.groups, parts.parents, strict=True):
        group.parent = groups[parent] if parent else None
    return [group for group in parts.groups if group.parent is not None]


def _criterion(version: RubricVersion, position: int, said: rubric.Criterion, group: Group | None) -> Criterion:
    body = said.model_dump(mode="json")
    return Criterion(
        version=version,
        criterion_id=body.pop("id"),
        position=position,
        group=group,
        check_spec=body.pop("check"),
        **{name: value for name, value in body.items() if name != "group"},
    )


def _too_long(pointer: str, text: str, most: int) -> list[errors.Problem]:
    return [errors.Problem(pointer, f"At most {most} characters fit here.")] if len(text) > most else []

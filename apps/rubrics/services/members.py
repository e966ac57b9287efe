"""The rubrics of a set, created in bulk."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.text import slugify

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import (
    Rubric,
    RubricSet,
    RubricSetMember,
    RubricSetVersion,
    RubricVersion,
    VersionStatus,
)
from apps.rubrics.services import parts, rows
from domain import formats, rubric

BATCH = 1000


def import_set(
    *,
    by: Actor,
    items: Sequence[formats.ImportedRubric],
    name: str | None,
    source: str,
    report: list[formats.Note],
) -> tuple[list[RubricVersion], RubricSetVersion]:
    """Store the rubrics as the next version of a set; a rubric that says the same keeps its version."""
    rubric_set = _set(by, items, name, source)
    known = _members(by, rubric_set, items)
    newest = _newest(known)
    prompts = rows.bound_prompts(by.workspace, (item.rubric for item in items))
    versions, fresh = [], []
    for item, row in zip(items, known, strict=True):
        last = newest.get(row.pk)
        digest = rubric.digest(item.rubric)
        if last and last.digest == digest and last.status != VersionStatus.RETIRED:
            versions.append(last)
            continue
        number = last.number + 1 if last else 1
        version = RubricVersion(rubric=row, number=number, title=row.title, parent=last, created_by=by.user)
        rows.fill_columns(version, item.rubric, by.workspace, prompts=prompts, digest=digest)
        versions.append(version)
        fresh.append((version, item.rubric))
    RubricVersion.objects.bulk_create([version for version, _ in fresh], batch_size=BATCH)
    parts.store_new(fresh)
    said = f"{len(fresh)} rubrics are new, {len(versions) - len(fresh)} were here already."
    report.append(formats.Note("info", "", said))
    return versions, _set_version(rubric_set, versions, items)


def reopened(row: RubricSetVersion, ending: Sequence[RubricVersion], *, author: User) -> RubricSetVersion:
    """The next version of a set: a new draft of each version that ends, the other members as they are."""
    said = {version.pk: queries.domain_rubric(version) for version in ending}
    prompts = rows.bound_prompts(row.rubric_set.workspace, said.values())
    numbers = RubricVersion.objects.filter(rubric__in=[version.rubric_id for version in ending])
    last = dict(numbers.order_by().values_list("rubric").annotate(last=Max("number")))
    drafts = {}
    for old in ending:
        draft = RubricVersion(rubric=old.rubric, number=last[old.rubric_id] + 1, parent=old, created_by=author)
        draft.title = old.title
        rows.fill_columns(draft, said[old.pk], row.rubric_set.workspace, prompts=prompts)
        drafts[old.pk] = draft
    RubricVersion.objects.bulk_create(drafts.values(), batch_size=BATCH)
    parts.store_new([(draft, said[key]) for key, draft in drafts.items()])
    fresh = RubricSetVersion.objects.create(rubric_set=row.rubric_set, number=_last_number(row.rubric_set) + 1)
    RubricSetMember.objects.bulk_create(
        [
            RubricSetMember(
                set_version=fresh,
                version=drafts.get(member.version_id, member.version),
                prompt_id_text=member.prompt_id_text,
            )
            for member in queries.members(row)
        ],
        batch_size=BATCH,
    )
    return fresh


def _last_number(rubric_set: RubricSet) -> int:
    last: int | None = rubric_set.versions.aggregate(last=Max("number"))["last"]
    return last or 0


def _set(by: Actor, items: Sequence[formats.ImportedRubric], name: str | None, source: str) -> RubricSet:
    """The set to import into: the named one, or one that already holds rubrics of this file, or a new one."""
    sets = RubricSet.objects.select_for_update(of=("self",)).filter(workspace=by.workspace)
    if name is None:
        slugs = [item.slug for item in items]
        holding = Rubric.objects.filter(workspace=by.workspace, slug__in=slugs, rubric_set__isnull=False)
        held = sets.filter(pk__in=holding.values("rubric_set"), source=source).order_by("pk").first()
        if held is not None:
            return held
    wanted = slugify(name or source)[:100] or "set"
    if name is not None and (present := sets.filter(name=wanted).first()):
        return present
    taken = set(sets.values_list("name", flat=True))
    free = next(n for n in (wanted, *(f"{wanted}-{k}" for k in range(2, len(taken) + 3))) if n not in taken)
    return RubricSet.objects.create(
        workspace=by.workspace, name=free, title=f"{name or source}", source=source, created_by=by.user
    )


def _members(by: Actor, rubric_set: RubricSet, items: Sequence[formats.ImportedRubric]) -> list[Rubric]:
    """The rubric of each item, those of the set as they are and new ones for the rest."""
    slugs = {item.slug for item in items}
    here = Rubric.objects.filter(workspace=by.workspace, slug__in=slugs)
    taken = {row.slug: row for row in here}
    found: list[Rubric] = []
    fresh: list[Rubric] = []
    used: set[str] = set()
    for item in items:
        row = taken.get(item.slug)
        if row is not None and row.rubric_set_id == rubric_set.pk and item.slug not in used:
            used.add(item.slug)
            found.append(row)
            continue
        slug = item.slug if row is None and item.slug not in used else _apart(rubric_set, item.slug, used)
        used.add(slug)
        title = item.rubric.title or slug
        row = Rubric(workspace=by.workspace, slug=slug, title=title, rubric_set=rubric_set, created_by=by.user)
        found.append(row)
        fresh.append(row)
    Rubric.objects.bulk_create(fresh, batch_size=BATCH)
    return found


def _apart(rubric_set: RubricSet, slug: str, used: set[str]) -> str:
    """Another name where the wanted one belongs to a rubric outside the set or stands twice in the file."""
    base = f"{rubric_set.name}-{slug}"[:110]
    taken = used | set(
        Rubric.objects.filter(workspace=rubric_set.workspace_id, slug__startswith=base).values_list("slug", flat=True)
    )
    return next(n for n in (base, *(f"{base}-{k}" for k in range(2, len(taken) + 3))) if n not in taken)


def _newest(known: Sequence[Rubric]) -> dict[int, RubricVersion]:
    versions = RubricVersion.objects.filter(rubric__in=known).select_related("rubric")
    return {v.rubric_id: v for v in versions.order_by("rubric", "-number").distinct("rubric")}


def _set_version(
    rubric_set: RubricSet, versions: Sequence[RubricVersion], items: Sequence[formats.ImportedRubric]
) -> RubricSetVersion:
    """The next version of the set, or the newest one where it holds the same members already."""
    newest = rubric_set.versions.order_by("-number").first()
    wanted = {version.pk for version in versions}
    if newest and newest.status != VersionStatus.RETIRED:
        held = set(newest.members.values_list("version_id", flat=True))
        if held == wanted:
            return newest
    row = RubricSetVersion.objects.create(rubric_set=rubric_set, number=_last_number(rubric_set) + 1)
    RubricSetMember.objects.bulk_create(
        [
            RubricSetMember(set_version=row, version=version, prompt_id_text=_prompt_id(item))
            for version, item in zip(versions, items, strict=True)
        ],
        batch_size=BATCH,
    )
    return row


def _prompt_id(item: formats.ImportedRubric) -> str:
    scope = item.rubric.scope
    if isinstance(scope, rubric.PromptScope):
        return scope.prompt_id
    return item.prompt.id if item.prompt else ""

"""What is known about judges."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from apps.judging.models import NOT_ASKED, EngineKind, Judge, JudgeTest, JudgeVersion, Licence
from apps.rubrics.models import Criterion
from domain import errors
from domain.rubric import Kind

if TYPE_CHECKING:
    from apps.accounts.models import Workspace
    from apps.accounts.permissions import Actor
    from apps.rubrics.models import RubricSetVersion, RubricVersion

_REFERENCE = re.compile(r"(?P<name>[A-Za-z0-9_-]{1,80})(@(?P<number>[0-9]{1,9}))?")


def list_judges(actor: "Actor") -> QuerySet[Judge]:
    """The judges that can be asked, the default first, each with its versions (newest first), tests and licences."""
    tests = JudgeTest.objects.order_by("-id")
    versions = JudgeVersion.objects.order_by("-number").prefetch_related(Prefetch("tests", tests), "licences")
    return (
        Judge.objects.filter(workspace=actor.workspace, archived_at__isnull=True)
        .exclude(versions__engine__in=NOT_ASKED)
        .prefetch_related(Prefetch("versions", versions))
        .order_by("-is_default", "name")
    )


def get_judge(actor: "Actor", name: str) -> Judge:
    """A judge of the workspace by its name."""
    found = list_judges(actor).filter(name=name).first()
    if found is None:
        raise errors.NotFound(f'There is no judge named "{name}" in this workspace.', code="judge_unknown")
    return found


def get_judge_version(actor: "Actor", name: str, number: int) -> JudgeVersion:
    """One version of a judge."""
    found = _versions(actor).filter(judge__name=name, number=number).first()
    if found is None:
        raise errors.NotFound(f'There is no judge "{name}@{number}" in this workspace.', code="judge_unknown")
    return found


def judge_by_ref(actor: "Actor", ref: str | None = None) -> JudgeVersion:
    """The judge version that `name@n` or `name` (its latest) means; None means the workspace's default.

    A judge whose verdicts were imported, or computed by checks, cannot be asked and is refused.
    """
    if ref is None or ref == "":
        return default_judge(actor)
    match = _REFERENCE.fullmatch(ref)
    if match is None:
        raise errors.Invalid(
            f'"{ref}" does not name a judge; write name@version or a name alone.', code="judge_ref_invalid"
        )
    if match["number"]:
        return _askable(get_judge_version(actor, match["name"], int(match["number"])))
    found = _versions(actor).filter(judge__name=match["name"]).first()
    if found is None:
        raise errors.NotFound(f'There is no judge named "{ref}" in this workspace.', code="judge_unknown")
    return _askable(found)


def default_judge(actor: "Actor") -> JudgeVersion:
    """The latest version of the workspace's default judge."""
    found = default_judge_or_none(actor)
    if found is None:
        raise errors.Conflict(
            "This workspace has no default judge. Name a judge, or make one the default on the Judges page.",
            code="judge_no_default",
        )
    return found


def default_judge_or_none(actor: "Actor") -> JudgeVersion | None:
    """The latest version of the default judge, where there is one."""
    return default_of(actor.workspace)


def default_of(workspace: "Workspace") -> JudgeVersion | None:
    """The latest version of a workspace's default judge, where there is one."""
    return _of(workspace).filter(judge__is_default=True).first()


def addresses_now(version: JudgeVersion) -> list[str]:
    """Where a judge version runs now: as its judge's newest version of the same fingerprint and key says."""
    same = JudgeVersion.objects.filter(judge=version.judge_id, fingerprint=version.fingerprint)
    newest = same.order_by("-number").only("base_url", "replicas", "api_key_sealed").first()
    if newest is None or _key(newest) != _key(version):
        newest = version
    return [newest.base_url, *newest.replicas]


def tested_identity(version: JudgeVersion) -> str:
    """What told the model from others when the judge was last tested and ready; empty where it was not."""
    tests = JudgeTest.objects.filter(version__judge=version.judge_id, version__fingerprint=version.fingerprint)
    newest = tests.filter(ready=True).order_by("-pk").first()
    checks = newest.checks if newest else []
    return next((str(check["value"]) for check in checks if check["name"] == "identity"), "")


def _key(version: JudgeVersion) -> bytes | None:
    return None if version.api_key_sealed is None else bytes(version.api_key_sealed)


def judge_choices(actor: "Actor") -> list[JudgeVersion]:
    """The latest version of each judge, the default first."""
    newest = JudgeVersion.objects.filter(judge=OuterRef("judge")).order_by("-number").values("pk")[:1]
    latest = _versions(actor).filter(pk=Subquery(newest)).exclude(engine__in=NOT_ASKED)
    return list(latest.order_by("-judge__is_default", "judge__name"))


def named_version(actor: "Actor", name: str) -> JudgeVersion | None:
    """The latest version of a judge of that name, one that cannot be asked included."""
    return _versions(actor).filter(judge__name=name).first()


def computed_version(actor: "Actor") -> JudgeVersion | None:
    """The built-in judge of computed checks, once something was decided by checks alone."""
    return _versions(actor).filter(engine=EngineKind.COMPUTED).first()


def needing_judge(
    versions: "Sequence[RubricVersion]" = (), set_version: "RubricSetVersion | None" = None
) -> Criterion | None:
    """The first criterion that its check does not decide alone, so that a model must be asked."""
    within = Q(version__in=[version.pk for version in versions])
    if set_version is not None:
        within |= Q(version__in=set_version.members.values("version"))
    rows = Criterion.objects.filter(within).exclude(kind=Kind.CHECK)
    return rows.select_related("version__rubric").order_by("version_id", "position", "pk").first()


def needs_judge(versions: "Sequence[RubricVersion]" = (), set_version: "RubricSetVersion | None" = None) -> bool:
    """Whether a model must be asked; of frozen versions their documents say it."""
    documents = [version.document for version in versions if version.document]
    if any(criterion["kind"] != Kind.CHECK for document in documents for criterion in document["criteria"]):
        return True
    return needing_judge(versions, set_version) is not None


def is_licensed(version: JudgeVersion) -> bool:
    """Whether the judge has passed an exam whose licence still holds for this fingerprint; computed checks need none.

    A new version with another fingerprint has to pass again; one that only moved to another address has not.
    """
    if version.engine == EngineKind.COMPUTED:
        return True
    return _holding().filter(version__judge=version.judge_id, version__fingerprint=version.fingerprint).exists()


def licensed_of(versions: Sequence[JudgeVersion]) -> set[int]:
    """Which of these judge versions a licence holds for now, in one query."""
    rows = _holding().filter(version__judge__in={one.judge_id for one in versions})
    held = set(rows.values_list("version__judge", "version__fingerprint"))
    return {one.pk for one in versions if (one.judge_id, one.fingerprint) in held}


def _holding() -> QuerySet[Licence]:
    """The licences that hold now."""
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return Licence.objects.filter(valid, revoked_at__isnull=True)


def latest_test(version: JudgeVersion) -> JudgeTest | None:
    """The newest test of a judge version."""
    return JudgeTest.objects.filter(version=version).order_by("-id").first()


def _askable(version: JudgeVersion) -> JudgeVersion:
    if version.engine == EngineKind.RECORDED:
        raise errors.Invalid(
            f'The verdicts of "{version}" were imported; it cannot be asked for more. Choose another judge.',
            code="judge_recorded",
        )
    if version.engine == EngineKind.COMPUTED:
        raise errors.Invalid(
            f'"{version}" is no model: it stands for checks that decide every criterion. Choose another judge.',
            code="judge_computed",
        )
    return version


def _versions(actor: "Actor") -> QuerySet[JudgeVersion]:
    return _of(actor.workspace)


def _of(workspace: "Workspace") -> QuerySet[JudgeVersion]:
    return (
        JudgeVersion.objects.filter(judge__workspace=workspace, judge__archived_at__isnull=True)
        .select_related("judge")
        .order_by("judge_id", "-number")
    )

"""The built-in judge of computed checks, and which judge serves where none is named."""

import itertools
from collections.abc import Sequence
from typing import cast

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.judging import queries
from apps.judging.models import EngineKind, Judge, JudgeVersion, Protocol
from apps.rubrics.models import Criterion, RubricSetVersion, RubricVersion
from domain import errors
from domain import rubric as rubrics

NAME = "computed"
"""What the built-in judge is called, where no judge of the workspace had that name before."""
STRATEGY = "computed"
SHOWN = 80


class JudgeNeeded(errors.Invalid):
    """A criterion is not decided by its check alone, and no judge is there to be asked."""

    default_code = "judge_needed"

    def __init__(self, criterion: Criterion, at: str = "/judges") -> None:
        said = f"{_named(criterion)} is not decided by a check alone, so a judge is needed. Choose one."
        super().__init__(said, problems=[errors.Problem(at, said)])


def computed_judge(*, by: Actor) -> JudgeVersion:
    """The judge under which verdicts of checks are stored; made when first needed, never set up and never asked."""
    return queries.computed_version(by) or _made(by)


def judges_for(
    *, by: Actor, refs: Sequence[str], versions: Sequence[RubricVersion] = (),
    set_version: RubricSetVersion | None = None, default: bool = True, at: str = "/judges",
) -> list[JudgeVersion]:  # fmt: skip
    """The judges of these names; without names that of computed checks, where every criterion is decided by its own.

    Where one is not, the workspace's default judge serves; with `default` off somebody has to be chosen. A refusal
    points to `at`.
    """
    if refs and not (len(refs) == 1 and _is_computed(by, refs[0])):
        return [queries.judge_by_ref(by, ref) for ref in refs]
    if not queries.needs_judge(versions, set_version):
        return [computed_judge(by=by)]
    found = queries.default_judge_or_none(by) if default and not refs else None
    if found is None:
        needing = cast("Criterion", queries.needing_judge(versions, set_version))
        if refs or not default:
            raise JudgeNeeded(needing, at)
        raise errors.Conflict(
            f"This workspace has no default judge, and {_named(needing)} is not decided by a check alone. "
            "Name a judge, or make one the default on the Judges page.",
            code="judge_no_default",
        )
    return [found]


def judge_for(*, by: Actor, ref: str | None, versions: Sequence[RubricVersion]) -> JudgeVersion:
    """The one judge of this name, or the one that serves where none is named."""
    return judges_for(by=by, refs=[ref] if ref else [], versions=versions, at="/judge")[0]


def check_computable(judges: Sequence[JudgeVersion], versions: Sequence[RubricVersion]) -> None:
    """Refuse the judge of computed checks for rubrics that need another."""
    if any(judge.engine == EngineKind.COMPUTED for judge in judges):
        needing = queries.needing_judge(versions)
        if needing is not None:
            raise JudgeNeeded(needing)


def _is_computed(by: Actor, ref: str) -> bool:
    """Whether a name means the judge of computed checks, be it made already or not."""
    name, _, number = ref.partition("@")
    found = queries.named_version(by, name)
    is_it = name == NAME if found is None else found.engine == EngineKind.COMPUTED
    return is_it and number in ("", "1")


@transaction.atomic
def _made(by: Actor) -> JudgeVersion:
    """One judge with one version, whoever asks first; another name where somebody's judge has this one."""
    names = itertools.chain([NAME], (f"{NAME}-{n}" for n in itertools.count(2)))
    for name in names:
        judge, _ = Judge.objects.get_or_create(workspace=by.workspace, name=name)
        judge = Judge.objects.select_for_update().get(pk=judge.pk)
        version = judge.versions.order_by("number").first()
        if version is None:
            version = JudgeVersion.objects.create(
                judge=judge, number=1, engine=EngineKind.COMPUTED, model="checks", strategy=STRATEGY,
                protocol=Protocol.ISOLATED, prompt_name="", prompt_digest="",
                fingerprint=rubrics.sha256({"engine": EngineKind.COMPUTED.value, "strategy": STRATEGY}),
            )  # fmt: skip
        if version.engine == EngineKind.COMPUTED:
            return version
    raise AssertionError("names do not end")


def _named(criterion: Criterion) -> str:
    text = criterion.text if len(criterion.text) <= SHOWN else f"{criterion.text[: SHOWN - 1]}…"
    return f"“{text}” ({criterion.criterion_id}) of {criterion.version}"

"""What a request for rewards names, found and checked whole before anything is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.datasets.models import SubjectKind
from apps.judging import queries as judge_queries
from apps.judging import services as judging
from apps.judging.models import JudgeVersion
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import FittedArtefact, Profile, RubricVersion, VersionEnd, VersionStatus
from apps.training import queries
from apps.training.bodies import CohortRewardBody, GroupRewardBody, RewardBody, RewardItemBody
from apps.training.models import Pin, Release, ReleaseEntry, TrainingRun
from domain import errors, pipeline, strategies


class NotServed(errors.Conflict):
    """The rubric version may not be served as a reward."""

    default_code = "not_approved"


class Unlicensed(errors.Conflict):
    """The workspace refuses judges without a passed exam."""

    default_code = "judge_unlicensed"


@dataclass(frozen=True)
class Named:
    """All that a request names; versions and profiles stand in the order of its items."""

    training_run: TrainingRun | None
    pin: Pin | None
    ref: str
    versions: list[RubricVersion]
    judge: JudgeVersion
    profiles: list[Profile | None]
    calibrations: Sequence[FittedArtefact]
    deadline: datetime | None


def named(by: Actor, body: RewardBody) -> Named:
    """Find everything, or refuse with the place in the body."""
    with errors.at("/training_run"):
        training_run, pin = _training_run(by, body.training_run)
    rubrics = _Rubrics(by, pin, _default_ref(body, pin))
    versions = [rubrics.of(item, index) for index, item in enumerate(body.items)]
    judge = _judge(by, body, pin, versions)
    _check_served(by, versions, body.allow_draft, pinned=pin is not None)
    _check_groups(body, versions, judge)
    profiles = _profiles(body.items, versions)
    with errors.at("/calibrations"):
        calibrations = judging.named_calibrations(by=by, digests=body.calibrations)
    deadline = body.deadline
    if body.deadline_in is not None:
        deadline = timezone.now() + timedelta(seconds=body.deadline_in)
    ref = rubrics.default or "per item"
    return Named(training_run, pin, ref, versions, judge, profiles, calibrations, deadline)


@dataclass
class _Rubrics:
    """Finds the version of each item; every reference is resolved once."""

    by: Actor
    pin: Pin | None
    default: str | None
    _known: dict[str, tuple[RubricVersion | None, Mapping[str, RubricVersion]]] = field(default_factory=dict)

    def of(self, item: RewardItemBody, index: int) -> RubricVersion:
        """The version an item is judged under."""
        ref = item.rubric or self.default
        if ref is None:
            raise _at(index, "rubric", "no rubric is named, neither here nor for the whole request")
        if ref not in self._known:
            self._known[ref] = self._resolve(ref, index if item.rubric else None)
        general, bound = self._known[ref]
        version = bound.get(item.prompt_id) if item.prompt_id and bound else general
        if version is None:
            what = (
                f"has no rubric for the prompt {item.prompt_id}"
                if item.prompt_id
                else "needs a prompt_id to find the rubric"
            )
            raise _at(index, "prompt_id", f"{ref} {what}", family=errors.NotFound if item.prompt_id else errors.Invalid)
        if self.pin is not None and version.pk not in self._allowed:
            raise _at(
                index, "rubric", f"the training run is pinned to {self.default}; re-pin it to use {ref}",
                family=errors.Conflict, code="pinned",
            )  # fmt: skip
        return version

    @cached_property
    def _pinned(self) -> list[RubricVersion]:
        """The versions that the pin allows."""
        if self.pin is None or self.pin.version is not None:
            return [self.pin.version] if self.pin and self.pin.version else []
        entries = ReleaseEntry.objects.filter(release=self.pin.release).select_related("version__rubric")
        return [entry.version for entry in entries]

    @cached_property
    def _allowed(self) -> set[int]:
        return {version.pk for version in self._pinned}

    def _resolve(self, ref: str, index: int | None) -> tuple[RubricVersion | None, Mapping[str, RubricVersion]]:
        with errors.at("/rubric" if index is None else f"/items/{index}/rubric"):
            if ref.startswith("release:"):
                release = queries.get_release(self.by, ref.removeprefix("release:"))
                self._check_live(release)
                return queries.versions_by_prompt(release)
            pinned = next((version for version in self._pinned if version.digest == ref), None)
            if pinned is not None:
                return pinned, {}
            found = rubric_queries.resolve(self.by, ref)
            return found.general, found.by_prompt or {}

    def _check_live(self, release: Release) -> None:
        """Runs that pinned a release before it was deprecated go on; nobody else begins with it."""
        gone = queries.deprecation_of(release)
        if gone is not None and (self.pin is None or self.pin.release_id != release.pk):
            raise errors.Conflict(
                f"The release {release.name} is deprecated: {gone.reason} Pin another.", code="deprecated"
            )


def _training_run(by: Actor, run_id: str | None) -> tuple[TrainingRun | None, Pin | None]:
    if run_id is None:
        return None, None
    run = queries.get_training_run(by, run_id)
    if run.state != "open":
        raise errors.Conflict("This training run is closed.", code="training_run_closed")
    return run, queries.current_pin(run)


def _judge(by: Actor, body: RewardBody, pin: Pin | None, versions: list[RubricVersion]) -> JudgeVersion:
    asked = pin is None or body.judge is not None
    with errors.at("/judge"):
        named = judging.judge_for(by=by, ref=body.judge, versions=versions) if asked else None
    if pin is None:
        judge = cast("JudgeVersion", named)
    else:
        judge = pin.judge_version
        if named is not None and named.pk != judge.pk:
            raise errors.Conflict(
                f"The training run is pinned to the judge {judge}; re-pin it to use another.", code="pinned"
            )
    if by.workspace.settings.get("unlicensed_judge") == "refuse" and not judge_queries.is_licensed(judge):
        raise Unlicensed(f"{judge} has not passed an exam, and this workspace refuses judges without one.")
    return judge


def _default_ref(body: RewardBody, pin: Pin | None) -> str | None:
    if pin is None:
        return body.rubric
    pinned = f"release:{pin.release.name}" if pin.release else str(pin.version)
    named = body.rubric
    if named is not None and named not in {pinned, pin.digest}:
        raise errors.Conflict(f"The training run is pinned to {pinned}; re-pin it to use {named}.", code="pinned")
    return pinned


def _check_served(by: Actor, versions: list[RubricVersion], allow_draft: bool, *, pinned: bool) -> None:
    allowed = allow_draft and (by.scopes is None or "rubrics:write" in by.scopes)
    for version in {version.pk: version for version in versions}.values():
        if version.status == VersionStatus.APPROVED or allowed:
            continue
        was_approved = version.status == VersionStatus.RETIRED and version.approved_at is not None
        if was_approved and (pinned or version.ended == VersionEnd.SUPERSEDED):
            continue
        raise NotServed(
            f"{version} is {version.get_status_display()}, not approved, so it is not served as a reward.",
            details={"version": str(version), "status": version.status},
        )


def _check_groups(body: RewardBody, versions: list[RubricVersion], judge: JudgeVersion) -> None:
    """Refuse single answers where the rubric or the judge compares, and comparisons where neither does."""
    compare = body.compare if isinstance(body, GroupRewardBody | CohortRewardBody) else None
    reads_two = strategies.get(judge.strategy).about.subject == SubjectKind.PAIR
    if compare is not None and not reads_two:
        problem = errors.Problem("/compare", "needs a judge that reads two answers")
        raise errors.Invalid(
            f"{judge} reads one answer at a time, so it compares none. Name a judge that reads pairs, or leave compare "
            "out.", code="judge_reads_one", problems=[problem],
        )  # fmt: skip
    if compare is None and reads_two:
        problem = errors.Problem("/judge", "compares two answers")
        raise errors.Invalid(
            f"{judge} compares two answers, so it rewards groups: ask at /rewards/groups with compare.",
            code="judge_reads_two", problems=[problem],
        )  # fmt: skip
    for index, (item, version) in enumerate(zip(body.items, versions, strict=True)):
        if not pipeline.compares(version.scoring):
            continue
        if item.group is None and not isinstance(body, CohortRewardBody):
            message = f"{version} compares all answers of a prompt, so say to which group of answers this one belongs"
            raise _at(index, "group", message, code="group_needed")
        if item.off_policy:
            message = f"{version} compares all answers of a prompt, and one that is off policy would move the others"
            raise _at(index, "off_policy", message, code="off_policy_compared")


def _profiles(items: list[RewardItemBody], versions: list[RubricVersion]) -> list[Profile | None]:
    found: list[Profile | None] = []
    for index, (item, version) in enumerate(zip(items, versions, strict=True)):
        if item.profile is None:
            found.append(None)
            continue
        with errors.at(f"/items/{index}/profile"):
            found.append(rubric_queries.profile_of(version, item.profile))
    return found


def _at(
    index: int, name: str, message: str, *, family: type[errors.StudioError] = errors.Invalid, code: str | None = None
) -> errors.StudioError:
    details: dict[str, Any] = {"item": index, "pointer": f"/items/{index}/{name}"}
    return family(f"Item {index}: {message.rstrip('.')}.", code=code, details=details)

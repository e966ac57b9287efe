"""Scores computed on the spot; nothing is stored."""

import contextlib
from collections.abc import Iterator
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries as judging
from apps.judging import services
from apps.rubrics import queries
from apps.rubrics.models import FittedArtefact, RubricVersion, VersionStatus
from domain import errors, scoring, verdicts
from domain import rubric as rubrics


class ScoreView(StudioView):
    """Verdicts to a score."""

    scopes: ClassVar = {"POST": "rubrics:read"}

    @extend_schema(operation_id="score", request=shapes.ScoreBody, responses={200: answers.Scored, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Score `verdicts`, the `votes` of a jury, or each of `group`, under a rubric; stores nothing."""
        body = shapes.checked(shapes.ScoreBody, self.body)
        with errors.at("/rubric"):
            version = queries.resolve(self.actor, body["rubric"]).general
        if version is None:
            raise errors.Invalid("Name one rubric, not a set.", problems=[errors.Problem("/rubric", "is a set")])
        if version.status == VersionStatus.DRAFT:
            self.actor.require_scope("rubrics:write")
        if sum(name in body for name in ("verdicts", "votes", "group")) != 1:
            raise errors.Invalid(
                "Send one of verdicts, votes and group.",
                problems=[errors.Problem("/verdicts", "or votes or group, one of them")],
            )
        weights = self._weights(version, body)
        with errors.at("/calibrations"):
            named = services.named_calibrations(by=self.actor, digests=body.get("calibrations") or [])
        if "votes" in body or body.get("jury"):
            return Response(self._voted(version, body, weights, named))
        return Response(
            _group(version, body, weights, named) if "group" in body else _one(version, body, weights, named)
        )

    def _voted(
        self, version: RubricVersion, body: dict[str, Any], weights: dict[str, float] | None,
        named: list[FittedArtefact],
    ) -> dict[str, Any]:  # fmt: skip
        """The score of what a jury makes of its judges' values."""
        if "votes" not in body or not body.get("jury"):
            at = "/jury" if "votes" in body else "/votes"
            said = "A jury makes one verdict of votes: send both votes and the digest of the jury."
            raise errors.Invalid(said, problems=[errors.Problem(at, "is missing")])
        with errors.at("/jury"):
            jury = judging.get_artefact(self.actor, body["jury"], kind="jury")
        rubric = queries.domain_rubric(version)
        votes: dict[str, dict[str, float | None]] = {}
        for name, values in body["votes"].items():
            with errors.at(f"/votes/{name}"):
                fingerprint = judging.judge_by_ref(self.actor, name).fingerprint
            if fingerprint not in jury.payload["judges"] or fingerprint in votes:
                said = f"{name} is no judge of this jury, or is named twice."
                raise errors.Invalid(said, problems=[errors.Problem(f"/votes/{name}", said)])
            _check_known(rubric, values, f"/votes/{name}")
            votes[fingerprint] = values
        found = judging.voted(version, jury, votes, named)
        with _blamed("/votes", "/lengths"):
            score = _shown(scoring.score(rubric, found, weights=weights, lengths=body.get("lengths")))
        return {**score, "verdicts": {name: _verdict(one) for name, one in found.items()}}

    def _weights(self, version: RubricVersion, body: dict[str, Any]) -> dict[str, float] | None:
        """Those of a profile or of a fit that is named; the version's own where neither is."""
        profile, fit = body.get("profile"), body.get("fit")
        if profile and fit:
            raise errors.Invalid(
                "Name a profile or a fit, which both say what criteria weigh.",
                problems=[errors.Problem("/fit", "or profile, not both")],
            )
        if fit:
            with errors.at("/fit"):
                return dict(judging.from_fit(self.actor, version, fit).criteria)
        if profile:
            with errors.at("/profile"):
                return queries.profile_weights(queries.profile_of(version, profile), queries.domain_rubric(version))
        return None


def _one(
    version: RubricVersion, body: dict[str, Any], weights: dict[str, float] | None, named: list[FittedArtefact]
) -> dict[str, Any]:
    if "group_lengths" in body:
        raise errors.Invalid(
            "One answer has lengths; group_lengths are those of a group.",
            problems=[errors.Problem("/group_lengths", "there is no group")],
        )
    rubric = queries.domain_rubric(version)
    given = _verdicts(rubric, _calibrated(version, body["verdicts"], named), "/verdicts")
    with _blamed("/verdicts", "/lengths"):
        return _shown(scoring.score(rubric, given, weights=weights, lengths=body.get("lengths")))


def _group(
    version: RubricVersion, body: dict[str, Any], weights: dict[str, float] | None, named: list[FittedArtefact]
) -> dict[str, Any]:
    rubric, lengths = queries.domain_rubric(version), body.get("group_lengths")
    if body.get("lengths") is not None:
        raise errors.Invalid(
            "The answers of a group have group_lengths.", problems=[errors.Problem("/lengths", "is that of one answer")]
        )
    if lengths is not None and len(lengths) != len(body["group"]):
        said = f"There are {len(lengths)} lengths of {len(body['group'])} answers."
        raise errors.Invalid(said, problems=[errors.Problem("/group_lengths", said)])
    given = [
        _verdicts(rubric, _calibrated(version, values, named), f"/group/{place}")
        for place, values in enumerate(body["group"])
    ]
    with _blamed("/group", "/group_lengths"):
        return {"results": list(map(_shown, scoring.score_group(rubric, given, weights=weights, lengths=lengths)))}


@contextlib.contextmanager
def _blamed(verdicts_at: str, lengths_at: str) -> Iterator[None]:
    """What is refused lies at the verdicts, unless it is the lengths that are missing."""
    try:
        yield
    except errors.Invalid as refused:
        with errors.at(lengths_at if refused.code == "length_needed" else verdicts_at):
            raise


def _calibrated(
    version: RubricVersion, values: dict[str, float | None], named: list[FittedArtefact]
) -> dict[str, float | None]:
    """Values as the curves of the calibrations make them; the later one holds where two judges have one."""
    if not named:
        return values
    curves = {digest: curve for (_, digest), curve in judging.curves_of(named).items()}
    digests = judging.criterion_digests(version, "isolated")
    return {
        name: curve(value) if value is not None and (curve := curves.get(digests.get(name, ""))) else value
        for name, value in values.items()
    }


def _verdicts(rubric: rubrics.Rubric, values: dict[str, float | None], at: str) -> dict[str, verdicts.Verdict | None]:
    _check_known(rubric, values, at)
    return scoring.from_values(rubric, values)


def _verdict(found: verdicts.Verdict | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"status": found.status.value, "value": found.value, "reason": found.reason, **found.detail}


def _check_known(rubric: rubrics.Rubric, values: dict[str, float | None], at: str) -> None:
    unknown = [name for name in values if rubric.criterion(name) is None]
    if unknown:
        problems = [errors.Problem(f"{at}/{name}", "is no criterion of this rubric") for name in unknown]
        raise errors.Invalid(f"{unknown[0]} is no criterion of this rubric.", problems=problems)


def _shown(found: scoring.Score) -> dict[str, Any]:
    return {
        "raw": found.raw,
        "display": found.display,
        "status": found.status,
        "coverage": found.coverage,
        "contributions": found.contributions,
        "baseline": found.baseline,
        "explained": found.explained.value,
        "standard_error": found.error,
        "trace": [dict(step) for step in found.trace],
    }

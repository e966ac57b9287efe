"""Weights that somebody may put in the place of the present ones, and what they do to stored scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.judging.models import JudgeVersion
from apps.judging.queries import artefacts, effects, keys, pins, tables
from apps.rubrics import queries as rubric_queries
from domain import errors, scoring, weighing
from domain import rubric as rubrics

if TYPE_CHECKING:
    from apps.accounts.permissions import Actor
    from apps.rubrics.models import Elicitation, Profile, RubricVersion

SAMPLE = 1000


@dataclass(frozen=True)
class Proposed:
    """Weights of criteria and groups, each criterion's share of the whole, and where they come from."""

    criteria: Mapping[str, float]
    groups: Mapping[str, float]
    shares: Mapping[str, float]
    title: str
    source: Mapping[str, Any]


@dataclass(frozen=True)
class Preview:
    """What other weights do to the answers judged last, with stored verdicts alone."""

    judge: JudgeVersion
    movement: scoring.Movement
    movers: tuple[effects.Mover, ...]


def from_elicitation(version: "RubricVersion", row: "Elicitation") -> Proposed:
    """The weights that follow from finished answers; raises Conflict where they are not finished."""
    if row.finished_at is None:
        raise errors.Conflict("These answers are not finished yet.", code="elicitation_open")
    rubric = rubric_queries.domain_rubric(version)
    known = {section.id: section for section in weighing.sections_of(rubric)}
    local = {}
    for name, weights in row.result.get("local", {}).items():
        if name not in known or set(known[name].keys) != set(weights):
            said = "The rubric has other criteria or groups now than when these answers were given; ask again."
            raise errors.Conflict(said, code="elicitation_stale")
        local[name] = weights
    kept = weighing.kept_weights(rubric, local)
    source = {"kind": row.kind, "elicitation": row.pk}
    return Proposed(kept.criteria, kept.groups, weighing.overall(rubric, local), f"{row.get_kind_display()}", source)


def from_profile(version: "RubricVersion", profile: "Profile") -> Proposed:
    """The weights of a profile, in the unit of the draft."""
    rubric = rubric_queries.domain_rubric(version)
    weights = rubric_queries.profile_weights(profile, rubric)
    effective = rubrics.effective_weights(rubric, weights)
    shares = weighing.normalised(effective)
    criteria = weights if weighing.is_tree(rubric) else weighing.of_shares(rubric, shares)
    return Proposed(criteria, {}, shares, f"profile {profile}", {"kind": "profile", "profile": str(profile)})


def from_shares(version: "RubricVersion", shares: Mapping[str, float]) -> Proposed:
    """The weights that give each criterion this share; in a tree these are weights inside the groups."""
    rubric = rubric_queries.domain_rubric(version)
    strange = sorted(set(shares) - {one.id for one in rubric.criteria})
    if strange:
        problems = [errors.Problem(f"/weights/{strange[0][:80]}", "is no criterion of this rubric")]
        raise errors.Invalid(f"The rubric has no criterion {strange[0][:80]!r}.", problems=problems)
    full = weighing.normalised({one.id: shares.get(one.id, 0.0) for one in rubric.criteria})
    criteria = weighing.within(full) if weighing.is_tree(rubric) else weighing.of_shares(rubric, full)
    return Proposed(criteria, {}, full, "the sliders", {"kind": "sliders"})


def from_fit(actor: "Actor", version: "RubricVersion", digest: str) -> Proposed:
    """The weights that preferences or whitening reveal; what they say nothing of keeps its present share."""
    row = artefacts.get_artefact(actor, digest, kind=artefacts.WEIGHTS)
    rubric = rubric_queries.domain_rubric(version)
    told = {name: share for name, share in row.payload["shares"].items() if rubric.criterion(name) is not None}
    negative = [name for name, share in told.items() if share < 0]
    if negative:
        said = f"{negative[0]!r} came out negative; a weight cannot be. Make it a pitfall, or fit with signs."
        raise errors.Invalid(said, code="weights_negative")
    present = rubrics.shares(rubric)
    kept = {name: share for name, share in present.items() if name not in told}
    room = 1.0 - sum(kept.values())
    total = sum(told.values())
    if total <= 0 or room <= 0:
        raise errors.Invalid("This fit found no weight above 0, so there is nothing to take over.", code="weights_none")
    shares = kept | {name: room * share / total for name, share in told.items()}
    found = from_shares(version, shares)
    source = {"kind": "fit", "artefact": row.digest}
    title = "whitening" if row.payload.get("method") == "whitened" else "preferences"
    return Proposed(found.criteria, found.groups, found.shares, title, source)


def preview_of(version: "RubricVersion", proposed: Proposed) -> Preview | None:
    """Scores before and after on the answers judged last; nothing where none was judged. Asks no judge."""
    judge = pins.judge_of(version)
    answers = tables.judged_answers(version, judge, SAMPLE) if judge else []
    if judge is None or not answers:
        return None
    reader = keys.Reader()
    rubric = reader.rubric(version)
    table = tables.cells(answers, [version], judge, reader).table(reader, version, judge)
    prompts, other = [one.prompt for one in answers], _with_groups(rubric, proposed.groups)
    before = scoring.scores_of(rubric, table, groups=prompts).raw
    after = scoring.scores_of(other, table, weights=dict(proposed.criteria), groups=prompts).raw
    movement = scoring.compare(before, after, prompts)
    return Preview(judge, movement, effects.movers(answers, before, after))


def _with_groups(rubric: rubrics.Rubric, weights: Mapping[str, float]) -> rubrics.Rubric:
    groups = tuple(group.model_copy(update={"weight": weights.get(group.id, group.weight)}) for group in rubric.groups)
    return rubric.model_copy(update={"groups": groups})

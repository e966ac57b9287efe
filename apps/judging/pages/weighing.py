"""What the pages of weights show: the present ones, ways to find others, and what those would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.judging import queries
from apps.judging.pages import frame
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import Elicitation, RubricVersion
from domain import errors, rubric, weighing

FIELD = "weight-"
SEEN = 0.0005
SOURCES = ("elicitation", "fit", "whitened", "profile", "shares")
LAST = "last"


@dataclass(frozen=True)
class WeightRow:
    """One criterion with its share of the whole, now and under other weights.

    `scored` is what it decides through the scoring steps, `decides` that a step lets it decide by itself.
    """

    number: int
    id: str
    text: str
    is_pitfall: bool
    group: str
    weight: float
    share: float
    other: float | None = None
    scored: float = 0.0
    decides: bool = False

    @property
    def moved(self) -> float:
        """How far the share would move."""
        return 0.0 if self.other is None else self.other - self.share


def base(actor: Actor, version: RubricVersion, *more: str) -> dict[str, Any]:
    """What all these pages need; `more` are the crumbs below the overview."""
    crumbs = frame.crumbs(actor, version, "Weights", *more)
    if more:
        crumbs[2]["url"] = address(actor, version, "overview")
    return {
        "version": version,
        "rubric": version.rubric,
        "crumbs": crumbs,
        "tabs": frame.tabs(actor, version, "Weights"),
        "may_write": actor.can(Role.AUTHOR),
        "may_suggest": actor.can(Role.ANNOTATOR),
    }


def address(actor: Actor, version: RubricVersion, name: str, *more: str) -> str:
    """The URL of one of these pages."""
    return reverse(f"weights:{name}", args=[actor.workspace.slug, version.rubric.slug, version.number, *more])


def weight_rows(version: RubricVersion, other: Mapping[str, float] | None = None) -> list[WeightRow]:
    """All criteria with their shares, and those they would have."""
    said = rubric_queries.domain_rubric(version)
    shares, scored, deciding = rubric.shares(said), rubric.scored_shares(said), rubric.decisive(said)
    titles = {group.id: group.title or group.id for group in said.groups}
    return [
        WeightRow(
            number=number, id=one.id, text=one.text, is_pitfall=one.is_pitfall, group=titles.get(one.group or "", ""),
            weight=one.weight, share=shares[one.id], other=None if other is None else other.get(one.id, 0.0),
            scored=scored[one.id], decides=one.id in deciding,
        )
        for number, one in enumerate(said.criteria, start=1)
    ]  # fmt: skip


def overview(actor: Actor, version: RubricVersion) -> dict[str, Any]:
    """The present weights, what was begun, what was answered, and the profiles."""
    said = rubric_queries.domain_rubric(version)
    begun = {kind: rubric_queries.open_elicitation(version, actor, kind) for kind in Elicitation.Kind.values}
    named = rubric_queries.profiles_of(version.rubric)
    rows = weight_rows(version)
    return base(actor, version) | {
        "rows": rows,
        "rescored": any(one.decides or abs(one.scored - one.share) > SEEN for one in rows),
        "mode": rubric_queries.weighting_mode(version),
        "begun": begun,
        "can_ask": any(one.is_open for one in weighing.sections_of(said)),
        "fits": queries.fits_of(version),
        "whitened": queries.whitened_fits(version),
        "answered": rubric_queries.elicitations_of(version),
        "profiles": [(one, rubric_queries.unnamed(one.newest, said)) for one in named],
        "tree": weighing.is_tree(said),
    }


def proposed(actor: Actor, version: RubricVersion, asked: Mapping[str, str]) -> queries.Proposed:
    """The weights that a request names: answers, a fit, whitening, a profile, or shares typed by sliders."""
    if name := asked.get("elicitation", ""):
        row = rubric_queries.get_elicitation(actor, int(name) if name.isdecimal() and len(name) < 19 else 0)
        if row.version.rubric_id != version.rubric_id:
            raise errors.NotFound("These answers are about another rubric.", code="elicitation_unknown")
        return queries.from_elicitation(version, row)
    if name := asked.get("fit", ""):
        return queries.from_fit(actor, version, name)
    if name := asked.get("whitened", ""):
        source = None if name == LAST else queries.whitening_source(version, name)
        return queries.from_whitening(queries.whitening_of(version, source), version)
    if name := asked.get("profile", ""):
        return queries.from_profile(version, rubric_queries.profile_of(version, name))
    return queries.from_shares(version, typed_shares(asked.get("shares", "")))


def evidence(version: RubricVersion, found: queries.Proposed) -> dict[str, str]:
    """What those who decide on weights read beside them: the fit or answers they come from, and what they would do."""
    said = {name: str(found.source[name])[:200] for name in ("judge", "answers", "artefact") if name in found.source}
    preview = queries.preview_of(version, found)
    if preview is None:
        return said
    moved = preview.movement
    return said | {
        "scores that move": f"{moved.moved} of {moved.compared} answers judged last",
        "rank flips inside a prompt": f"{moved.flipped} of {moved.pairs} pairs",
    }


def typed_shares(text: str) -> dict[str, float]:
    """Shares by criterion from a JSON object of numbers."""
    return rubric_queries.read_shares(text)


def typed_weights(given: Mapping[str, str]) -> dict[str, float]:
    """Weights typed for single criteria, from fields named after them; nothing where there are none."""
    found = {}
    for name, text in given.items():
        if name.startswith(FIELD) and text.strip():
            try:
                found[name.removeprefix(FIELD)] = float(text)
            except ValueError:
                raise errors.Invalid(f"{text[:20]!r} is no number.") from None
    return found


def result(actor: Actor, version: RubricVersion, asked: Mapping[str, str]) -> dict[str, Any]:
    """Other weights beside the present ones, and what they do to stored scores."""
    found = proposed(actor, version, asked)
    source = next(((name, asked[name]) for name in SOURCES if asked.get(name)), None)
    context = base(actor, version, "Other weights") | {
        "found": found,
        "source": source,
        "rows": weight_rows(version, found.shares),
        "preview": queries.preview_of(version, found),
        "from_groups": dict(found.groups) if found.source.get("elicitation") else {},
        "tree": weighing.is_tree(rubric_queries.domain_rubric(version)),
    }
    if key := found.source.get("elicitation"):
        context["elicitation"] = rubric_queries.get_elicitation(actor, int(key))
    return context


def profile(actor: Actor, version: RubricVersion, name: str, number: str) -> dict[str, Any]:
    """One profile with its versions, beside the rubric's own weights and beside another version of it."""
    versions = rubric_queries.profile_versions(version.rubric, name)
    chosen = next((one for one in versions if str(one.number) == number), versions[0])
    said = rubric_queries.domain_rubric(version)
    found = queries.from_profile(version, chosen)
    return base(actor, version, name) | {
        "profile": chosen,
        "versions": versions,
        "rows": weight_rows(version, found.shares),
        "preview": queries.preview_of(version, found),
        "unnamed": rubric_queries.unnamed(chosen, said),
        "gone": sorted(set(chosen.weights) - {one.id for one in said.criteria}),
        "retired": rubric_queries.is_retired(chosen),
        "editable": actor.can(Role.AUTHOR),
    }

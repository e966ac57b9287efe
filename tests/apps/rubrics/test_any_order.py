"""Whatever people do to the drafts of a rubric, in whatever order: each draft stays valid, and what is frozen stays."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import Proposal, RubricVersion
from domain import errors, rubric

pytestmark = pytest.mark.django_db
Do = Callable[[random.Random, Actor, RubricVersion], object]
LEVELS = [{"label": "no", "value": 0.0, "anchor": ""}, {"label": "yes", "value": 1.0, "anchor": ""}]
CHANGES: list[dict[str, Any]] = [
    {"text": "Names each drug."}, {"text": "Names the drug and the dose of it."}, {"text": ""}, {"weight": 4.0},
    {"weight": -1.0}, {"polarity": "negative"}, {"kind": "ordinal", "levels": LEVELS}, {"kind": "ordinal"},
    {"tags": {"dimension": "safety"}}, {"notes": "n" * 19_000}, {"gate": {"when": "below", "value": 0.5, "floor": 0.0}},
]  # fmt: skip


def _any(rng: random.Random, version: RubricVersion) -> str:
    return rng.choice([row.criterion_id for row in version.criteria.all()] or ["c_none"])


def _edit(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    changes = rng.choice(CHANGES)
    return services.edit_criterion(by=by, version=version, criterion_id=_any(rng, version), changes=changes)


def _add(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    group = rng.choice([None, *(row.group_id for row in version.groups.all())])
    texts = [{"text": f"Says thing {rng.randrange(5)}.", "group": group} for _ in range(rng.randint(1, 2))]
    return services.add_criteria(by=by, version=version, criteria=texts)


def _group(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    groups = [row.group_id for row in version.groups.all()]
    if groups and rng.random() < 0.4:
        return services.delete_group(by=by, version=version, group_id=rng.choice(groups))
    parent = rng.choice([None, *groups])
    return services.add_group(by=by, version=version, title=f"Group {rng.randrange(3)}", parent=parent)


def _delete(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.delete_criterion(by=by, version=version, criterion_id=_any(rng, version))


def _move(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.nest_criteria(by=by, version=version, ids=[_any(rng, version)])


def _undo(_: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.undo(by=by, version=version)


def _redo(_: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.redo(by=by, version=version)


def _back(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.go_back(by=by, version=version, step=rng.randrange(6))


def _branch(_: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.new_draft(by=by, rubric=version.rubric, source=version)


def _merge(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    other = rng.choice(list(version.rubric.versions.select_related("rubric__workspace")))
    plan = services.plan_merge(version=version, other=other, picks={})
    picks = {choice.pointer: rng.choice(choice.ways) for choice in plan.choices if rng.random() < 0.8}
    return services.merge_into(by=by, version=version, other=other, picks=picks)


def _suggest(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    document = queries.draft_document(version)
    rng.shuffle(document["criteria"])
    document["criteria"] = [*document["criteria"][:3], {"text": f"Suggests {rng.randrange(9)}."}]
    document["criteria"][0] |= rng.choice(CHANGES)
    return services.propose(by=by, base=version, document=document)


def _decide(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    rows = Proposal.objects.filter(rubric=version.rubric_id, state="open")
    found = rng.choice(list(rows)) if rows else None
    if found is None:
        return None
    positions = [hunk.position for hunk in found.hunks.filter(decision="open") if rng.random() < 0.7]
    if rng.random() < 0.3:
        return services.reject_hunks(by=by, proposal=found, positions=positions)
    return services.accept_hunks(by=by, proposal=found, positions=positions, force=rng.random() < 0.5)


def _freeze(_: random.Random, by: Actor, version: RubricVersion) -> object:
    return services.submit(by=by, version=version)


DEEDS: tuple[Do, ...] = (
    _edit, _edit, _add, _group, _delete, _move, _undo, _redo, _back, _branch, _merge, _merge, _suggest, _decide,
)  # fmt: skip


class _Over(Exception):
    """Takes back what one example stored."""


@settings(
    max_examples=8, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.sampled_from([*DEEDS, _freeze]), min_size=12, max_size=25), st.integers(0, 2**32))
def test_any_sequence_leaves_valid_drafts(author: Actor, draft: RubricVersion, deeds: list[Do], seed: int) -> None:
    rng, frozen, done = random.Random(seed), dict[int, object](), 0
    with pytest.raises(_Over), transaction.atomic():
        for deed in deeds:
            drafts = RubricVersion.objects.filter(rubric=draft.rubric_id, status="draft")
            if not drafts:
                break
            chosen = rng.choice(list(drafts.select_related("rubric__workspace")))
            try:
                with transaction.atomic():
                    deed(rng, author, chosen)
                done += 1
            except errors.StudioError:
                pass
            check(draft.rubric_id, frozen)
        assert done
        raise _Over


def check(rubric_id: int, frozen: dict[int, object]) -> None:
    """Rows, columns and digest of each draft say the same valid rubric; what left draft says what it said."""
    for version in RubricVersion.objects.filter(rubric=rubric_id).select_related("rubric"):
        document = queries.draft_document(version)
        said = rubric.parse(document)
        if version.digest:
            assert rubric.digest(said) == version.digest
        if not version.is_draft:
            assert frozen.setdefault(version.pk, document) == document

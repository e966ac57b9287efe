"""Any sequence of suggestions, accepted in any order, rejected or taken back: drafts and suggestions stay valid."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services
from apps.rubrics.models import Hunk, Proposal, RubricVersion
from domain import errors, rubric
from domain.rubric import replacing
from tests import factories

pytestmark = pytest.mark.django_db
CHANGES: list[dict[str, Any]] = [
    {"weight": 3.0}, {"weight": -1.0}, {"tags": {"dimension": "a"}}, {"text": "Anew."},
]  # fmt: skip
Do = Callable[[random.Random, Actor, RubricVersion], object]


def _said(by: Actor, version: RubricVersion) -> dict[str, Any]:
    return queries.suggesting(version, by).wanted


def _ids(rng: random.Random, by: Actor, version: RubricVersion) -> list[str]:
    names = [item["id"] for item in _said(by, version)["criteria"]]
    return rng.sample(names, min(len(names), rng.randint(1, 3)))


def _group(rng: random.Random, by: Actor, version: RubricVersion) -> str:
    return rng.choice([*(item["id"] for item in _said(by, version)["groups"]), "unknown"])


def _bulk(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    verb = rng.choice(
        [services.nest_criteria, services.unnest_criteria, services.delete_criteria, services.duplicate_criteria]
    )
    return verb(by=by, version=version, ids=_ids(rng, by, version), keep=services.as_suggestion)


def _move(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    given: dict[str, Any] = {"by": by, "version": version, "keep": services.as_suggestion}
    if rng.random() < 0.5:
        return services.move_criteria(ids=_ids(rng, by, version), direction=rng.choice(["up", "down"]), **given)
    group = rng.choice([None, _group(rng, by, version)])
    return services.order_criteria(group=group, order=_ids(rng, by, version), **given)


def _change(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    changes: dict[str, Any] = rng.choice(CHANGES)
    into = rng.choice(["", "Tone", "Style"])
    return services.change_together(
        by=by, version=version, ids=_ids(rng, by, version), changes=changes, new_group=into, keep=services.as_suggestion
    )


def _paste(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    rows = [
        {"text": f"Pasted {rng.randrange(9)}.", "path": rng.choice([[], ["Tone"], ["Tone", "Deep"]])}
        for _ in range(rng.randint(1, 3))
    ]
    return services.add_pasted(by=by, version=version, criteria=rows, keep=services.as_suggestion)


def _groups(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    given: dict[str, Any] = {"by": by, "version": version, "keep": services.as_suggestion}
    verb = rng.randrange(6)
    if verb == 0:
        return services.add_group(title=rng.choice(["Tone", "Style"]), parent=_group(rng, by, version), **given)
    name = _group(rng, by, version)
    if verb == 1:
        return services.delete_group(group_id=name, **given)
    if verb == 2:
        return services.nest_group(group_id=name, way=rng.choice(["in", "out"]), **given)
    if verb == 3:
        return services.place_group(group_id=name, before=rng.choice([None, _group(rng, by, version)]), **given)
    if verb == 4:
        return services.move_group(group_id=name, direction="up", **given)
    return services.edit_group(group_id=name, changes={"title": "Named", "weight": 2.0}, **given)


def _whole(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    if rng.random() < 0.5:
        search = replacing.Search("Names", "States")
        hits = {hit.key for hit in replacing.hits(_said(by, version), search)}
        return services.replace_text(by=by, version=version, search=search, chosen=hits, keep=services.as_suggestion)
    lines = [{"id": f"g_{n}", "text": "Be strict."} for n in rng.sample(range(4), 2)]
    return services.edit_version(by=by, version=version, changes={"guidelines": lines}, keep=services.as_suggestion)


def _undo(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    step = services.undo_suggestion if rng.random() < 0.6 else services.redo_suggestion
    return step(by=by, version=version)


def _take_back(rng: random.Random, by: Actor, version: RubricVersion) -> object:
    hunk = rng.choice([*queries.open_hunks(version, by), None])
    if hunk is None:
        return None
    return services.take_back_hunks(by=by, proposal=hunk.proposal, positions=[hunk.position])


SUGGESTS: tuple[Do, ...] = (
    _bulk, _bulk, _move, _move, _change, _change, _paste, _groups, _groups, _groups, _whole, _undo, _take_back,
)  # fmt: skip


def decide(rng: random.Random, by: Actor, version: RubricVersion) -> None:
    """Accept or reject some hunks one by one, in any order; what is refused must be refused for a reason."""
    waiting = list(Hunk.objects.filter(proposal__rubric=version.rubric_id, decision="open").select_related("proposal"))
    rng.shuffle(waiting)
    for hunk in waiting[: rng.randint(1, 6)]:
        proposal = Proposal.objects.select_related("rubric__workspace").get(pk=hunk.proposal_id)
        try:
            with transaction.atomic():
                if rng.random() < 0.3:
                    services.reject_hunks(by=by, proposal=proposal, positions=[hunk.position])
                else:
                    services.accept_hunks(by=by, proposal=proposal, positions=[hunk.position], force=rng.random() < 0.5)
        except (services.HunkConflict, services.Decided, errors.Invalid):
            pass


def check(version: RubricVersion, people: list[Actor]) -> None:
    """The draft and what each person would have of it are valid."""
    rubric.parse(queries.draft_document(version))
    for person in people:
        now = queries.suggesting(version, person)
        rubric.parse(now.wanted)
        assert {item["id"] for item in now.shown["criteria"]} <= set(now.keys)


class _Over(Exception):
    """Takes back what one example stored."""


@settings(
    max_examples=10, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.sampled_from([*SUGGESTS, decide, decide]), min_size=12, max_size=22), st.integers(0, 2**32))
def test_any_suggestions_decided_in_any_order_leave_a_valid_draft(
    author: Actor, draft: RubricVersion, deeds: list[Do], seed: int
) -> None:
    rng, done = random.Random(seed), 0
    with pytest.raises(_Over), transaction.atomic():
        people = [factories.make_actor(Role.ANNOTATOR, workspace=author.workspace) for _ in range(2)]
        for deed in deeds:
            version = queries.get_version(author, "letters", 1)
            try:
                with transaction.atomic():
                    deed(rng, author if deed is decide else rng.choice(people), version)
                done += 1
            except errors.StudioError:
                pass
            check(queries.get_version(author, "letters", 1), people)
        assert done
        raise _Over

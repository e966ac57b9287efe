"""Any sequence of edits, bulk actions, undo and redo leaves a valid draft that says what its rows say."""

import itertools
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, pasting, rubric
from tests import factories

pytestmark = pytest.mark.django_db
PASTE = "Safety:\n  - Names the drug (5)\n  - Blames the patient (-2)\n- =HYPERLINK(1)"
A_GATE = {"when": "below", "value": 0.5, "floor": 0.0, "override": False}
_numbers = itertools.count()


def an_edit(chance: random.Random, author: Actor, version: RubricVersion, document: dict[str, Any]) -> None:
    names = [criterion["id"] for criterion in document["criteria"]]
    groups = [group["id"] for group in document["groups"]]
    ids = chance.sample(names, chance.randint(1, len(names))) if names else []
    common: dict[str, Any] = {"by": author, "version": version}
    edits = [
        lambda: services.insert_criterion(
            **common, after=chance.choice([None, *names]), values={"text": chance.choice(["<b>x</b>", "مرحبا", "=1+1"])}
        ),
        lambda: services.add_pasted(**common, criteria=pasting.read(PASTE).criteria),
        lambda: services.weigh_by(**common, mode=chance.choice(list(rubric.Mode))),
        lambda: services.normalise_points(**common),
        lambda: services.add_group(**common, title="New", parent=chance.choice([None, *groups])),
        lambda: services.edit_version(**common, changes={"guidelines": [{"id": "g", "text": chance.choice("ab")}]}),
    ]
    if ids:
        edits += [
            lambda: services.change_together(
                **common,
                ids=ids,
                changes={"tier": chance.choice([None, "optional"]), "tags": {"dimension": "d"}},
                factor=chance.choice([None, 0.5, 3]),
                group=chance.choice(["", "-", *(f"={name}" for name in groups)]),
                new_group=chance.choice(["", "", "Together"]),
            ),
            lambda: services.edit_criterion(
                **common,
                criterion_id=ids[0],
                changes=chance.choice(
                    [{"text": "So"}, {"text": "So it is"}, {"gate": A_GATE}, {"polarity": "negative"}]
                ),
                burst=chance.choice([True, False]),
            ),
            lambda: services.order_criteria(**common, group=chance.choice([None, *groups]), order=ids),
            lambda: services.delete_criteria(**common, ids=ids[:2]),
            lambda: services.duplicate_criteria(**common, ids=ids[:3]),
            lambda: services.move_criteria(**common, ids=ids, direction=chance.choice(["up", "down"])),
            lambda: services.nest_criteria(**common, ids=ids),
            lambda: services.unnest_criteria(**common, ids=ids),
        ]
    if groups:
        way = chance.choice(["in", "out"])
        name = chance.choice(groups)
        edits += [
            lambda: services.nest_group(**common, group_id=name, way=way),
            lambda: services.place_group(**common, group_id=name, before=chance.choice([None, *groups])),
            lambda: services.edit_group(**common, group_id=name, changes={"weight": chance.choice([0, 2.5])}),
            lambda: services.delete_group(**common, group_id=name),
        ]
    chance.choice(edits)()


class Walk:
    """A draft under way, beside what undo and redo have to bring back."""

    def __init__(self, author: Actor) -> None:
        slug = f"walk-{next(_numbers)}"
        self.author = author
        self.version = services.create_rubric(by=author, document=factories.make_document(), slug=slug)
        self.done, self.undone = [self.document()], list[dict[str, Any]]()

    def fresh(self) -> RubricVersion:
        return RubricVersion.objects.select_related("rubric__workspace").get(pk=self.version.pk)

    def document(self) -> dict[str, Any]:
        return queries.draft_document(self.fresh())

    def edit(self, chance: random.Random) -> None:
        steps = self.version.revisions.count()
        try:
            an_edit(chance, self.author, self.fresh(), self.document())
        except errors.Invalid:
            return
        document = self.document()
        if document == self.done[-1]:
            return
        if self.version.revisions.count() == steps:
            self.done[-1] = document
        else:
            self.done.append(document)
        self.undone.clear()

    def go_back(self, chance: random.Random) -> None:
        steps = list(queries.steps_of(self.version))
        if not steps:
            return
        step = chance.choice(steps)
        services.go_back(by=self.author, version=self.version, step=step.number)
        document = self.document()
        assert rubric.parse(document) == rubric.parse(queries.step_document(step))
        if document != self.done[-1]:
            self.done.append(document)
            self.undone.clear()

    def undo(self) -> None:
        if len(self.done) == 1:
            with pytest.raises(errors.Conflict):
                services.undo(by=self.author, version=self.version)
            return
        services.undo(by=self.author, version=self.version)
        self.undone.append(self.done.pop())

    def redo(self) -> None:
        if not self.undone:
            with pytest.raises(errors.Conflict):
                services.redo(by=self.author, version=self.version)
            return
        services.redo(by=self.author, version=self.version)
        self.done.append(self.undone.pop())

    def check(self) -> None:
        stored, document = self.fresh(), self.document()
        said = rubric.parse(document)
        assert document == self.done[-1]
        assert stored.digest == rubric.digest(said)
        assert [row.criterion_id for row in stored.criteria.all()] == [one.id for one in said.criteria]
        if step := queries.current_step(stored):
            assert rubric.digest(rubric.parse(queries.step_document(step))) == stored.digest


ACTS = st.sampled_from(["edit", "edit", "edit", "undo", "redo", "go back"])


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(acts=st.lists(ACTS, min_size=5, max_size=14), chance=st.randoms(use_true_random=False))
def test_any_edits_leave_a_valid_draft(author: Actor, acts: list[str], chance: random.Random) -> None:
    walk = Walk(author)
    for act in acts:
        {
            "edit": lambda: walk.edit(chance),
            "undo": walk.undo,
            "redo": walk.redo,
            "go back": lambda: walk.go_back(chance),
        }[act]()
        walk.check()
    while len(walk.done) > 1:
        walk.undo()
    walk.check()
    while walk.undone:
        walk.redo()
    walk.check()

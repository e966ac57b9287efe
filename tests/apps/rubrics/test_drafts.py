"""Edits of a draft: what they change, how they are undone, and who gets in whose way."""

import random
from typing import Any

import pytest

from apps.accounts.permissions import Actor
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, rubric
from tests import factories

pytestmark = pytest.mark.django_db
RICH = {
    "title": "Rich",
    "description": "Says much.",
    "language": "de",
    "scope": {"kind": "prompt", "dataset": "wards", "prompt_id": "p-1"},
    "guidelines": [{"id": "g_1", "text": "Be strict."}],
    "groups": [{"id": "safety", "title": "Safety", "weight": 2}, {"id": "inner", "title": "In", "parent": "safety"}],
    "criteria": [
        {
            "id": "c_1", "text": "Grades.", "kind": "ordinal", "group": "inner", "tier": "essential",
            "role": "principle", "aspect": "factual", "gate": {"when": "below", "value": 0.5, "floor": -0.5},
            "applies_when": "It is a letter.", "evidence": "required", "needs": ["reference"],
            "levels": [{"label": "bad", "value": 0, "anchor": "a"}, {"label": "good", "value": 1, "anchor": "b"}],
            "tags": {"dimension": "x"}, "examples": [{"text": "e", "value": 1, "note": "n"}], "notes": "why",
        },
        {"id": "c_2", "text": "Long enough.", "kind": "check", "check": {"kind": "words", "min": 5}},
        {"id": "c_3", "text": "Scale.", "kind": "numeric", "levels": {"min": 0, "max": 4, "step": 1}},
        {"id": "c_4", "text": "Bad.", "polarity": "negative", "applies_when": {"check": {"kind": "words", "min": 1}}},
    ],
    "scoring": [{"step": "tree"}],
    "unscored": {"other": "null"},
    "content_gate": {"min_words": 3, "floor": -1},
    "extensions": {"elsewhere": {"a": [1, 2.5, None]}},
}  # fmt: skip


def test_rows_say_what_the_document_says(author: Actor) -> None:
    version = services.create_rubric(by=author, document=RICH, slug="rich")
    said = rubric.parse(RICH)
    stored = queries.get_version(author, "rich", 1)
    assert queries.domain_rubric(stored) == said
    assert (stored.digest, stored.judged_digest) == (rubric.digest(said), rubric.judged_digest(said))
    assert queries.document(stored) == rubric.document(said, slug="rich", version=1, status="draft")
    services.submit(by=author, version=version)
    frozen = queries.get_version(author, "rich", 1)
    assert queries.document(frozen) == rubric.document(said, slug="rich", version=1, status="in_review")
    assert list(queries.document(frozen)) == list(rubric.document(said, slug="rich", version=1, status="in_review"))
    assert queries.domain_rubric(frozen) is queries.domain_rubric(frozen)


def test_a_bound_rubric_finds_its_prompt(author: Actor) -> None:
    dataset = factories.make_dataset(workspace=author.workspace, slug="wards")
    prompt = factories.make_prompt(dataset=dataset, external_id="p-1")
    assert services.create_rubric(by=author, document=RICH, slug="rich").prompt == prompt


def test_a_prompt_imported_later_is_found_on_submit(author: Actor) -> None:
    version = services.create_rubric(by=author, document=RICH, slug="rich")
    assert version.prompt is None
    prompt = factories.make_prompt(
        dataset=factories.make_dataset(workspace=author.workspace, slug="wards"), external_id="p-1"
    )
    assert services.submit(by=author, version=version).prompt == prompt


def ids(version: RubricVersion) -> list[str]:
    return [c["id"] for c in queries.draft_document(queries.get_version(_anyone(version), "letters", 1))["criteria"]]


def _anyone(version: RubricVersion) -> Actor:
    from apps.accounts.permissions import Role

    assert version.created_by is not None
    return Actor(user=version.created_by, workspace=version.rubric.workspace, role=Role.VIEWER)


def test_small_edits(author: Actor, draft: RubricVersion) -> None:
    added = services.add_criterion(by=author, version=draft, values={"text": "Is polite.", "weight": 2})
    new = ids(draft)[-1]
    assert (added.revision, len(ids(draft))) == (1, 3)
    key = draft.criteria.get(criterion_id=new).pk
    services.edit_criterion(by=author, version=draft, criterion_id=new, changes={"text": "Is kind.", "id": "other"})
    row = draft.criteria.get(criterion_id=new)
    assert (row.pk, row.text) == (key, "Is kind.")
    services.move_criterion(by=author, version=draft, criterion_id=new, direction="up")
    assert ids(draft) == ["c_drug", new, "c_blame"]
    services.order_criteria(by=author, version=draft, group=None, order=["c_blame", "c_drug"])
    assert ids(draft) == ["c_blame", "c_drug", new]
    services.delete_criterion(by=author, version=draft, criterion_id="c_drug")
    assert ids(draft) == ["c_blame", new]
    with pytest.raises(errors.NotFound):
        services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"weight": 1})


def test_groups(author: Actor, draft: RubricVersion) -> None:
    services.add_group(by=author, version=draft, title="Safety", weight=2)
    services.add_group(by=author, version=draft, title="Safety", parent="safety")
    assert [g.group_id for g in draft.groups.all()] == ["safety", "safety-2"]
    services.move_criterion(by=author, version=draft, criterion_id="c_blame", direction="down")
    assert draft.criteria.get(criterion_id="c_blame").group.group_id == "safety"  # type: ignore[union-attr]
    services.move_criterion(by=author, version=draft, criterion_id="c_blame", direction="down")
    services.edit_group(by=author, version=draft, group_id="safety-2", changes={"title": "Inner", "weight": 0.5})
    services.delete_group(by=author, version=draft, group_id="safety")
    assert [(g.group_id, g.title, g.parent) for g in draft.groups.all()] == [("safety-2", "Inner", None)]
    assert draft.criteria.get(criterion_id="c_blame").group.group_id == "safety-2"  # type: ignore[union-attr]
    with pytest.raises(errors.Invalid):
        services.edit_group(by=author, version=draft, group_id="safety-2", changes={"parent": "safety-2"})


def test_a_bad_edit_changes_nothing(author: Actor, draft: RubricVersion) -> None:
    bad: list[dict[str, Any]] = [
        {"weight": -1}, {"weight": float("nan")}, {"kind": "ordinal"}, {"text": "  "}, {"group": "nowhere"},
        {"gate": {"when": "below", "value": 3}},
    ]  # fmt: skip
    for changes in bad:
        with pytest.raises(errors.Invalid) as caught:
            services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes=changes)
        assert all(p.pointer.startswith("/criteria/0") for p in caught.value.problems)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_ids_that_do_not_fit_are_refused_with_their_place(author: Actor) -> None:
    with pytest.raises(errors.Invalid) as caught:
        services.create_rubric(by=author, document={"criteria": [{"id": "x" * 81, "text": "T"}]})
    assert caught.value.problems[0].pointer == "/criteria/0/id"


def test_an_edit_that_changes_nothing_is_no_revision(author: Actor, draft: RubricVersion) -> None:
    assert services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"weight": 3}).revision == 0


def test_stale_edits_are_refused(author: Actor, alice: Actor, draft: RubricVersion) -> None:
    services.edit_version(by=alice, version=draft, changes={"title": "First"}, expected_revision=0)
    with pytest.raises(errors.Conflict) as caught:
        services.edit_version(by=author, version=draft, changes={"title": "Second"}, expected_revision=0)
    assert (caught.value.code, caught.value.details["revision"]) == ("stale", 1)
    assert services.edit_version(by=author, version=draft, changes={"title": "Second"}).title == "Second"


def test_replacing_the_whole(author: Actor, draft: RubricVersion) -> None:
    replaced = services.replace_draft(by=author, version=draft, document=RICH, expected_revision=0)
    assert queries.domain_rubric(replaced) == rubric.parse(RICH)
    assert services.undo(by=author, version=replaced).digest == draft.digest


def test_history_holds_no_texts(author: Actor, draft: RubricVersion) -> None:
    services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"text": "Secret words."})
    entry = Entry.objects.filter(action="rubric.draft_edited").get()
    assert entry.detail["what"] == "edited c_drug"
    assert "Secret" not in str(entry.detail)


def test_typing_is_one_step(author: Actor, alice: Actor, draft: RubricVersion) -> None:
    for text in ("N", "Na", "Nam"):
        services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"text": text}, burst=True)
    assert draft.revisions.count() == 2
    services.edit_criterion(by=alice, version=draft, criterion_id="c_drug", changes={"text": "Name"}, burst=True)
    assert draft.revisions.count() == 3
    services.undo(by=author, version=draft)
    assert draft.criteria.get(criterion_id="c_drug").text == "Nam"
    services.undo(by=author, version=draft)
    assert draft.criteria.get(criterion_id="c_drug").text == "Names the drug and its dose."
    with pytest.raises(errors.Conflict) as caught:
        services.undo(by=author, version=draft)
    assert caught.value.code == "nothing_to_undo"


def test_an_edit_after_undo_ends_redo(author: Actor, draft: RubricVersion) -> None:
    services.edit_version(by=author, version=draft, changes={"title": "One"})
    services.undo(by=author, version=draft)
    assert services.redo(by=author, version=draft).title == "One"
    services.undo(by=author, version=draft)
    services.edit_version(by=author, version=draft, changes={"title": "Two"})
    with pytest.raises(errors.Conflict) as caught:
        services.redo(by=author, version=draft)
    assert caught.value.code == "nothing_to_redo"


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_edits_undoes_and_redoes_exactly(author: Actor, draft: RubricVersion, seed: int) -> None:
    """Digests seen on the way forward are seen again on the way back, and the draft is valid at every step."""
    dice = random.Random(seed)
    seen = [draft.digest]
    revision = 0
    for step in range(14):
        version = _random_edit(author, draft, dice, step)
        assert rubric.digest(queries.domain_rubric(queries.get_version(author, "letters", 1))) == version.digest
        assert version.revision >= revision
        revision = version.revision
        if version.digest != seen[-1]:
            seen.append(version.digest)
    back = [services.undo(by=author, version=draft).digest for _ in seen[1:]]
    assert back == seen[-2::-1]
    forth = [services.redo(by=author, version=draft).digest for _ in seen[1:]]
    assert forth == seen[1:]
    queries.domain_rubric(queries.get_version(author, "letters", 1))


def _random_edit(by: Actor, version: RubricVersion, dice: random.Random, step: int) -> RubricVersion:
    document = queries.draft_document(queries.get_version(by, "letters", 1))
    names = [c["id"] for c in document["criteria"]]
    groups = [g["id"] for g in document["groups"]]
    choice = dice.randrange(7)
    if choice == 0 or not names:
        values = {"text": f"Criterion {step}.", "group": dice.choice([None, *groups])}
        return services.add_criterion(by=by, version=version, values=values)
    name = dice.choice(names)
    if choice == 1:
        return services.edit_criterion(by=by, version=version, criterion_id=name, changes={"weight": step + 0.5})
    if choice == 2:
        way = dice.choice(["up", "down"])
        return services.move_criterion(by=by, version=version, criterion_id=name, direction=way)  # type: ignore[arg-type]
    if choice == 3:
        return services.delete_criterion(by=by, version=version, criterion_id=name)
    if choice == 4:
        return services.add_group(by=by, version=version, title=f"Group {step}", parent=dice.choice([None, *groups]))
    if choice == 5 and groups:
        return services.delete_group(by=by, version=version, group_id=dice.choice(groups))
    return services.edit_version(by=by, version=version, changes={"guidelines": [{"id": "g", "text": f"Mind {step}."}]})

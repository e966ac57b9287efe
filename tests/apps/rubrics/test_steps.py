"""The steps of a draft: listed, and gone back to as a step of its own."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.services.steps import WHOLE_EVERY
from domain import errors, rubric
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, draft: RubricVersion, *more: int) -> str:
    return reverse(f"rubrics:{name}", args=[draft.rubric.workspace.slug, "letters", 1, *more])


def edited(author: Actor, draft: RubricVersion, *texts: str) -> list[str]:
    """The digests of the draft before and after each of these edits."""
    digests = [draft.digest]
    for text in texts:
        changes = {"text": text}
        stored = services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes=changes)
        digests.append(stored.digest)
    return digests


def test_going_back_is_a_step_that_undo_takes_back(author: Actor, draft: RubricVersion) -> None:
    digests = edited(author, draft, "One.", "Two.", "Three.")
    first = list(queries.steps_of(draft))[-2]
    assert services.go_back(by=author, version=draft, step=first.number).digest == digests[1]
    assert queries.steps_of(draft)[0].what.startswith(f"went back to step {first.number}")
    assert queries.steps_of(draft).count() == 5
    assert services.undo(by=author, version=draft).digest == digests[3]
    assert services.redo(by=author, version=draft).digest == digests[1]
    with pytest.raises(errors.NotFound):
        services.go_back(by=author, version=draft, step=999)


def test_the_page_lists_steps_in_few_queries(author: Actor, draft: RubricVersion) -> None:
    client = factories.signed_in(author)
    assert "No step yet" in client.get(url("steps", draft)).content.decode()
    edited(author, draft, "One.", "Two.")
    page = client.get(url("steps", draft)).content.decode()
    assert page.count("Go back to here") == 2
    assert "the draft now" in page
    step = queries.steps_of(draft)[1]
    assert client.post(url("step-back", draft, step.number)).status_code == 302
    assert draft.criteria.get(criterion_id="c_drug").text == "One."


def test_every_step_is_kept_as_what_it_changed(author: Actor, draft: RubricVersion) -> None:
    digests = edited(author, draft, *(f"Text {n}." for n in range(2 * WHOLE_EVERY + 5)))
    kept = list(queries.steps_of(draft).order_by("number"))
    assert len(kept) == len(digests)
    assert draft.revisions.filter(document__isnull=False).count() == 3
    small = draft.revisions.filter(change__isnull=False)
    assert {str(change) for change in small.values_list("change", flat=True)[:2]} == {
        str({"criteria": {"items": {"c_drug": {"text": f"Text {n}."}}}}) for n in range(2)
    }
    for n in (0, 1, WHOLE_EVERY - 1, WHOLE_EVERY, WHOLE_EVERY + 1, len(kept) - 1):
        assert rubric.digest(rubric.parse(queries.step_document(kept[n]))) == digests[n]
    assert services.go_back(by=author, version=draft, step=kept[1].number).digest == digests[1]
    page = factories.signed_in(author).get(url("steps", draft)).content.decode()
    assert "Page 1 of 3" in page


def test_what_was_undone_stays_when_somebody_goes_another_way(author: Actor, draft: RubricVersion) -> None:
    digests = edited(author, draft, "One.", "Two.", "Three.")
    for _ in range(2):
        services.undo(by=author, version=draft)
    other = edited(author, draft, "Other.")[-1]
    with pytest.raises(errors.Conflict):
        services.redo(by=author, version=draft)
    assert [step.aside for step in queries.steps_of(draft)] == [False, True, True, False, False]
    two = next(step for step in queries.steps_of(draft) if step.aside)
    assert rubric.digest(rubric.parse(queries.step_document(two))) == digests[3]
    assert services.undo(by=author, version=draft).digest == digests[1]
    assert services.redo(by=author, version=draft).digest == other
    assert services.go_back(by=author, version=draft, step=two.number).digest == digests[3]
    page = factories.signed_in(author).get(url("steps", draft)).content.decode()
    assert page.count("undone, set aside") == 2


def test_a_burst_is_one_step(author: Actor, draft: RubricVersion) -> None:
    for text in ("N", "Na", "Names"):
        services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"text": text}, burst=True)
    last = queries.steps_of(draft)[0]
    assert queries.steps_of(draft).count() == 2
    assert last.change == {"criteria": {"items": {"c_drug": {"text": "Names"}}}}
    services.undo(by=author, version=draft)
    services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"text": "New"}, burst=True)
    assert queries.steps_of(draft).count() == 3


def test_who_may_go_back(viewer: Actor, author: Actor, draft: RubricVersion) -> None:
    edited(author, draft, "One.")
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))
    for actor, status in ((viewer, 403), (stranger, 404)):
        client = factories.signed_in(actor)
        assert client.get(url("steps", draft)).status_code == status
        assert client.post(url("step-back", draft, 0)).status_code == status


def test_replacing_what_was_chosen_is_one_step(author: Actor, draft: RubricVersion) -> None:
    client = factories.signed_in(author)
    asked = {"find": "the", "replace": "<b>every", "word": "on"}
    page = client.get(url("replace", draft), asked)
    keys = [hit.key for hit in page.context["hits"]]
    assert len(keys) == 2
    assert "&lt;b&gt;every" in page.content.decode()
    assert client.post(url("replace", draft), asked).status_code == 422
    seen = {"seen": str(draft.revision), "hits": keys[:1]}
    assert client.post(url("replace", draft), {**asked, **seen}).status_code == 302
    assert draft.criteria.get(criterion_id="c_drug").text == "Names <b>every drug and its dose."
    assert draft.criteria.get(criterion_id="c_blame").text == "Blames the patient."
    assert client.post(url("replace", draft), {**asked, **seen}).status_code == 409
    services.undo(by=author, version=draft)
    assert draft.criteria.get(criterion_id="c_drug").text == "Names the drug and its dose."


def test_who_may_replace(viewer: Actor, draft: RubricVersion) -> None:
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))
    for actor, status in ((viewer, 403), (stranger, 404)):
        client = factories.signed_in(actor)
        assert client.post(url("replace", draft), {"find": "the", "hits": "x"}).status_code == status

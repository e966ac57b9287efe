"""Answers that a model edits: refused where of no use, looked at, stored with their parents, read by audit and gate."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.datasets.models import Dataset, PreferenceMember, Response
from apps.judging import services as judging
from apps.refinement import queries, services
from apps.refinement.models import CausalEdit, CausalSet
from domain import errors
from engines.scripted import Ask
from tests import factories
from tests.api.conftest import caller_of, problem
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db


def plays(ask: Ask):
    """A writer that drops or adds the dose, rewords, and once repeats the answer; a judge that looks for “mg”."""
    if ask.labels:
        answer = ask.shared.split("Response:")[-1]
        named = "drug and its dose" in ask.suffix
        return " Yes" if named and "mg" in answer else " No"
    if "drug and its dose" in ask.suffix:
        return (
            "Take bisoprolol each morning, because the old drug made you dizzy."
            if "less true" in ask.suffix
            else ("Take 5 mg of bisoprolol each morning and evening, because the old drug made you dizzy.")
        )
    if "Blames" in ask.suffix:
        return "Take 5 mg of bisoprolol each morning, because the old drug made you dizzy!"
    return "Each morning take 5 mg of bisoprolol, since the old drug made you dizzy."


@pytest.fixture
def source(clinic: Clinic, play) -> Clinic:
    clinic.engine = play(plays)
    Response.objects.filter(prompt__dataset=clinic.dataset).exclude(
        pk=clinic.subjects[0].members.get().response_id
    ).update(edit="typos")
    return clinic


def write(clinic: Clinic, **more) -> CausalSet:
    made = services.write_edits(
        by=clinic.author, version=clinic.version, dataset=clinic.dataset, writer=clinic.judge, answers=1, **more
    )
    work()
    return queries.get_set(clinic.author, made.pk)


def store(clinic: Clinic, made: CausalSet) -> Dataset:
    kept = made.edits.filter(state="done").values_list("position", flat=True)
    return services.store_edits(by=clinic.author, made=made, slug="edited", positions=list(kept))


def test_edits_are_written_once_and_those_of_no_use_are_refused(source: Clinic) -> None:
    cost = services.estimate_edits(
        by=source.author, version=source.version, dataset=source.dataset, writer=source.judge, answers=1
    )
    assert cost.edits == 5
    made = write(source)
    assert [(one.kind, one.criterion, one.state) for one in made.edits.all()] == [
        ("upgrade", "c_drug", "done"), ("degrade", "c_drug", "done"), ("upgrade", "c_blame", "refused"),
        ("degrade", "c_blame", "refused"), ("neutral", "", "done"),
    ]  # fmt: skip
    assert "the same" in made.edits.get(position=2).reason
    asked = len(source.engine.asked)
    work()
    assert len(source.engine.asked) == asked
    assert not Dataset.objects.filter(slug="edited").exists()


def test_what_is_kept_becomes_a_data_set_with_parents_pairs_and_licence(source: Clinic) -> None:
    Dataset.objects.filter(pk=source.dataset.pk).update(licence="CC-BY-4.0", consent="research")
    made = write(source)
    stored = store(source, made)
    assert (stored.licence, stored.consent) == ("CC-BY-4.0", "research")
    edits = Response.objects.filter(prompt__dataset=stored, parent__isnull=False)
    assert sorted(edits.values_list("edit", flat=True)) == ["degrade:c_drug", "neutral", "upgrade:c_drug"]
    members = PreferenceMember.objects.filter(preference__dataset=stored)
    ranks = {(one.response.edit, one.rank) for one in members.select_related("response")}
    assert {("degrade:c_drug", 2), ("upgrade:c_drug", 1), ("neutral", 1)} <= ranks
    with pytest.raises(errors.Conflict, match="already"):
        store(source, queries.get_set(source.author, made.pk))


def test_the_gate_says_how_verdicts_answer(source: Clinic) -> None:
    made = write(source)
    stored = store(source, made)
    made = queries.get_set(source.author, made.pk)
    assert queries.moved_by(made, source.judge) == []
    judging.start_run(by=source.author, name="edits", versions=[source.version], dataset=stored, judges=[source.judge])
    work()
    drug, blame = queries.moved_by(made, source.judge)
    assert (drug.found.sensitivity.value, drug.found.sensitivity.count) == (0.5, 2)
    assert (drug.found.leakage.value, drug.found.drift) == (0.0, 0.0)
    assert blame.found.sensitivity.count == 0


def test_what_cannot_be_edited_or_kept_is_refused(source: Clinic) -> None:
    given: dict[str, Any] = {"by": source.author, "version": source.version, "writer": source.judge}
    empty = factories.make_dataset(workspace=source.author.workspace)
    with pytest.raises(errors.Invalid, match="answer in text"):
        services.write_edits(dataset=empty, **given)
    with pytest.raises(errors.Invalid, match="answers"):
        services.write_edits(dataset=source.dataset, answers=0, **given)
    annotator = factories.make_actor(Role.ANNOTATOR, workspace=source.author.workspace)
    with pytest.raises(errors.NotAllowed):
        services.write_edits(dataset=source.dataset, **{**given, "by": annotator})
    made = write(source)
    with pytest.raises(errors.Invalid, match="no edit 2"):
        services.store_edits(by=source.author, made=made, slug="edited", positions=[2])
    with pytest.raises(errors.Invalid, match="at least one"):
        services.store_edits(by=source.author, made=made, slug="edited", positions=[])


def test_a_forgotten_answer_takes_its_edits_along(source: Clinic) -> None:
    made = write(source)
    from apps.datasets.signals import responses_forgotten

    keys = list(made.edits.values_list("response", flat=True))
    responses_forgotten.send(sender=Response, keys=keys)
    assert set(made.edits.values_list("text", "state")) == {("", CausalEdit.State.REFUSED)}


def test_pages_and_rest(source: Clinic) -> None:
    client = Client()
    client.force_login(source.author.user)
    space, version = source.author.workspace.slug, source.version
    place = reverse("refinement:edits", args=[space, version.rubric.slug, version.number])
    said = {"dataset": source.dataset.slug, "writer": str(source.judge), "answers": 1, "seed": 0}
    assert "one call each" in client.post(place, said).content.decode()
    assert client.post(place, {**said, "answers": 1000}).status_code == 422
    detail = client.post(place, {**said, "write": "1"})["Location"]
    assert "Being written" in client.get(detail).content.decode()
    work()
    shown = client.get(detail).content.decode()
    assert "of no use" in shown
    assert shown.count('name="keep"') == 3
    assert client.post(detail, {"slug": "edited"}).status_code == 422
    assert client.post(detail, {"slug": "edited", "keep": ["0", "4"]}).status_code == 302
    assert "left out" in client.get(detail).content.decode()
    api = caller_of(source.author)
    where = f"/rubrics/{version.rubric.slug}/versions/{version.number}/edits"
    body = {"dataset": source.dataset.slug, "writer": str(source.judge), "answers": 1}
    assert api.post(where, {**body, "dry_run": True}).json()["edits"] == 5
    made = api.post(where, body)
    assert (made.status_code, made.json()["waiting"]) == (202, 5)
    work()
    own = made["Location"].removeprefix("/api/v1")
    assert api.get(own).json()["waiting"] == 0
    done = api.post(f"{own}/store", {"slug": "again", "positions": [0]})
    assert (done.status_code, done.json()["stored"]) == (201, "again")
    problem(api.post(f"{own}/store", {"slug": "more", "positions": [0]}), 409)
    problem(api.post(where, {**body, "answers": 0}), 422)
    problem(caller_of(source.author, "rubrics:read").post(where, body), 403)
    problem(api.get("/causal-edits/999999"), 404)

"""Rules for writing rubrics: who writes them, which govern, and that versions stay."""

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.permissions import Role
from apps.refinement import queries, services
from apps.refinement.models import MetaRubricVersion
from domain import errors
from tests import factories
from tests.api.conftest import caller_of
from tests.apps.refinement.test_measuring import stranger

pytestmark = pytest.mark.django_db


def test_rules_have_versions_of_which_one_governs() -> None:
    admin = factories.make_actor(Role.ADMIN)
    author = factories.make_actor(Role.AUTHOR, workspace=admin.workspace)
    first = services.write_meta_rubric(by=admin, text="Name the thing.")
    with pytest.raises(errors.NotAllowed):
        services.write_meta_rubric(by=author, text="Be nice.")
    domain = services.write_meta_rubric(by=author, tag="health", text="Safety first.")
    version = factories.make_version(workspace=admin.workspace)
    assert [one.text for one in queries.governing(version.rubric)] == ["Name the thing."]
    version.rubric.tags = ["health"]
    assert queries.governing(version.rubric) == [first, domain]
    second = services.write_meta_rubric(by=admin, text="Name it.", seen=1)
    with pytest.raises(errors.Conflict, match="Version 2 was written"):
        services.write_meta_rubric(by=admin, text="Other.", seen=1)
    waits = services.write_meta_rubric(by=admin, text="Try this.", governs=False)
    assert queries.governing(version.rubric)[0] == second
    services.choose_meta_version(by=admin, version=waits)
    assert queries.governing(version.rubric)[0] == waits
    for wrong in ({"text": " "}, {"text": "x" * 20_001}, {"text": "Try this."}, {"text": "x", "tag": "t" * 61}):
        with pytest.raises(errors.Invalid):
            services.write_meta_rubric(by=admin, **wrong)  # type: ignore[arg-type]
    with pytest.raises(errors.NotFound):
        services.choose_meta_version(by=stranger(), version=first)
    with pytest.raises(DatabaseError), transaction.atomic():
        MetaRubricVersion.objects.filter(pk=first.pk).update(text="Else.")


def test_pages_write_show_and_choose() -> None:
    admin = factories.make_actor(Role.ADMIN)
    browser = factories.signed_in(admin)
    home = f"/w/{admin.workspace.slug}/refine/rules/"
    assert "How are good criteria written here?" in browser.get(home).content.decode()
    assert "Safety first" in browser.get(f"{home}new/?tag=health&start=health").content.decode()
    made = browser.post(f"{home}new/?tag=health", {"text": "Safety first.", "note": ""})
    assert made.status_code == 302
    place = made["Location"]
    assert browser.post(place, {"text": "Safety before all.", "note": "Clearer.", "seen": 1}).status_code == 302
    stale = browser.post(place, {"text": "Mine.", "seen": 1})
    assert (stale.status_code, "written after you opened" in stale.content.decode()) == (422, True)
    shown = browser.get(place).content.decode()
    assert "<del>" in shown
    assert "Clearer." in shown
    old = browser.get(f"{place}?version=1").content.decode()
    assert "Let version 1 govern" in old
    assert browser.post(f"{place}1/choose/").status_code == 302
    assert "Safety first." in browser.get(home).content.decode()
    assert factories.signed_in(stranger()).get(place).status_code == 404


def test_rest_writes_reads_and_chooses() -> None:
    admin = factories.make_actor(Role.ADMIN)
    api = caller_of(admin, "rubrics:read", "rubrics:write")
    made = api.post("/meta-rubrics", {"text": "Name the thing."})
    assert (made.status_code, made.json()["current"]) == (201, 1)
    key = made.json()["id"]
    assert api.post("/meta-rubrics", {"text": "Name it.", "seen": 0}).status_code == 409
    assert api.post("/meta-rubrics", {"text": "Name it.", "seen": 1}).json()["current"] == 2
    assert api.post(f"/meta-rubrics/{key}", {"version": 1}).json()["current"] == 1
    assert api.post(f"/meta-rubrics/{key}", {"version": 7}).status_code == 404
    told = api.get("/meta-rubrics").json()["meta_rubrics"]
    assert [one["number"] for one in told[0]["versions"]] == [2, 1]
    assert api.get(f"/meta-rubrics/{key}").json() == told[0]

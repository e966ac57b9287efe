"""Weights over REST: answers become weights, weights become an edit or a profile."""

import pytest

from apps.accounts.permissions import Role
from apps.rubrics import services
from apps.rubrics.models import Elicitation, RubricVersion
from tests import factories
from tests.api.conftest import Caller, caller_of, problem, work
from tests.apps.judging.test_fitting import prefer

pytestmark = pytest.mark.django_db
DRUG, BLAME = "criteria/c_drug", "criteria/c_blame"


@pytest.fixture
def draft(workspace) -> RubricVersion:
    return factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"))


V = "/rubrics/letters/versions/1/weights"


def test_weights_and_their_sections(bob: Caller, draft: RubricVersion):
    body = bob.get(V).json()
    assert set(body["weights"]) == {"c_drug", "c_blame"}
    assert sum(body["shares"].values()) == pytest.approx(1)
    assert [one["id"] for one in body["sections"]] == [""]


def test_swings_answer_with_weights_and_are_applied(bob: Caller, draft: RubricVersion):
    said = {"sections": {"": {"order": [BLAME, DRUG], "ratings": {BLAME: 100, DRUG: 25}}}}
    found = bob.post(f"{V}/swing", said)
    assert found.status_code == 201, found.json()
    body = found.json()
    assert body["shares"] == pytest.approx({"c_drug": 0.2, "c_blame": 0.8})
    assert body["preview"] is None
    applied = bob.post(f"{V}/apply", {"elicitation": body["elicitation"]})
    assert applied.json()["shares"] == pytest.approx(body["shares"])
    services.undo(by=bob.actor, version=draft)
    assert bob.get(V).json()["shares"] != pytest.approx(body["shares"])
    half = {"sections": {"": {"order": [BLAME, DRUG], "ratings": {BLAME: 100}}}}
    problem(bob.post(f"{V}/swing", half), 422, "elicitation_incomplete")
    assert Elicitation.objects.filter(finished_at=None).count() == 1


def test_trade_offs_answer_with_consistency(bob: Caller, draft: RubricVersion):
    services.add_criterion(by=bob.actor, version=draft, values={"id": "c_short", "text": "Is short."})
    short = "criteria/c_short"
    pairs = [(DRUG, BLAME, 3), (BLAME, short, 3), (DRUG, short, 1)]
    said = {"sections": {"": [{"first": a, "second": b, "ratio": r} for a, b, r in pairs]}}
    (section,) = bob.post(f"{V}/tradeoffs", said).json()["sections"]
    assert section["consistency_ratio"] == pytest.approx(0.4835, abs=1e-3)
    assert section["consistent"] is False
    assert len(section["worst"]) == 3
    unlinked = {"sections": {"": [{"first": DRUG, "second": BLAME, "ratio": 3}]}}
    problem(bob.post(f"{V}/tradeoffs", unlinked), 422, "elicitation_incomplete")
    bad = {"sections": {"": [{"first": DRUG, "second": DRUG, "ratio": 3}]}}
    problem(bob.post(f"{V}/tradeoffs", bad), 422, "tradeoffs_invalid")


def test_profiles_are_made_listed_used_and_retired(bob: Caller, draft: RubricVersion):
    path = "/rubrics/letters/profiles"
    made = bob.post(path, {"name": "strict", "weights": {"c_drug": 1, "c_blame": 3}}).json()
    assert (made["ref"], made["weights"]) == ("strict@1", {"c_drug": 0.25, "c_blame": 0.75})
    shares = bob.post(path, {"name": "strict", "shares": {"c_drug": 1}, "version": 1}).json()
    assert (shares["ref"], shares["source"]) == ("strict@2", {"kind": "sliders"})
    assert [one["ref"] for one in bob.get(f"{path}/strict").json()["results"]] == ["strict@2", "strict@1"]
    scored = {"rubric": "letters@1", "verdicts": {"c_drug": 1, "c_blame": 1}}
    assert bob.post("/score", scored | {"profile": "strict@1"}).json()["raw"] == pytest.approx(-2)
    assert bob.post(f"{V}/apply", {"profile": "strict@1"}).json()["shares"]["c_blame"] == 0.75
    assert bob.post(f"{path}/strict/retire").json()["retired"]
    problem(bob.post("/score", scored | {"profile": "strict"}), 409, "profile_retired")
    assert bob.post("/score", scored | {"profile": "strict@2"}).status_code == 200
    assert [one["retired"] for one in bob.get(path).json()["results"]] == [True]


def test_what_cannot_be_a_profile_is_refused(bob: Caller, draft: RubricVersion):
    path = "/rubrics/letters/profiles"
    problem(bob.post(path, {"name": "x", "weights": {"c_drug": -1}}), 422, "profile_invalid", "/weights/c_drug")
    problem(bob.post(path, {"name": "x", "weights": {"c_no": 1}}), 422, "unknown_criterion", "/weights/c_no")
    problem(bob.post(path, {"name": "No!", "weights": {"c_drug": 1}}), 422, "profile_invalid", "/name")
    problem(bob.post(path, {"name": "x"}), 422, "invalid")
    problem(bob.post(path, {"name": "x", "profile": "none"}), 404, "profile_unknown")
    problem(bob.post(path, {"name": "x", "fit": "sha256:0"}), 404, "weights_unknown")
    problem(bob.post(path, {"name": "x", "elicitation": 99}), 404, "elicitation_unknown")
    problem(bob.get(f"{path}/none"), 404, "profile_unknown")
    problem(
        caller_of(bob.actor, "rubrics:read").post(path, {"name": "x", "weights": {"c_drug": 1}}), 403, "scope_missing"
    )


def test_frozen_versions_take_no_weights(bob: Caller, workspace):
    factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="done"), status="approved")
    answer = bob.post("/rubrics/done/versions/1/weights/apply", {"shares": {"c_drug": 1}})
    problem(answer, 409, "not_a_draft")


def test_a_fit_is_asked_for_followed_and_applied(bob: Caller, workspace):
    version = factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="letters"))
    judge = factories.make_judge(workspace=workspace, name="reader", is_default=True)
    dataset = factories.make_dataset(workspace=workspace, slug="pairs")
    prefer(dataset, judge, version)
    asked = bob.post(f"{V}/fits", {"dataset": "pairs"})
    assert asked.status_code == 202, asked.json()
    work()
    found = bob.get(f"/weight-fits/{asked.json()['id']}").json()
    assert found["status"] == "done"
    digest = found["artefact"]["digest"]
    assert [one["digest"] for one in bob.get(f"{V}/fits").json()["results"]] == [digest]
    shares = bob.post(f"{V}/apply", {"fit": digest}).json()["shares"]
    assert shares == pytest.approx(found["artefact"]["payload"]["shares"])
    problem(bob.get("/weight-fits/no"), 404, "job_unknown")
    problem(bob.post(f"{V}/fits", {"dataset": "none"}), 404, "dataset_unknown")
    problem(bob.post(f"{V}/fits", {"dataset": "pairs", "penalty": -1}), 422, "penalty_invalid", "/penalty")


def test_weights_are_suggested_by_who_may_not_edit(workspace, draft: RubricVersion):
    annotator = caller_of(factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="anna"), "proposals:write")
    shares = {"c_drug": 0.2, "c_blame": 0.8}
    address = f"/rubrics/{draft.rubric.slug}/versions/{draft.number}/weights/suggest"
    made = annotator.post(address, {"shares": shares})
    assert made.status_code == 201
    told = made.json()
    assert {hunk["pointer"] for hunk in told["hunks"]} == {"criteria/c_drug", "criteria/c_blame"}
    assert all(hunk["evidence"]["weights by"] == "the sliders" for hunk in told["hunks"])
    assert made["Location"] == f"/api/v1/proposals/{told['id']}"
    problem(annotator.post(address, {}), 422)
    problem(annotator.post(address, {"shares": {"nobody": 1.0}}), 422)
    reader = caller_of(factories.make_actor(Role.VIEWER, workspace=workspace, username="vera"), "rubrics:read")
    problem(reader.post(address, {"shares": shares}), 403)


def test_whitening_names_its_run_and_what_it_rests_on(bob: Caller, workspace, judge):
    version = factories.make_version(rubric=factories.make_rubric(workspace=workspace, slug="white"))
    address = f"/rubrics/white/versions/{version.number}/weights/whitened"
    problem(bob.post(address), 409, code="not_judged")
    problem(bob.post(address, {"run": "x"}), 422, pointer="/run")
    problem(bob.post(address, {"run": "7a7dd2f2-4b51-4a0e-9a73-111111111111"}), 404, code="run_unknown")

"""What edits would do: held-out pairs judged where verdicts lack, compared, shown beside each edit and over REST."""

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.datasets.models import PreferenceMember
from apps.judging import queries as judging
from apps.judging.models import Run, Score, Verdict
from apps.refinement import queries, services
from apps.refinement.models import Draft, Prediction
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import Proposal
from domain import errors
from engines.scripted import Ask
from tests import factories
from tests.api.conftest import caller_of, problem
from tests.apps.judging.conftest import Clinic, work
from tests.apps.judging.test_fitting import order
from tests.apps.refinement.test_measuring import label

pytestmark = pytest.mark.django_db
PAIRS = 12
NEW = {"id": "c_when", "text": "Says when to come back."}
HUNKS = [
    {
        "op": "change",
        "pointer": "criteria/c_blame",
        "before": {"weight": 1.0},
        "after": {"id": "c_blame", "weight": 40.0},
    },
    {"op": "add", "pointer": "criteria/c_when", "before": {"after": "c_blame"}, "after": NEW},
]


@pytest.fixture
def labelled(clinic: Clinic, play) -> Clinic:
    """Better answers are called “… a”; the judge finds the new criterion in them alone."""
    label(clinic, PAIRS)
    clinic.engine = play(lambda ask: " Yes" if found(ask) else " No")
    return clinic


def found(ask: Ask) -> bool:
    return "come back" in ask.suffix and any(f"{number} a" in ask.shared for number in range(PAIRS))


def propose(clinic: Clinic, *hunks: dict, method: str = "pairs") -> Proposal:
    return rubrics.propose_hunks(
        by=clinic.author, base=clinic.version, hunks=[dict(one) for one in hunks or HUNKS], method=method
    )


def predict(clinic: Clinic, proposal: Proposal, **more) -> Prediction:
    row = services.predict_effects(
        by=clinic.author, proposal=proposal, dataset=clinic.dataset, judge=clinic.judge, **more
    )
    work()
    row.refresh_from_db()
    return row


def test_what_only_weighs_otherwise_asks_nobody(labelled: Clinic) -> None:
    row = predict(labelled, propose(labelled, HUNKS[0]))
    whole = row.figures["whole"]
    assert (row.run, whole["pairs"], whole["unknown"]) == (None, PAIRS - 1, 0)
    assert whole["before"]["right"] == PAIRS - 1
    assert whole["after"]["right"] < PAIRS - 1
    assert whole["lost"] == len(whole["turned"]) > 0
    assert whole["moved"][0]["before"] != whole["moved"][0]["after"]
    assert row.figures["cost"]["asked"] == {"calls": 0, "tokens": 0, "seconds": 0.0}
    assert row.figures["cost"]["before"]["calls"] == row.figures["cost"]["after"]["calls"] > 0


def test_a_new_criterion_is_judged_on_some_pairs_and_kept_for_the_draft(labelled: Clinic) -> None:
    proposal = propose(labelled)
    estimate = services.estimate_effects(
        by=labelled.author, proposal=proposal, dataset=labelled.dataset, judge=labelled.judge, pairs=5
    )
    assert (estimate.items, estimate.to_ask) == (10, 10)
    assert not Run.objects.exists()
    row = predict(labelled, proposal, pairs=5)
    assert row.run is not None
    assert (row.run.purpose, Score.objects.count()) == ("predict", 0)
    weighed, added = row.hunks
    assert (weighed["pairs"], added["pairs"], added["unknown"]) == (PAIRS - 1, 5, PAIRS - 6)
    assert (added["gained"], added["lost"]) == (0, 0)
    assert row.figures["whole"]["pairs"] == 5
    assert row.figures["cost"]["asked"]["calls"] > 0
    cost = row.figures["cost"]
    assert cost["after"]["prompt_tokens"] > cost["before"]["prompt_tokens"]
    draft = rubrics.accept_hunks(by=labelled.author, proposal=proposal, positions=[1])
    digest = judging.criterion_digests(draft, labelled.judge.protocol)["c_when"]
    assert Verdict.objects.filter(criterion_digest=digest).count() == 10
    assert not queries.still_fits(row)
    asked = len(labelled.engine.asked)
    again = predict(labelled, proposal, pairs=5)
    assert (again.run, len(labelled.engine.asked)) == (None, asked)


def test_a_reworded_criterion_is_compared_with_what_it_said(labelled: Clinic) -> None:
    told = "Names the drug and its dose."
    hunk = {"op": "change", "pointer": "criteria/c_drug", "before": {"text": told}, "after": {**NEW, "id": "c_drug"}}
    fresh = factories.make_dataset(workspace=labelled.author.workspace)
    for number in range(5):
        prompt = factories.make_prompt(dataset=fresh)
        order(fresh, [factories.make_response(prompt=prompt, text=f"{number} {side} anew") for side in "ab"])
    row = predict(dataclasses.replace(labelled, dataset=fresh), propose(labelled, hunk), pairs=4)
    whole = row.figures["whole"]
    assert (whole["pairs"], whole["before"]["tied"], whole["after"]["right"], whole["gained"]) == (4, 4, 4, 4)


def test_what_cannot_be_predicted_is_refused_with_a_sentence(labelled: Clinic) -> None:
    proposal = propose(labelled, HUNKS[0])
    empty = factories.make_dataset(workspace=labelled.author.workspace)
    with pytest.raises(errors.Invalid, match="which answer is better"):
        services.predict_effects(by=labelled.author, proposal=proposal, dataset=empty, judge=labelled.judge)
    with pytest.raises(errors.NotAllowed):
        services.predict_effects(
            by=factories.make_actor(Role.ANNOTATOR, workspace=labelled.author.workspace), proposal=proposal,
            dataset=labelled.dataset, judge=labelled.judge,
        )  # fmt: skip
    row = predict(labelled, propose(labelled, HUNKS[1]), pairs=0)
    state = queries.newest_prediction(row.proposal)
    assert state is not None
    assert "has not judged" in state.reason
    rubrics.reject_hunks(by=labelled.author, proposal=proposal, reason="Too heavy.")
    with pytest.raises(errors.Conflict, match="decided"):
        services.predict_effects(by=labelled.author, proposal=proposal, dataset=labelled.dataset, judge=labelled.judge)


def test_rejecting_what_a_model_wrote_needs_a_reason_and_teaches(labelled: Clinic) -> None:
    proposal = propose(labelled)
    with pytest.raises(errors.Invalid, match="Say why"):
        rubrics.reject_hunks(by=labelled.author, proposal=proposal, positions=[1])
    rubrics.reject_hunks(by=labelled.author, proposal=proposal, positions=[1], reason="Nobody comes back.")
    rubrics.close_proposal(by=labelled.author, proposal=proposal)
    assert queries.turned_down(labelled.version.rubric) == (("Says when to come back.", "Nobody comes back."),)
    again = propose(labelled, HUNKS[1])
    rubrics.accept_hunks(by=labelled.author, proposal=again)
    assert queries.turned_down(labelled.version.rubric) == ()


def test_pairs_that_a_draft_was_written_from_are_held_back(labelled: Clinic) -> None:
    proposal = propose(labelled, HUNKS[0])
    members = PreferenceMember.objects.filter(preference__dataset=labelled.dataset, rank__in=(1, 2))
    keys = list(members.order_by("-preference", "rank").values_list("response", flat=True)[:6])
    pairs = list(zip(keys[::2], keys[1::2], strict=True))
    draft = Draft.objects.create(
        workspace=labelled.author.workspace, version=labelled.version, dataset=labelled.dataset, judge=labelled.judge,
        writer=labelled.judge, method="pairs", proposal=proposal, responses=[key for pair in pairs for key in pair],
    )  # fmt: skip
    assert len(queries.prompts_written_from(proposal)) == 3
    for place, (step, pair) in enumerate(zip(("write", "choose", "hold out"), pairs, strict=True)):
        draft.steps.create(batch=0, position=place, key=f"{step} {pair[0]} {pair[1]} 0", purpose=step, digest="x")
    assert len(queries.prompts_written_from(proposal)) == 2
    row = predict(labelled, proposal)
    assert (row.figures["held_back"], row.figures["whole"]["pairs"]) == (2, PAIRS - 3)


def test_nothing_generated_is_served_before_approval(labelled: Clinic) -> None:
    proposal = propose(labelled)
    predict(labelled, proposal, pairs=3)
    served = rubric_queries.document(labelled.version)
    assert [one["id"] for one in served["criteria"]] == ["c_drug", "c_blame"]
    draft = rubrics.accept_hunks(by=labelled.author, proposal=proposal)
    assert (draft.status, draft.pk != labelled.version.pk) == ("draft", True)
    rewards = caller_of(labelled.author).post(
        "/rewards", {"rubric": str(draft), "judge": str(labelled.judge), "items": [{"prompt": "x", "response": "y"}]}
    )
    assert rewards.status_code in {409, 422}, rewards.content


def test_the_page_estimates_predicts_and_stands_beside_the_edits(labelled: Clinic) -> None:
    proposal = propose(labelled)
    client = Client()
    client.force_login(labelled.author.user)
    slug = labelled.author.workspace.slug
    place = reverse("refinement:effects", args=[slug, proposal.pk])
    said = {"dataset": labelled.dataset.slug, "judge": str(labelled.judge), "pairs": 5, "seed": 0}
    assert "Would these edits help?" in client.get(place).content.decode()
    shown = client.post(place, said).content.decode()
    assert "To be judged" in shown
    assert not Prediction.objects.exists()
    assert client.post(place, {**said, "pairs": 5_000}).status_code == 422
    assert client.post(place, {**said, "predict": "1"}).status_code == 302
    assert "predicting" in client.get(place).content.decode()
    work()
    shown = client.get(place).content.decode()
    assert "Pairs that turn" in shown
    assert "Says when to come back." in shown
    panel = client.get(reverse("refinement:effects-panel", args=[slug, proposal.pk])).content.decode()
    assert 'id="effect-1" hx-swap-oob="true"' in panel


def test_effects_over_rest(labelled: Clinic) -> None:
    caller = caller_of(labelled.author)
    proposal = propose(labelled)
    place = f"/proposals/{proposal.pk}"
    assert caller.get(place).json()["effects"] is None
    body = {"dataset": labelled.dataset.slug, "judge": str(labelled.judge), "pairs": 4}
    assert caller.post(f"{place}/effects", {**body, "dry_run": True}).json()["to_ask"] == 8
    asked = caller.post(f"{place}/effects", body)
    assert (asked.status_code, asked.json()["state"]) == (202, "working"), asked.content
    work()
    told = caller.get(place).json()["effects"]
    assert (told["state"], told["current"], told["whole"]["pairs"]) == ("done", True, 4)
    assert [one["position"] for one in told["hunks"]] == [0, 1]
    problem(caller.post(f"{place}/effects", {**body, "dataset": "nowhere"}), 404)
    problem(caller.post(f"{place}/effects", {**body, "pairs": -1}), 422)
    problem(caller_of(labelled.author, "rubrics:read").post(f"{place}/effects", body), 403)
    stranger = caller_of(factories.make_actor(Role.APPROVER, workspace=factories.make_workspace(slug="elsewhere")))
    problem(stranger.post(f"{place}/effects", body), 404)

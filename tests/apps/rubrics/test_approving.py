"""Approval by several people and by a policy."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import Decision, RubricVersion
from domain import errors
from tests import factories


@pytest.fixture
def admin(workspace: Workspace) -> Actor:
    return factories.make_actor(Role.ADMIN, workspace=workspace, username="root")


@pytest.fixture
def second(workspace: Workspace) -> Actor:
    return factories.make_actor(Role.APPROVER, workspace=workspace, username="quinn")


def policy(admin: Actor, **said: Any) -> None:
    services.change_approval_policy(by=admin, **said)
    admin.workspace.refresh_from_db()


def test_the_last_of_two_approvals_counts(
    admin: Actor, author: Actor, approver: Actor, second: Actor, draft: RubricVersion
) -> None:
    policy(admin, approvers=2)
    waiting = services.submit(by=author, version=draft)
    assert services.approve(by=approver, version=waiting).status == "in_review"
    assert queries.approvals(waiting).sentence == "1 of 2 approvals"
    with pytest.raises(errors.Conflict) as caught:
        services.approve(by=approver, version=waiting)
    assert caught.value.code == "already_approved"
    assert services.approve(by=second, version=waiting).status == "approved"
    told = [decision.evidence["approval"] for decision in Decision.objects.filter(verb="approve").order_by("pk")]
    assert told == [1, 2]


def test_an_approval_can_be_taken_back_until_it_is_complete(
    admin: Actor, author: Actor, approver: Actor, second: Actor, draft: RubricVersion
) -> None:
    policy(admin, approvers=2)
    waiting = services.submit(by=author, version=draft)
    with pytest.raises(errors.Conflict) as caught:
        services.take_back(by=approver, version=waiting)
    assert caught.value.code == "not_approved_by_you"
    services.approve(by=approver, version=waiting)
    services.take_back(by=approver, version=waiting)
    assert queries.approvals(waiting).standing == ()
    assert services.approve(by=second, version=waiting).status == "in_review"
    done = services.approve(by=approver, version=waiting)
    assert done.status == "approved"
    with pytest.raises(errors.Conflict):
        services.take_back(by=approver, version=done)


def test_fewer_approvers_let_one_who_approved_finish(
    admin: Actor, author: Actor, approver: Actor, draft: RubricVersion
) -> None:
    policy(admin, approvers=2)
    waiting = services.submit(by=author, version=draft)
    services.approve(by=approver, version=waiting)
    policy(admin, approvers=1)
    assert services.approve(by=approver, version=waiting).status == "approved"


def test_open_discussions_keep_a_version_back(
    admin: Actor, author: Actor, approver: Actor, draft: RubricVersion
) -> None:
    thread = services.open_thread(by=author, rubric=draft.rubric, text="Which dose?")
    waiting = services.submit(by=author, version=draft)
    assert queries.open_gates(waiting) == []
    policy(admin, no_open_threads=True)
    waiting = queries.get_version(author, draft.rubric.slug, 1)
    state = next(state for state in queries.gate_states(waiting) if state.name == "threads")
    assert (state.met, state.figures) == (False, {"open": 1})
    assert state.url.endswith("/discuss/")
    with pytest.raises(errors.Conflict, match="1 discussion is open"):
        services.approve(by=approver, version=waiting)
    services.resolve_thread(by=author, thread=thread)
    services.approve(by=approver, version=waiting)
    kept = {gate["name"]: gate for gate in Decision.objects.get(verb="approve").evidence["gates"]}
    assert kept["threads"]["open"] == 0


def test_a_large_change_needs_a_second_person(
    admin: Actor, author: Actor, approver: Actor, second: Actor, draft: RubricVersion
) -> None:
    services.approve(by=approver, version=services.submit(by=author, version=draft))
    policy(admin, second_when_far=0.5)
    small = services.new_draft(by=author, rubric=draft.rubric)
    services.edit_criterion(by=author, version=small, criterion_id="c_blame", changes={"text": "Blames anybody."})
    small = services.submit(by=author, version=small)
    assert queries.distance(small) == pytest.approx(0.25)
    assert services.approve(by=approver, version=small).status == "approved"
    large = services.new_draft(by=author, rubric=draft.rubric)
    services.edit_criterion(by=author, version=large, criterion_id="c_drug", changes={"text": "Names each drug."})
    large = services.submit(by=author, version=large)
    assert services.approve(by=approver, version=large).status == "in_review"
    assert services.approve(by=second, version=large).status == "approved"


def test_only_admins_set_the_policy_and_the_history_says_how(admin: Actor, approver: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        services.change_approval_policy(by=approver, approvers=2)
    policy(admin, approvers=3)
    entry = Entry.objects.get(action="workspace.approval_changed")
    assert (entry.detail["before"]["approvers"], entry.detail["after"]["approvers"]) == (1, 3)


@pytest.mark.parametrize(
    "said", [{"approvers": 0}, {"approvers": 4}, {"agreement": float("nan")}, {"agreement_metric": "magic"}]
)
def test_policies_that_make_no_sense_are_refused(admin: Actor, said: dict[str, Any]) -> None:
    with pytest.raises(errors.Invalid) as caught:
        services.change_approval_policy(by=admin, **said)
    assert caught.value.code == "policy_invalid"


def test_the_page_stores_the_policy_for_admins_alone(admin: Actor, approver: Actor) -> None:
    url = reverse("rubrics:policy", args=[admin.workspace.slug])
    browser = factories.signed_in(admin)
    said = {"approvers": "2", "agreement_metric": "kappa", "agreement_items": "30", "agreement": "0.7"}
    assert browser.post(url, said).status_code == 302
    stored = queries.approval_policy(Workspace.objects.get(pk=admin.workspace.pk))
    assert (stored.approvers, stored.agreement, stored.agreement_metric) == (2, 0.7, "kappa")
    assert browser.post(url, {**said, "agreement": "7"}).status_code == 422
    assert factories.signed_in(approver).get(url).status_code == 403


def test_the_approvers_page_shows_gates_and_approvals(
    admin: Actor, author: Actor, approver: Actor, second: Actor, draft: RubricVersion
) -> None:
    policy(admin, approvers=2, adjudicated=5)
    services.submit(by=author, version=draft, note="Please look at the dose.")
    url = reverse("rubrics:versions", args=[admin.workspace.slug, draft.rubric.slug, 1])
    page = factories.signed_in(approver).get(url).content.decode()
    assert "0 of 2 approvals" in page
    assert "People settled 0 of at least 5 decisions" in page
    assert "Please look at the dose." in page
    policy(admin, adjudicated=None)
    browser = factories.signed_in(approver)
    approve = reverse("rubrics:approve", args=[admin.workspace.slug, draft.rubric.slug, 1])
    assert "1 of 2 approvals" in browser.post(approve, follow=True).content.decode()
    assert "Take my approval back" in browser.get(url).content.decode()
    back = reverse("rubrics:take-back", args=[admin.workspace.slug, draft.rubric.slug, 1])
    assert "0 of 2 approvals" in browser.post(back, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_approvals_at_the_same_moment_end_in_one_approved_version(
    admin: Actor, author: Actor, approver: Actor, second: Actor, draft: RubricVersion
) -> None:
    policy(admin, approvers=2)
    waiting = services.submit(by=author, version=draft)
    start, failures = threading.Barrier(4), []

    def work(person: Actor) -> None:
        try:
            start.wait(30)
            services.approve(by=person, version=waiting)
        except Exception as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(person,)) for person in (approver, second) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    waiting.refresh_from_db()
    assert waiting.status == "approved"
    assert sorted(Decision.objects.filter(verb="approve").values_list("evidence__approval", flat=True)) == [1, 2]
    assert {getattr(error, "code", repr(error)) for error in failures} <= {"already_approved", "wrong_state"}
    assert len(failures) == 2


def test_an_approver_sees_what_is_open_beside_the_decision(author: Actor, approver: Actor) -> None:
    document = factories.make_document(criteria=[{"id": "c_1", "text": "Is appropriate and names the dose."}])
    draft = services.create_rubric(by=author, document=document, slug="open-matters")
    thread = services.open_thread(by=author, rubric=draft.rubric, criterion="c_1", text="For <b>children</b> too?")
    services.comment(by=approver, thread=thread, text="I ask the ward.")
    waiting = services.submit(by=author, version=draft)
    place = reverse("rubrics:versions", args=[author.workspace.slug, "open-matters", waiting.number])
    browser = factories.signed_in(approver)
    page = browser.get(place).content.decode()
    assert "Remarks of the rules" in page
    assert "Open discussions" in page
    assert "I ask the ward." in page
    assert f"#thread-{thread.pk}" in page
    services.resolve_thread(by=approver, thread=thread)
    assert "Open discussions" not in browser.get(place).content.decode()
    services.approve(by=approver, version=waiting)
    assert "Remarks of the rules" not in browser.get(place).content.decode()

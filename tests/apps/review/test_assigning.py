"""A queue is for the people named in it, or for all with its role and skills."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.permissions import Role
from apps.review import queries, services
from domain import errors
from tests import factories
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db


def make(alice, setting, **fields):
    return services.create_queue(by=alice, run=setting.run, name="For some", rule={"size": 5}, **fields)


def test_named_people_alone_decide(alice, bob, cleo, setting):
    queue = make(alice, setting, assignees=[bob.user])
    assert take(bob, queue)
    for actor in (alice, cleo):
        with pytest.raises(errors.NotAllowed, match="people named"):
            services.claim(by=actor, queue=queue)
        assert (queries.open_count(actor), queries.open_queues(actor)) == (0, [])
    assert queries.open_count(bob) == 5
    assert [getattr(row, "mine", None) for row in queries.list_queues(cleo)] == [False]


def test_skills_are_needed_all(alice, bob, setting):
    member = alice.workspace.memberships.get(user=bob.user)
    admin = factories.make_actor(Role.ADMIN, username="root")
    queue = make(alice, setting, skills=["German", " cardiology "])
    accounts.set_skills(by=admin, member=member, skills=["cardiology"])
    with pytest.raises(errors.NotAllowed, match="skills cardiology, german"):
        services.claim(by=bob, queue=queue)
    accounts.set_skills(by=admin, member=member, skills=["Cardiology", "  German", "german"])
    member.refresh_from_db()
    assert member.skills == ["cardiology", "german"]
    assert take(bob, queue)


def test_a_role_may_be_asked_for(alice, bob, setting):
    queue = make(alice, setting, minimum_role="author")
    assert take(alice, queue)
    with pytest.raises(errors.NotAllowed, match="role author"):
        services.claim(by=bob, queue=queue)


def test_who_cannot_decide_is_not_named(alice, charlie, setting):
    viewer = factories.make_actor(Role.VIEWER, username="viewer")
    for person in (viewer.user, charlie.user):
        with pytest.raises(errors.Invalid, match="cannot decide here"):
            make(alice, setting, assignees=[person])


def test_skills_are_the_admins_to_give(alice, charlie, bob):
    member = alice.workspace.memberships.get(user=bob.user)
    with pytest.raises(errors.NotAllowed):
        accounts.set_skills(by=alice, member=member, skills=["x"])
    with pytest.raises(errors.NotFound):
        accounts.set_skills(by=charlie, member=member, skills=["x"])
    with pytest.raises(errors.Invalid):
        accounts.set_skills(by=factories.make_actor(Role.ADMIN, username="root"), member=member, skills=["x" * 61])


def test_skills_from_the_page_of_members(bob):
    admin = factories.make_actor(Role.ADMIN, username="root")
    member = admin.workspace.memberships.get(user=bob.user)
    client = factories.signed_in(admin)
    assert client.post(f"/w/clinic/admin/members/{member.pk}/skills/", {"skills": "Tea, cake"}).status_code == 302
    assert "cake, tea" in client.get("/w/clinic/admin/members/").content.decode()


def test_deadlines_and_priorities(alice, bob, setting):
    soon = timezone.now() + timedelta(days=1)
    usual = make(alice, setting)
    due = make(alice, setting, deadline=soon)
    urgent = make(alice, setting, priority=10)
    assert queries.open_queues(bob) == [urgent, due, usual]
    due.deadline = timezone.now() - timedelta(days=1)
    due.save(update_fields=["deadline"])
    assert "overdue" in factories.signed_in(bob).get(f"/w/clinic/review/{due.pk}/").content.decode()
    with pytest.raises(errors.Invalid, match="passed"):
        make(alice, setting, deadline=timezone.now() - timedelta(minutes=1))

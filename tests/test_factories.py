"""What the factories make is what the studio would store."""

import pytest

from apps.accounts.permissions import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_version_carries_the_digest_of_its_document() -> None:
    version = factories.make_version(status="approved")
    assert version.digest == factories.make_document(title=version.title)["digest"]
    assert [one.criterion_id for one in version.criteria.all()] == ["c_drug", "c_blame"]


def test_actors_come_with_role_and_scopes() -> None:
    person = factories.make_actor(Role.VIEWER)
    program = factories.make_actor(Role.AUTHOR, scopes={"rubrics:read"})
    assert (person.via, program.via) == ("web", "token")
    assert person.workspace == program.workspace


def test_subjects_reviews_judges_and_jobs_exist() -> None:
    pair = factories.make_subject(responses=[factories.make_response(), factories.make_response()], kind="pair")
    assert pair.members.count() == 2
    assert factories.make_review_item().about.members.count() == 1
    assert str(factories.make_judge(name="small")) == "small@1"
    assert factories.make_job().is_open

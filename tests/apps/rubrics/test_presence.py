"""Who has a draft open: noted by a heartbeat, seen by the others, gone when silent."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.rubrics import pages, queries, services
from apps.rubrics.models import Presence, RubricVersion, VersionStatus
from apps.rubrics.pages.presence import initials
from apps.rubrics.services.presence import forget_the_gone
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
URL = "rubrics:presence"


def url(version: RubricVersion) -> str:
    return reverse(URL, args=["clinic", version.rubric.slug, version.number])


def test_the_others_are_seen_escaped_and_oneself_is_not(author: Actor, viewer: Actor, draft: RubricVersion) -> None:
    viewer.user.display_name = "Vera <b>Young"
    viewer.user.save()
    assert "data-guest=" not in factories.signed_in(viewer).post(url(draft), {"criterion": "c_drug"}).content.decode()
    seen = factories.signed_in(author).post(url(draft)).content.decode()
    assert "Vera &lt;b&gt;Young" in seen
    assert 'data-guest-criterion="c_drug"' in seen
    assert ">VY<" not in seen
    assert ">V&lt;<" in seen


def test_since_stays_while_alive_and_starts_anew_after_silence(author: Actor, viewer: Actor, draft: RubricVersion):
    start = timezone.now()
    for seconds in (0, 15, 30):
        services.be_present(by=author, version=draft, criterion="", now=start + timedelta(seconds=seconds))
    (row,) = queries.others_present(viewer, draft, start + timedelta(seconds=31))
    assert row.since == start
    late = start + timedelta(seconds=30) + queries.ALIVE + timedelta(seconds=1)
    assert queries.others_present(viewer, draft, late) == []
    services.be_present(by=author, version=draft, criterion="", now=late)
    (row,) = queries.others_present(viewer, draft, late)
    assert row.since == late


def test_who_leaves_is_gone_at_once(author: Actor, viewer: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    browser.post(url(draft), {"criterion": "\x00" + "x" * 200})
    assert Presence.objects.get().criterion == "x" * 80
    assert browser.post(url(draft), {"left": "1"}).status_code == 204
    assert pages.present(viewer, draft, timezone.now()) == []


def test_the_dead_are_swept(author: Actor, viewer: Actor, draft: RubricVersion) -> None:
    now = timezone.now()
    services.be_present(by=author, version=draft, criterion="", now=now - timedelta(hours=2))
    services.be_present(by=viewer, version=draft, criterion="", now=now)
    assert forget_the_gone() == 1
    assert Presence.objects.get().user == viewer.user


def test_a_beat_is_one_write_and_one_read(author: Actor, viewer: Actor, draft: RubricVersion) -> None:
    services.be_present(by=viewer, version=draft, criterion="", now=timezone.now())
    browser = factories.signed_in(author)
    browser.post(url(draft))
    with CaptureQueriesContext(connection) as captured:
        browser.post(url(draft))
    assert len([query for query in captured if "rubrics_presence" in query["sql"]]) == 2


def test_a_version_that_is_no_draft_notes_nobody_and_strangers_find_nothing(author: Actor, charlie: Actor) -> None:
    version = factories.make_version(
        rubric=factories.make_rubric(workspace=author.workspace), status=VersionStatus.APPROVED
    )
    assert factories.signed_in(author).post(url(version)).status_code == 200
    assert not Presence.objects.exists()
    assert factories.signed_in(charlie).post(url(version)).status_code == 404
    with pytest.raises(errors.NotFound):
        services.be_present(by=charlie, version=version, criterion="", now=timezone.now())


@pytest.mark.parametrize(
    ("name", "expected"), [("Ada Lovelace", "AL"), ("ada", "AD"), ("jean-paul sartre", "JS"), (" ", "?"), ("ß", "SS")]
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected

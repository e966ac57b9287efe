"""Search and archive of the library."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from apps.rubrics.queries import searching
from domain import errors
from tests import factories


def found(actor: Actor, q: str) -> bool:
    return queries.library(actor, q=q).exists()


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("drug", True), ("dru", True), ("names dose", True), ("dose blames", False), ('"the drug"', True),
        ('"drug the"', False), ("zebra or drug", True), ("drug -dose", False), ("letters", True), ("ward", True),
        ("' | :* & !", False), ("drug'):*", True), ("%", False), ("\x00", True), ("( & )", False),
    ],
)  # fmt: skip
def test_words_find_rubrics(author: Actor, draft: RubricVersion, q: str, expected: bool) -> None:
    services.set_tags(by=author, rubric=draft.rubric, tags=["ward"])
    assert found(author, q) is expected


def test_titles_are_found_with_typos_where_the_server_can(author: Actor, draft: RubricVersion) -> None:
    if not searching.has_trigrams():
        pytest.skip("the server has no pg_trgm")
    assert found(author, "leters")


def test_without_trigrams_words_still_find(
    author: Actor, draft: RubricVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "has_trigrams", lambda: False)
    assert found(author, "drug")
    assert not found(author, "leters")


def test_archived_rubrics_leave_the_library_and_come_back(author: Actor, viewer: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    slug = author.workspace.slug
    listed, act = reverse("rubrics:list", args=[slug]), reverse("rubrics:selected", args=[slug])
    row = f"rubric-row-{draft.rubric_id}"
    browser.post(act, {"verb": "archive", "rubric": ["letters", "unknown"]})
    assert row not in browser.get(listed).content.decode()
    assert row in browser.get(listed, {"status": "archived"}).content.decode()
    browser.post(act, {"verb": "restore", "rubric": "letters"})
    assert row in browser.get(listed).content.decode()
    with pytest.raises(errors.NotAllowed):
        services.archive(by=viewer, slugs=["letters"])

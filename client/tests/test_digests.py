"""The client's digests are those of the studio, and a changed document does not pass."""

import pytest
from hypothesis import given

from domain import rubric as rubrics
from rubricstudio_client import DigestMismatch, digests
from tests.domain import builders

from .conftest import make_document


def test_both_digests_are_recomputed():
    document = make_document()
    digests.check({**document, "slug": "letters", "version": 3, "status": "approved"})
    assert digests.digest(document) == document["digest"]
    assert digests.judged_digest(document) == document["judged_digest"]


@given(builders.documents())
def test_any_document_has_the_digest_that_the_studio_gives_it(data):
    document = rubrics.document(rubrics.parse(data))
    digests.check(document)


@pytest.mark.parametrize(("key", "value"), [("title", "Other"), ("judged_digest", "sha256:0"), ("criteria", None)])
def test_a_changed_document_does_not_pass(key, value):
    with pytest.raises(DigestMismatch):
        digests.check({**make_document(), key: value})


def test_another_document_than_the_expected_does_not_pass():
    with pytest.raises(DigestMismatch):
        digests.check(make_document("Mail"), make_document()["digest"])


def test_weights_do_not_touch_what_a_judge_is_shown():
    document = make_document()
    document["criteria"][0]["weight"] = 9.0
    assert digests.judged_digest(document) == make_document()["judged_digest"]
    assert digests.digest(document) != make_document()["digest"]

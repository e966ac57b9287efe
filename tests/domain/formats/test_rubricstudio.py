"""The studio's own documents go out and come back the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors, formats, rubric
from domain.formats import Exported
from tests.domain.builders import documents, make_rubric


@settings(max_examples=60)
@given(st.lists(documents(), min_size=1, max_size=2), st.sampled_from(["rubricstudio", "rubricstudio-yaml"]))
def test_what_is_written_reads_back_the_same(written, token):
    made = [rubric.parse(document) for document in written]
    file = formats.write(token, [Exported(item, slug="s", version=1, status="draft") for item in made])
    imported = formats.read("rubricstudio", file.data)
    assert [rubric.digest(item.rubric) for item in imported.rubrics] == [rubric.digest(item) for item in made]
    assert imported.report == file.report == ()


def test_types_and_endings():
    made = [Exported(make_rubric("a"))]
    assert formats.write("rubricstudio", made).extension == "json"
    assert formats.write("rubricstudio-yaml", made).content_type == "application/yaml"


def test_the_slug_is_the_given_one_or_made_from_the_title():
    found = formats.read("rubricstudio", b'[{"slug": "mine"}, {"title": "My Rubric"}, {"slug": 3}]').rubrics
    assert [item.slug for item in found] == ["mine", "my-rubric", "rubric"]


def test_hand_written_yaml_is_read():
    text = "title: Letters\ncriteria:\n  - text: Names the drug\n    weight: 5\n    tier: essential\n"
    (found,) = formats.read("rubricstudio", text.encode()).rubrics
    assert found.rubric.criteria[0].weight == 5
    assert found.slug == "letters"


def test_a_changed_document_is_taken_with_a_note():
    document = rubric.document(make_rubric("a"))
    document["title"] = "changed"
    report = formats.read("rubricstudio", json.dumps([document, document]).encode()).report
    assert [(note.level, note.pointer) for note in report] == [("info", "/0/digest"), ("info", "/1/digest")]


def test_problems_say_which_document():
    with pytest.raises(errors.Invalid) as caught:
        formats.read("rubricstudio", b'[{}, {"x": 1}]')
    assert [problem.pointer for problem in caught.value.problems] == ["/1/x"]
    with pytest.raises(errors.Invalid) as caught:
        formats.read("rubricstudio", b'{"x": 1}')
    assert [problem.pointer for problem in caught.value.problems] == ["/x"]


@pytest.mark.parametrize("data", [b"", b"just words", b"3", b"{", b"- 1", b"[" + b"{}," * 10_001 + b"{}]"])
def test_other_files_are_refused(data):
    with pytest.raises(errors.Invalid):
        formats.read("rubricstudio", data)

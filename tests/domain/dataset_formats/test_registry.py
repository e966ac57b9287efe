"""Data formats are found by token."""

import pytest

from domain import dataset_formats, errors
from domain.dataset_formats import registry


def test_unknown_formats_are_refused():
    with pytest.raises(errors.Invalid) as caught:
        dataset_formats.read("word", b"")
    assert caught.value.code == "unknown_format"


def test_only_tables_take_a_mapping():
    with pytest.raises(errors.Invalid) as caught:
        dataset_formats.read("prometheus", b"", {"prompt": "a"})
    assert caught.value.code == "mapping_not_used"
    found = dataset_formats.read("generic", b"question\nWhy?\n", {"prompt": "question"})
    assert len(found.prompts) == 1
    assert len(dataset_formats.read("generic", b"prompt\nWhy?\n").prompts) == 1


def test_unfolded_rows_have_the_columns_a_person_maps():
    data = b'{"q": "Why?", "responses": ["a", {"text": "b", "model": "m"}]}'
    rows = registry.unfolded_rows(data)
    assert rows == [{"q": "Why?", "response": "a"}, {"q": "Why?", "response": "b", "model": "m"}]
    assert dataset_formats.columns(data) == ["q", "response", "model"]

"""Data formats are found by token."""

import pytest

from domain import dataset_formats, errors


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

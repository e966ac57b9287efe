"""Rubric documents, files of rubrics and of data: read, or refused with a sentence and a place."""

import csv
import io
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from domain import dataset_formats, errors, formats, pasting, rubric
from domain.formats import Exported
from tests.domain import builders
from tests.fuzz.material import LONG, VALUES, broken, fuzz, soon, told


def written(document, token="rubricstudio"):
    return formats.write(token, [Exported(rubric.parse(document), slug="a")]).data


@fuzz()
@given(broken(builders.documents()))
def test_documents(document):
    with soon(document):
        try:
            found = rubric.parse(document)
        except errors.Invalid as error:
            told(error)
            return
        digest = rubric.digest(found)
        assert rubric.digest(rubric.parse(rubric.document(found))) == digest


def texts_of(token: str) -> st.SearchStrategy[bytes]:
    """Files as the format's own writer makes them, with places broken in the values or in the bytes."""

    def file(document: object) -> bytes:
        try:
            return written(document, token)
        except errors.Invalid:
            return b"{}"

    whole = builders.documents().map(file)
    return st.one_of(whole, whole.flatmap(scratched))


@st.composite
def scratched(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes of which some are gone, doubled or others."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        piece = draw(st.one_of(st.binary(max_size=6), LONG.map(lambda text: text[:200].encode("utf-8", "replace"))))
        changed[at : at + draw(st.integers(0, 8))] = piece
    return bytes(changed)


@pytest.mark.parametrize("token", formats.READERS)
def test_files_of_rubrics(token):
    @fuzz(10)
    @given(texts_of(token) if token in formats.WRITERS else broken(builders.documents()).map(dumped))
    def once(data):
        with soon(data):
            formats.detect(data)
            try:
                found = formats.read(token, data)
            except errors.Invalid as error:
                told(error)
                return
        for item in found.rubrics:
            assert rubric.digest(item.rubric).startswith("sha256:")

    once()


def dumped(value: object) -> bytes:
    return json.dumps(value, default=str).encode("utf-8", "replace")


RECORD = {
    "prompt": "Why?",
    "prompt_id": "p",
    "responses": ["a", {"text": "b", "model": "m"}],
    "rubrics": [{"criterion": "x", "points": 3}],
    "instruction": "Do.",
    "input": "i",
    "output_1": "a",
    "output_2": "b",
    "label": 1,
    "key": 7,
    "instruction_id_list": ["punctuation:no_comma"],
    "kwargs": [{}],
    "orig_instruction": "o",
    "orig_response": "r",
    "orig_score": "3",
    "orig_criteria": "c",
    "question": "q",
    "chosen": "a",
    "rejected": "b",
    "gt_answer": "4",
    "response": "r",
    "reference": "f",
    "completion": "c",
    "id": 3,
}


@pytest.mark.parametrize("token", dataset_formats.READERS)
def test_files_of_data(token):
    records = st.lists(broken(st.just(RECORD)), max_size=3)

    @fuzz(15)
    @given(
        st.one_of(records.map(dumped), records.map(lines), records.map(table), records.map(dumped).flatmap(scratched))
    )
    def once(data):
        with soon(data):
            try:
                dataset_formats.read(token, data)
            except errors.Invalid as error:
                told(error)

    once()


def lines(records: list[object]) -> bytes:
    return b"\n".join(map(dumped, records))


def table(records: list[object]) -> bytes:
    out = io.StringIO()
    rows = [record for record in records if isinstance(record, dict)]
    writer = csv.writer(out)
    writer.writerow([str(key) for row in rows[:1] for key in row])
    writer.writerows([[str(item) for item in row.values()] for row in rows])
    return out.getvalue().encode("utf-8", "replace")


@fuzz()
@given(VALUES)
def test_yaml(value):
    data = yaml.safe_dump(json.loads(dumped(value)), allow_unicode=False).encode()
    with soon(data):
        for token in ("rubricstudio", "promptfoo"):
            try:
                formats.read(token, data)
            except errors.Invalid as error:
                told(error)


@fuzz()
@given(LONG, st.lists(LONG, max_size=4))
def test_what_is_pasted(text, more):
    with soon(text):
        pasting.read("\n".join([text, *more]))
        pasting.number_of(text)

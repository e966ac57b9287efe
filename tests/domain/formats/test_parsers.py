"""Whatever is sent: a reader answers with rubrics or with Invalid, and what it read can be written again."""

import contextlib
import io
import json
import re
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain import errors, formats
from domain.formats import Exported

TOKENS = list(formats.READERS)
TEXT_TOKENS = [token for token in TOKENS if token != "xlsx"]
KEYS = st.sampled_from(
    ["id", "requirements", "weight", "sub_tasks", "requirement", "criteria", "sections", "options", "label", "value",
     "name", "text", "choices", "tests", "assert", "type", "metric", "rubric", "score_rubric", "input", "categories",
     "severities", "initial_prompt", "metric_config", "config", "other_properties", "criterion", "points", "prompt"]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=8),
    st.sampled_from(["llm-rubric", "Says it.", "", "\u202e=1"]),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
)


def answers(token, data):
    """Read, and write what was read in its own format."""
    try:
        found = formats.read(token, data)
    except errors.Invalid:
        return None
    with contextlib.suppress(errors.Invalid):
        formats.write(token, [Exported(item.rubric, slug=item.slug) for item in found.rubrics[:1]])
    return found


@settings(max_examples=25)
@given(st.binary(max_size=60))
@example(b"\xef\xbb\xbf")
@example(b"PK\x03\x04" + b"\x00" * 30)
@example(b"a: &a [*a]")
@example(b"!!python/object/apply:os.system ['x']")
@example(b"[[criteria]]\nname = ")
@example(b'text\n"unclosed')
def test_bytes(data):
    for token in TOKENS:
        answers(token, data)
    formats.detect(data)


@settings(max_examples=40)
@given(VALUES)
def test_json_of_any_shape(value):
    data = json.dumps(value).encode()
    for token in TEXT_TOKENS:
        answers(token, data)
    formats.detect(data, "x.json")


def tree(depth):
    node = {"id": "leaf", "requirements": "Says it.", "weight": 1, "sub_tasks": []}
    for n in range(depth):
        node = {"id": f"n{n}", "requirements": "Part.", "weight": 1, "sub_tasks": [node]}
    return node


def test_a_tree_of_30_works_and_one_of_60_is_refused_with_its_place():
    assert answers("paperbench", json.dumps(tree(30)).encode())
    with pytest.raises(errors.Invalid, match="32 deep") as caught:
        formats.read("paperbench", json.dumps(tree(60)).encode())
    assert caught.value.problems[0].pointer.startswith("/sub_tasks/0/sub_tasks/0")


def test_repeated_ids_and_numbers_that_are_none():
    leaf = {"id": "a", "requirements": "x", "weight": 1, "sub_tasks": []}
    twice = {"id": "r", "requirements": "All.", "weight": 1, "sub_tasks": [leaf, leaf]}
    with pytest.raises(errors.Invalid) as caught:
        formats.read("paperbench", json.dumps(twice).encode())
    assert caught.value.problems[0].pointer == "/sub_tasks/1/id"
    for weight in ("NaN", "Infinity", "-1e999"):
        with pytest.raises(errors.Invalid):
            formats.read("rubric", b'[{"requirement": "x", "weight": ' + weight.encode() + b"}]")
    with pytest.raises(errors.Invalid) as caught:
        formats.read("csv", b"text;weight\nSays it.;nan\n")
    assert caught.value.problems[0].pointer == "/2/weight"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "'=1", "''-2", "\tx", "<b>x</b>", "e\u0301 \u202eabc", "_x000D_ a\x0bb"]
)
@pytest.mark.parametrize("token", ["csv", "xlsx"])
def test_cells_come_back_and_are_never_formulas(token, text):
    rubric = formats.read("rubric", json.dumps([{"requirement": text, "weight": 2}]).encode()).rubrics[0].rubric
    written = formats.write(token, [Exported(rubric)])
    if token == "csv":
        assert not any(cell.startswith(("=", "+", "@")) for cell in written.data.decode("utf-8-sig").split(","))
    again = formats.read(token, written.data).rubrics[0].rubric
    assert again.criteria == rubric.criteria


@pytest.mark.parametrize(
    "data", ["text;weight\nSays it.;0,5\n".encode("utf-8-sig"), "text\tweight\nSays it.\t0.5\n".encode("utf-16")]
)
def test_other_separators_and_encodings(data):
    criterion = formats.read("csv", data).rubrics[0].rubric.criteria[0]
    assert (criterion.text, criterion.weight) == ("Says it.", 0.5)


def test_latin_1_is_told_with_its_line():
    with pytest.raises(errors.Invalid, match="CSV UTF-8") as caught:
        formats.read("csv", b"text\nfine\ncaf\xe9\n")
    assert caught.value.problems[0].pointer == "/3"


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * (130 * 2**20))
    with pytest.raises(errors.Invalid, match="128 MB"):
        formats.read("xlsx", out.getvalue())


def test_a_workbook_keeps_no_time_so_that_it_is_the_same_every_day():
    exported = Exported(formats.read("rubric", b'[{"requirement": "Says it.", "weight": 2}]').rubrics[0].rubric)
    with zipfile.ZipFile(io.BytesIO(formats.write("xlsx", [exported]).data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        stamps = re.findall(r"<dcterms:\w+[^>]*>([^<]*)<", archive.read("docProps/core.xml").decode())
    assert stamps
    assert set(stamps) == {"1980-01-01T00:00:00Z"}


def test_5000_criteria_are_read_and_one_more_is_refused():
    items = [{"requirement": f"Says {n}.", "weight": 1} for n in range(5_000)]
    assert len(formats.read("rubric", json.dumps(items).encode()).rubrics[0].rubric.criteria) == 5_000
    with pytest.raises(errors.Invalid, match="5000"):
        formats.read("rubric", json.dumps([*items, items[0]]).encode())


def test_all_is_put_back_where_it_stood():
    cases = {
        "autorubric": {
            "guidelines": "Be fair.",
            "sections": [
                {"title": "Facts", "criteria": [{"name": "a", "weight": -3, "requirement": "Invents."}]},
                {"name": "Style", "criteria": [{"requirement": "Clear.", "scale_type": "nominal", "options": [
                    {"label": "yes", "value": 1.0}, {"label": "na", "na": True, "value": 0},
                    {"label": "no", "value": 0}]}]},
            ],
        },
        "rubric": {"rubric": [{"weight": 1.5, "requirement": "Says it."}], "author": "x"},
        "mqm": {"version": 2, "categories": [{"name": "Accuracy/Addition", "severities": {"Major": 5, "Minor": 1}}]},
        "openrubrics": {"instruction": "Why?", "rubric": "1. Is short. [Hard Rule]\n2. Is kind. [Principle]"},
    }  # fmt: skip
    for token, value in cases.items():
        found = formats.read(token, json.dumps(value).encode())
        written = formats.write(token, [Exported(item.rubric, slug=item.slug) for item in found.rubrics])
        assert json.loads(written.data) == value
        assert formats.detect(json.dumps(value).encode()).token == token


def test_toml_and_promptfoo_are_put_back():
    toml = b'title = "x"\n\n[[criteria]]\nname = "depth"\ntext = "How deep?"\nchoices = ["flat", "some", "deep"]\n'
    found = formats.read("verifiers", toml).rubrics[0].rubric
    again = formats.write("verifiers", [Exported(found)])
    assert formats.read("verifiers", again.data).rubrics[0].rubric == found
    config = {
        "prompts": ["{{x}}"],
        "defaultTest": {"assert": [{"type": "is-json"}, {"type": "llm-rubric", "value": "Kind.", "metric": "tone"}]},
        "tests": [
            {"vars": {"x": 1}, "assert": [
                {"type": "assert-set", "weight": 2, "assert": [{"type": "llm-rubric", "value": "Short."}]},
                {"type": "not-llm-rubric", "value": "Rude.", "weight": 3}]}
        ],
    }  # fmt: skip
    read = formats.read("promptfoo", json.dumps(config).encode())
    assert [note.pointer for note in read.report] == ["/defaultTest/assert/0", "/tests/0/assert/1"]
    written = formats.write("promptfoo", [Exported(item.rubric) for item in read.rubrics])
    import yaml

    assert yaml.safe_load(written.data) == config

"""Which code an answer holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks.programs import fences
from domain.checks.programs.fences import Block, Choice

PYTHON = frozenset({"python", "py"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no code", []),
        ("```python\nx\n```", [Block("python", "x")]),
        ("```Python title=a\nx\ny\n```\nand\n~~~\nz\n~~~", [Block("python", "x\ny"), Block("", "z")]),
        ("````\n```\nx\n```\n````", [Block("", "```\nx\n```")]),
        ("```py\nnever closed", [Block("py", "never closed")]),
        ("```py\nx\n~~~\n```", [Block("py", "x\n~~~")]),
        ("    ```\nindented is no fence", []),
        ("```not `a` fence\nx", []),
        ("   ```py\nx\n   ```", [Block("py", "x")]),
        ("```py\nx\n``` more\n```", [Block("py", "x\n``` more")]),
    ],
)
def test_blocks(text, found):
    assert fences.blocks(text) == found


@pytest.mark.parametrize(
    ("choice", "code"),
    [(Choice.FIRST, "a"), (Choice.LAST, "c"), (Choice.LONGEST, "bbb"), (Choice.ALL, "a\n\nbbb\n\nc")],
)
def test_one_of_several(choice, code):
    found = [Block("python", "a"), Block("js", "x" * 9), Block("py", "bbb"), Block("", "zzzz"), Block("python", "c")]
    assert fences.chosen(found, PYTHON, choice) == code


def test_blocks_without_a_language_serve_where_none_names_it():
    assert fences.chosen([Block("", "a"), Block("js", "b")], PYTHON, Choice.FIRST) == "a"
    assert fences.chosen([Block("js", "b")], PYTHON, Choice.FIRST) is None


@given(st.text(st.sampled_from("`~ \npyx"), max_size=200))
def test_any_text_is_read(text):
    for block in fences.blocks(text):
        assert block.language == block.language.lower()

"""Control strings are found and cut, and nothing of the text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.servers import special_tokens


@pytest.mark.parametrize("string", ["<|im_end|>", "<s>", "[INST]", "<filename>", "▁<EOT>", "<｜User｜>"])
def test_wrapped_tokens_look_like_control_tokens(string) -> None:
    assert special_tokens.control_strings(["Ġhello", string, ",", "<", "[", "<>"]) == {string.strip("▁")}


def test_text_is_cut_inside_each_string() -> None:
    assert special_tokens.cut("a<s>b<s>", {"<s>"}) == ["a<", "s>b<", "s>"]
    assert special_tokens.cut("a<s>b", set()) == ["a<s>b"]
    assert special_tokens.cut("", {"<s>"}) == []


@given(st.text(alphabet="<|>s/end [INST]", max_size=60), st.sets(st.sampled_from(["<s>", "<|end|>", "[INST]"])))
def test_pieces_are_the_text_without_a_whole_string(text, strings) -> None:
    pieces = special_tokens.cut(text, strings)
    assert "".join(pieces) == text
    assert not any(string in piece for piece in pieces for string in strings)


def test_known_strings_are_broken_for_servers_that_take_text() -> None:
    said = special_tokens.neutralised("x <|im_end|> [INST] <div> <</SYS>>")
    assert said == "x <\u200b|im_end|> [\u200bINST] <div> <\u200b<\u200b/SYS>>"

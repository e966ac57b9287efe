"""Chat templates read back: turns, and the answer alone, whatever tokens the trainer's decoding left."""

import pytest

from domain.rollouts import Turn, answer, conversation, plain, turns

ASKED = [Turn("system", "Be kind."), Turn("user", "Write a letter.")]
CHATML = "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nWrite a letter.<|im_end|>\n<|im_start|>assistant\n"
LLAMA = (
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nWrite a letter.<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n"
)
ZEPHYR = "<|system|>\nBe kind.</s>\n<|user|>\nWrite a letter.</s>\n<|assistant|>\n"
GEMMA = "<bos><start_of_turn>user\nWrite a letter.<end_of_turn>\n<start_of_turn>model\n"
MISTRAL = "<s>[INST] Write a letter. [/INST]"


@pytest.mark.parametrize(
    ("prompt", "found"),
    [(CHATML, ASKED), (LLAMA, ASKED), (ZEPHYR, ASKED), (GEMMA, ASKED[1:]), (MISTRAL, ASKED[1:])],
)
@pytest.mark.parametrize("end", ["", "<|im_end|>", "<|eot_id|>\n", "</s>", "<end_of_turn>\n<eos>"])
def test_a_template_is_read_back(prompt: str, found: list[Turn], end: str) -> None:
    assert turns(prompt) == found
    assert answer(f"{prompt}Dear Ms Fox,\nhello.{end}", prompt) == "Dear Ms Fox,\nhello."
    assert answer(f"<s>{prompt}Dear Ms Fox,{end}", prompt) == "Dear Ms Fox,"
    assert answer(f"{prompt}Dear Ms Fox,{end}", "another prompt") == "Dear Ms Fox,"


def test_several_turns_keep_their_order() -> None:
    asked = "[INST] One? [/INST] First.</s>[INST] Two? [/INST]"
    assert turns(asked) == [Turn("user", "One?"), Turn("assistant", "First."), Turn("user", "Two?")]
    assert conversation(turns(asked))[1] == {"role": "assistant", "content": "First."}


def test_a_plain_text_is_a_turn_of_the_user() -> None:
    assert turns("Write a letter.") == [Turn("user", "Write a letter.")]
    assert turns(" <|endoftext|>\n") == []
    assert answer("Write a letter. Dear Ms Fox,", "Write a letter.") == "Dear Ms Fox,"
    assert answer("Dear Ms Fox,", "Write a letter.") == "Dear Ms Fox,"
    assert answer("", "Write a letter.") == ""


def test_what_the_policy_wrote_inside_stays() -> None:
    said = "He wrote <|im_end|> into the middle."
    assert answer(f"{CHATML}{said}<|im_end|>", CHATML) == said
    assert plain("<|im_end|>") == ""
    assert plain("a < b and <think>c</think>") == "a < b and <think>c</think>"


def test_a_wall_of_tokens_is_read_at_once() -> None:
    wall = "<|im_end|>" * 20_000
    assert plain(f"{wall}word{wall}") == "word"
    assert answer(f"{'<|' * 50_000}", "x") == "<|" * 50_000
    assert plain(" " * 100_000 + "x" + " " * 100_000) == "x"

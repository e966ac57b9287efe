"""What is asked to measure a list of rules: which of two answers is better by them all."""

from __future__ import annotations

from collections.abc import Sequence

from domain.ports import Part
from domain.prompts import texts
from domain.prompts.writers import Block, fenced

PROMPT = "evolving"


def compare_shared(token: str, blocks: Sequence[Block]) -> tuple[Part, ...]:
    """The task and both answers, without a word on which is better."""
    sections = texts.load(PROMPT).sections
    return texts.fill(sections["compare"], {"token": [Part(token)], "material": fenced(blocks, token)})


def compare_suffix(token: str, rules: Sequence[str]) -> tuple[Part, ...]:
    """The rules, fenced, and the question which answer is better by them."""
    material = fenced([("Rules", numbered(rules))], token)
    return texts.fill(texts.load(PROMPT).sections["under"], {"rules": material})


def numbered(rules: Sequence[str]) -> str:
    """The rules, one a line, with their numbers from 1."""
    return "\n".join(f"{n}. {' '.join(one.split())}" for n, one in enumerate(rules, start=1))

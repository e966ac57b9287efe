"""A method written as one story: it yields questions, is sent the answers, and returns its end."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import NamedTuple

from domain.refinement.loop import Answer, Ask, End, More, unanswered


class Batch(NamedTuple):
    """Questions that are put together, and the word for the page meanwhile."""

    stage: str
    asks: tuple[Ask, ...]


Story = Generator[Batch, Mapping[str, Answer], End]
Chapter = Generator[Batch, Mapping[str, Answer], None]
"""A part of a story, told by `yield from`."""


def replay(story: Story, answers: Mapping[str, Answer]) -> More | End:
    """Tell the story with the answers so far, up to the first batch with an open question, or to its end."""
    try:
        batch = next(story)
        while True:
            if left := unanswered(batch.asks, answers):
                story.close()
                return More(batch.stage, left)
            batch = story.send(answers)
    except StopIteration as over:
        end: End = over.value
        return end

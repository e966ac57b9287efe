"""What repairs and clearer wordings share: cases to learn from and cases held out, and how a wording does on them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.refinement import writing
from domain.refinement.loop import Answer, Ask, Inputs, Present, Text, Verdict
from domain.refinement.replay import Batch, Chapter

WORDINGS = 3
CHANGES = ("narrower", "wider", "clearer")


class Case(NamedTuple):
    """An answer, what is known of it on a criterion, and whether it is `open`: to be mended, or disagreed about."""

    answer: Text
    verdict: Verdict
    open: bool


class Work(NamedTuple):
    """A criterion with the cases that the writer sees and those that are held out."""

    criterion: Present
    shown: tuple[Case, ...]
    held: tuple[Case, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """All of them, those that are shown first."""
        return (*self.shown, *self.held)


class Trial(NamedTuple):
    """A wording: its text, why, how it changed, and the judge's share of yes on each case, in their order."""

    text: str
    cause: str
    change: str
    shares: tuple[float | None, ...]


def divided(criterion: Present, cases: Sequence[Case], *, most: int, seed: int) -> Work:
    """Half of the open cases and of the others to show, the rest held out; at most so many of each kind."""
    rng = random.Random(f"{seed} {criterion.id}")
    shown: list[Case] = []
    held: list[Case] = []
    for wanted in (True, False):
        own = sorted((one for one in cases if one.open is wanted), key=lambda one: one.answer.key)
        rng.shuffle(own)
        own = own[:most]
        cut = len(own) // 2
        shown += own[:cut]
        held += own[cut:]
    return Work(criterion, tuple(shown), tuple(held))


def asked(inputs: Inputs, work: Work, shape: writing.Shape, titles: Sequence[str]) -> Ask:
    """The question to word a criterion anew, with the shown cases under titles that say what is known of them."""
    blocks = []
    for number, (case, title) in enumerate(zip(work.shown, titles, strict=True), start=1):
        blocks += [(f"Task {number}", inputs.prompts.get(case.answer.prompt, "")), (title, case.answer.text)]
    blocks.append(("Criterion", work.criterion.text))
    return writing.written(inputs, f"w {work.criterion.id}", "Words a criterion anew", shape, blocks)


def tried(
    inputs: Inputs, works: Sequence[Work], texts: Mapping[str, Sequence[writing.Entry]], found: dict[str, list[Trial]]
) -> Chapter:
    """Ask the judge for the present wording and the new ones on every case; `found` has the present one first."""
    asks: dict[tuple[str, int], Ask] = {}
    for work in works:
        questions = [("true_of", work.criterion.text), *(("true_of", one.text) for one in texts[work.criterion.id])]
        for case in work.cases if len(questions) > 1 else ():
            blocks = [("Task", inputs.prompts.get(case.answer.prompt, "")), ("Answer", case.answer.text)]
            key = f"c {work.criterion.id} {case.answer.key}"
            asks[work.criterion.id, case.answer.key] = writing.checked(
                inputs, key, "Checks each wording", blocks, questions
            )
    answers = yield Batch("Checking each wording", tuple(asks.values()))
    for work in works:
        name = work.criterion.id
        count = len(texts[name]) + 1
        keys = [asks[name, case.answer.key].key for case in work.cases] if count > 1 else []
        rows = [writing.yes(answers.get(key, Answer()), count) for key in keys]
        wordings = [writing.Entry(work.criterion.text, "", ""), *texts[name]]
        found[name] = [
            Trial(one.text, one.before, one.choice, tuple(row[place] for row in rows))
            for place, one in enumerate(wordings)
        ]


def side(share: float | None) -> bool | None:
    """Whether a degree says that a criterion is met; None where there is none."""
    return None if share is None else share > 0.5

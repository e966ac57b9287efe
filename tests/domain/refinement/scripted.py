"""Plays those who answer a method: a writer, a judge and a person, from plain functions."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain import prompts
from domain.ports import LabelRequest, TextRequest, text_of
from domain.refinement.loop import Alike, Answer, Ask, Inputs, Method, Role
from tests.domain.refinement.driving import drive

Say = Callable[[str, str], str | None]
Degree = Callable[[str, str, str], float | None]


def reply(*entries: Mapping[str, str]) -> str:
    """A list of criteria as a writer sends it."""
    return json.dumps({"criteria": list(entries)})


class Played:
    """A method run to its end: the end, and the questions in their order."""

    def __init__(
        self, method: Method, inputs: Inputs, *, write: Say, judge: Degree = lambda *_: 0.9,
        person: Say = lambda *_: "", seed: int = 0, answers: Mapping[str, Answer] | None = None, **params: Any,
    ) -> None:  # fmt: skip
        self._write, self._judge, self._person = write, judge, person
        self.answers = dict(answers or {})
        self.end, self.asked = drive(method, inputs, self._answer, params=params, seed=seed, answers=self.answers)

    @property
    def kept(self) -> list[str]:
        """The texts that are proposed."""
        return [one.text for one in self.end.suggestions if not one.drop]

    @property
    def dropped(self) -> dict[str, str]:
        """Why the others are not, by their texts."""
        return {one.text: one.drop for one in self.end.suggestions if one.drop}

    def shown(self, role: Role | None = None) -> str:
        """All that was put to those of a role."""
        return "\n".join(_shown(one.request) for one in self.asked if role in (None, one.role))

    def _answer(self, ask: Ask) -> Answer:
        request = ask.request
        assert not isinstance(request, Alike)
        shared = text_of(request.shared)
        if isinstance(request, TextRequest):
            say = self._person if ask.role is Role.PERSON else self._write
            return Answer(texts=tuple(say(ask.key, shared + text_of(one)) for one in request.suffixes))
        degrees = [self._judge(ask.key, shared, text_of(one)) for one in request.suffixes]
        return Answer(labels=tuple(_labels(request, n, degree) for n, degree in enumerate(degrees)))


def _labels(request: LabelRequest, place: int, degree: float | None) -> dict[str, float] | None:
    """For yes and no, the share of yes; for the letters of a comparison, how much more true of Answer A."""
    if degree is None:
        return None
    if request.labels[place] == prompts.CHECK_LABELS:
        first = (1 + degree) / 2
        return dict(zip(prompts.CHECK_LABELS, (first, 0.0 if degree else 1.0, 1 - first), strict=True))
    return {prompts.YES: degree, prompts.NO: 1 - degree}


def _shown(request: TextRequest | LabelRequest | Alike) -> str:
    if isinstance(request, Alike):
        return "\n".join(request.texts)
    parts: Sequence[Any] = (*request.shared, *(part for each in request.suffixes for part in each))
    return text_of(tuple(parts))

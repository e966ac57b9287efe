"""A score's trace in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.templatetags import words
from domain import pipeline
from domain import rubric as rubrics


def of_trace(trace: Sequence[Mapping[str, Any]], rubric: rubrics.Rubric) -> list[str]:
    """How a score came about, one sentence a step."""
    numbers = {criterion.id: number for number, criterion in enumerate(rubric.criteria, start=1)}
    said: list[str] = []
    for step in trace:
        own = _SENTENCES.get(step["step"])
        said += own(step["in"], step["out"], numbers) if own else [pipeline.told(step, numbers)]
    return said


def number(value: float) -> str:
    """A number with two digits and a real minus sign."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _content_gate(given: Mapping[str, Any], out: Any, _numbers: Mapping[str, int]) -> list[str]:
    if given.get("pair"):
        return [f"{given['reason']} By rule the pair gets {number(out)}; no judge was shown it."]
    return [f"{given['reason']} By rule it gets {number(out)} and is shown to no judge."]


def _unscored(given: Mapping[str, Any], out: Any, numbers: Mapping[str, int]) -> list[str]:
    blocking = [one for one in given["criteria"] if one["policy"] == "null"]
    left_out = [one for one in given["criteria"] if one["policy"] == "exclude"]
    said = []
    if left_out:
        said.append(f"{_listed(left_out, numbers)} left out of the sum, as the rubric says for unscored criteria.")
    if out == "null":
        said.append(f"{_listed(blocking, numbers)} unscored, and the rubric then gives no reward.")
    return said


def _listed(criteria: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> str:
    names = [
        f"{numbers.get(one['id'], 0)} ({words.word_of(one['status']).removeprefix('unscored: ')})" for one in criteria
    ]
    return f"{'Criterion' if len(names) == 1 else 'Criteria'} {', '.join(names)} {'is' if len(names) == 1 else 'are'}"


_SENTENCES = {
    "content_gate": _content_gate,
    "unscored": _unscored,
}

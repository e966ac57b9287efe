"""The formats by token; a new format is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from domain import errors
from domain.formats import (
    autorubric,
    biggen,
    csv_file,
    healthbench,
    mqm,
    openrubrics,
    paperbench,
    prometheus,
    promptfoo,
    rubricstudio,
    scholarqa,
    verifiers,
    weighted,
    xlsx_file,
)
from domain.formats.models import Exported, Imported, Written

_T = TypeVar("_T")

Reader = Callable[[bytes], Imported]
Writer = Callable[[Sequence[Exported]], Written]

READERS: dict[str, Reader] = {
    "rubricstudio": rubricstudio.read,
    "healthbench": healthbench.read,
    "paperbench": paperbench.read,
    "autorubric": autorubric.read,
    "rubric": weighted.read,
    "verifiers": verifiers.read,
    "prometheus": prometheus.read,
    "promptfoo": promptfoo.read,
    "biggen": biggen.read,
    "scholarqa": scholarqa.read,
    "openrubrics": openrubrics.read,
    "mqm": mqm.read,
    "csv": csv_file.read,
    "xlsx": xlsx_file.read,
}
WRITERS: dict[str, Writer] = {
    "rubricstudio": rubricstudio.write_json,
    "rubricstudio-yaml": rubricstudio.write_yaml,
    "healthbench": healthbench.write,
    "paperbench": paperbench.write,
    "autorubric": autorubric.write,
    "rubric": weighted.write,
    "verifiers": verifiers.write,
    "verifiers-json": verifiers.write_json,
    "prometheus": prometheus.write,
    "promptfoo": promptfoo.write,
    "biggen": biggen.write,
    "scholarqa": scholarqa.write,
    "openrubrics": openrubrics.write,
    "mqm": mqm.write,
    "csv": csv_file.write,
    "xlsx": xlsx_file.write,
}
NAMES: dict[str, str] = {
    "rubricstudio": "Rubric Studio, JSON or YAML",
    "rubricstudio-yaml": "Rubric Studio, YAML",
    "healthbench": "HealthBench, prompts with points",
    "paperbench": "PaperBench, a tree of requirements",
    "autorubric": "autorubric, JSON or YAML",
    "rubric": "rubric (The LLM Data Company), JSON or YAML",
    "verifiers": "verifiers, TOML or JSON",
    "verifiers-json": "verifiers, JSON",
    "prometheus": "Prometheus, one question with five scores",
    "promptfoo": "promptfoo, llm-rubric assertions",
    "biggen": "BiGGen Bench, prompts with five scores",
    "scholarqa": "ScholarQABench, questions with evidence",
    "openrubrics": "OpenRubrics, hard rules and principles",
    "mqm": "MQM, errors by category and severity",
    "csv": "CSV, one row a criterion",
    "xlsx": "Excel workbook, one row a criterion",
}


def read(format_name: str, data: bytes) -> Imported:
    """The rubrics in a file; raises Invalid where the file is not of that format."""
    return _known(READERS, format_name)(data)


def write(format_name: str, rubrics: Sequence[Exported]) -> Written:
    """A file with these rubrics and a report of what it could not hold."""
    return _known(WRITERS, format_name)(rubrics)


def _known(table: Mapping[str, _T], name: str) -> _T:
    if name not in table:
        raise errors.Invalid(f"There is no format {name!r} here; known are {', '.join(table)}.", code="unknown_format")
    return table[name]

"""The formats by token; a new format is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from domain import errors
from domain.formats import healthbench, prometheus, rubricstudio
from domain.formats.models import Exported, Imported, Written

_T = TypeVar("_T")

Reader = Callable[[bytes], Imported]
Writer = Callable[[Sequence[Exported]], Written]

READERS: dict[str, Reader] = {
    "rubricstudio": rubricstudio.read,
    "healthbench": healthbench.read,
    "prometheus": prometheus.read,
}
WRITERS: dict[str, Writer] = {
    "rubricstudio": rubricstudio.write_json,
    "rubricstudio-yaml": rubricstudio.write_yaml,
    "healthbench": healthbench.write,
    "prometheus": prometheus.write,
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

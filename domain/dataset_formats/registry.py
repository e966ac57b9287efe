"""The formats of data by token; a new format is a file and a line here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from domain import errors
from domain.dataset_formats import (
    generic,
    healthbench,
    helpsteer,
    instructed,
    judge_bench,
    judgebench,
    llm_rubric,
    llmbar,
    long_rewardbench,
    mqm,
    mtbench,
    nested,
    pandalm,
    paperbench,
    prometheus,
    rewardbench,
    rewardmath,
    summeval,
    tables,
    wildbench,
)
from domain.dataset_formats.models import ImportedDataset

READERS: dict[str, Callable[[bytes], ImportedDataset]] = {
    "generic": generic.read,
    "healthbench": healthbench.read,
    "prometheus": prometheus.read,
    "llmbar": functools.partial(llmbar.read, llmbar.LLMBAR),
    "mtbench": mtbench.read,
    "rewardmath": rewardmath.read,
    "judge-bench": judge_bench.read,
    "summeval": summeval.read,
    "pandalm": pandalm.read,
    "llm-rubric": llm_rubric.read,
    "mqm": mqm.read,
    "ifeval": functools.partial(instructed.read, "ifeval"),
    "ifbench": functools.partial(instructed.read, "ifbench"),
    "judgebench": judgebench.read,
    "rmbench": rewardbench.read_styles,
    "hhh": rewardbench.read_values,
    "wildbench": wildbench.read,
    "paperbench": paperbench.read,
    "rewardbench": rewardbench.read,
    "rewardbench2": rewardbench.read_second,
    "m-rewardbench": rewardbench.read_languages,
    "rag-rewardbench": rewardbench.read_retrieved,
    "long-rewardbench": long_rewardbench.read,
    "helpsteer2": helpsteer.read,
    "tara": rewardbench.read_tools,
}


def read(format_name: str, data: bytes, mapping: Mapping[str, str] | None = None) -> ImportedDataset:
    """The content of a file; `mapping` says which column holds which field, for `generic` only."""
    if format_name not in READERS:
        known = ", ".join(READERS)
        raise errors.Invalid(
            f"There is no data format {format_name!r} here; known are {known}.",
            code="unknown_format",
        )
    if mapping is None:
        return READERS[format_name](data)
    if format_name != "generic":
        raise errors.Invalid(
            f"The format {format_name!r} has fixed fields and takes no mapping.",
            code="mapping_not_used",
        )
    return generic.read(data, mapping)


def columns(data: bytes) -> list[str]:
    """The column names of a table, for a person to map."""
    return generic.columns(data)


def unfolded_rows(data: bytes) -> list[dict[str, Any]]:
    """The rows of a table as `columns` names them, nested responses unfolded."""
    return [flat.row for flat in nested.unfold(tables.rows(data))]

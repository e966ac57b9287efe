"""The words put to a judge: one builder beside one text file per prompt."""

from domain.prompts.causal import causal_shared, causal_suffix
from domain.prompts.drafts import LABELS as CHECK_LABELS
from domain.prompts.drafts import check_shared, check_suffix, write_shared, write_suffix
from domain.prompts.evolving import compare_shared, compare_suffix, numbered
from domain.prompts.governing import governed
from domain.prompts.judge import PROTOCOLS, Rendered, lead_after, render
from domain.prompts.margins import LABELS as MARGIN_LABELS
from domain.prompts.margins import margin_shared, margin_suffix
from domain.prompts.material import NAMES, Material, fence, of_criterion
from domain.prompts.principles import Remark, principles_shared, principles_suffix
from domain.prompts.texts import fill, load, prompt_digest, question
from domain.prompts.writers import NO, YES, Block, writer_shared, writer_suffix, yes_shared, yes_suffix

__all__ = [
    "CHECK_LABELS",
    "MARGIN_LABELS",
    "NAMES",
    "NO",
    "PROTOCOLS",
    "YES",
    "Block",
    "Material",
    "Remark",
    "Rendered",
    "causal_shared",
    "causal_suffix",
    "check_shared",
    "check_suffix",
    "compare_shared",
    "compare_suffix",
    "fence",
    "fill",
    "governed",
    "lead_after",
    "load",
    "margin_shared",
    "margin_suffix",
    "numbered",
    "of_criterion",
    "principles_shared",
    "principles_suffix",
    "prompt_digest",
    "question",
    "render",
    "write_shared",
    "write_suffix",
    "writer_shared",
    "writer_suffix",
    "yes_shared",
    "yes_suffix",
]

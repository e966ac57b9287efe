"""The kinds of export: what each takes, and its columns."""

from collections.abc import Callable
from typing import Any

from apps.accounts.permissions import Actor
from apps.training.queries.selecting import answers, augmenting, preferred, prompts, settled
from apps.training.queries.selecting.chosen import Columns, Selection
from apps.training.queries.selecting.source import Source

_COMMON = {
    "prompt_id": "text", "prompt": "messages", "reference": "text", "language": "text", "tags": "texts",
}  # fmt: skip
_ORIGIN = {
    "dataset": "text", "licence": "text", "consent": "text", "source": "text", "run": "text", "judge": "text",
    "fingerprint": "text", "rubric": "text", "rubric_digest": "text",
}  # fmt: skip
_RATED = {"pass_rate": "number", "mean_score": "number", "answers": "whole", "unscored": "whole"}
_PAIR = {
    "chosen": "messages", "rejected": "messages", "chosen_id": "text", "rejected_id": "text", "chosen_model": "text",
    "rejected_model": "text",
}  # fmt: skip
COLUMNS: dict[str, Columns] = {
    "bands": _RATED | {"criteria": "json"},
    "curriculum": _RATED | {"bucket": "text", "accuracy": "number", "replaces": "text"},
    "central": _RATED,
    "pairs": _PAIR | {
        "score_chosen": "number", "score_rejected": "number", "margin": "number", "strength": "whole",
        "beta_scale": "number", "label_smoothing": "number", "decided_by": "text", "votes": "whole", "how": "text",
    },
    "posterior": {
        "completion": "messages", "response_id": "text", "model": "text", "reward": "number", "weight": "number",
        "effective": "number", "samples": "whole", "beta": "number", "reading": "text", "prior_logprob": "number",
    },
    "rankings": {
        "completions": "texts", "response_ids": "texts", "scores": "numbers", "ranks": "wholes", "levels": "whole",
        "unscored": "whole",
    },
    "judge": {
        "completion": "messages", "response_id": "text", "criterion": "text", "criterion_text": "text", "kind": "text",
        "value": "number", "label": "text", "judge_value": "number", "judge_probability": "number",
        "judge_agrees": "yes", "gold": "whole", "how": "text",
    },
    "writer": {
        "chosen": "messages", "rejected": "messages", "chosen_rubric": "text", "rejected_rubric": "text",
        "base_rubric": "text", "base_margin": "number", "chosen_margin": "number", "rejected_margin": "number",
        "better_id": "text", "worse_id": "text",
    },
    "augmented": _PAIR | {
        "relation": "text", "sort": "text", "edit": "text", "margin": "number", "answers_prompt_id": "text",
    },
}  # fmt: skip


def select(actor: Actor, source: Source, kind: str, rule: dict[str, Any]) -> Selection:
    """What a checked rule takes of a source."""
    takes: dict[str, Callable[[], Selection]] = {
        "bands": lambda: prompts.in_band(source, rule),
        "curriculum": lambda: prompts.by_difficulty(actor, source, rule),
        "central": lambda: prompts.central(source, rule),
        "pairs": lambda: preferred.preference_pairs(source, rule),
        "posterior": lambda: answers.posterior(source, rule),
        "rankings": lambda: prompts.rankings(source, rule),
        "judge": lambda: settled.judge_rows(source, rule),
        "writer": lambda: settled.writer_pairs(source, rule),
        "augmented": lambda: augmenting.augmented(source, rule),
    }
    return takes[kind]()


def columns_of(kind: str) -> Columns:
    """The columns of a kind: what is asked, what it is made of, and where it came from."""
    return {**_COMMON, **COLUMNS[kind], **_ORIGIN}

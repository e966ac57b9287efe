"""The words put to a judge: one builder beside one text file per prompt."""

from domain.prompts.judge import PROTOCOLS, Rendered, lead_after, render
from domain.prompts.texts import prompt_digest

__all__ = ["PROTOCOLS", "Rendered", "lead_after", "prompt_digest", "render"]

"""Writes the table of judging strategies in docs/judging.md anew from what the strategies say of themselves."""

import pathlib
import re

from domain import strategies
from domain.rubric import Kind

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "judging.md"
BEGIN, END = "<!-- strategies -->\n", "<!-- /strategies -->\n"
HEAD = (
    "| strategy | what it does | asks for | judges | needs | quotes | settings of its own | after |\n"
    + "|---" * 8
    + "|\n"
)
LONGEST_DEFAULT = 20


def table() -> str:
    """One row a strategy, in the order in which they are offered."""
    return HEAD + "".join(map(_row, strategies.every()))


def written(page: str) -> str:
    """The page with its table made anew."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: BEGIN + table() + END, page, flags=re.DOTALL)


def _row(strategy: strategies.Strategy) -> str:
    about = strategy.about
    judged = frozenset(Kind) - {Kind.CHECK}
    kinds = "all kinds" if about.kinds == judged else ", ".join(kind.value for kind in Kind if kind in about.kinds)
    needs = [
        *["log-probabilities"] * about.needs_logprobs,
        *["likelihoods of given texts"] * about.needs_likelihoods,
        *["a reference answer"] * about.needs_reference,
        *[f"the protocol {' or '.join(about.protocols)}"] * ("isolated" not in about.protocols),
    ]
    cells = (
        f"{about.title} (`{about.name}`)",
        about.does,
        about.asks_for,
        f"{about.subject}: {kinds}",
        ", ".join(needs) or "nothing more",
        _quotes(about),
        ", ".join(map(_setting, about.settings)) or "none",
        about.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _quotes(about: strategies.About) -> str:
    if set(about.quotes) == set(about.protocols):
        return "yes"
    return f"under {', '.join(about.quotes)}" if about.quotes else "no"


def _setting(setting: strategies.Setting) -> str:
    said = str(setting.default)
    return f"`{setting.name}` ({said})" if len(said) <= LONGEST_DEFAULT else f"`{setting.name}`"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

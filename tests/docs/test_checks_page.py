"""The page on checks says of each kind what the registry says."""

import re

from django.conf import settings

from domain import checks

PAGE = settings.BASE_DIR / "docs" / "checks.md"
FAMILIES = ("ifeval", "ifbench")


def row(kind: str) -> str:
    """The line of a kind in the table: what it is, its settings, when it abstains."""
    about = checks.KINDS[kind].ABOUT
    return f"| `{kind}` | {about.title} | {_settings(kind)} | {about.abstains} |".replace("\n", " ")


def _settings(kind: str) -> str:
    return ", ".join(map(_setting, checks.parameters(checks.KINDS[kind]))) or "none"


def _setting(one: checks.Parameter) -> str:
    said = " or ".join(f"`{value}`" for value in one.choices) or one.input.value.replace("_", " or ")
    bounds = [f"{word} {bound:,.10g}" for word, bound in (("from", one.low), ("to", one.high)) if bound is not None]
    needed = ["needed"] if one.required else []
    return f"`{one.name}` ({', '.join([said, ' '.join(bounds), *needed] if bounds else [said, *needed])})"


def test_each_kind_stands_there_as_it_is() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert [row(kind) for kind in checks.KINDS if row(kind) not in lines] == []
    named = {found[1] for line in lines if (found := re.match(r"\| `(\w+)` \|", line))}
    assert named == set(checks.KINDS)


def test_abstaining_is_explained() -> None:
    assert checks.ABSTAIN in re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))

"""What the pages of runs show."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.judging import queries


def crumbs(actor: Actor, *labels: str | tuple[str, str]) -> list[dict[str, str]]:
    """The way from the list of runs to here."""
    first = {"label": "Runs", "url": reverse("judging:list", args=[actor.workspace.slug])}
    rest = [{"label": one, "url": ""} if isinstance(one, str) else {"label": one[0], "url": one[1]} for one in labels]
    return [first, *rest]


def run_initial(actor: Actor, given: QueryDict) -> dict[str, Any]:
    """What the form for a run starts with."""
    default = queries.default_judge_or_none(actor)
    return {
        "rubric": given.get("rubric", ""),
        "dataset": given.get("dataset", ""),
        "judges": given.getlist("judge") or ([str(default)] if default else []),
        "samples": 1,
    }


def run_name(chosen: dict[str, Any]) -> str:
    """A name for a run that was given none."""
    versions = chosen["versions"]
    what = " and ".join(str(version) for version in versions) if versions else str(chosen["set_version"])
    return f"{what} on {chosen['dataset'].slug}"

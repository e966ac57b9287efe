"""What the pages of runs show."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.judging import queries
from apps.judging.models import Run
from apps.rubrics.models import Profile


@dataclass(frozen=True)
class Weights:
    """By whose weights scores are shown: a profile's, or the versions' own; and the profiles there are."""

    profile: Profile | None
    offered: list[Profile]

    @property
    def query(self) -> str:
        """What addresses end with, so that the next page shows scores by the same weights."""
        return urlencode({"profile": str(self.profile)}) if self.profile else ""


OWN = Weights(None, [])


def run_weights(run: Run, asked: str) -> Weights:
    """The weights that an address names; raises NotFound where the rubrics of the run have no such profile."""
    return Weights(queries.profile_by_ref(run, asked) if asked else None, queries.profiles_of_run(run))


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

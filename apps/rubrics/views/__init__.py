"""Which URL shows or does what."""

from apps.rubrics.views import (
    criteria,
    groups,
    library,
    merging,
    policy,
    presence,
    proposals,
    quality,
    replacing,
    sets,
    settings,
    standards,
    table,
    threads,
    versions,
    workflow,
)

__all__ = [
    "criteria",
    "groups",
    "library",
    "merging",
    "policy",
    "presence",
    "proposals",
    "quality",
    "replacing",
    "sets",
    "settings",
    "standards",
    "table",
    "threads",
    "versions",
    "workflow",
]

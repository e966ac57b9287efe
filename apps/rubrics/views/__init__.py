"""Which URL shows or does what."""

from apps.rubrics.views import (
    criteria,
    groups,
    library,
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

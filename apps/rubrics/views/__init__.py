"""Which URL shows or does what."""

from apps.rubrics.views import (
    criteria,
    groups,
    library,
    policy,
    proposals,
    quality,
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
    "proposals",
    "sets",
    "settings",
    "standards",
    "table",
    "threads",
    "versions",
    "workflow",
]

__all__ = [
    "criteria",
    "groups",
    "library",
    "policy",
    "quality",
    "sets",
    "settings",
    "table",
    "threads",
    "versions",
    "workflow",
]

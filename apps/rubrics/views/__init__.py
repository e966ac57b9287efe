"""Which URL shows or does what."""

from apps.rubrics.views import criteria, groups, library, sets, settings, threads, versions, workflow

__all__ = ["criteria", "groups", "library", "sets", "settings", "threads", "versions", "workflow"]

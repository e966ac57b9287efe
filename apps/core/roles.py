"""The roles of a workspace's members, from least to most."""

from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """A member's role; each may also do what those before it may."""

    VIEWER = "viewer"
    ANNOTATOR = "annotator"
    AUTHOR = "author"
    APPROVER = "approver"
    ADMIN = "admin"

    def at_least(self, other: Self) -> bool:
        """Whether this role includes the other."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)

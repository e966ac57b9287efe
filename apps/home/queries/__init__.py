"""What is asked from many apps at once."""

from apps.home.queries.finding import Found, find
from apps.home.queries.waiting import HomePage, home

__all__ = ["Found", "HomePage", "find", "home"]

"""Connections of the event loop, beside those that Django lends to threads."""

from typing import Any

from django.db import connections

_NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def address() -> dict[str, Any]:
    """Where Django's database is, as psycopg is told."""
    entry = connections["default"].settings_dict
    options = {name: value for name, value in entry.get("OPTIONS", {}).items() if name != "pool"}
    return options | {name: entry[key] for key, name in _NAMES.items() if entry.get(key)}

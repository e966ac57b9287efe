"""Links to files of what people decided."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from apps.accounts.permissions import Actor, Role

FORMATS = (("ndjson", "NDJSON"), ("csv", "CSV"), ("parquet", "Parquet"))


@dataclass(frozen=True)
class ExportLink:
    """A file in one format, people by pseudonym or by name."""

    label: str
    url: str
    named: str


def export_links(actor: Actor, name: str, *key: object, query: str = "") -> list[ExportLink]:
    """The files behind a URL name in every format; none for those who may not take them."""
    if not actor.can(Role.AUTHOR):
        return []
    found = []
    for kind, label in FORMATS:
        url = reverse(f"review:{name}", args=[actor.workspace.slug, *key, kind])
        named = "&".join(filter(None, (query, urlencode({"people": "named"}))))
        found.append(ExportLink(label, f"{url}?{query}" if query else url, f"{url}?{named}"))
    return found

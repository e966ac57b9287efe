"""What a new rubric may start from: rubrics that the product brings along, and the workspace's own templates."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Count, Prefetch

from apps.accounts.permissions import Actor
from apps.rubrics.models import Rubric, RubricVersion
from apps.rubrics.queries import documents, versions
from domain import errors

FOLDER = Path(__file__).resolve().parent.parent / "starters"
PLACE = ("slug", "version", "status", "digest", "judged_digest")
STARTER, TEMPLATE = "starter", "template"


@dataclass(frozen=True)
class Beginning:
    """Something to start from; `key` is what a form sends."""

    key: str
    title: str
    description: str
    criteria: int
    own: bool


@functools.cache
def _starters() -> dict[str, dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return {document["slug"]: document for document in found}


def beginnings(actor: Actor) -> list[Beginning]:
    """The workspace's templates by title, then what the product brings along."""
    sized = RubricVersion.objects.annotate(size=Count("criteria")).defer("document")
    own = Rubric.objects.filter(workspace=actor.workspace, is_template=True, archived_at=None)
    rows = own.prefetch_related(Prefetch("versions", sized)).order_by("title", "pk")
    templates = [_template(row) for row in rows]
    shipped = [
        Beginning(f"{STARTER}:{name}", said["title"], said["description"], len(said["criteria"]), own=False)
        for name, said in _starters().items()
    ]
    return [*templates, *shipped]


def _template(row: Rubric) -> Beginning:
    newest = versions.newest_of(row.versions.all())
    size: int = newest.size  # type: ignore[attr-defined]
    return Beginning(f"{TEMPLATE}:{row.slug}", row.title, newest.description, size, own=True)


def beginning_document(actor: Actor, key: str) -> tuple[dict[str, Any], str]:
    """The document to start from, without a name, and what it was taken from; raises NotFound for an unknown key."""
    kind, _, name = key.partition(":")
    if kind == STARTER and name in _starters():
        return {key: value for key, value in _starters()[name].items() if key != "slug"}, key
    template = Rubric.objects.filter(workspace=actor.workspace, slug=name, is_template=True).first()
    if kind != TEMPLATE or template is None:
        raise errors.NotFound("There is no such template in this workspace.", code="template_unknown")
    version = versions.newest_version(template)
    return nameless(documents.document(version)), f"{version}"


def nameless(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what belongs to its place: name, number, state and digests."""
    return {key: value for key, value in document.items() if key not in PLACE}

"""A version in the format of others."""

from apps.rubrics.models import RubricSetVersion, RubricVersion
from apps.rubrics.queries import documents, sets
from domain import formats

FORMATS = tuple(formats.WRITERS)


def export(version: RubricVersion, format: str) -> formats.Written:  # noqa: A002
    """One version as a file, with a report of what the format could not hold."""
    return formats.write(format, [_exported(version)])


def export_set(set_version: RubricSetVersion, format: str) -> formats.Written:  # noqa: A002
    """All members of a set as one file."""
    return formats.write(format, [_exported(member.version) for member in sets.members(set_version)])


def _exported(version: RubricVersion) -> formats.Exported:
    return formats.Exported(documents.domain_rubric(version), version.rubric.slug, version.number, str(version.status))

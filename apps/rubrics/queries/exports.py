"""A version in the format of others."""

from dataclasses import dataclass

from apps.rubrics.models import RubricSetVersion, RubricVersion
from apps.rubrics.queries import documents, sets
from domain import errors, formats

FORMATS = tuple(formats.WRITERS)


def export(version: RubricVersion, format: str) -> formats.Written:  # noqa: A002
    """One version as a file, with a report of what the format could not hold."""
    return formats.write(format, [_exported(version)])


def export_set(set_version: RubricSetVersion, format: str) -> formats.Written:  # noqa: A002
    """All members of a set as one file."""
    return formats.write(format, [_exported(member.version) for member in sets.members(set_version)])


@dataclass(frozen=True)
class Offer:
    """A format with what it would lose of one version; `refused` says why it cannot hold it at all."""

    token: str
    label: str
    lost: tuple[formats.Note, ...] = ()
    refused: str = ""

    @property
    def left_out(self) -> int:
        """How many notes tell of criteria or fields that are not in the file at all."""
        return sum(note.level == "error" for note in self.lost)


def offers(version: RubricVersion) -> list[Offer]:
    """Every format with what it would lose of this version."""
    return [_offer(token, _exported(version)) for token in FORMATS]


def _offer(token: str, exported: formats.Exported) -> Offer:
    label = formats.NAMES[token]
    try:
        return Offer(token, label, formats.write(token, [exported]).report)
    except errors.Invalid as error:
        return Offer(token, label, refused=error.message)


def _exported(version: RubricVersion) -> formats.Exported:
    return formats.Exported(documents.domain_rubric(version), version.rubric.slug, version.number, str(version.status))

"""The Quality page: every remark by severity and rule, with what can be done about it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries
from apps.rubrics.models import LintDismissal, RubricVersion
from apps.rubrics.pages.frame import address, frame, steps
from apps.rubrics.pages.table import DRAWN_AT_ONCE
from apps.rubrics.registry import Opinion
from domain import lint, rubric

TONES = {lint.Severity.ERROR: "r", lint.Severity.WARNING: "w", lint.Severity.ADVICE: "a"}
OPINION = "opinion"
KINDS = (*((str(severity), TONES[severity]) for severity in lint.Severity), (OPINION, ""))
IN_PANEL = 12


@dataclass(frozen=True)
class Advice:
    """A remark as it is shown: where it is, the words it is about, and what can be done."""

    finding: lint.Finding
    tone: str
    number: int | None
    url: str
    before: str
    marked: str
    after: str
    dismissal: LintDismissal | None
    opinion: Opinion | None = None

    @property
    def kind(self) -> str:
        """The severity, or that it is an opinion."""
        return OPINION if self.opinion else str(self.finding.rule.severity)


def advice(version: RubricVersion, said: rubric.Rubric, numbers: dict[str, int]) -> list[Advice]:
    """All remarks about a version, ready to be shown."""
    keys = {row.criterion_id: row.pk for row in version.criteria.all()}
    by_id = {criterion.id: criterion for criterion in said.criteria}
    page = address("edit", version)
    return [_shown(remark, by_id, numbers, keys, page) for remark in queries.lint_findings(version, said)]


def standing(version: RubricVersion, said: rubric.Rubric, numbers: dict[str, int]) -> list[Advice]:
    """The remarks that nobody has set aside."""
    return [item for item in advice(version, said, numbers) if item.dismissal is None]


def panel(actor: Actor, version: RubricVersion) -> dict[str, Any]:
    """What the remarks beside the editor show."""
    document = queries.draft_document(version)
    remarks = standing(version, rubric.parse(document), numbered(document))
    return {
        "version": version,
        "rubric": version.rubric,
        "steps": steps(actor, version),
        "may_write": actor.can(Role.AUTHOR),
        "remarks": remarks,
        "most_remarks": f":{IN_PANEL}",
    }


def similar_pairs(actor: Actor, version: RubricVersion) -> dict[str, Any]:
    """Pairs of a criterion, with its number, and the likest of another rubric."""
    numbers = numbered(queries.draft_document(version))
    pairs = queries.likest_pairs(actor, version)
    return {
        "pairs": [(numbers.get(pair.own.criterion_id), pair) for pair in pairs],
        "compares": queries.has_trigrams(),
    }


def numbered(document: dict[str, Any]) -> dict[str, int]:
    """The number under which the table shows each criterion."""
    names = [name for section in queries.outline(document) for name in section.criteria]
    return {name: n for n, name in enumerate(names, 1)}


def _shown(
    remark: queries.Remark,
    by_id: dict[str, rubric.Criterion],
    numbers: dict[str, int],
    keys: dict[str, int],
    page: str,
) -> Advice:
    found = remark.finding
    criterion = by_id.get(found.criterion or "")
    text = criterion.text if criterion else ""
    start, end = found.span or (0, 0)
    place = ""
    if found.criterion in keys:
        row = keys[found.criterion]
        place = f"?at={row}#criterion-row-{row}" if len(keys) > DRAWN_AT_ONCE else f"#criterion-row-{row}"
    before, marked, after = text[:start], text[start:end], text[end:]
    number = numbers.get(found.criterion or "")
    tone = "" if remark.opinion else TONES[found.rule.severity]
    return Advice(found, tone, number, page + place, before, marked, after, remark.dismissal, remark.opinion)


def quality(actor: Actor, version: RubricVersion, wanted: dict[str, str]) -> dict[str, Any]:
    """Everything the Quality page shows, narrowed to a severity or a rule."""
    document = queries.draft_document(version)
    said = rubric.parse(document)
    every = advice(version, said, numbered(document))
    open_ = [item for item in every if item.dismissal is None]
    rules = Counter(item.finding.rule.name for item in open_)
    titles = {item.finding.rule.name: item.finding.rule.title for item in open_}
    counts = Counter(item.kind for item in open_)
    shown = [
        item
        for item in open_
        if wanted["severity"] in {"", item.kind} and wanted["rule"] in {"", item.finding.rule.name}
    ]
    return {
        **frame(actor, version, "quality", open_remarks=len(open_)),
        "shown": shown,
        "standing": open_,
        "said_count": len(said.criteria),
        "aside": [item for item in every if item.dismissal is not None],
        "wanted": wanted,
        "severities": [(name, counts[name], tone) for name, tone in KINDS],
        "rules": [(name, titles[name], count) for name, count in rules.most_common()],
        "safe": sum(bool(item.finding.fix and item.finding.fix.safe) for item in open_),
    }

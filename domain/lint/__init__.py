"""Rules for well written rubrics: what they find, why it matters and how it is mended."""

from dataclasses import replace

from domain import rubric
from domain.lint import check_rules, effect_rules, language_rules, pair_rules, shape_rules, text_rules, truth_rules
from domain.lint.findings import Context, Document, Finding, Fix, Rule, Severity
from domain.lint.opinions import HALF, asked, disagreement, doubts, good_criteria, opinion, shown, task
from domain.lint.pair_rules import content

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *text_rules.RULES,
        *shape_rules.RULES,
        *effect_rules.RULES,
        *truth_rules.RULES,
        *pair_rules.RULES,
        *language_rules.RULES,
        *check_rules.RULES,
    )
}
_ORDER = list(Severity)


def findings(said: rubric.Rubric, context: Context | None = None) -> list[Finding]:
    """Everything that the rules remark, gravest first, then in the order of the rubric."""
    known = context or Context()
    found = {f.fingerprint: f for rule in RULES.values() for f in rule.look(said, known)}
    place = {criterion.id: n for n, criterion in enumerate(said.criteria)}
    return sorted(found.values(), key=lambda f: (_ORDER.index(f.rule.severity), place.get(f.criterion or "", -1)))


def findings_on(said: rubric.Rubric, name: str, context: Context | None = None) -> list[Finding]:
    """What the rules remark on one criterion, without reading the others again."""
    alone = said.model_copy(update={"criteria": tuple(c for c in said.criteria if c.id == name)})
    known = replace(context or Context(), only=name)
    whole = (*shape_rules.RULES, *effect_rules.RULES, *pair_rules.RULES)
    found = {f.fingerprint: f for rule in RULES.values() for f in rule.look(said if rule in whole else alone, known)}
    return sorted((f for f in found.values() if f.criterion == name), key=lambda f: _ORDER.index(f.rule.severity))


__all__ = [
    "HALF",
    "RULES",
    "Context",
    "Document",
    "Finding",
    "Fix",
    "Rule",
    "Severity",
    "asked",
    "content",
    "disagreement",
    "doubts",
    "findings",
    "findings_on",
    "good_criteria",
    "opinion",
    "shown",
    "task",
]

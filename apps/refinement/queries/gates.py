"""What was measured on labelled pairs, as gates of an approval."""

from django.urls import reverse

from apps.refinement.models import GateReport
from apps.refinement.queries import margins, reports
from apps.rubrics import queries as rubrics
from apps.rubrics.gates import GateState
from apps.rubrics.models import RubricVersion
from domain.refinement import Standing


def orders_the_pairs(version: RubricVersion) -> GateState | None:
    """The gate that the rubric prefers what people preferred, on so large a share of the pairs that it decides."""
    wanted = rubrics.approval_policy(version.rubric.workspace).label_consistency
    if wanted is None:
        return None
    name, report = "label_consistency", _standing(version)
    if report is None:
        return _unmeasured(name, version)
    rate = report.figures["rubric"]["consistency"]
    figures = {"value": rate["value"], "low": rate["low"], "high": rate["high"], "pairs": rate["count"]}
    if rate["value"] is None:
        return GateState(name, False, "The rubric decides no labelled pair.", *_way(version), figures=figures)
    sentence = (
        f"It agrees with {rate['value']:.0%} of {rate['count']} pairs that it decides (95 % interval {rate['low']:.0%}"
        f" to {rate['high']:.0%}); asked is {wanted:.0%}."
    )
    return GateState(name, rate["value"] >= wanted, sentence, *_way(version), figures=figures)


def no_harmful_criterion(version: RubricVersion) -> GateState | None:
    """The gate that no criterion was found to harm: turned round, met by worse answers, by length, or said twice."""
    if not rubrics.approval_policy(version.rubric.workspace).no_harmful:
        return None
    name, report = "no_harmful", _standing(version)
    if report is None:
        return _unmeasured(name, version)
    harmful = [one["text"] for one in report.criteria if one["standing"] == Standing.DROP]
    figures = {"harmful": len(harmful), "criteria": len(report.criteria)}
    if not harmful:
        said = f"None of {len(report.criteria)} criteria does harm on {report.figures['pairs']} labelled pairs."
        return GateState(name, True, said, *_way(version), figures=figures)
    many = f" and {len(harmful) - 1} more" if len(harmful) > 1 else ""
    said = f"On labelled pairs this one does harm: “{harmful[0][:80]}”{many}."
    return GateState(name, False, said, *_way(version), figures=figures)


def seldom_misleads(version: RubricVersion) -> GateState | None:
    """The gate that the rubric moves the judge's own margin the wrong way on at most so large a share of the pairs."""
    most = rubrics.approval_policy(version.rubric.workspace).misleading_most
    if most is None:
        return None
    place = [version.rubric.workspace.slug, version.rubric.slug, version.number]
    way = reverse("refinement:margins", args=place), "Ask with and without"
    report = margins.newest_margins(version)
    if report is None or not margins.margins_hold(report):
        said = "Nobody has asked the judge with and without this version, as it is now."
        return GateState("misleading", False, said, *way)
    share = report.figures["whole"]["misled"]
    figures = {"value": share["value"], "low": share["low"], "high": share["high"], "pairs": share["count"]}
    sentence = (
        f"It misleads {report.judge} on {share['value']:.0%} of {share['count']} pairs (95 % interval"
        f" {share['low']:.0%} to {share['high']:.0%}); at most {most:.0%} is allowed."
    )
    return GateState("misleading", share["value"] <= most, sentence, *way, figures=figures)


def _standing(version: RubricVersion) -> GateReport | None:
    report = reports.newest_report(version)
    return report if report is not None and reports.still_holds(report) else None


def _unmeasured(name: str, version: RubricVersion) -> GateState:
    said = "Nobody has measured this version, as it is now, on labelled pairs."
    return GateState(name, False, said, *_way(version))


def _way(version: RubricVersion) -> tuple[str, str]:
    place = [version.rubric.workspace.slug, version.rubric.slug, version.number]
    return reverse("refinement:gate", args=place), "Open the quality gate"

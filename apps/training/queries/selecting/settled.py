"""Rules that go by what people said: rows for training a judge, and rubrics that helped or misled it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from apps.judging import queries as judging
from apps.judging.models import RunItem, Verdict
from apps.review.models import Gold
from apps.rubrics.models import RubricVersion
from apps.training.queries.selecting.chosen import Pick, Plot, Selection
from apps.training.queries.selecting.source import Source
from domain import errors, selection
from domain import rubric as rubrics
from domain.rubric import Criterion, Kind
from domain.selection import Usefulness
from domain.verdicts import labels_for

Rule = dict[str, Any]
Order = tuple[int, ...]


def judge_rows(source: Source, rule: Rule) -> Selection:
    """What a judge is asked about a criterion, with the label of the value that people settled on."""
    settled = _gold(source)
    said = _said(source, settled)
    picks, counts = [], {"computed": 0, "wrong": 0, "silent": 0}
    for prompt, answers in source.answers.items():
        version = source.versions[prompt]
        for answer in answers:
            for gold, criterion in settled.get((answer.subject, version), []):
                label = _label(criterion, gold)
                if not label:
                    counts["computed"] += 1
                    continue
                value, probability, known = said.get((answer.subject, version, criterion.id), (None, None, False))
                agrees = None if not known else _label_of(criterion, value) == label
                counts["silent"] += agrees is None
                counts["wrong"] += agrees is False
                if rule["wanted"] == "wrong" and agrees:
                    continue
                picks.append(
                    Pick(
                        (prompt,), (answer.response,),
                        {
                            "gold": gold.pk, "criterion": criterion.id, "criterion_text": criterion.text,
                            "kind": str(criterion.kind), "value": gold.value, "label": label, "judge_value": value,
                            "judge_probability": probability, "judge_agrees": agrees,
                            "how": gold.provenance.get("how", ""),
                        },
                    )
                )  # fmt: skip
    figures = (
        ("decisions", len(picks)), ("where the judge is wrong", counts["wrong"]),
        ("where the judge gave no verdict", counts["silent"]),
        ("of computed criteria, left out", counts["computed"]),
    )  # fmt: skip
    return Selection(tuple(picks), figures)


def _gold(source: Source) -> dict[tuple[int, int], list[tuple[Gold, Criterion]]]:
    """Gold that holds on the answers, with the criterion of the version whose wording it was settled on."""
    subjects = {answer.subject for answers in source.answers.values() for answer in answers}
    held = Gold.objects.filter(workspace=source.side.run.workspace_id, superseded_by=None, subject__in=subjects)
    by_subject: dict[int, list[Gold]] = defaultdict(list)
    for gold in held.order_by("pk"):
        by_subject[gold.subject_id].append(gold)
    worded = {
        version: {
            digest: name for name, digest in rubrics.criterion_digests(source.rubric(version), "isolated").items()
        }
        for version in set(source.versions.values())
    }
    found: dict[tuple[int, int], list[tuple[Gold, Criterion]]] = defaultdict(list)
    for prompt, answers in source.answers.items():
        version = source.versions[prompt]
        criteria = {one.id: one for one in source.rubric(version).criteria}
        for answer in answers:
            for gold in by_subject.get(answer.subject, []):
                name = worded[version].get(gold.criterion_digest)
                if name is not None:
                    found[answer.subject, version].append((gold, criteria[name]))
    return found


def _said(source: Source, settled: Mapping[tuple[int, int], Any]) -> dict[tuple[int, int, str], tuple[Any, Any, bool]]:
    """What the judge said on the first sample: value, probability, and whether it decided."""
    items = RunItem.objects.filter(
        run=source.side.run, judge_version=source.side.judge, sample=0, asked=[],
        subject__in={subject for subject, _ in settled},
    )  # fmt: skip
    places: dict[uuid.UUID, tuple[int, int, str]] = {}
    for subject, version, held in items.values_list("subject", "version", "verdict_keys"):
        if (subject, version) in settled:
            names = [one.id for one in source.rubric(version).criteria]
            places |= {key: (subject, version, name) for key, name in zip(held, names, strict=False)}
    rows = Verdict.objects.filter(key__in=list(places)).values_list("key", "value", "probability", "status")
    return {places[key]: (value, probability, status in judging.DECIDED) for key, value, probability, status in rows}


def _label(criterion: Criterion, gold: Gold) -> str:
    """The reply that gold stands for; nothing where a criterion is computed or gold has no value."""
    if criterion.kind is Kind.CHECK:
        return ""
    if gold.value is None and not gold.provenance.get("not_applicable", False):
        return ""
    return _label_of(criterion, gold.value)


def _label_of(criterion: Criterion, value: float | None) -> str:
    """The label nearest to a value; of none, that the criterion does not apply where that can be said."""
    labels = labels_for(criterion)
    if value is None:
        return next((label.text.strip() for label in labels if label.value is None), "")
    valued = [(abs(label.value - value), n) for n, label in enumerate(labels) if label.value is not None]
    return labels[min(valued)[1]].text.strip() if valued else ""


def writer_pairs(source: Source, rule: Rule) -> Selection:
    """Of the versions that the run judged under, the most helpful and the most misleading for each preference (C2)."""
    versions = {str(one): one for one in source.side.run.versions.select_related("rubric")}
    base = versions.get(str(rule["base"]))
    with errors.at("/rule/base"):
        if base is None:
            raise errors.Invalid(_needs_base(versions, rule["base"]), code="base_unknown")
    others = [one for one in versions.values() if one.pk != base.pk]
    better = judging.better_of(source.dataset)
    scored = judging.scores_of(source.dataset, better.keys(), source.side.run)
    judge = source.side.judge.pk

    def margin(version: RubricVersion, prompt: int, pair: tuple[int, int]) -> float | None:
        single = scored.get((judge, version.pk, False), {}).get(prompt, {})
        compared = scored.get((judge, version.pk, True), {}).get(prompt, {})
        return margin_of(single, pair, compares=False) if single else margin_of(compared, pair, compares=True)

    picks, unjudged, one_sided = [], 0, 0
    shifts: list[float] = []
    counts = dict.fromkeys(Usefulness, 0)
    for prompt, won in sorted(better.items()):
        for pair in sorted(won):
            start = margin(base, prompt, pair)
            margins = [margin(one, prompt, pair) for one in others]
            if start is None or not any(one is not None for one in margins):
                unjudged += 1
                continue
            for one in margins:
                if one is not None:
                    counts[selection.usefulness(one, start)] += 1
                    shifts.append(one - start)
            chosen = selection.choose(margins, start)
            if chosen is None:
                one_sided += 1
                continue
            helpful, misleading = others[chosen.helpful], others[chosen.misleading]
            picks.append(
                Pick(
                    (prompt,), pair,
                    {
                        "chosen_rubric": str(helpful), "rejected_rubric": str(misleading), "base_rubric": str(base),
                        "base_margin": start, "chosen_margin": margins[chosen.helpful],
                        "rejected_margin": margins[chosen.misleading],
                        "chosen_version": helpful.pk, "rejected_version": misleading.pk,
                    },
                )
            )  # fmt: skip
    figures = (
        ("pairs of rubrics", len(picks)), ("preferences without both sorts, left out", one_sided),
        ("preferences without scores, left out", unjudged), ("rubrics that helped", counts[Usefulness.HELPFUL]),
        ("rubrics that misled", counts[Usefulness.MISLEADING]),
        ("rubrics that did neither", counts[Usefulness.NEUTRAL]),
    )  # fmt: skip
    return Selection(tuple(picks), figures, (Plot("Shift of the margin by a rubric", tuple(shifts), 0.0),))


def margin_of(scored: Mapping[Order, float | None], pair: tuple[int, int], *, compares: bool) -> float | None:
    """How far a judge prefers the better answer; of a judge of pairs the mean over the orders that it was asked in."""
    right, wrong = pair
    if not compares:
        first, second = scored.get((right,)), scored.get((wrong,))
        return None if first is None or second is None else first - second
    said = [
        value - 0.5 if order == pair else 0.5 - value
        for order in (pair, (wrong, right))
        if (value := scored.get(order)) is not None
    ]
    return sum(said) / len(said) if said else None


def _needs_base(versions: Mapping[str, RubricVersion], said: str | None) -> str:
    if len(versions) < 3:
        return "A run needs three rubric versions or more: one that stands for no rubric, and two to compare with it."
    named = ", ".join(sorted(versions))
    return (
        f"{said} is not in this run; it has {named}." if said else f"Say which version stands for no rubric: {named}."
    )

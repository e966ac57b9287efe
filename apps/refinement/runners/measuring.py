"""What a worker does to measure a version: collect stored verdicts, compare the words, measure, keep."""

import contextlib
import dataclasses
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from apps.core import gateway
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.judging import queries as judging
from apps.refinement.models import GateReport
from apps.rubrics import queries as rubrics
from domain import errors, principles, refinement, rubric
from domain.refinement.gate import Floats


def measure_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Measure what a report asks for; raises Conflict where the version changed since."""
    related = ("version__rubric__workspace", "dataset", "judge__judge")
    report = GateReport.objects.select_related(*related).get(pk=shard.payload["report"])
    if report.done_at is not None:
        return {"pairs": report.figures["pairs"]}
    if judging.digest_of(report.version) != report.digest:
        raise errors.Conflict(f"{report.version} was changed after this was asked for.", code="draft_changed")
    said = rubrics.domain_rubric(report.version)
    collected = judging.judged_pairs(report.version, report.dataset, report.judge)
    if not len(collected.given.groups):
        raise errors.Conflict(
            f"{report.judge} judged both answers of none of the pairs. Run this rubric over {report.dataset.title}.",
            code="not_judged",
        )
    gate = refinement.measure(collected.given)
    alike, model = likeness([one.text for one in said.criteria])
    faults = refinement.findings(
        gate, alike, compound=refinement.compound(said), polarities=[one.is_pitfall for one in said.criteria]
    )
    report.figures = _figures(gate, collected) | {"likeness": model}
    report.criteria = [told(one, said, faults) for one in gate.criteria]
    report.correlations = [[_cell(value) for value in row] for row in gate.correlations.tolist()]
    report.done_at = timezone.now()
    with transaction.atomic():
        lease.guard()
        report.save(update_fields=["figures", "criteria", "correlations", "done_at"])
        detail = {"report": report.pk, "pairs": gate.pairs, "faults": len(faults)}
        history.record(
            by=None, workspace=report.workspace, action="quality.measured", target=report.version, detail=detail
        )
    return {"pairs": gate.pairs, "faults": len(faults)}


def likeness(texts: list[str]) -> tuple[Floats, str]:
    """How alike texts are in meaning by the server of embeddings, or in words where none is set up; and by which."""
    if not gateway.has_embedder():
        return principles.cosines(principles.word_vectors(texts)), "words"
    with contextlib.closing(gateway.embedder()) as embedder:
        return principles.cosines(np.array(embedder.embed(texts), dtype=np.float64)), embedder.model


def told(one: refinement.Criterion, said: rubric.Rubric, faults: list[refinement.Finding]) -> dict[str, Any]:
    """What was measured of one criterion, with its words as they were."""
    criterion = said.criterion(one.name)
    own = [finding for finding in faults if finding.criterion == one.name]
    rates = {name: dataclasses.asdict(getattr(one, name)) for name in ("consistency", "longer", "shorter_right")}
    plain = {name: getattr(one, name) for name in ("known", "tied", "edge", "upper", "lower", "met", "spread", "share")}
    return {
        "id": one.name, "text": criterion.text if criterion else "",
        "pitfall": bool(criterion and criterion.is_pitfall),
        "standing": str(refinement.standing(one, faults)), **rates, **plain,
        "shift": one.shift._asdict(),
        "faults": [{"fault": str(each.fault), "other": each.other, "figure": each.figure} for each in own],
    }  # fmt: skip


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _figures(gate: refinement.Gate, collected: judging.JudgedPairs) -> dict[str, Any]:
    whole = gate.rubric._asdict() | {"consistency": dataclasses.asdict(gate.rubric.consistency)}
    return {
        "pairs": gate.pairs, "prompts": gate.prompts, "ties": collected.ties, "same_text": collected.same_text,
        "unjudged": collected.unjudged, "silent": list(collected.silent), "rubric": whole,
        "limits": dataclasses.asdict(refinement.Limits()),
    }  # fmt: skip

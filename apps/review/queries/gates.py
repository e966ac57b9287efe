"""What people settled in review, as gates of an approval."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse

from apps.judging.models import JudgeVersion, Verdict, VerdictStatus
from apps.review.models import Gold
from apps.rubrics import queries as rubrics
from apps.rubrics.gates import GateState
from apps.rubrics.models import RubricVersion
from apps.rubrics.registry import Opinion
from domain import agreement, lint, rubric


def enough_settled(version: RubricVersion) -> GateState | None:
    """The gate that people settled enough decisions on criteria as this version words them."""
    wanted = rubrics.approval_policy(version.rubric.workspace).adjudicated
    if wanted is None:
        return None
    found = _gold(version).count()
    sentence = f"People settled {found} of at least {wanted} decisions on the criteria of this version."
    return GateState(
        "adjudicated", found >= wanted, sentence, *_way(version), figures={"settled": found, "wanted": wanted}
    )


def settled_values(workspace_id: int, digests: Collection[str]) -> dict[tuple[int, str], float]:
    """The current gold of a workspace on criteria by digest: what judges are calibrated and weighed by."""
    rows = Gold.objects.filter(
        workspace=workspace_id, criterion_digest__in=list(digests), superseded_by=None, value__isnull=False
    )
    return {
        (subject, digest): value
        for subject, digest, value in rows.values_list("subject_id", "criterion_digest", "value")
        if value is not None
    }


def disagreements(version: RubricVersion, said: rubric.Rubric) -> list[Opinion]:
    """A remark on each criterion, as it is worded, on which an author found that people cannot agree."""
    digests = rubric.criterion_digests(said, "isolated")
    rows = Gold.objects.filter(
        workspace=version.rubric.workspace_id, criterion_digest__in=sorted(set(digests.values())), superseded_by=None,
        value=None, provenance__how="cannot agree",
    ).order_by("pk")  # fmt: skip
    reasons: dict[str, list[str]] = defaultdict(list)
    for digest, reason in rows.values_list("criterion_digest", "reason"):
        reasons[digest].append(reason)
    found = []
    for criterion in said.criteria:
        if told := reasons.get(digests[criterion.id]):
            finding = lint.disagreement(criterion, items=len(told), reason=told[-1])
            url = reverse("review:gold", args=[version.rubric.workspace.slug])
            found.append(Opinion(finding, judge="", url=f"{url}?how=cannot+agree&criterion={criterion.id}"))
    return found


def judge_agrees(version: RubricVersion) -> GateState | None:
    """The gate that a judge agrees with what people settled, on enough decisions."""
    policy = rubrics.approval_policy(version.rubric.workspace)
    if policy.agreement is None:
        return None
    metric, wanted = rubrics.METRICS[policy.agreement_metric], policy.agreement_items
    best, judge, items = None, "", 0
    for name, pairs in _pairs(version).items():
        people, said = [first for first, _ in pairs], [second for _, second in pairs]
        kappa = policy.agreement_metric == "kappa"
        value = agreement.cohen_kappa(people, said) if kappa else agreement.percent([list(pair) for pair in pairs])
        if len(pairs) >= wanted and value is not None and (best is None or value > best):
            best, judge, items = value, name, len(pairs)
        elif best is None:
            items = max(items, len(pairs))
    figures = {"metric": policy.agreement_metric, "value": best, "items": items, "judge": judge}
    if best is None:
        sentence = f"Agreement ({metric}) needs {wanted} settled decisions that a judge also scored; there are {items}."
        return GateState("agreement", False, sentence, *_way(version), figures=figures)
    sentence = f"{judge} and people agree at {best:.2f} ({metric}) on {items} decisions; asked is {policy.agreement:g}."
    return GateState("agreement", best >= policy.agreement, sentence, *_way(version), figures=figures)


def _gold(version: RubricVersion) -> QuerySet[Gold]:
    digests = rubric.criterion_digests(rubrics.domain_rubric(version), "isolated")
    return Gold.objects.filter(
        workspace=version.rubric.workspace_id,
        criterion_digest__in=sorted(set(digests.values())),
        superseded_by=None,
        value__isnull=False,
    )


def _pairs(version: RubricVersion) -> dict[str, list[tuple[float, float]]]:
    """People's settled values beside each judge's first verdict on the same subject and wording."""
    said = rubrics.domain_rubric(version)
    settled = rubric.criterion_digests(said, "isolated")
    own = {settled[name]: name for name in settled}
    gold = {(own[row.criterion_digest], row.subject_id): row.value for row in _gold(version)}
    shown = {
        value: name for protocol in rubric.PROTOCOLS for name, value in rubric.criterion_digests(said, protocol).items()
    }
    rows = Verdict.objects.filter(
        workspace=version.rubric.workspace_id,
        criterion_digest__in=sorted(shown),
        subject__in=sorted({subject for _, subject in gold}),
        status=VerdictStatus.OK,
        value__isnull=False,
        sample=0,
    ).only("judge_version_id", "criterion_digest", "subject_id", "value")
    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for verdict in rows:
        people = gold.get((shown[verdict.criterion_digest], verdict.subject_id))
        if people is not None and verdict.value is not None:
            found[verdict.judge_version_id].append((people, verdict.value))
    judges = JudgeVersion.objects.select_related("judge").in_bulk(sorted(found))
    return {str(judges[key]): pairs for key, pairs in sorted(found.items())}


def _way(version: RubricVersion) -> tuple[str, str]:
    return reverse("review:list", args=[version.rubric.workspace.slug]), "Go to review"

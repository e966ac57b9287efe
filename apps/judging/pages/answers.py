"""What the pages of one judged answer and of one call show."""

from typing import Any

from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import SubjectKind
from apps.judging import queries
from apps.judging.models import Call, RunItem
from apps.judging.pages import exchanges, sentences
from apps.judging.pages.combining import of_answer
from apps.judging.pages.runs import OWN, Weights, crumbs
from domain import prompts, subjects


def answer(actor: Actor, item: RunItem, weights: Weights = OWN) -> dict[str, Any]:
    """Task, answer, verdicts and score of one item under the chosen weights, and its neighbours in the run."""
    whole = (
        RunItem.objects.select_related(*queries.RELATED).prefetch_related("subject__members__response").get(pk=item.pk)
    )
    result = queries.results([whole], profile=weights.profile)[0]
    members = list(whole.subject.members.all())
    run_url = reverse("judging:detail", args=[actor.workspace.slug, item.run_id])
    ids = RunItem.objects.filter(run=item.run_id, index__in=[item.index - 1, item.index + 1])
    neighbours = set(ids.values_list("index", flat=True))
    pins = queries.pins_on(members[0].response) if whole.subject.kind == SubjectKind.RESPONSE else {}
    return {
        "run": item.run,
        "item": whole,
        "result": result,
        "weights": weights,
        "together": of_answer(item),
        "turns": [
            {"role": turn["role"], "text": subjects.text_of(turn["parts"])} for turn in whole.subject.prompt.messages
        ],
        "context": whole.subject.prompt.context,
        "reference": whole.subject.prompt.reference,
        "answers": [_member(member, result) for member in members],
        "beside": result.is_pair,
        "trace": sentences.of_trace(result.score.trace, result.rubric) if result.score else [],
        "previous": item.index - 1 if item.index - 1 in neighbours else None,
        "next": item.index + 1 if item.index + 1 in neighbours else None,
        "crumbs": crumbs(actor, (item.run.name, run_url), f"answer {item.index + 1}"),
        "polling": whole.state == RunItem.State.WAITING and item.run.job is not None and item.run.job.is_open,
        "job": item.run.job,
        "may_pin": actor.can(Role.AUTHOR) and whole.subject.kind == SubjectKind.RESPONSE,
        "pin": pins.get(whole.version.rubric_id),
    }


def call(actor: Actor, found: Call, chosen: str | None) -> dict[str, Any]:
    """The prompt as it was sent, the raw replies, the steps before and after, and what came when asked again."""
    return exchanges.call(actor, found, int(chosen) if chosen and chosen.isdecimal() else None)


def _member(member: Any, result: queries.Result) -> dict[str, Any]:
    """One answer with marked evidence; of several with its letter, and whether it is the one that is judged."""
    judged = member.response in result.judged
    spans = [
        {"start": span.start, "end": span.end, "title": f"Evidence for criterion {found.number}"}
        for found in result.criteria
        if found.verdict is not None and judged
        for span in found.verdict.evidence
    ]
    return {
        "response": member.response,
        "text": subjects.text_of(member.response.parts),
        "spans": spans,
        "is_text": subjects.is_text_only(member.response.parts),
        "judged": judged,
        "letter": prompts.NAMES[member.position] if result.is_pair else "",
    }

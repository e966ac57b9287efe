"""What the Try page shows."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset, Subject
from apps.judging import queries
from apps.judging.models import Run, RunItem
from apps.judging.pages import answers, frame
from apps.rubrics.models import RubricVersion
from domain import errors, subjects

RECENT = 8


def trial(actor: Actor, version: RubricVersion, form: forms.Form, given: QueryDict) -> dict[str, Any]:
    """The form, the answers to pick from, and the verdicts of the trial under way."""
    context: dict[str, Any] = {
        "version": version,
        "form": form,
        "crumbs": frame.crumbs(actor, version),
        "tabs": frame.tabs(actor, version, "Try"),
        "samples": _samples(actor, version),
        "tried": _tried(actor, version),
    }
    if given.get("run"):
        run = queries.get_run(actor, given["run"])
        item = RunItem.objects.filter(run=run, version=version).order_by("index").first()
        if item is not None:
            item.run = run
            context |= answers.answer(actor, item)
            context["crumbs"] = frame.crumbs(actor, version)
    return context


def try_initial(actor: Actor, given: QueryDict) -> dict[str, Any]:
    """What the form starts with: the picked answer, or the one tried last."""
    default = queries.default_judge_or_none(actor)
    initial: dict[str, Any] = {"judge": str(default) if default else ""}
    subject = picked(actor, given.get("subject"))
    if subject is None and given.get("run"):
        item = RunItem.objects.filter(run=queries.get_run(actor, given["run"])).first()
        subject = item.subject if item else None
        if item is not None:
            initial["judge"] = str(item.judge_version)
    if subject is not None:
        initial |= texts_of(subject)
    return initial


def picked(actor: Actor, subject: Any) -> Subject | None:
    """The stored answer that was picked, if any."""
    if not subject:
        return None
    if not str(subject).isdecimal():
        raise errors.NotFound("There is no such answer in this workspace.", code="answer_unknown")
    found = Subject.objects.select_related("prompt").filter(pk=int(subject), workspace=actor.workspace).first()
    if found is None:
        raise errors.NotFound("There is no such answer in this workspace.", code="answer_unknown")
    return found


def texts_of(subject: Subject) -> dict[str, Any]:
    """What the form shows of a stored answer."""
    prompt = subject.prompt
    response = subject.members.select_related("response").get(position=0).response
    turns = [subjects.text_of(turn["parts"]) for turn in prompt.messages]
    return {
        "prompt": "\n\n".join(turns),
        "response": subjects.text_of(response.parts),
        "reference": subjects.text_of(prompt.reference) if prompt.reference else "",
        "subject": subject.pk,
    }


def _samples(actor: Actor, version: RubricVersion) -> list[Subject]:
    """Answers to pick from: those judged under this rubric before, else the newest of the library."""
    judged = RunItem.objects.filter(version__rubric=version.rubric_id, run__workspace=actor.workspace)
    names = list(judged.order_by("-pk").values_list("subject", flat=True)[:60])
    rows = Subject.objects.select_related("prompt__dataset").prefetch_related("members__response")
    if names:
        rows = rows.filter(pk__in=names)
    else:
        rows = rows.filter(workspace=actor.workspace, prompt__dataset__purpose=Dataset.Purpose.LIBRARY)
    return list(rows.filter(kind="response").order_by("-pk")[:RECENT])


def _tried(actor: Actor, version: RubricVersion) -> list[Run]:
    runs = Run.objects.filter(workspace=actor.workspace, purpose=Run.Purpose.TRY, versions=version)
    return list(runs.select_related("job", "created_by").order_by("-created_at")[:RECENT])

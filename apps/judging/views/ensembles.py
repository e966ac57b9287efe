"""The scores of a run's judges as one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import forms, queries, services
from domain import errors


@require_POST
@require_role(Role.AUTHOR, "combine judges")
def run_ensemble(request: StudioRequest, run: UUID) -> HttpResponse:
    """Make one score of the judges' scores for every answer of a run."""
    found = queries.get_run(request.actor, run)
    form = forms.EnsembleForm(request.POST, judges=list(found.judges.select_related("judge")))
    address = reverse("judging:detail", args=[request.actor.workspace.slug, found.pk])
    try:
        forms.checked(form)
        made = services.make_ensemble(by=request.actor, run=found, **form.chosen())
    except (errors.Invalid, errors.Conflict) as error:
        messages.error(request, error.message)
        return redirect(f"{address}#ensembles")
    counts = made.counts
    messages.success(request, f"{counts['scored']:,} of {counts['answers']:,} answers have a score of the ensemble.")
    return redirect(f"{address}?ensemble={made.artefact.digest}#ensembles")

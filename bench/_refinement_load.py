"""Stores labelled pairs with verdicts in a fresh studio, has them measured by a worker's hand, and prints seconds."""

import json
import os
import sys
import time
from typing import Any

import django

from bench import _letters, _scoring_load

WORDS = 60


def main() -> None:
    """The numbers of pairs and criteria come as arguments, then how often they are measured."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measure(*map(int, sys.argv[1:4]))))


def _measure(pairs: int, criteria: int, turns: int) -> dict[str, Any]:
    from apps.accounts.permissions import Actor, Role
    from apps.jobs import leases, runners
    from apps.refinement import services
    from apps.refinement.models import GateReport

    workspace, user, version, judge, rows = _letters.scene(2 * pairs, criteria, prompts=pairs, words=WORDS)
    dataset = filled(workspace, version, judge, rows)
    by = Actor(user, workspace, Role.ADMIN)
    seconds = []
    for _ in range(turns):
        report = services.start_measuring(by=by, version=version, dataset=dataset, judge=judge)
        lease = leases.claim()
        assert lease is not None
        begun = time.perf_counter()
        runners.run(lease)
        seconds.append(time.perf_counter() - begun)
        report = GateReport.objects.get(pk=report.pk)
        assert (report.figures["pairs"], len(report.criteria)) == (pairs, criteria)
    return {"seconds": seconds, "pairs": pairs}


def filled(workspace: Any, version: Any, judge: Any, rows: list[Any]) -> Any:
    """Answers with verdicts; of each prompt the first is better."""
    from apps.datasets import services as datasets
    from apps.datasets.models import Preference, PreferenceMember, Subject

    into = datasets.rollouts_dataset(workspace)
    stored = datasets.store_rollouts(workspace, into, rows)
    subjects = Subject.objects.select_related("prompt").in_bulk([subject.pk for subject in stored])
    _scoring_load.store_verdicts(version, judge, list(subjects.values()))
    for prompt in into.prompts.prefetch_related("responses"):
        made = Preference.objects.create(dataset=into, prompt=prompt, external_id=f"p{prompt.pk}")
        PreferenceMember.objects.bulk_create(
            PreferenceMember(preference=made, response=response, rank=place)
            for place, response in enumerate(sorted(prompt.responses.all(), key=lambda one: one.pk), start=1)
        )
    _scoring_load.settle()
    return into


if __name__ == "__main__":
    main()

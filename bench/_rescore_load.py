"""Fills a fresh studio with stored verdicts, changes weights, and prints how long scoring took."""

import json
import os
import random
import sys
import time

import django

from bench import _letters

PROMPTS = 250


def main() -> None:
    """The numbers of answers, of criteria and of requests come as arguments."""
    from rubricstudio import warming

    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    # As the web server does before its first request.
    warming.load_views()
    warming.compile_templates()
    print(json.dumps(_measure(*map(int, sys.argv[1:4]))))


def _measure(answers: int, criteria: int, requests: int) -> dict[str, list[float]]:
    from django.test import Client
    from django.urls import reverse

    from apps.datasets import services as datasets
    from apps.judging import queries
    from apps.judging.models import Run, RunItem, Verdict
    from apps.judging.queries import keys

    chance = random.Random(7)
    workspace, user, version, judge, rows = _letters.scene(answers, criteria, prompts=PROMPTS, words=300)
    subjects = datasets.store_rollouts(workspace, datasets.rollouts_dataset(workspace), rows)
    run = Run.objects.create(workspace=workspace, name="bench", created_by=user)
    RunItem.objects.bulk_create(
        RunItem(run=run, index=n, version=version, judge_version=judge, subject=subject, state=RunItem.State.DONE)
        for n, subject in enumerate(subjects)
    )
    digests = keys.criterion_digests(version, judge.protocol)
    for subject in subjects:
        found = keys.keys_of(digests, judge, subject)
        Verdict.objects.bulk_create(
            Verdict(
                key=key, workspace=workspace, judge_version=judge, subject=subject, criterion=name,
                criterion_digest=digests[name], fingerprint=judge.fingerprint, strategy=judge.strategy,
                protocol=judge.protocol, context_hash=subject.prompt.context_hash, status="ok",
                value=chance.choice((0.0, 0.5, 1.0)), rationale="Says so in the second line of the letter.",
            )
            for name, key in found.items()
        )  # fmt: skip
    browser = Client()
    browser.force_login(user)
    address = reverse("judging:version-scores", args=["bench", "bench", version.number])
    scoring, panel, used = [], [], []
    for turn in range(requests + 1):
        name = f"c_{turn % criteria}"
        version.criteria.filter(criterion_id=name).update(weight=chance.uniform(0, 9))
        fresh = type(version).objects.select_related("rubric__workspace").get(pk=version.pk)
        begun, busy = time.perf_counter(), time.process_time()
        wide = queries.wide_scores(fresh, judge, keys.Reader(), most=answers)
        scoring.append(1000 * (time.perf_counter() - begun))
        used.append(1000 * (time.process_time() - busy))
        assert wide is not None
        assert (wide.answers, wide.unscored) == (answers, 0)
        begun = time.perf_counter()
        assert browser.get(address).status_code == 200
        panel.append(1000 * (time.perf_counter() - begun))
    return {
        "first_ms": scoring[:1], "scoring_ms": scoring[1:], "scoring_cpu_ms": used[1:], "panel_ms": panel[1:],
    }  # fmt: skip


if __name__ == "__main__":
    main()

"""Stores a run of 20,000 answers on 50 criteria in a fresh studio, scores it again, and prints seconds and memory."""

import gc
import json
import os
import random
import resource
import sys
import time
from typing import Any

import django
import psycopg

from bench import _letters

PROMPTS = 2_500
WORDS = 60
AT_ONCE = 2_000
VERDICTS = """COPY judging_verdict
(key, workspace_id, judge_version_id, subject_id, criterion, criterion_digest, fingerprint, strategy, protocol,
 context_hash, sample, status, reason, value, probability, label_mass, distribution, evidence, rationale, detail,
 call_id, call_index, judged_at) FROM STDIN"""


def main() -> None:
    """The numbers of answers and criteria come as arguments, then how often it is scored again."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measure(*map(int, sys.argv[1:4]))))


def _measure(answers: int, criteria: int, turns: int) -> dict[str, Any]:
    from apps.judging import runners
    from apps.judging.models import RunItem, Verdict
    from apps.judging.queries import rescoring

    run, version = _filled(answers, criteria)
    again = rescoring.Rescoring(version=version)
    stored = Verdict.objects.count()
    assert (stored, RunItem.objects.filter(run=run).count()) == (answers * criteria, answers)
    gc.collect()
    before = _peak()
    seconds, used, counts = [], [], []
    for turn in range(turns):
        _weigh(version, turn)
        begun, busy = time.perf_counter(), time.process_time()
        counts.append(runners.rescore(run, again))
        seconds.append(time.perf_counter() - begun)
        used.append(time.process_time() - busy)
    assert all(count["scored"] == answers for count in counts)
    return {"seconds": seconds, "cpu": used, "peak_mb": _peak(), "before_mb": before, "verdicts": stored}


def _peak() -> float:
    """The greatest memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _weigh(version: Any, turn: int) -> None:
    """Change a weight of the draft, so that every turn stores other scores."""
    version.criteria.filter(criterion_id="c_0").update(weight=2 + turn)


def _filled(answers: int, criteria: int) -> tuple[Any, Any]:
    """A workspace with a judged run; verdicts go in as COPY takes them."""
    from apps.datasets import services as datasets
    from apps.datasets.models import Subject
    from apps.judging.models import Run, RunItem

    workspace, user, version, judge, rows = _letters.scene(answers, criteria, prompts=PROMPTS, words=WORDS)
    into = datasets.rollouts_dataset(workspace)
    subjects = [
        subject
        for start in range(0, answers, AT_ONCE)
        for subject in datasets.store_rollouts(workspace, into, rows[start : start + AT_ONCE])
    ]
    with_prompts = Subject.objects.select_related("prompt").in_bulk([subject.pk for subject in subjects])
    subjects = [with_prompts[subject.pk] for subject in subjects]
    run = Run.objects.create(workspace=workspace, name="bench", created_by=user)
    run.versions.add(version)
    run.judges.add(judge)
    found = store_verdicts(version, judge, subjects)
    RunItem.objects.bulk_create(
        (
            RunItem(
                run=run, index=n, version=version, judge_version=judge, subject=subject, state=RunItem.State.DONE,
                verdict_keys=keys, scored=criteria,
            )
            for n, (subject, keys) in enumerate(zip(subjects, found, strict=True))
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip
    settle()
    return run, version


def store_verdicts(version: Any, judge: Any, subjects: list[Any]) -> list[list[Any]]:
    """Write a verdict on every criterion of every answer; returns the keys."""
    from django.db import connection

    from apps.judging.queries import keys

    chance = random.Random(7)
    digests = keys.criterion_digests(version, judge.protocol)
    found = []
    with connection.cursor() as cursor, cursor.copy(VERDICTS) as copy:
        for subject in subjects:
            of_subject = keys.keys_of(digests, judge, subject)
            found.append(list(of_subject.values()))
            for name, key in of_subject.items():
                value = chance.choice((0.0, 0.5, 1.0))
                shares = json.dumps([[" Yes", 0.1 + 0.8 * value], [" No", 0.9 - 0.8 * value]])
                copy.write_row(
                    (key, subject.workspace_id, judge.pk, subject.pk, name, digests[name], judge.fingerprint,
                     judge.strategy, judge.protocol, subject.prompt.context_hash, 0, "ok", "", value,
                     0.1 + 0.8 * value, 0.98, shares, "[]", "", "{}", None, 0, "2026-01-01T00:00:00Z")
                )  # fmt: skip
    return found


def settle() -> None:
    """As the database is once autovacuum has been there."""
    with psycopg.connect(os.environ["STUDIO_MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) judging_verdict, judging_runitem, datasets_subject, datasets_prompt")


if __name__ == "__main__":
    main()

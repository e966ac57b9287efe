"""Fills a fresh studio with answers, starts runs, and prints how long workers took; run as a process of its own."""

import json
import os
import random
import secrets
import sys
import time
from pathlib import Path

import django

CRITERIA = 20
BATCH = 2000
WORDS = ("patient", "letter", "drug", "dose", "ward", "reason", "visit", "tablet", "test", "night", "diet", "weight")


def main() -> None:
    """How many answers go before and are measured, the worker's process id and the engine's addresses are arguments."""
    before, answers, worker, base_url, *replicas = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measure(int(before), int(answers), int(worker), base_url, replicas)))


def _measure(warm_up: int, answers: int, worker: int, base_url: str, replicas: list[str]) -> dict[str, float]:
    from apps.accounts.models import Membership, User, Workspace
    from apps.accounts.permissions import Actor, Role
    from apps.datasets import services as datasets
    from apps.judging import services as judging
    from apps.judging.models import RunItem, Verdict
    from apps.rubrics import services as rubrics

    mark = secrets.token_hex(4)
    workspace = Workspace.objects.create(slug=f"bench-{mark}", name="Bench")
    user = User.objects.create(username=f"bench-{mark}")
    Membership.objects.create(workspace=workspace, user=user, role="admin")
    by = Actor(user, workspace, Role.ADMIN)
    criteria = [{"id": f"c_{n}", "text": f"The letter states fact number {n} in plain words."} for n in range(CRITERIA)]
    version = rubrics.create_rubric(
        by=by, slug="bench", document={"format": "rubricstudio/1", "title": "Bench", "criteria": criteria}
    )
    engine = {"kind": "served", "base_url": base_url, "model": "fake-judge", "replicas": replicas}
    judge = judging.create_judge(by=by, name="fake", engine=engine)

    def run(count: int, seed: int) -> tuple[float, float]:
        chance = random.Random(seed)
        rows = [
            datasets.RolloutRow(
                messages=[{"role": "user", "parts": [{"type": "text", "text": f"Write letter {seed}-{n}."}]}],
                parts=[{"type": "text", "text": " ".join(chance.choice(WORDS) for _ in range(420))}],
            )
            for n in range(count)
        ]
        subjects = [
            subject
            for start in range(0, count, BATCH)
            for subject in datasets.store_rollouts(
                workspace, datasets.rollouts_dataset(workspace), rows[start : start + BATCH]
            )
        ]
        used, begun = _cpu(worker), time.monotonic()
        started = judging.start_run(by=by, name="bench", judges=[judge], pairs=[(version, one) for one in subjects])
        while RunItem.objects.filter(run=started, state="waiting").exists():
            time.sleep(0.1)
        return time.monotonic() - begun, _cpu(worker) - used

    started = _resident(worker)
    run(warm_up, 1)
    stored = Verdict.objects.filter(workspace=workspace, status="ok")
    before, memory = stored.count(), _resident(worker)
    seconds, cpu = run(answers, 2)
    return {
        "verdicts": stored.count() - before,
        "seconds": seconds,
        "cpu": cpu,
        "started": started,
        "memory": memory,
        "grown": _resident(worker) - memory,
    }


def _resident(process: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _cpu(worker: int) -> float:
    """Seconds of processor time of the worker and of every process of this PostgreSQL, also those that ended."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    server = int(_stat(backend)[1])
    total = sum(map(int, _stat(worker)[11:13])) + sum(map(int, _stat(server)[11:15]))
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = _stat(int(folder.name))
        except OSError:
            continue  # ended meanwhile
        if int(fields[1]) == server:
            total += sum(map(int, fields[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    """What /proc tells of a process after its name: state, parent, …, utime, stime, cutime, cstime."""
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()


if __name__ == "__main__":
    main()

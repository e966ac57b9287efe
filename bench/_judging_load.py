"""Fills a fresh studio with answers, starts runs, and prints how long workers took; run as a process of its own."""

import json
import os
import random
import sys
import time

import django

CRITERIA = 20
WARM_UP = 48
WORDS = ("patient", "letter", "drug", "dose", "ward", "reason", "visit", "tablet", "test", "night", "diet", "weight")


def main() -> None:
    """Answers to judge and the engine's address come as arguments."""
    answers, base_url = int(sys.argv[1]), sys.argv[2]
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measure(answers, base_url)))


def _measure(answers: int, base_url: str) -> dict[str, float]:
    from apps.accounts.models import Membership, User, Workspace
    from apps.accounts.permissions import Actor, Role
    from apps.datasets import services as datasets
    from apps.judging import services as judging
    from apps.judging.models import Run, RunItem, Verdict
    from apps.rubrics import services as rubrics

    workspace = Workspace.objects.create(slug="bench", name="Bench")
    user = User.objects.create(username="bench")
    Membership.objects.create(workspace=workspace, user=user, role="admin")
    by = Actor(user, workspace, Role.ADMIN)
    criteria = [{"id": f"c_{n}", "text": f"The letter states fact number {n} in plain words."} for n in range(CRITERIA)]
    version = rubrics.create_rubric(
        by=by, slug="bench", document={"format": "rubricstudio/1", "title": "Bench", "criteria": criteria}
    )
    judge = judging.create_judge(
        by=by, name="fake", engine={"kind": "served", "base_url": base_url, "model": "fake-judge"}
    )

    def run(count: int, seed: int) -> tuple[Run, float]:
        chance = random.Random(seed)
        rows = [
            datasets.RolloutRow(
                messages=[{"role": "user", "parts": [{"type": "text", "text": f"Write letter {seed}-{n}."}]}],
                parts=[{"type": "text", "text": " ".join(chance.choice(WORDS) for _ in range(420))}],
            )
            for n in range(count)
        ]
        subjects = datasets.store_rollouts(workspace, datasets.rollouts_dataset(workspace), rows)
        begun = time.monotonic()
        started = judging.start_run(by=by, name="bench", judges=[judge], pairs=[(version, one) for one in subjects])
        while RunItem.objects.filter(run=started, state="waiting").exists():
            time.sleep(0.05)
        return started, time.monotonic() - begun

    run(WARM_UP, 1)
    before = Verdict.objects.filter(status="ok").count()
    _, seconds = run(answers, 2)
    return {"verdicts": Verdict.objects.filter(status="ok").count() - before, "seconds": seconds}


if __name__ == "__main__":
    main()

"""The process that bench/agreement.py starts: a data set with many labels, and the page of its agreement."""

import json
import os
import statistics
import sys
import time
from typing import Any

import django

CRITERIA = ("clear", "complete", "correct", "kind")
RATERS = 10


def main(labels: int, calls: int) -> None:
    """Fill a data set with so many labels and open its page so often; print how long the page took."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rubricstudio.settings"
    django.setup()
    print(json.dumps(_measured(labels, calls)))


def _measured(labels: int, calls: int) -> dict[str, Any]:
    from django.conf import settings

    from tests import factories

    settings.ALLOWED_HOSTS = ["*"]
    author = factories.make_actor(workspace=factories.make_workspace(slug="bench"))
    stored = _fill(author, labels)
    browser = factories.signed_in(author)
    times, answer = [], None
    for _ in range(calls + 1):
        begun = time.perf_counter()
        answer = browser.get("/w/bench/review/data/labelled/agreement")
        times.append(time.perf_counter() - begun)
    assert answer is not None
    assert answer.status_code == 200
    assert b"All coefficients" in answer.content
    return {"labels": stored, "median": statistics.median(times[1:]), "first": times[0], "most": max(times[1:])}


def _fill(author: Any, labels: int) -> int:
    """Three of ten people label each answer by four criteria on five levels and mostly agree."""
    import numpy as np

    from apps.datasets.models import Label, Prompt, Rater, Response, Subject, SubjectMember
    from tests import factories

    dataset = factories.make_dataset(workspace=author.workspace, slug="labelled")
    answers = labels // (3 * len(CRITERIA)) + 1
    prompt = factories.make_prompt(dataset=dataset)
    assert isinstance(prompt, Prompt)
    responses = Response.objects.bulk_create(
        Response(prompt=prompt, external_id=f"r{n}", parts=[{"type": "text", "text": f"Answer {n}."}], hash=f"{n:064d}")
        for n in range(answers)
    )
    subjects = Subject.objects.bulk_create(
        Subject(workspace=author.workspace, prompt=prompt, hash=f"{n:064d}") for n in range(answers)
    )
    SubjectMember.objects.bulk_create(
        SubjectMember(subject=one, position=0, response=response)
        for one, response in zip(subjects, responses, strict=True)
    )
    raters = Rater.objects.bulk_create(Rater(workspace=author.workspace, name=f"rater {n}") for n in range(RATERS))
    chance = np.random.default_rng(20)
    rows = []
    for subject in subjects:
        for criterion in CRITERIA:
            true = chance.integers(0, 5)
            for place in chance.choice(RATERS, 3, replace=False):
                value = float(np.clip(true + chance.integers(-1, 2), 0, 4)) / 4
                rows.append(
                    Label(dataset=dataset, subject=subject, rater=raters[place], criterion=criterion, value=value)
                )
    Label.objects.bulk_create(rows, batch_size=5_000)
    return len(rows)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

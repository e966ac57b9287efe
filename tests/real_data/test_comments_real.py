"""Published feedback on answers as comments: what counts as quoted, and the whole way with the small model."""

import random
import re
import time
from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.datasets.models import SubjectKind
from apps.review import services
from apps.review.models import Principle, ReadComment
from domain import principles
from tests import factories
from tests.apps.review.conftest import make_queue, take, together
from tests.processes import Processes
from tests.real_data.test_domain_real import records
from tests.real_data.test_whole_way import make_person

FEEDBACK = "judge_verdicts/prometheus_mt_bench_eval.jsonl"
pytestmark = pytest.mark.real_data


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+", text) if len(one) >= 30]


def test_own_sentences_are_found_and_those_of_other_feedback_are_not():
    """All own sentences, also with every fifth word left out; of sentences about other answers 3 of 80 pass."""
    rows, rng = records(FEEDBACK)[:80], random.Random(1)
    own = gaps = foreign = 0
    for place, row in enumerate(rows):
        feedback, response = row["gpt4_feedback"], row["response"]
        quote = rng.choice(sentences(feedback))
        found = principles.find_place(quote, feedback, response)
        own += found is not None and found.similarity == 100 and feedback[found.start : found.end] == quote
        short = " ".join(word for n, word in enumerate(quote.split()) if n % 5 != 4)
        gaps += principles.find_place(short, feedback, response) is not None
        other = rows[(place * 37 + 11) % len(rows)]
        if other["question_idx"] == row["question_idx"]:
            other = rows[(place + 40) % len(rows)]
        strange = rng.choice(sentences(other["gpt4_feedback"]))
        foreign += principles.find_place(strange, feedback, response) is not None
    assert (own, gaps) == (80, 80)
    assert foreign <= 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(1200)
def test_feedback_is_read_by_the_small_model_in_a_worker(processes: Processes):
    url = processes.start_web().url
    processes.start_sweeper()
    processes.start_worker()
    author, approver = make_person(url, Role.AUTHOR), make_person(url, Role.APPROVER)
    judge = {"name": "small", "engine": {"kind": "embedded"}, "strategy": "label_distribution", "default": True}
    approver.post("judges", judge, expect=201)
    queue = critiqued(author.actor, records(FEEDBACK)[:2])
    author.post(
        "rubrics", {"slug": "chat", "title": "Chat", "criteria": [{"id": "c", "text": "Is brief."}]}, expect=201
    )
    reading = author.post("comment-readings", {"rubric": "chat@1", "queue": queue}, expect=202)
    found = ended(author, reading["id"])
    assert found["state"] == "done", found
    assert found["comments"]["read"] + found["comments"]["unread"] == 2
    for comment in ReadComment.objects.filter(state="read"):
        assert principles.read_principles(comment.reply) is not None
    for one in Principle.objects.filter(dropped="", source="comment").select_related("comment"):
        assert one.similarity is not None
        assert one.similarity > principles.LEAST_SIMILAR
        assert one.comment.text[one.start : one.end].strip()
    assert sum(one["comments"] for one in found["candidates"]) == Principle.objects.filter(dropped="").count()


def critiqued(author: Any, rows: list[dict[str, Any]]) -> int:
    """A queue in which somebody wrote the published feedback about each answer."""
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=author.workspace))
    items = [
        factories.make_response(prompt=prompt, text=row["response"], external_id=str(n)) for n, row in enumerate(rows)
    ]
    subjects = [{"subject": together(SubjectKind.RESPONSE, [one])} for one in items]
    queue = make_queue(author, "critique", subjects)
    writer = factories.make_actor(Role.ANNOTATOR, workspace=author.workspace)
    for row in rows:
        services.answer(by=writer, claim=take(writer, queue), given={}, note=row["gpt4_feedback"])
    return int(queue.pk)


def ended(person: Any, key: int) -> dict[str, Any]:
    """The reading once it has ended."""
    until = time.monotonic() + 900
    while (found := person.get(f"comment-readings/{key}"))["state"] not in {"done", "failed", "cancelled"}:
        assert time.monotonic() < until, found
        time.sleep(1)
    return dict(found)

"""The pages of agreement: figures, advice, and who sees whom."""

import json
from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.datasets import services as datasets
from apps.datasets.models import Preference, PreferenceMember, Rater
from apps.review import queries, services
from tests import factories
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db
ROWS = [
    {"prompt_id": f"p{n}", "prompt": "Why?", "response_id": f"r{n}", "response": f"Because {n}."} for n in range(60)
]


@pytest.fixture
def labelled(alice):
    data = "\n".join(map(json.dumps, ROWS)).encode()
    dataset = datasets.import_dataset(by=alice, slug="letters", title="Letters", format="generic", data=data).dataset
    labels = [
        {"response_id": f"r{n}", "rater": rater, "criterion": criterion, "value": value}
        for n in range(60)
        for criterion, rater, value in (
            ("clear", "ann", n % 2), ("clear", "ben", n % 2), ("clear", "cy", n % 2 if n > 4 else 1 - n % 2),
            ("kind", "ann", n % 2), ("kind", "ben", (n // 2) % 2),
        )
    ]  # fmt: skip
    labels.append({"response_id": "r0", "rater": "ann", "criterion": "clear", "value": 1, "mode": "assisted"})
    labels += [
        {"response_id": f"r{n}", "rater": "ann", "criterion": "clear", "value": 0, "repeat": 1} for n in range(4)
    ]
    datasets.add_label_records(by=alice, dataset=dataset, records=labels)
    return dataset


def test_every_criterion_and_one_closely(labelled):
    found = queries.dataset_dashboard(labelled)
    clear, kind = found.rows
    assert (clear.criterion, clear.alpha.n_items, clear.assisted, clear.cannot) == ("clear", 60, 1, False)
    assert clear.alpha.value == pytest.approx(0.89, abs=0.02)
    assert kind.cannot
    close: Any = found.closely
    assert close is not None
    assert [(one.first, one.second, one.n_items) for one in close.matrix] == [(0, 1, 60), (0, 2, 60), (1, 2, 60)]
    accuracy = {row.voice.name: row.accuracy for row in close.raters}
    assert min(accuracy["ann"] or 0, accuracy["ben"] or 0) > accuracy["cy"]
    assert {row.voice.name: (row.repeats, row.repeated) for row in close.raters}["ann"] == (0.5, 4)
    assert found.differing["clear"]["ann"].differs == pytest.approx(5 / 120)


def test_the_page_says_what_to_do(alice, labelled):
    page = factories.signed_in(alice).get("/w/clinic/review/data/letters/agreement").content.decode()
    assert "People themselves do not agree on kind" in page
    assert "agreement-pairs" in page
    assert "Who differs where" in page
    closely = factories.signed_in(alice).get("/w/clinic/review/data/letters/agreement?criterion=kind").content.decode()
    assert "Closely: kind" in closely


def test_what_is_not_there(alice, bob, charlie, labelled):
    url = "/w/clinic/review/data/letters/agreement"
    assert factories.signed_in(alice).get(f"{url}?criterion=none").status_code == 404
    assert factories.signed_in(charlie).get(url).status_code == 404
    shown = factories.signed_in(bob).get(url).content.decode()
    assert "agreement-pairs" not in shown
    assert "<caption>Raters" not in shown


def test_people_see_only_themselves(alice, bob, cleo, queue):
    for person, value in ((bob, 1.0), (cleo, 0.0)):
        for _ in range(6):
            claim = take(person, queue)
            services.answer(by=person, claim=claim, given={"value": value}, seconds=3)
    url = f"/w/clinic/review/{queue.pk}/agreement"
    assert factories.signed_in(bob).get(url).status_code == 403
    services.set_state(by=alice, queue=queue, state="closed")
    mine = factories.signed_in(bob).get(url)
    assert mine.status_code == 200
    assert "<caption>You" in mine.content.decode()
    assert ">cleo<" not in mine.content.decode()
    approver = factories.make_actor(Role.APPROVER, username="dora", workspace=alice.workspace)
    assert "<caption>Raters" in factories.signed_in(approver).get(url).content.decode()


def test_an_empty_queue_says_so(alice, queue):
    assert "No ratings yet" in factories.signed_in(alice).get(f"/w/clinic/review/{queue.pk}/agreement").content.decode()


def test_every_coefficient_has_its_interval_and_items(labelled):
    close: Any = queries.dataset_dashboard(labelled).closely
    assert close is not None
    found = {(one.metric.value, one.level): one for one in close.coefficients}
    assert len(found) == 12
    assert {level for metric, level in found if metric == "alpha"} == {"nominal", "ordinal", "interval"}
    assert all(one.low <= one.value <= one.high and one.n_items == 60 for one in found.values())
    assert all(one.low <= one.value <= one.high for one in close.matrix)
    assert {one.rule: (one.decided, one.left) for one in close.settling}["majority"] == (60, 0)
    assert {one.rule: (one.decided, one.left) for one in close.settling}["unanimous"] == (55, 5)


def test_people_who_order_answers_have_a_page_too(alice, labelled):
    workspace = alice.workspace
    for dataset, labels in ((factories.make_dataset(slug="orders"), False), (labelled, True)):
        prompt = factories.make_prompt(dataset=dataset, external_id="ordered")
        raters = [Rater.objects.get_or_create(workspace=workspace, name=name)[0] for name in ("ann", "ben")]
        for n in range(12):
            pair = [factories.make_response(prompt=prompt, text=f"{n} {side} {dataset.slug}") for side in "ab"]
            for k, rater in enumerate(raters):
                given = Preference.objects.create(dataset=dataset, prompt=prompt, rater=rater, external_id=f"{n}-{k}")
                for place, response in enumerate(pair):
                    rank = 1 + (place + n % 2 + (k and n == 0)) % 2
                    PreferenceMember.objects.create(preference=given, response=response, rank=rank)
        found = queries.dataset_dashboard(dataset, of="preferences")
        assert (found.of, found.other, found.rows[0].alpha.n_items) == ("preferences", "labels" if labels else "", 12)
        assert found.rows[0].percent.value == pytest.approx(11 / 12)
    page = factories.signed_in(alice).get("/w/clinic/review/data/orders/agreement").content.decode()
    assert "which of two answers is better" in page
    both = factories.signed_in(alice).get("/w/clinic/review/data/letters/agreement").content.decode()
    assert "Which of two answers people prefer" in both
    assert factories.signed_in(alice).get("/w/clinic/review/data/letters/agreement?of=luck").status_code == 422

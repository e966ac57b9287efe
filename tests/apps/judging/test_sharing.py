"""Whether engines share answers among criteria is measured, shown and warned of."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.judging import queries, services
from apps.judging.models import Call, Run
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)


def start(clinic: Clinic, **more) -> Run:
    chosen = {"versions": [clinic.version], "dataset": clinic.dataset, "judges": [clinic.judge], **more}
    return services.start_run(by=clinic.author, name="A run", **chosen)


def page_of(run: Run, clinic: Clinic) -> str:
    browser = Client()
    browser.force_login(clinic.author.user)
    return browser.get(reverse("judging:detail", args=[clinic.author.workspace.slug, run.pk])).content.decode()


def sharing(run: Run) -> list[Any]:
    return [(one.judge, one.share, one.alarm) for one in queries.run_progress(run).sharing]


def test_what_was_shared_is_measured_and_shown(clinic: Clinic) -> None:
    run = start(clinic)
    work()
    call = Call.objects.order_by("pk")[0]
    assert 0 < call.shared_tokens == call.cached_tokens
    assert sharing(run) == [("reader@1", 1.0, False)]
    page = page_of(run, clinic)
    assert "100 % of what criteria share" in page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")
    assert "does not share" not in page


def test_an_engine_that_does_not_share_is_warned_of(clinic: Clinic) -> None:
    run = start(clinic)
    work()
    Call.objects.update(shared_tokens=9_000, cached_tokens=300)
    assert sharing(run) == [("reader@1", pytest.approx(300 / 9000), True)]
    assert "The engine of reader@1 does not share answers." in page_of(run, clinic)
    told = queries.run_progress(run).as_dict()["sharing"]
    assert told == [
        {
            "judge": "reader@1",
            "shared_tokens": 18_000,
            "saved_tokens": 600,
            "share": pytest.approx(1 / 30),
            "alarm": True,
        }
    ]


@pytest.mark.parametrize(
    ("shared", "cached", "expected"),
    [
        (0, 500, []),
        (400, 0, [("reader@1", 0.0, False)]),
        (5_000, 9_000, [("reader@1", 1.0, False)]),
        (5_000, 2_600, [("reader@1", 0.52, False)]),
    ],
)
def test_what_is_unknown_little_or_mostly_shared_raises_no_alarm(clinic: Clinic, shared, cached, expected) -> None:
    run = start(clinic)
    work()
    Call.objects.update(shared_tokens=shared, cached_tokens=cached)
    assert sharing(run) == expected


def test_each_judge_is_measured_by_itself(clinic: Clinic) -> None:
    other = factories.make_judge(workspace=clinic.author.workspace, name="other")
    run = start(clinic, judges=[clinic.judge, other])
    work()
    Call.objects.filter(judge_version=clinic.judge).update(shared_tokens=3_000, cached_tokens=2_400)
    Call.objects.filter(judge_version=other).update(shared_tokens=3_000, cached_tokens=0)
    assert sharing(run) == [("other@1", 0.0, True), ("reader@1", 0.8, False)]


def test_likelihoods_that_vanish_are_warned_of(clinic: Clinic) -> None:
    listener = factories.make_judge(
        workspace=clinic.author.workspace, name="likely", strategy="reference_likelihood", settings={"form": "prob"}
    )
    criteria = [{"id": "a", "kind": "answer", "text": "Reaches the result.", "needs": ["reference"], "weight": 1.0}]
    version = factories.make_version(
        workspace=clinic.author.workspace, status="approved", document=factories.make_document(criteria=criteria)
    )
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=clinic.author.workspace))
    prompt.reference = [{"type": "text", "text": "7 mg"}]
    prompt.save(update_fields=["reference"])
    factories.make_subject(responses=[factories.make_response(prompt=prompt, text="It takes seven of them.")])
    clinic.engine._script = lambda ask: (-15.0, -15.0)
    run = start(clinic, versions=[version], dataset=prompt.dataset, judges=[listener])
    work()
    progress = queries.run_progress(run)
    assert (progress.scored, progress.vanishing, progress.vanishing_alarm) == (1, 1, True)
    assert "Likelihoods vanish." in page_of(run, clinic)
    clinic.engine._script = lambda ask: (-0.5, -0.5)
    again = start(clinic, versions=[version], dataset=prompt.dataset, judges=[clinic.judge])
    work()
    assert not queries.run_progress(again).vanishing_alarm

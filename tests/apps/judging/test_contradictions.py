"""Verdicts whose reason says otherwise: counted and found on the page of the run."""

import pytest

from apps.judging import queries, services
from apps.judging.models import RunItem
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import work

pytestmark = pytest.mark.django_db


def judged(clinic, judge):
    run = services.start_run(
        by=clinic.author, name="Reasons", versions=[clinic.version], judges=[judge], subjects=clinic.subjects
    )
    work()
    return run


def test_a_contradiction_is_counted_and_its_answer_found(clinic, play):
    judge = factories.make_judge(
        workspace=clinic.author.workspace, protocol="reasoned", prompt_name="judge_reasoned", name="thinker"
    )
    play(by_text({"Names the drug": " Yes", "Blames the patient": " No"}))
    said = {"detail": {"consistent": False}, "rationale": "It is not met."}
    factories.make_verdicts(clinic.version, judge, clinic.subjects[1], {"c_drug": 1.0}, **said)
    run = judged(clinic, judge)
    item = RunItem.objects.get(run=run, subject=clinic.subjects[1])
    assert queries.contradictions(run) == 1
    assert [one.pk for one in queries.run_items(run, show="contradicted")] == [item.pk]
    page = factories.signed_in(clinic.author).get(f"/w/{clinic.author.workspace.slug}/runs/{run.pk}/?show=contradicted")
    assert "reason and verdict differ" in page.content.decode()
    assert f'id="answer-row-{item.index}"' in page.content.decode()
    assert f'id="answer-row-{1 - item.index}"' not in page.content.decode()
    answer = factories.signed_in(clinic.author).get(
        f"/w/{clinic.author.workspace.slug}/runs/{run.pk}/answers/{item.index}/"
    )
    assert "the reason says otherwise" in answer.content.decode()


def test_a_judge_that_writes_no_reasons_is_not_asked_about(clinic):
    run = judged(clinic, clinic.judge)
    assert queries.contradictions(run) is None
    page = factories.signed_in(clinic.author).get(f"/w/{clinic.author.workspace.slug}/runs/{run.pk}/")
    assert "reason and verdict differ" not in page.content.decode()

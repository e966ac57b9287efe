"""The pages of pairs and lists: both answers side by side, who wins, both orders, and what is missing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.datasets import services as datasets
from apps.judging import services
from apps.judging.models import Call, JudgeVersion, Run
from engines.protocol import Failure, FailureKind
from engines.scripted import Ask
from tests import factories
from tests.apps.judging.conftest import BAD, GOOD, Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


def judged(clinic: Clinic, strategy: str, *, done: bool = True, **more: Any) -> Run:
    settings = {"rotations": 1} if strategy == "listwise" else {}
    judge: JudgeVersion = factories.make_judge(
        workspace=clinic.author.workspace, strategy=strategy, name=strategy.replace("_", "-"), settings=settings
    )
    chosen = {"versions": [clinic.version], "dataset": clinic.dataset, **more}
    run = services.start_run(by=clinic.author, name="A comparison", judges=[judge], **chosen)
    if done:
        work()
    return run


def page(browser: Client, clinic: Clinic, run: Run, index: int | None = None) -> str:
    where = [clinic.author.workspace.slug, run.pk]
    url = reverse("judging:detail", args=where) if index is None else reverse("judging:answer", args=[*where, index])
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def likes_good(ask: Ask) -> str:
    first = ask.shared.index(GOOD) < ask.shared.index(BAD)
    wins = first if "Names the drug" in ask.suffix else not first
    return " P" if wins else " S"


def test_a_pair_shows_both_answers_and_who_wins_each_criterion(clinic: Clinic, play, browser: Client) -> None:
    play(likes_good)
    html = page(browser, clinic, judged(clinic, "pairwise"), 0)
    assert html.index('id="answer-A"') < html.index(GOOD) < html.index('id="answer-B"') < html.index(BAD)
    assert html.count('<span class="chip g">Answer A</span>') == 2
    assert "Answer A is better" in html
    assert "A shown first: much more A" in html
    assert "position gap" in html
    assert "Criteria that prefer Answer A: 2, Answer B: 0, neither: 0." in html


def test_orders_that_contradict_each_other_are_said(clinic: Clinic, play, browser: Client) -> None:
    play(lambda ask: " P")
    html = page(browser, clinic, judged(clinic, "pairwise"), 0)
    assert html.count("the orders contradict each other") == 2
    assert "a tie" in html
    assert '<span class="chip g">better</span>' not in html


def test_a_pair_without_a_score_says_why(clinic: Clinic, play, browser: Client) -> None:
    play(lambda ask: Failure(FailureKind.TIMEOUT, "The judge was late."))
    html = page(browser, clinic, judged(clinic, "pairwise"), 0)
    assert "The judge was late." in html
    assert "no reward" in html


def test_a_waiting_pair_shows_the_answers(clinic: Clinic, browser: Client) -> None:
    run = judged(clinic, "pairwise", done=False)
    assert GOOD in page(browser, clinic, run, 0)
    assert "waiting" in page(browser, clinic, run)


def test_a_pair_that_a_rule_decided_says_so(clinic: Clinic, browser: Client) -> None:
    prompt = factories.make_prompt(dataset=clinic.dataset)
    texts = ("", "Some good words.")
    pair = factories.make_subject(
        kind="pair", responses=[factories.make_response(prompt=prompt, text=t) for t in texts]
    )
    html = page(browser, clinic, judged(clinic, "pairwise", subjects=[pair]), 0)
    assert "By rule the pair gets 0.00; no judge was shown it." in html
    assert "This answer is empty." in html
    assert "Answer B is better" in html


def test_a_forgotten_answer_of_a_pair_is_not_called_empty(clinic: Clinic, play, browser: Client) -> None:
    play(likes_good)
    run = judged(clinic, "pairwise")
    datasets.forget_responses([clinic.subjects[1].members.all()[0].response_id])
    html = page(browser, clinic, run, 0)
    assert "This answer has no text to show." in html
    assert BAD not in html
    assert "Answer A is better" in html
    assert not Call.objects.exclude(rendered_shared="").exists()


def test_the_rows_of_a_run_name_both_answers(clinic: Clinic, play, browser: Client) -> None:
    play(likes_good)
    html = page(browser, clinic, judged(clinic, "pairwise"))
    ids = [subject.members.all()[0].response.external_id for subject in clinic.subjects]
    assert f"{ids[0]} and {ids[1]}" in html
    assert "A better" in html


def test_hard_rules_are_said_to_decide(clinic: Clinic, play, browser: Client) -> None:
    criteria: list[dict[str, Any]] = [
        {"id": "c_rule", "text": "Is polite.", "role": "hard_rule"},
        {"id": "c_drug", "text": "Names the drug.", "weight": 9.0},
    ]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    play(lambda ask: " Yes" if ("polite" in ask.suffix) == (BAD in ask.shared) else " No")
    html = page(browser, clinic, judged(clinic, "gatekeeper", versions=[version]), 0)
    assert "The hard rules (criteria 1) prefer one answer, so they alone decide." in html
    assert "A alone 0.00" in html


def test_an_answer_of_a_list_is_shown_with_its_rank_and_its_companions(clinic: Clinic, play, browser: Client) -> None:
    play(lambda ask: {" Yes": 0.7, " No": 0.3})
    run = judged(clinic, "listwise")
    html = page(browser, clinic, run, 1)
    second = clinic.subjects[1].members.all()[0].response.external_id
    assert f"/ {second}</h1>" in html
    assert "Judged together with 1 other answer" in html
    assert "rank 1, tied" in html
    assert html.index(BAD) < html.index(GOOD)
    assert "list of 2" in page(browser, clinic, run)


@pytest.mark.parametrize("strategy", ["solve_first", "anchored"])
def test_what_else_was_measured_is_in_words(clinic: Clinic, play, browser: Client, strategy: str) -> None:
    prompt = clinic.subjects[0].prompt
    prompt.reference = [{"type": "text", "text": "The best answer."}]
    prompt.save(update_fields=["reference"])
    play(lambda ask: "Four." if not ask.labels else {ask.labels[0]: 0.9, ask.labels[1]: 0.1})
    html = page(browser, clinic, judged(clinic, strategy), 0)
    said = (
        "compared with the judge&#x27;s own solution in view" if strategy == "solve_first" else "wins shown first 0.90"
    )
    assert said in html


def test_the_estimate_counts_pairs(clinic: Clinic, browser: Client) -> None:
    judge = factories.make_judge(workspace=clinic.author.workspace, strategy="pairwise")
    chosen: dict[str, Any] = {
        "rubric": str(clinic.version),
        "dataset": clinic.dataset.slug,
        "judges": str(judge),
        "samples": 1,
    }
    html = browser.get(reverse("judging:estimate", args=[clinic.author.workspace.slug]), chosen).content.decode()
    assert "<dt>Pairs</dt><dd>1</dd>" in html


def test_a_stranger_sees_no_pair(clinic: Clinic) -> None:
    run = judged(clinic, "pairwise", done=False)
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))
    url = reverse("judging:answer", args=[clinic.author.workspace.slug, run.pk, 0])
    assert factories.signed_in(stranger).get(url).status_code in {403, 404}


def test_a_page_of_pairs_costs_as_many_queries_as_one_pair(clinic: Clinic, play, browser: Client) -> None:
    play(likes_good)
    run = judged(clinic, "pairwise")
    url = reverse("judging:detail", args=[clinic.author.workspace.slug, run.pk])
    one = factories.count_queries(browser, url)
    play(lambda ask: " P")
    for number in range(4):
        factories.make_response(prompt=clinic.subjects[0].prompt, text=f"Another answer, number {number}.")
    more = services.start_run(
        by=clinic.author, name="more", judges=[run.judges.get()], versions=[clinic.version], dataset=clinic.dataset
    )
    work()
    assert (
        factories.count_queries(browser, reverse("judging:detail", args=[clinic.author.workspace.slug, more.pk])) <= one
    )

"""Pages of runs, answers, trials and judges: what they show, to whom, in how many queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.jobs.models import Job
from apps.judging import queries, services
from apps.judging.models import Call, Judge, JudgeVersion, Run, RunItem
from engines.protocol import Failure, FailureKind
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import GOOD, Clinic, work

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def browser(clinic: Clinic) -> Client:
    return factories.signed_in(clinic.author)


def url(name: str, *args) -> str:
    return reverse(name, args=["clinic", *args])


def start(clinic: Clinic) -> Run:
    return services.start_run(
        by=clinic.author, name="Letters run", versions=[clinic.version], dataset=clinic.dataset, judges=[clinic.judge]
    )


def test_empty_pages_offer_the_first_step(client: Client) -> None:
    client = factories.signed_in(factories.make_actor(Role.APPROVER))
    assert "Start a run" in client.get(url("judging:list")).content.decode()
    assert "Set up a judge" in client.get(url("judges:list")).content.decode()
    assert "There is no data yet" in client.get(url("judging:start")).content.decode()


def test_the_list_polls_only_while_something_runs(clinic: Clinic, browser: Client) -> None:
    start(clinic)
    page = browser.get(url("judging:list")).content.decode()
    assert "Letters run" in page
    assert 'hx-trigger="every' in page
    work()
    part = browser.get(url("judging:list"), headers=HX).content.decode()
    assert part.startswith('<div id="run-rows"')
    assert "every 3s" not in part


def test_a_run_shows_its_answers_with_scores(clinic: Clinic, browser: Client) -> None:
    run = start(clinic)
    waiting = browser.get(url("judging:detail", run.pk)).content.decode()
    assert "every 2s" in waiting
    assert "Pause" in waiting
    work()
    page = browser.get(url("judging:detail", run.pk)).content.decode()
    assert "every 2s" not in page
    assert "<b>1.00</b>" in page
    assert "2 of 2 answers" in page


def test_unscored_is_shown_with_its_reason_and_never_as_zero(clinic: Clinic, browser: Client, play) -> None:
    play(by_text({"Names the drug": Failure(FailureKind.TIMEOUT, "No answer in 5 s."), "Blames": " No"}))
    run = start(clinic)
    work()
    page = browser.get(url("judging:detail", run.pk) + "?show=unscored").content.decode()
    assert "unscored: judge failed" in page
    assert "No answer in 5 s." in page
    assert "<b>0.00</b>" not in page
    assert "Judge again what is unscored" in page
    answer = browser.get(url("judging:answer", run.pk, 0)).content.decode()
    assert "no reward" in answer
    assert "the rubric then gives no reward" in answer
    assert '<span class="chip u">unscored: judge failed</span>' in answer


def test_an_answer_shows_verdicts_trace_and_the_way_to_the_call(clinic: Clinic, browser: Client) -> None:
    run = start(clinic)
    work()
    page = browser.get(url("judging:answer", run.pk, 0)).content.decode()
    assert "Names the drug and its dose." in page
    assert "divided by the weight a perfect answer earns = 1.00" in page
    call = Call.objects.order_by("pk")[0]
    assert url("judging:call", call.pk) in page
    shown = browser.get(url("judging:call", call.pk) + "?n=1").content.decode()
    assert "the one you came from" in shown
    assert "bisoprolol" in shown


def test_evidence_is_marked_in_the_answer(clinic: Clinic, browser: Client, play) -> None:
    play(lambda ask: " Yes" if ask.labels else 'Quote: "5 mg of bisoprolol"\nReason: There.')
    clinic.judge = factories.make_judge(workspace=clinic.author.workspace, protocol="reasoned")
    run = start(clinic)
    work()
    page = browser.get(url("judging:answer", run.pk, 0)).content.decode()
    assert ">5 mg of bisoprolol</mark>" in page
    assert "<blockquote>5 mg of bisoprolol</blockquote>" in page


def test_a_run_can_be_steered(clinic: Clinic, browser: Client) -> None:
    run = start(clinic)
    for verb, state in (("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled"), ("retry", "queued")):
        assert browser.post(url("judging:steer", run.pk, verb)).status_code == 302
        assert Job.objects.get(run=run).state == state
    assert browser.post(url("judging:steer", run.pk, "explode")).status_code == 404
    assert browser.post(url("judging:steer", run.pk, "resume")).status_code == 409


def test_a_run_is_started_from_the_form(clinic: Clinic, browser: Client) -> None:
    form: dict[str, Any] = {
        "rubric": str(clinic.version), "dataset": clinic.dataset.slug, "judges": [str(clinic.judge)], "samples": 1,
        "limit": 1,
    }  # fmt: skip
    estimate = browser.get(url("judging:estimate"), form).content.decode()
    assert "To be judged" in estimate
    answer = browser.post(url("judging:start"), form)
    run = Run.objects.get()
    assert answer.headers["Location"] == url("judging:detail", run.pk)
    assert RunItem.objects.count() == 1
    assert run.name == f"{clinic.version} on {clinic.dataset.slug}"
    wrong = browser.post(url("judging:start"), {**form, "tags": "nothing has it"})
    assert wrong.status_code == 422
    assert "nothing to judge" in wrong.content.decode()


def test_trying_a_pasted_answer(clinic: Clinic, browser: Client) -> None:
    address = url("judging:try", clinic.version.rubric.slug, clinic.version.number)
    assert "An answer to try" in browser.get(address).content.decode()
    given = {"judge": str(clinic.judge), "prompt": "Write a letter.", "response": "Take 5 mg."}
    answer = browser.post(address, given)
    assert answer.status_code == 302
    waiting = browser.get(answer.headers["Location"]).content.decode()
    assert "every 1s" in waiting
    work()
    part = browser.get(answer.headers["Location"], headers=HX).content.decode()
    assert part.startswith('<div id="answer-body">')
    assert "1.000" in part
    assert browser.post(address, {**given, "prompt": ""}).status_code == 422


def test_a_picked_answer_is_judged_as_stored_until_it_is_changed(clinic: Clinic, browser: Client) -> None:
    address = url("judging:try", clinic.version.rubric.slug, clinic.version.number)
    stored = clinic.subjects[0]
    assert "bisoprolol" in browser.get(f"{address}?subject={stored.pk}").content.decode()
    given = {"judge": str(clinic.judge), "prompt": "Write a discharge letter.", "response": GOOD, "subject": stored.pk}
    browser.post(address, given)
    assert RunItem.objects.get().subject == stored
    browser.post(address, {**given, "response": GOOD + "\r\nCall us."})
    changed = RunItem.objects.order_by("-pk")[0].subject
    assert changed != stored
    assert changed.members.get().response.parts == [{"type": "text", "text": GOOD + "\nCall us."}]


def test_live_scores_beside_the_editor(clinic: Clinic, browser: Client) -> None:
    address = url("judging:version-scores", clinic.version.rubric.slug, clinic.version.number)
    assert "First let a judge read some answers" in browser.get(address).content.decode()
    start(clinic)
    work()
    part = browser.get(address).content.decode()
    assert "0 judge calls" in part
    assert part.count("<b>1.00</b>") == 2


def test_the_export_is_ndjson(clinic: Clinic, browser: Client) -> None:
    run = start(clinic)
    work()
    answer = browser.get(url("judging:export", run.pk))
    assert len(answer.getvalue().splitlines()) == 4


def test_a_judge_is_set_up_and_shown(clinic: Clinic, browser: Client) -> None:
    assert "llama-server" in browser.get(url("judges:create") + "?preset=vllm").content.decode()
    form = {
        "name": "clinic-8b", "kind": "served", "base_url": "http://127.0.0.1:9/v1", "model": "qwen3",
        "api_key": "sk-secret", "protocol": "isolated", "min_label_mass": "0.3",
    }  # fmt: skip
    answer = browser.post(url("judges:create"), form)
    assert answer.headers["Location"] == url("judges:detail", "clinic-8b")
    page = browser.get(url("judges:detail", "clinic-8b")).content.decode()
    assert "set, encrypted" in page
    assert "sk-secret" not in page
    assert "being tested" in page
    work()
    tested = browser.get(url("judges:detail", "clinic-8b"), headers=HX).content.decode()
    assert tested.startswith('<section class="panel" id="judge-test"')
    assert "every 2s" not in tested
    refused = browser.post(url("judges:create"), {**form, "base_url": "gopher://x"})
    assert refused.status_code == 422
    assert "must begin with http" in refused.content.decode()


def test_a_judge_in_the_worker_asks_for_its_model_alone(clinic: Clinic, browser: Client, monkeypatch) -> None:
    url = reverse("judges:create", args=[clinic.author.workspace.slug])
    page = browser.get(url + "?preset=vllm-local").content.decode()
    assert "A process holds one model" in page
    assert 'name="base_url"' not in page
    given = {"name": "own", "kind": "vllm_local", "model": "Qwen/Qwen3-8B", "protocol": "isolated"}
    assert "only the worker can tell" in page
    monkeypatch.setattr("engines.vllm_local.installed", lambda: False)
    assert browser.post(url + "?preset=vllm-local", given).status_code == 302
    assert JudgeVersion.objects.get(judge__name="own").engine == "vllm_local"


def test_the_embedded_judge_says_what_it_is_for(clinic: Clinic, browser: Client) -> None:
    assert "not for production" in browser.get(url("judges:create") + "?preset=embedded").content.decode()
    browser.post(url("judges:create"), {"name": "small", "kind": "embedded", "protocol": "isolated"})
    assert "for trying things, not for production" in browser.get(url("judges:list")).content.decode()
    browser.post(url("judges:default", "small"))
    assert Judge.objects.get(is_default=True).name == "small"
    browser.post(url("judges:test", "small", 1))


def test_strangers_find_nothing_and_viewers_change_nothing(clinic: Clinic) -> None:
    run = start(clinic)
    work()
    call = Call.objects.all()[0]
    pages = [
        url("judging:list"), url("judging:detail", run.pk), url("judging:answer", run.pk, 0),
        url("judging:call", call.pk), url("judging:export", run.pk), url("judges:list"),
        url("judges:detail", "reader"), url("judging:try", clinic.version.rubric.slug, 1),
        url("judging:version-scores", clinic.version.rubric.slug, 1),
    ]  # fmt: skip
    bob = factories.signed_in(factories.make_actor(Role.VIEWER, username="bob"))
    elsewhere = factories.make_workspace(slug="elsewhere")
    charlie = factories.signed_in(factories.make_actor(Role.ADMIN, username="charlie", workspace=elsewhere))
    for page in pages:
        assert bob.get(page).status_code == 200, page
        assert charlie.get(page).status_code == 404, page
        inside = page.replace("/w/clinic/", "/w/elsewhere/")
        expected = 200 if inside in {"/w/elsewhere/runs/", "/w/elsewhere/judges/"} else 404
        assert charlie.get(inside).status_code == expected, inside
        assert Client().get(page).status_code == 302, page
    for page in (
        url("judging:steer", run.pk, "retry"),
        url("judges:default", "reader"),
        url("judges:test", "reader", 1),
    ):
        assert bob.post(page).status_code == 403, page
    assert bob.get(url("judges:create")).status_code == 403
    assert bob.get(url("judging:start")).status_code == 403
    assert "New judge" not in bob.get(url("judges:list")).content.decode()


def test_the_number_of_queries_does_not_grow(clinic: Clinic, browser: Client) -> None:
    def counts(run: Run) -> list[int]:
        pages = [
            url("judging:list"), url("judging:detail", run.pk), url("judges:list"), url("judging:start"),
            url("judging:version-scores", clinic.version.rubric.slug, 1),
        ]  # fmt: skip
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries_made:
                assert browser.get(page).status_code == 200
            found.append(len(queries_made))
        return found

    run = start(clinic)
    work()
    counts(run)
    before = counts(run)
    for number in range(5):
        prompt = factories.make_prompt(dataset=clinic.dataset)
        factories.make_subject(responses=[factories.make_response(prompt=prompt, text=f"Take {number} mg a day.")])
        factories.make_judge(workspace=clinic.author.workspace)
    for _ in range(3):
        run = start(clinic)
    work()
    counts(run)
    assert counts(run) == before
    assert max(before) < 26


def test_a_draft_is_read_once_for_many_answers(clinic: Clinic, django_assert_max_num_queries) -> None:
    draft = factories.make_version(workspace=clinic.author.workspace)
    run = services.start_run(
        by=clinic.author, name="x", versions=[draft], dataset=clinic.dataset, judges=[clinic.judge]
    )
    work()
    items = RunItem.objects.filter(run=run).select_related(*queries.RELATED)
    with django_assert_max_num_queries(6):
        assert [result.status for result in queries.results(items)] == ["ok", "ok"]


def test_the_operators_server_is_offered_first(alice, settings) -> None:
    settings.STUDIO_JUDGE_URL, settings.STUDIO_JUDGE_MODEL = "http://gpu:8000/v1", "big"
    url = reverse("judges:create", args=[alice.workspace.slug])
    page = factories.signed_in(alice).get(f"{url}?preset=vllm").content.decode()
    assert 'value="http://gpu:8000/v1"' in page
    assert 'value="big"' in page


def test_the_estimate_says_where_required_quotes_would_be_lacking(clinic: Clinic, browser: Client) -> None:
    one, two = factories.TWO_CRITERIA
    document = factories.make_document(criteria=[{**one, "evidence": "required"}, two])
    quoted = factories.make_version(
        rubric=factories.make_rubric(workspace=clinic.author.workspace, slug="quoted"), document=document,
        status="approved",
    )  # fmt: skip
    reasons = factories.make_judge(workspace=clinic.author.workspace, name="reasons", protocol="reasoned")
    form: dict[str, Any] = {"rubric": str(quoted), "dataset": clinic.dataset.slug, "samples": 1}
    said = "One criterion of quoted@1 requires a quote, and reader@1 is not asked for any"
    assert said in browser.get(url("judging:estimate"), {**form, "judges": [str(clinic.judge)]}).content.decode()
    assert (
        "requires a quote"
        not in browser.get(url("judging:estimate"), {**form, "judges": [str(reasons)]}).content.decode()
    )

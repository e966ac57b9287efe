"""What a person reads on the screen is what REST serves: scores, verdicts, contributions, rewards, counts."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.training import services as training
from tests.engines.fake_openai import FakeServer
from tests.journeys.filled import Filled
from tests.journeys.people import Person

Lines = dict[str, list[dict[str, Any]]]


@pytest.fixture
def lines(filled: Filled) -> Lines:
    """The run's verdicts as REST exports them, by the answer they are about."""
    with filled.api() as api:
        sent = api.get(f"/runs/{filled.run.pk}/verdicts.ndjson").raise_for_status().text
    by_answer: Lines = {}
    for line in map(json.loads, sent.strip().split("\n")):
        if "_end" not in line:
            by_answer.setdefault(f"{line['prompt_id']} / {line['response_id']}", []).append(line)
    assert len(by_answer) == 24
    return by_answer


def test_run_shows_the_scores_and_counts_of_rest(filled: Filled, lines: Lines, enter: Callable[..., Person]) -> None:
    with filled.api() as api:
        progress = api.get(f"/runs/{filled.run.pk}").raise_for_status().json()["progress"]
    page = _signed_in(filled, enter).go(reverse("judging:detail", args=[filled.workspace.slug, filled.run.pk]))

    cards = [card.inner_text() for card in page.locator("#run-progress .stat b").all()]
    wanted = [progress["scored"], progress["unscored"], progress["reused"], progress["prompt_tokens"]]
    assert [_digits(card) for card in cards] == [str(number) for number in wanted]
    rows = page.locator("#answers tbody tr").all()
    read = {row.locator("a.row-link").inner_text(): row.locator("td").nth(2).inner_text() for row in rows}
    assert read == {answer: shown(found[0]["score"]["raw"], 2) for answer, found in lines.items()}


def test_answer_shows_the_verdicts_of_rest(filled: Filled, lines: Lines, enter: Callable[..., Person]) -> None:
    person = _signed_in(filled, enter)
    for index in (0, 7, 23):
        page = person.go(reverse("judging:answer", args=[filled.workspace.slug, filled.run.pk, index]))
        found = lines[page.locator("h1").inner_text()]
        assert page.locator(".live-score b").inner_text() == shown(found[0]["score"]["raw"], 3)
        verdicts = page.locator(".verdict").all()
        assert len(verdicts) == len(found)
        for verdict, line in zip(verdicts, found, strict=True):
            assert verdict.locator(".verdict-value b").inner_text() == shown(line["value"], 2)
            said = verdict.locator(".meta.small").inner_text()
            if line["call"] is not None:  # A computed criterion asks nobody, so it has neither.
                assert f"expected value {shown(line['probability'], 2)}" in said
                assert f"label mass {shown(line['label_mass'], 2)}" in said
            assert f"adds {shown(line['contribution'], 3)}" in said


def test_rewards_show_what_the_training_job_got(filled: Filled, enter: Callable[..., Person]) -> None:
    page = _signed_in(filled, enter).go(_rewards_page(filled, filled.rewards))
    _assert_rewards(page, filled.rewards)
    assert all(result["reward"] is not None for result in filled.rewards["results"])


def test_a_point_of_the_curve_leads_to_rollouts_verdicts_and_approver(
    filled: Filled, enter: Callable[..., Person]
) -> None:
    training.watch_run(run=filled.training_run)
    place = reverse("training:run", args=[filled.workspace.slug, filled.training_run.pk])
    page = _signed_in(filled, enter).go(place)
    point = page.locator("#reward .point").first
    point.scroll_into_view_if_needed()
    spot = point.bounding_box()
    assert spot
    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    expect(page.locator("#reward .hovertext")).to_contain_text("step 3")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/steps/3/")
    aside = page.locator("section.panel", has_text="Provenance")
    expect(aside).to_contain_text("discharge-letters@1")
    expect(aside).to_contain_text("approved by")
    expect(page.locator("main tbody tr")).to_have_count(len(filled.rewards["results"]))
    first = filled.rewards["results"][0]
    page.get_by_role("link", name=first["id"], exact=True).click()
    page.wait_for_url("**/answers/*/")
    expect(page.locator(".verdict")).to_have_count(len(first["criteria"]))
    assert page.locator(".live-score b").inner_text() == shown(first["reward"], 3)


def test_no_reward_is_shown_as_none(filled: Filled, fake_judge: FakeServer, enter: Callable[..., Person]) -> None:
    items = [{"id": "broken", "prompt": "Write the letter.", "response": "Nobody can judge this answer today."}]
    with fake_judge.behaving("nan"), filled.api() as api:
        body = {"rubric": "discharge-letters@1", "judge": "reader", "wait": 30, "items": items}
        answer = api.post("/rewards", json=body).raise_for_status().json()
    assert answer["results"][0]["reward"] is None
    page = _signed_in(filled, enter).go(_rewards_page(filled, answer))
    _assert_rewards(page, answer)


def shown(value: float | None, digits: int) -> str:
    """A number as the screen writes it."""
    if value is None:
        return "no reward"
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def _signed_in(filled: Filled, enter: Callable[..., Person]) -> Person:
    person = enter(filled.url)
    person.sign_in(**filled.users["author"])
    return person


def _rewards_page(filled: Filled, answer: dict[str, Any]) -> str:
    return reverse("training:request", args=[filled.workspace.slug, answer["id"]])


def _assert_rewards(page: Page, answer: dict[str, Any]) -> None:
    rows = [row.locator("td").all_inner_texts() for row in page.locator("main tbody tr").all()]
    assert [row[0].split()[0] for row in rows] == [result["id"] for result in answer["results"]]
    for row, result in zip(rows, answer["results"], strict=True):
        assert row[2] == shown(result["reward"], 4)
        assert row[3] == ("" if result["display"] is None else shown(result["display"], 2))
        assert _digits(row[4]) == f"{result['coverage'] * 100:.0f}"


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())

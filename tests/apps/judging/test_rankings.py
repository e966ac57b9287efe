"""Answers ranked by what a run compared, and scores smoothed over near-identical answers."""

from collections.abc import Mapping
from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.datasets.models import Response
from apps.judging import queries, services
from apps.judging.models import Call, JudgeVersion, Run, Score
from apps.judging.queries import RankingSettings
from domain import errors, scoring
from domain.scoring.rankings import Method, Ties
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = {
    "best": "Take 5 mg each morning with a glass of water and call us when you feel dizzy again.",
    "good": "Take 5 mg each morning with a glass of water and call us if you feel dizzy again.",
    "fair": "There is a tablet for the morning.",
    "poor": "You should know that yourself by now, really.",
}


@pytest.fixture
def answers(clinic: Clinic) -> dict[str, Response]:
    """Four answers to a prompt of a data set of their own; the first two are nearly the same."""
    clinic.dataset = factories.make_dataset(workspace=clinic.author.workspace)
    prompt = factories.make_prompt(dataset=clinic.dataset, external_id="p1")
    return {name: factories.make_response(prompt=prompt, text=text, external_id=name) for name, text in TEXTS.items()}


def compared(clinic: Clinic, answers: dict[str, Response], games: Mapping[str, float | None], *names: str) -> Run:
    """A run over pairs such as `best poor`; the value is how far the first one wins, None where the judge failed."""
    judges = [
        factories.make_judge(workspace=clinic.author.workspace, name=name, strategy="pairwise")
        for name in names or ("pairs",)
    ]
    subjects = []
    for pair, value in games.items():
        members = [answers[name] for name in pair.split()]
        subject = factories.make_subject(responses=members, kind="pair")
        subjects.append(subject)
        for judge in judges:
            if value is None:
                continue
            factories.make_verdicts(clinic.version, judge, subject, {"c_drug": value, "c_blame": 1 - value})
    run = services.start_run(
        by=clinic.author, name="Pairs", workspace=clinic.author.workspace, judges=judges,
        pairs=[(clinic.version, subject) for subject in subjects],
    )  # fmt: skip
    work()
    return run


def ranked(run: Run, **settings: Any) -> queries.PromptRanking:
    page = queries.ranked_prompts(run, 0)
    assert page.span is not None
    (found,) = queries.rankings_of(run, page.span, RankingSettings(**settings))
    return found


def by_name(found: queries.PromptRanking) -> dict[str, queries.rankings.Ranked]:
    return {one.response.external_id: one for one in found.answers}


ROUND = {"best good": 0.5, "best fair": 1.0, "best poor": 1.0, "good fair": 1.0, "good poor": 0.75, "fair poor": 1.0}


def test_who_beats_whom_becomes_ranks_without_asking_anybody(clinic: Clinic, answers, play) -> None:
    run = compared(clinic, answers, ROUND)
    asked, stored = Call.objects.count(), Score.objects.count()
    found = ranked(run, method=Method.BORDA)
    assert [(one.response.external_id, one.rank, one.score) for one in found.answers] == [
        ("best", 1, 2.5), ("good", 1, 2.5), ("fair", 3, 1.0), ("poor", 4, 0.0),
    ]  # fmt: skip
    assert (found.comparisons, found.ties, found.left_out, found.unscored, found.missing) == (6, 1, 0, 0, 0)
    assert (found.connected, found.cycles) == (True, 0)
    rates = by_name(ranked(run, method=Method.WIN_RATE))
    assert rates["best"].score == pytest.approx(2.5 / 3)
    strengths = by_name(ranked(run))
    assert strengths["best"].score == pytest.approx(strengths["good"].score, abs=1e-4)
    assert sum(one.score or 0.0 for one in strengths.values()) == pytest.approx(0, abs=1e-9)
    assert (Call.objects.count(), Score.objects.count()) == (asked, stored)


def test_ties_count_as_is_chosen(clinic: Clinic, answers) -> None:
    run = compared(clinic, answers, ROUND)
    without = ranked(run, ties=Ties.LEFT_OUT, method=Method.BORDA)
    assert (without.left_out, without.missing, by_name(without)["best"].score) == (1, 1, 2.0)
    degree = by_name(ranked(run, ties=Ties.DEGREE, method=Method.WIN_RATE))
    assert degree["good"].score == pytest.approx((0.5 + 1 + 0.75) / 3)
    wide = ranked(run, room=0.5, method=Method.BORDA)
    assert (wide.ties, by_name(wide)["good"].score) == (2, 2.0)
    with pytest.raises(errors.Invalid):
        RankingSettings(room=1.0)


def test_what_was_not_judged_is_left_out_and_groups_that_never_met_are_told(clinic: Clinic, answers, play) -> None:
    play(lambda ask: " ?")
    run = compared(clinic, answers, {"best good": 1.0, "fair poor": 1.0, "good fair": None})
    found = ranked(run)
    assert (found.comparisons, found.unscored, found.missing, found.parts) == (2, 1, 4, 2)
    assert not found.connected
    assert {one.response.external_id: one.rank for one in found.answers} == {"best": 1, "good": 2, "fair": 1, "poor": 2}
    alone = compared(clinic, answers, {"best poor": None}, "other")
    assert [(one.score, one.rank) for one in ranked(alone).answers] == [(None, None)] * 2


def test_several_judges_are_ranked_apart_and_together(clinic: Clinic, answers) -> None:
    run = compared(clinic, answers, {"best poor": 1.0, "good poor": 1.0}, "one", "two")
    page = queries.ranked_prompts(run, 0)
    assert page.span is not None
    found = queries.rankings_of(run, page.span, RankingSettings())
    assert [str(one.judge) for one in found] == ["one@1", "two@1", "None"]
    assert [one.comparisons for one in found] == [2, 2, 4]


def test_near_identical_answers_share_their_ranking_scores(clinic: Clinic, answers) -> None:
    run = compared(clinic, answers, {**ROUND, "best good": 1.0})
    found = by_name(ranked(run, method=Method.WIN_RATE, alike=0.6))
    best, good = found["best"], found["good"]
    (near,) = best.neighbours
    assert (near.response.external_id, near.score) == ("good", good.score)
    assert best.smoothed == pytest.approx((1 + near.similarity * (good.score or 0)) / (1 + near.similarity))
    assert (found["fair"].neighbours, found["fair"].smoothed) == ((), found["fair"].score)


def test_lists_are_compared_two_by_two(clinic: Clinic, answers) -> None:
    judge = factories.make_judge(workspace=clinic.author.workspace, name="lists", strategy="listwise")
    members = list(answers.values())[:3]
    subjects = [
        factories.make_subject(responses=members, kind="list", step=place, hash=f"{place:064d}") for place in range(3)
    ]
    for subject, value in zip(subjects, (1.0, 1.0, 0.25), strict=True):
        factories.make_verdicts(clinic.version, judge, subject, {"c_drug": value, "c_blame": 0})
    run = services.start_run(
        by=clinic.author, name="Lists", workspace=clinic.author.workspace, judges=[judge],
        pairs=[(clinic.version, subject) for subject in subjects],
    )  # fmt: skip
    work()
    found = ranked(run, method=Method.BORDA)
    assert (found.comparisons, found.ties) == (3, 1)
    assert {one.response.external_id: one.score for one in found.answers} == {"best": 1.5, "good": 1.5, "fair": 0.0}


def single(clinic: Clinic, answers: dict[str, Response], values: dict[str, float]) -> tuple[Run, JudgeVersion]:
    judge = factories.make_judge(workspace=clinic.author.workspace, name="single")
    for name, value in values.items():
        subject = factories.make_subject(responses=[answers[name]])
        factories.make_verdicts(clinic.version, judge, subject, {"c_drug": value, "c_blame": 0})
    run = services.start_run(
        by=clinic.author, name="Single", versions=[clinic.version], dataset=clinic.dataset, judges=[judge]
    )
    work()
    return run, judge


def test_scores_are_smoothed_over_near_identical_answers(clinic: Clinic, answers) -> None:
    run, _ = single(clinic, answers, {"best": 1.0, "good": 0.5, "fair": 0.25, "poor": 0.0})
    page = queries.ranked_prompts(run, 0)
    assert page.span is not None
    found = {one.response.external_id: one for one in queries.smoothed_of(run, page.span, RankingSettings(alike=0.6))}
    (near,) = found["best"].neighbours
    assert found["best"].smoothed == pytest.approx((1 + near.similarity / 2) / (1 + near.similarity))
    assert found["poor"].smoothed == 0.0
    for one in found.values():
        assert scoring.recompute(one.trace) == one.smoothed


def test_the_pages_show_ask_and_refuse(clinic: Clinic, answers) -> None:
    pairs = compared(clinic, answers, {"best good": 1.0, "fair poor": 1.0})
    browser = factories.signed_in(clinic.author)
    address = f"/w/clinic/runs/{pairs.pk}/"
    assert f"{address}ranking/" in browser.get(address).text
    page = browser.get(f"{address}ranking/?method=borda&ties=left_out").text
    assert "Not connected." in page
    assert 'value="borda" selected' in page
    assert "Nothing was compared" not in page
    refused = browser.get(f"{address}ranking/?room=2&neighbours=0&method=loudest&after=x")
    assert refused.status_code == 422
    assert "less than or equal to 0.99" in refused.text
    assert "No answer has a score of its own" in browser.get(f"{address}smoothed/").text
    run, _ = single(clinic, answers, {"best": 1.0, "good": 0.5, "fair": 0.25, "poor": 0.0})
    address = f"/w/clinic/runs/{run.pk}/"
    assert "Nothing was compared" in browser.get(f"{address}ranking/").text
    assert "% alike" in browser.get(f"{address}smoothed/?alike=0.6").text.replace("\N{NO-BREAK SPACE}", "")
    assert browser.get(f"{address}smoothed/?alike=0").status_code == 422
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"), username="charlie")
    assert factories.signed_in(stranger).get(f"/w/other/runs/{run.pk}/ranking/").status_code == 404

"""What judging costs in money and time, before and after."""

import pytest

from apps.judging import queries, services
from apps.judging.models import Call, JudgeVersion, Run
from apps.judging.queries import prices
from domain import errors
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
TOKENS = {"price_prompt": 2.0, "price_cached": 0.5, "price_written": 8.0, "currency": "EUR"}


def judge_with(clinic: Clinic, name: str, **settings: object) -> JudgeVersion:
    """A judge that judges like the clinic's, with other prices."""
    return factories.make_judge(
        workspace=clinic.author.workspace, name=name, fingerprint=clinic.judge.fingerprint, settings=settings
    )


def start(clinic: Clinic, judge: JudgeVersion) -> Run:
    return services.start_run(
        by=clinic.author, name="run", versions=[clinic.version], dataset=clinic.dataset, judges=[judge]
    )


def estimate(clinic: Clinic, *judges: JudgeVersion) -> queries.Estimate:
    return services.estimate_run(
        by=clinic.author, versions=[clinic.version], dataset=clinic.dataset, judges=list(judges)
    )


def test_tokens_and_hours_are_added_up(clinic: Clinic):
    judge = judge_with(clinic, "paid", **TOKENS, price_hour=36.0)
    spent = prices.Spent(judge, prompt_tokens=1_000_000, cached_tokens=400_000, written_tokens=50_000, seconds=100)
    money = prices.money_of([spent])
    assert money is not None and money.currency == "EUR"
    assert money.amount == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.05 * 8 + 1.0)
    assert prices.money_of([prices.Spent(judge, 1, 0, 0, None)]) is None, "an hour has no price without a time"


def test_without_a_price_or_in_two_currencies_nothing_is_said(clinic: Clinic):
    free, dollars = judge_with(clinic, "free"), judge_with(clinic, "dollars", price_prompt=1.0, currency="USD")
    euros = judge_with(clinic, "euros", price_prompt=1.0, currency="EUR")
    one = [prices.Spent(judge, 1e6, 0, 0, 1.0) for judge in (free, dollars, euros)]
    assert prices.money_of(one[:1]) is None
    assert prices.money_of(one[1:]) is None
    assert prices.money_of(one[:2]) is None
    assert prices.money_of([one[1], one[1]]) == prices.Money(2.0, "USD")
    assert prices.money_of([]) is None


def test_before_the_first_run_there_is_no_time_and_money_is_a_ceiling(clinic: Clinic):
    found = estimate(clinic, judge_with(clinic, "paid", **TOKENS))
    assert found.seconds is None and found.capped
    assert found.money == pytest.approx((found.prompt_tokens * 2 + found.completion_tokens * 8) / 1e6, rel=0.05)
    assert estimate(clinic, clinic.judge).money is None


def test_after_a_run_time_follows_its_pace_and_stored_verdicts_cost_nothing(clinic: Clinic):
    judge = judge_with(clinic, "paid", **TOKENS)
    run = start(clinic, judge)
    work()
    pace = queries.pace_of(judge)
    assert pace is not None and pace.verdicts_per_s > 0 and pace.runs == 1
    assert 0 <= pace.cached_share <= 1
    again = estimate(clinic, judge)
    assert (again.to_ask, again.seconds, again.money, again.capped) == (0, 0.0, 0.0, False)
    money = queries.money_of_run(run)
    calls = Call.objects.filter(run=run)
    spent = sum(
        (call.prompt_tokens - call.cached_tokens) * 2 + call.cached_tokens * 0.5 + call.completion_tokens * 8
        for call in calls
    )
    assert money is not None and money.amount == pytest.approx(spent / 1e6)
    other = factories.make_version(
        workspace=clinic.author.workspace,
        status="approved",
        document=factories.make_document(criteria=[{"id": "n", "text": "Is about something new."}]),
    )
    fresh = services.estimate_run(by=clinic.author, versions=[other], dataset=clinic.dataset, judges=[judge])
    assert fresh.seconds == pytest.approx(fresh.to_ask / pace.verdicts_per_s)
    assert not fresh.capped


def test_a_price_changes_no_verdict_and_makes_a_version(clinic: Clinic):
    engine = {"kind": "served", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
    first = services.create_judge(by=clinic.author, name="mine", engine=engine)
    priced = services.create_judge(by=clinic.author, name="mine", engine=engine, settings={"price_hour": 2.5})
    assert (priced.number, priced.fingerprint) == (first.number + 1, first.fingerprint)
    for wrong in ({"price_hour": -1}, {"price_prompt": "much"}, {"currency": "a long name"}):
        with pytest.raises(errors.Invalid):
            services.create_judge(by=clinic.author, name="mine", engine=engine, settings=wrong)

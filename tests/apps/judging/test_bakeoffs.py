"""Judges side by side: what is asked, what is counted, what is recommended."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.datasets.models import Label, Preference, PreferenceMember, Rater
from apps.judging import pages, queries, services
from apps.judging.models import JudgeVersion, Run
from apps.judging.queries.bakeoffs import degree_of
from domain import errors
from domain.rubric import Criterion, Kind, NumericScale
from engines.protocol import Failure, FailureKind
from engines.scripted import ScriptedEngine, by_text
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
GOOD, BAD = "Take 5 mg of bisoprolol, letter", "Pull yourself together, letter"


def url(name: str, *args) -> str:
    return reverse(name, args=["clinic", *args])


@pytest.fixture
def labelled(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> tuple[Clinic, list[JudgeVersion]]:
    """Six prompts with a better and a worse answer, a judge that sees it and one that does not; labels on one."""
    rater = Rater.objects.create(workspace=clinic.author.workspace, name="Bea")
    for number in range(6):
        prompt = factories.make_prompt(dataset=clinic.dataset, text=f"Write letter {number}.")
        answers = [factories.make_response(prompt=prompt, text=f"{text} {number}.") for text in (GOOD, BAD)]
        order = Preference.objects.create(dataset=clinic.dataset, prompt=prompt, rater=rater, external_id=str(number))
        for rank, answer in enumerate(answers, start=1):
            PreferenceMember.objects.create(preference=order, response=answer, rank=rank)
        for answer, value in zip(answers, (1.0, 0.0), strict=True):
            subject = factories.make_subject(responses=[answer])
            Label.objects.create(dataset=clinic.dataset, subject=subject, rater=rater, criterion="c_drug", value=value)
    keen, blind = (
        factories.make_judge(workspace=clinic.author.workspace, name=name, model=name) for name in ("keen", "blind")
    )
    seeing = ScriptedEngine(lambda ask: _yes("bisoprolol" in ask.shared and "drug" in ask.suffix))
    even = ScriptedEngine(by_text({}, " No"))
    monkeypatch.setattr("apps.core.gateway.engine_for", lambda source: seeing if source.model == "keen" else even)
    return clinic, [keen, blind]


def won(one: queries.Contender, ties: str) -> float | None:
    assert one.accuracy is not None
    return one.accuracy.figure(ties).value


def _yes(true: bool) -> dict[str, float]:
    return {" Yes": 0.9, " No": 0.1} if true else {" Yes": 0.1, " No": 0.9}


def start(clinic: Clinic, judges: list[JudgeVersion], **more) -> Run:
    return services.start_bakeoff(
        by=clinic.author, version=clinic.version, dataset=clinic.dataset, judges=judges, **more
    )


def test_only_labelled_prompts_are_judged_by_every_judge(labelled) -> None:
    clinic, judges = labelled
    run = start(clinic, judges)
    assert run.purpose == Run.Purpose.BAKEOFF
    assert run.items.count() == 2 * 12
    few = start(clinic, judges, prompts=2, seed=3)
    assert few.items.count() == 2 * 4
    assert len({tuple(few.items.filter(judge_version=j).values_list("subject", flat=True)) for j in judges}) == 1


def test_the_judge_that_sees_it_wins_and_is_recommended(labelled) -> None:
    clinic, judges = labelled
    run = start(clinic, judges)
    work()
    found = queries.bakeoff_of(run)
    keen, blind = found.contenders
    assert won(keen, "split") == 1.0
    assert won(blind, "split") == 0.5
    assert won(blind, "strict") == 0.0
    assert [len(one.credits) for one in found.contenders] == [6, 6]
    assert keen.verdicts == 24
    assert keen.cost.calls == 12
    assert keen.cost.asked == 24
    assert (keen.cost.tokens_a_verdict or 0) > 0
    assert found.choice is not None
    assert (found.choice.best, found.choice.take) == ("keen@1", "keen@1")
    assert "keen@1 won the largest share" in pages.bakeoffs.recommendation(found.choice)
    assert "fewer than 30 prompts" in pages.bakeoffs.recommendation(found.choice)


def test_agreement_with_people_is_by_criterion(labelled) -> None:
    clinic, judges = labelled
    run = start(clinic, judges)
    work()
    keen, blind = queries.bakeoff_of(run).contenders
    assert [(a.criterion.id, a.kappa, a.answers) for a in keen.agreements] == [("c_drug", 1.0, 12)]
    assert blind.agreements[0].kappa == pytest.approx(0.0)


def test_ensembles_stand_beside_the_best_single_judge(labelled) -> None:
    clinic, judges = labelled
    run = start(clinic, judges)
    work()
    found = queries.bakeoff_of(run)
    assert [each.rule.value for each in found.ensembles] == ["mean", "weighted", "min", "cautious"]
    assert found.single is not None
    assert found.single.weights == {"keen@1": 1.0}
    assert found.single.measures["wins_split"].value == 1.0
    weighted = found.ensembles[1]
    assert weighted.weights == pytest.approx({"keen@1": 2 / 3, "blind@1": 1 / 3})
    assert weighted.measures["wins_split"].value == 1.0


def test_what_could_not_be_judged_is_counted_by_reason_and_is_no_win(labelled, monkeypatch) -> None:
    clinic, judges = labelled
    broken = ScriptedEngine(lambda ask: Failure(FailureKind.TIMEOUT, "No answer in 5 s."))
    monkeypatch.setattr("apps.core.gateway.engine_for", lambda source: broken)
    run = start(clinic, judges)
    work()
    keen = queries.bakeoff_of(run).contenders[0]
    assert dict(keen.reasons) == {"judge_error": 24}
    assert won(keen, "lenient") == 0.0


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_judges_are_refused(labelled, count: int) -> None:
    clinic, judges = labelled
    with pytest.raises(errors.Invalid, match="Choose 2 to 12 judges"):
        start(clinic, judges[:1] * 2 if count else [])


def test_unlabelled_data_is_refused(labelled) -> None:
    clinic, judges = labelled
    bare = factories.make_prompt(dataset=factories.make_dataset(workspace=clinic.author.workspace))
    factories.make_subject(responses=[factories.make_response(prompt=bare)])
    with pytest.raises(errors.Invalid, match="Nobody said which answers"):
        services.start_bakeoff(by=clinic.author, version=clinic.version, dataset=bare.dataset, judges=judges)


def test_the_page_starts_a_comparison_and_shows_it(labelled) -> None:
    clinic, judges = labelled
    browser = factories.signed_in(clinic.author)
    form = {"rubric": str(clinic.version), "dataset": clinic.dataset.slug, "judges": [str(j) for j in judges]}
    assert 'id="bakeoff-form"' in browser.get(url("judges:compare")).content.decode()
    answer = browser.post(url("judges:compare"), form)
    run = Run.objects.get(purpose="bakeoff")
    assert answer.headers["Location"] == url("judges:bakeoff", run.pk)
    assert "under way" in browser.get(url("judges:bakeoff", run.pk)).content.decode()
    work()
    page = browser.get(url("judges:bakeoff", run.pk)).content.decode()
    assert "every 3s" not in page
    assert "best alone" in page
    assert "κ 1.00" in page
    assert "keen@1 won the largest share of comparisons" in page
    assert run.name in browser.get(url("judges:compare")).content.decode()
    refused = browser.post(url("judges:compare"), form | {"judges": [str(judges[0])]})
    assert refused.status_code == 422
    assert "Choose 2 to 12 judges" in refused.content.decode()


def test_labels_without_an_order_recommend_nobody(labelled) -> None:
    clinic, judges = labelled
    Preference.objects.all().delete()
    run = start(clinic, judges)
    work()
    page = factories.signed_in(clinic.author).get(url("judges:bakeoff", run.pk)).content.decode()
    assert "no judge is recommended" in page
    assert "κ 1.00" in page


def test_a_workspace_without_labels_is_told_what_to_do(clinic: Clinic) -> None:
    page = factories.signed_in(clinic.author).get(url("judges:compare")).content.decode()
    assert "No labelled data yet" in page


def test_viewers_look_strangers_do_not(labelled) -> None:
    clinic, judges = labelled
    run = start(clinic, judges)
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=clinic.author.workspace))
    assert viewer.get(url("judges:bakeoff", run.pk)).status_code == 200
    assert 'id="bakeoff-form"' not in viewer.get(url("judges:compare")).content.decode()
    form = {"rubric": str(clinic.version), "dataset": clinic.dataset.slug, "judges": [str(j) for j in judges]}
    assert viewer.post(url("judges:compare"), form).status_code == 403
    stranger = factories.signed_in(
        factories.make_actor(username="charlie", workspace=factories.make_workspace(slug="o"))
    )
    assert stranger.get(url("judges:bakeoff", run.pk)).status_code == 404
    other = services.start_run(
        by=clinic.author, name="x", versions=[clinic.version], dataset=clinic.dataset, judges=judges[:1]
    )
    assert viewer.get(url("judges:bakeoff", other.pk)).status_code == 404


@pytest.mark.parametrize(("value", "degree"), [(3.0, 0.5), (1.0, 0.0), (5.0, 1.0), (9.0, None)])
def test_a_label_on_a_scale_becomes_a_degree(value: float, degree: float | None) -> None:
    criterion = Criterion(id="c", text="How much?", kind=Kind.ORDINAL, levels=NumericScale(min=1, max=5, step=1))
    assert degree_of(criterion, value) == degree

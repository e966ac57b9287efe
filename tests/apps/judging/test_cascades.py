"""A run as a cascade: only what is doubted goes on, once; what stays open goes to people."""

import re

import pytest
from django.urls import reverse

from apps.jobs import registry
from apps.jobs import services as jobs
from apps.jobs.models import Job, JobState
from apps.judging import queries, services
from apps.judging.models import RunItem, Score, Verdict
from apps.review.models import Queue, ReviewItem
from domain import errors
from engines.scripted import by_text
from tests import factories
from tests.apps.judging.conftest import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def judges(clinic):
    """The first judge was sure of everything but one verdict on the first answer."""
    second = factories.make_judge(workspace=clinic.author.workspace, name="thinker")
    sure = {"distribution": [[" Yes", 0.95], [" No", 0.05]], "probability": 0.95, "label_mass": 1.0}
    torn = {"distribution": [[" Yes", 0.52], [" No", 0.48]], "probability": 0.52, "label_mass": 1.0}
    one, two = clinic.subjects
    factories.make_verdicts(clinic.version, clinic.judge, one, {"c_drug": 1.0}, **torn)
    factories.make_verdicts(clinic.version, clinic.judge, one, {"c_blame": 1.0}, **sure)
    factories.make_verdicts(clinic.version, clinic.judge, two, {"c_drug": 1.0, "c_blame": 1.0}, **sure)
    return [clinic.judge, second]


def cascade(clinic, judges, **more):
    found = services.make_cascade(by=clinic.author, judges=judges, **more)
    return services.start_run(
        by=clinic.author, name="Cascade", versions=[clinic.version], judges=judges, subjects=clinic.subjects,
        combination=found,
    )  # fmt: skip


def test_only_what_is_doubted_is_put_to_the_second_judge(clinic, judges, play):
    play(by_text({"Names the drug": " No", "Blames the patient": " Yes"}))
    run = cascade(clinic, judges)
    assert RunItem.objects.filter(run=run).count() == 2
    work()
    assert Job.objects.get(run=run).state == JobState.DONE
    later = RunItem.objects.get(run=run, stage=2)
    assert (later.subject, later.judge_version, later.asked) == (clinic.subjects[0], judges[1], ["c_drug"])
    assert (later.state, later.scored, later.index) == (RunItem.State.DONE, 1, 2)
    assert len(later.verdict_keys) == 1
    assert [(one.number, one.answers, one.done, one.verdicts) for one in queries.stages_of(run)] == [
        (1, 2, 2, 4),
        (2, 1, 1, 1),
    ]
    scores = {score.subject_id: score for score in Score.objects.filter(judge_version=None)}
    assert len(scores) == 2
    assert all(score.artefacts == [run.combination.digest] for score in scores.values())
    # The second judge's No replaces the doubted Yes: (0·3 − 1·1) / 3; the other answer stays as it was.
    assert scores[clinic.subjects[0].pk].raw == pytest.approx(-1 / 3)
    assert scores[clinic.subjects[1].pk].raw == pytest.approx(2 / 3)


def test_running_it_again_asks_and_stores_nothing_twice(clinic, judges, play):
    play(by_text({"Names the drug": " No", "Blames the patient": " Yes"}))
    first = cascade(clinic, judges)
    work()
    verdicts, scores = Verdict.objects.count(), Score.objects.count()
    second = cascade(clinic, judges)
    assert second.combination == first.combination
    work()
    assert (Verdict.objects.count(), Score.objects.count()) == (verdicts, scores)
    assert RunItem.objects.get(run=second, stage=2).reused == 1


def test_what_the_last_judge_leaves_open_goes_to_people_once(clinic, judges, play):
    play(by_text({"Names the drug": " Perhaps", "Blames the patient": " Yes"}))
    run = cascade(clinic, judges, people=True)
    work()
    queue = Queue.objects.get(run=run)
    item = ReviewItem.objects.get(queue=queue)
    assert (item.subject, item.criterion, item.payload) == (clinic.subjects[0], "c_drug", {"doubts": ["unscored"]})
    assert len(item.verdict_keys) == 2
    # Never a default: the essential criterion is unscored, so there is no reward.
    score = Score.objects.get(judge_version=None, subject=clinic.subjects[0])
    assert score.raw is None
    services.retry_run(by=clinic.author, run=run)
    play(by_text({"Names the drug": " Yes", "Blames the patient": " Yes"}))
    work()
    assert Queue.objects.filter(run=run).count() == 1
    score.refresh_from_db()
    assert score.raw == pytest.approx(2 / 3)


def test_one_judge_and_people(clinic, judges, play):
    run = cascade(clinic, judges[:1], people=True)
    work()
    assert [one.criterion for one in queries.undecided(run)] == ["c_drug"]
    assert ReviewItem.objects.filter(queue__run=run).count() == 1
    assert not RunItem.objects.filter(run=run, stage=2).exists()


def test_a_failing_second_stage_resumes_where_it_stood(clinic, judges, play, monkeypatch):
    play(by_text({"Names the drug": " No", "Blames the patient": " Yes"}))
    run = cascade(clinic, judges)
    kind = registry.kind_of("judge")
    real = kind.runner
    seen: list[object] = []

    def breaks(shard, lease):
        if "plan" in shard.payload and not seen:
            seen.append(shard)
            raise errors.Invalid("The plan broke.")
        return real(shard, lease)

    monkeypatch.setitem(registry._KINDS, "judge", registry.Kind(kind.name, breaks, kind.on_finished, 4, kind.more))
    work()
    assert Job.objects.get(run=run).state == JobState.FAILED
    jobs.retry(by=clinic.author, job=Job.objects.get(run=run))
    work()
    assert Job.objects.get(run=run).state == JobState.DONE
    assert RunItem.objects.filter(run=run, stage=2).count() == 1
    assert Score.objects.filter(judge_version=None).count() == 2


@pytest.mark.parametrize("size", [0, 1])
def test_a_cascade_needs_somewhere_to_go(clinic, judges, size):
    with pytest.raises(services.CascadeInvalid):
        services.make_cascade(by=clinic.author, judges=judges[:size])


def test_a_target_needs_gold(clinic, judges):
    with pytest.raises(services.CascadeInvalid, match="choosing a threshold needs 30"):
        services.make_cascade(by=clinic.author, judges=judges, versions=[clinic.version], target=0.9)


def test_strangers_judges_are_not_there(clinic, judges):
    charlie = factories.make_actor(workspace=factories.make_workspace(slug="elsewhere"), username="charlie")
    with pytest.raises(errors.NotFound):
        services.make_cascade(by=charlie, judges=judges)


def test_the_plan_says_what_each_judge_would_be_asked(clinic, judges):
    browser = factories.signed_in(clinic.author)
    chosen = {
        "rubric": str(clinic.version), "first": str(judges[0]), "second": str(judges[1]), "target": 0.9,
        "least_margin": 0.1, "dataset": clinic.dataset.slug,
    }  # fmt: skip
    url = reverse("judging:cascade", args=[clinic.author.workspace.slug])
    html = browser.get(url, chosen).content.decode()
    plan = html[html.index('id="cascade-estimate"') :].split('id="cost-curve"')[0]
    assert plan.index("everything") < plan.index("at most everything")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", plan)
    assert [re.findall(r'class="num">(\d+)', row)[0] for row in rows] == ["0", "4"], "the first has its verdicts stored"
    assert "too little is known" in plan


def test_a_share_of_an_estimate(clinic, judges):
    whole = services.estimate_run(
        by=clinic.author, versions=[clinic.version], judges=judges[1:], subjects=clinic.subjects
    )
    quarter = queries.scaled(whole, 0.25)
    assert (whole.to_ask, quarter.to_ask) == (4, 1)
    assert quarter.prompt_tokens == round(whole.prompt_tokens / 4)
    assert (quarter.verdicts, quarter.seconds) == (4, None)
    assert queries.scaled(whole, None) is whole

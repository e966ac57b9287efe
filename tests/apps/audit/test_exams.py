import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.permissions import Role
from apps.audit import queries, services
from apps.audit.models import Sitting
from apps.core import gateway
from apps.datasets.models import Label, Rater, Response
from apps.judging import queries as judging
from apps.judging.models import Call, JudgeVersion, Run, RunItem, Score
from apps.judging.runners import finish_run
from domain import errors
from engines.scripted import ScriptedEngine, by_text
from tests import factories
from tests.apps.audit.conftest import make_answers, work


@pytest.fixture
def exam(alice):
    dataset = make_answers(alice)
    version = factories.make_version(workspace=alice.workspace, status="approved")
    return services.create_exam(by=alice, name="Doses", dataset=dataset, version=version, size=8, seed=1)


def judged(sitting, value):
    """The run as a judge ends it that gives `value(correct)` to each answer."""
    correct = dict(sitting.exam.questions.values_list("response", "correct"))
    for item in sitting.run.items.select_related("subject"):
        response = item.subject.members.get().response_id
        raw = value(correct[response])
        Score.objects.create(
            key=uuid.uuid4(), workspace=item.subject.workspace, version=item.version, subject=item.subject,
            judge_version=item.judge_version, digest=item.version.digest, raw=raw,
            status="judge_error" if raw is None else "ok",
        )  # fmt: skip
    return ended(sitting)


def ended(sitting):
    """The sitting when its run has ended."""
    sitting.run.items.update(state=RunItem.State.DONE)
    job = sitting.run.job
    job.state = "done"
    job.save(update_fields=["state"])
    finish_run(job)
    return Sitting.objects.get(pk=sitting.pk)


def test_a_pass_licenses_a_fingerprint_until_it_ends(dana, exam):
    judge = factories.make_judge(workspace=dana.workspace)
    sitting = services.sit_exam(by=dana, exam=exam, judge=judge)
    assert sitting.run.purpose == Run.Purpose.EXAM and sitting.run.items.count() == 8
    assert not judging.is_licensed(judge)
    done = judged(sitting, lambda correct: 0.9 if correct else 0.1)
    assert done.passed and done.licence is not None and done.figures["balanced_accuracy"]["value"] == 1.0
    assert done.licence.expires_at is not None and (done.licence.expires_at - timezone.now()).days in (179, 180)
    assert judging.is_licensed(judge)
    fields = {"engine": judge.engine, "model": judge.model, "prompt_name": "x", "prompt_digest": "y"}
    moved = JudgeVersion.objects.create(judge=judge.judge, number=2, fingerprint=judge.fingerprint, **fields)
    other = JudgeVersion.objects.create(judge=judge.judge, number=3, fingerprint="sha256:other", **fields)
    assert judging.is_licensed(moved) and not judging.is_licensed(other)
    services.revoke_sitting(by=dana, sitting=done)
    assert not judging.is_licensed(judge)
    with pytest.raises(errors.Conflict):
        services.revoke_sitting(by=dana, sitting=done)


def test_who_always_agrees_or_cannot_say_does_not_pass(dana, exam):
    judge, silent = (factories.make_judge(workspace=dana.workspace) for _ in range(2))
    said = judged(services.sit_exam(by=dana, exam=exam, judge=judge), lambda _: 1.0)
    assert not said.passed and said.figures["balanced_accuracy"]["value"] == 0.5
    assert any("Wrong answers accepted 100.0 %" in one for one in said.failings)
    lost = judged(services.sit_exam(by=dana, exam=exam, judge=silent), lambda _: None)
    assert not lost.passed and lost.figures["unscored"]["value"] == 1.0
    assert not judging.is_licensed(judge)


def test_exams_that_do_not_do_are_refused(alice, dana, exam, charlie):
    dataset, version = exam.dataset, exam.version
    given = {"by": alice, "name": "", "dataset": dataset, "version": version, "size": 8, "seed": 1}
    with pytest.raises(errors.Conflict, match="there already"):
        services.create_exam(**given)
    for more in ({"size": 14}, {"size": 5}, {"bar": {"balanced_accuracy": 2}}, {"bar": {"x": 1}}, {"valid_days": 0}):
        with pytest.raises(errors.Invalid):
            services.create_exam(**given | more)
    draft = factories.make_version(workspace=alice.workspace)
    with pytest.raises(errors.Conflict, match="submit the draft"):
        services.create_exam(**given | {"version": draft})
    text = dataset.prompts.get(external_id="p0").responses.get(external_id="r0-2").parts[0]["text"]
    criteria = [{"id": "c_x", "text": f"Says as much as this: {text}", "weight": 1.0}]
    telling = factories.make_version(
        workspace=alice.workspace, status="approved", document=factories.make_document(criteria=criteria)
    )
    leaked = False
    for seed in range(6):
        try:
            services.create_exam(**given | {"version": telling, "size": 12, "seed": seed})
        except errors.Conflict as refused:
            leaked = leaked or refused.code == "exam_leaks"
    assert leaked
    judge = factories.make_judge(workspace=alice.workspace)
    with pytest.raises(errors.NotAllowed):
        services.sit_exam(by=alice, exam=exam, judge=judge)
    with pytest.raises(errors.NotFound):
        services.sit_exam(by=charlie, exam=exam, judge=judge)
    services.retire_exam(by=dana, exam=exam)
    with pytest.raises(errors.Conflict):
        services.sit_exam(by=dana, exam=exam, judge=judge)


def test_exams_on_pages(alice, dana, exam):
    judge = factories.make_judge(workspace=dana.workspace, name="reader")
    author, approver = factories.signed_in(alice), factories.signed_in(dana)
    where = f"/w/clinic/audit/exams/{exam.pk}"
    assert "Doses" in author.get("/w/clinic/audit/exams").content.decode()
    assert "Sit the exam" not in author.get(where).content.decode()
    assert author.post(f"{where}/sit", {"judge": "reader"}).status_code == 403
    approver.post(f"{where}/sit", {"judge": "reader@1"})
    assert "judging the answers" in approver.get(where).content.decode()
    judged(Sitting.objects.get(), lambda correct: float(correct))
    page = approver.get(where).content.decode()
    assert "passed" in page and "licensed until" in page and "Take the licence back" in page
    assert "licensed: Doses" in author.get("/w/clinic/judges/reader/").content.decode()
    typed = {
        "dataset": "letters", "rubric": str(exam.version), "size": 6, "seed": 2, "accept_from": 0.5, "unscored": 0.02,
        "balanced_accuracy": 0.8, "false_accepts": 0.1, "swap_consistency": 0.9, "valid_days": 30,
    }  # fmt: skip
    assert author.post("/w/clinic/audit/exams/new", typed | {"size": 40}).status_code == 422
    assert author.post("/w/clinic/audit/exams/new", typed).status_code == 302
    assert judge.judge.name == "reader"
    stranger = factories.signed_in(factories.make_actor(Role.ANNOTATOR))
    assert stranger.get(where).status_code == 403


def test_a_judge_of_pairs_sits_an_exam_in_both_orders(dana, exam):
    judge = factories.make_judge(workspace=dana.workspace, strategy="pairwise")
    sitting = services.sit_exam(by=dana, exam=exam, judge=judge)
    items = list(sitting.run.items.select_related("subject"))
    assert {item.subject.kind for item in items} == {"pair"} and len(items) == 4
    correct = dict(sitting.exam.questions.values_list("response", "correct"))
    name = exam.version.criteria.order_by("position")[0].criterion_id
    for place, item in enumerate(items):
        first = item.subject.members.get(position=0).response_id
        verdicts = factories.make_verdicts(
            item.version, judge, item.subject, {name: 1.0}, detail={"flipped": place == 0}
        )
        item.verdict_keys = [one.key for one in verdicts]
        item.save(update_fields=["verdict_keys"])
        Score.objects.create(
            key=uuid.uuid4(), workspace=item.subject.workspace, version=item.version, subject=item.subject,
            judge_version=judge, digest=item.version.digest, raw=float(correct[first]), status="ok",
        )  # fmt: skip
    done = ended(sitting)
    assert done.figures["balanced_accuracy"]["value"] == 1.0 and done.figures["swap_consistency"]["value"] == 0.75
    assert not done.passed and "both orders 75.0 %" in done.failings[0] and done.figures["criteria"] == []


def test_agreement_with_people_and_the_need_to_sit_again(dana, exam):
    judge = factories.make_judge(workspace=dana.workspace, name="reader")
    sitting = services.sit_exam(by=dana, exam=exam, judge=judge)
    name = exam.version.criteria.order_by("position")[0].criterion_id
    rater = Rater.objects.create(workspace=dana.workspace, name="Ann")
    for place, item in enumerate(sitting.run.items.select_related("subject")):
        factories.make_verdicts(exam.version, judge, item.subject, {name: 1.0})
        Label.objects.create(
            dataset=exam.dataset, subject=item.subject, rater=rater, criterion=name, value=float(place < 6)
        )
    done = judged(sitting, lambda correct: float(correct))
    (row,) = done.figures["criteria"]
    assert (row["criterion"], row["value"], row["n"], row["kappa"]) == (name, 0.75, 8, 0.0)
    approver = factories.signed_in(dana)
    where = f"/w/clinic/audit/exams/{exam.pk}"
    page = approver.get(where).content.decode()
    assert "Agreement with people" in page and "75.0 %" in page and "Due again" not in page
    fields = {"engine": judge.engine, "model": judge.model, "prompt_name": "x", "prompt_digest": "y"}
    other = JudgeVersion.objects.create(judge=judge.judge, number=2, fingerprint="sha256:other", **fields)
    assert queries.due_again(exam) == [other]
    assert "Due again" in approver.get(where).content.decode()
    approver.post(f"{where}/sit", {"judge": str(other)})
    assert queries.due_again(exam) == []


def test_the_key_and_what_is_hidden_never_reach_a_judge(dana, exam, monkeypatch):
    """Tags, extensions, writers and labels of a data set are in no text that a judge is asked with."""
    hidden = ("HIDDEN-TAG", "HIDDEN-EXTENSION", "HIDDEN-WRITER", "HIDDEN-NOTE")
    for response in Response.objects.filter(prompt__dataset=exam.dataset):
        response.tags, response.extensions, response.model = [hidden[0]], {"key": hidden[1]}, hidden[2]
        response.save(update_fields=["tags", "extensions", "model"])
    exam.dataset.prompts.update(tags=[hidden[0]], extensions={"answer": hidden[1]})
    exam.dataset.preferences.update(note=hidden[3])
    judge = factories.make_judge(workspace=dana.workspace)
    engine = ScriptedEngine(by_text({"Names the drug": " Yes", "Blames the patient": " No"}), context_length=4000)
    monkeypatch.setattr(gateway, "engine_for", lambda source: engine)
    sitting = services.sit_exam(by=dana, exam=exam, judge=judge)
    work()
    assert Sitting.objects.get(pk=sitting.pk).marked_at is not None
    asked = "\n".join(call.rendered_shared + str(call.rendered_suffixes) for call in Call.objects.all())
    assert "Dose" in asked and not any(word in asked for word in hidden)


def test_forms_offer_what_people_imported_and_exams_only_what_has_a_key(alice):
    make_answers(alice)
    factories.make_version(workspace=alice.workspace, status="approved")
    factories.make_dataset(workspace=alice.workspace, slug="unkeyed", title="Without a key")
    factories.make_dataset(workspace=alice.workspace, slug="sent", title="Sent by training", purpose="rollouts")
    browser = factories.signed_in(alice)
    exam, probes = (
        browser.get(reverse(f"audit:{name}", args=["clinic"])).content.decode() for name in ("exam-new", "probes")
    )
    assert 'value="letters"' in exam and "Without a key" not in exam
    assert 'value="letters"' in probes and "Without a key" in probes
    assert not any("Sent by training" in page for page in (exam, probes))

"""Judges are set up safely; runs are validated, estimated and started in one piece."""

from typing import Any

import pytest

from apps.accounts.permissions import Role
from apps.core import gateway, sealing
from apps.jobs.models import Job, Shard
from apps.judging import queries, services
from apps.judging.models import Judge, JudgeTest, JudgeVersion, Run, RunItem
from domain import errors
from engines.served import ServedEngine
from engines.vllm_local import VllmLocalEngine
from tests import factories
from tests.apps.judging.conftest import Clinic, work

pytestmark = pytest.mark.django_db
SERVED = {"kind": "served", "base_url": "http://127.0.0.1:8001/v1", "model": "qwen3"}


def create(actor, **more) -> JudgeVersion:
    return services.create_judge(by=actor, **{"name": "clinic-8b", "engine": SERVED, **more})


def test_versions_count_up_and_equal_ones_are_not_made_twice() -> None:
    alice = factories.make_actor(Role.APPROVER)
    first = create(alice)
    assert create(alice) == first
    second = create(alice, protocol="reasoned")
    assert (str(first), str(second)) == ("clinic-8b@1", "clinic-8b@2")
    assert first.judge.is_default is False or Judge.objects.get().is_default
    assert queries.judge_by_ref(alice, "clinic-8b") == second
    assert queries.judge_by_ref(alice, None) == second
    assert queries.judge_by_ref(alice, "clinic-8b@1") == first


def test_a_judge_that_writes_holds_its_model_to_the_form_unless_told_otherwise() -> None:
    alice = factories.make_actor(Role.APPROVER)
    new = create(alice, name="fresh", strategy="votes")
    assert new.settings == {"hold_to_form": True}
    free = create(alice, name="free", strategy="votes", settings={"hold_to_form": False})
    assert free.settings == {}
    assert new.fingerprint != free.fingerprint
    assert create(alice, name="free", strategy="votes") == free, "what is not said stays as it was"
    assert create(alice, name="free", strategy="votes", settings={"hold_to_form": True}).number == 2
    assert create(alice, name="labels", settings={"hold_to_form": True}).settings == {}, "it writes nothing"
    assert create(alice, name="critic", strategy="critique").settings == {}
    assert create(alice, name="labels", protocol="reasoned").settings == {"hold_to_form": True}
    with pytest.raises(errors.Invalid, match="true or false"):
        create(alice, name="odd", strategy="votes", settings={"hold_to_form": "yes"})


def test_a_judge_set_up_before_forms_keeps_its_fingerprint() -> None:
    alice = factories.make_actor(Role.APPROVER)
    old = create(alice, name="old", strategy="reflect", settings={"hold_to_form": False})
    shown = services.settings_that_matter(old.settings, "reflect")
    assert "hold_to_form" not in shown
    assert services.settings_that_matter({"hold_to_form": True}, "reflect") == shown | {"hold_to_form": True}


def test_the_fingerprint_follows_what_decides_a_verdict_and_nothing_else() -> None:
    alice = factories.make_actor(Role.APPROVER)
    one = create(alice, name="a")
    moved = create(alice, name="b", engine={**SERVED, "base_url": "https://elsewhere.example/v1"})
    other_model = create(alice, name="c", engine={**SERVED, "model": "llama"})
    stricter = create(alice, name="d", settings={"min_label_mass": 0.5})
    slower = create(alice, name="e", settings={"timeout": 9})
    assert one.fingerprint == moved.fingerprint == slower.fingerprint
    assert len({one.fingerprint, other_model.fingerprint, stricter.fingerprint}) == 3
    assert one.fingerprint.startswith("sha256:")


def test_an_api_key_is_encrypted_and_stays_only_with_its_address() -> None:
    alice = factories.make_actor(Role.APPROVER)
    version = create(alice, engine={**SERVED, "api_key": "sk-very-secret"})
    stored = bytes(JudgeVersion.objects.get(pk=version.pk).api_key_sealed or b"")
    assert b"sk-very-secret" not in stored
    assert sealing.unseal(stored) == "sk-very-secret"
    same_place = create(alice, protocol="reasoned")
    assert sealing.unseal(bytes(same_place.api_key_sealed or b"")) == "sk-very-secret"
    elsewhere = create(alice, engine={**SERVED, "base_url": "http://10.0.0.1/v1"})
    assert elsewhere.api_key_sealed is None


def test_a_changed_secret_key_is_said(settings) -> None:
    sealed = sealing.seal("sk")
    settings.SECRET_KEY = "another"
    with pytest.raises(errors.Invalid, match="secret key has changed"):
        sealing.unseal(sealed)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"engine": {**SERVED, "base_url": "file:///etc/passwd"}}, "/engine/base_url"),
        ({"engine": {**SERVED, "base_url": "http://user:pw@host/v1"}}, "/engine/base_url"),
        ({"engine": {**SERVED, "base_url": "http://host:99999/v1"}}, "/engine/base_url"),
        ({"engine": {**SERVED, "replicas": ["ftp://x"]}}, "/engine/replicas/0"),
        ({"engine": {**SERVED, "model": ""}}, "/engine/model"),
        ({"engine": {"kind": "vllm_local", "model": ""}}, "/engine/model"),
        ({"engine": {**SERVED, "secret": 1}}, "/engine/secret"),
        ({"protocol": "loud"}, "/protocol"),
        ({"strategy": "guess"}, "/strategy"),
        ({"settings": {"volume": 11}}, "/settings/volume"),
        ({"settings": {"min_label_mass": 2}}, "/settings/min_label_mass"),
        ({"name": "Two Words"}, "/name"),
    ],
)
def test_what_is_wrong_with_a_judge_is_said_where_it_is(more, pointer) -> None:
    with pytest.raises(errors.Invalid) as caught:
        create(factories.make_actor(Role.APPROVER), **more)
    assert pointer in [problem.pointer for problem in caught.value.problems]
    assert not Judge.objects.exists()


def test_vllm_in_the_worker_needs_a_model_and_where_it_is_opened_vllm(monkeypatch) -> None:
    by = factories.make_actor(Role.APPROVER)
    engine = {"kind": "vllm_local", "model": "Qwen/Qwen3-8B"}
    with pytest.raises(errors.Invalid, match="Name the model"):
        create(by, engine={"kind": "vllm_local"})
    monkeypatch.setattr("engines.vllm_local.installed", lambda: False)
    version = create(by, engine=engine, settings={"context_length": 4096})
    assert (version.engine, version.model, version.base_url) == ("vllm_local", "Qwen/Qwen3-8B", "")
    with pytest.raises(errors.Unavailable, match=r"pip install 'rubricstudio\[judge\]'"):
        gateway.engine_for(version)
    services.test_judge(by=by, version=version)
    work()
    test = JudgeTest.objects.get(version=version)
    assert test.ready is False
    assert "not installed where this worker runs" in test.checks[0]["sentence"]
    monkeypatch.setattr("engines.vllm_local.installed", lambda: True)
    opened = gateway.engine_for(version)
    assert isinstance(opened, VllmLocalEngine)
    assert opened._chosen == ("Qwen/Qwen3-8B", 4096)
    gateway.close_all()


def test_only_approvers_set_up_judges_and_only_with_the_scope() -> None:
    with pytest.raises(errors.NotAllowed, match="approver"):
        create(factories.make_actor(Role.AUTHOR))
    with pytest.raises(errors.NotAllowed, match="judges:write"):
        create(factories.make_actor(Role.ADMIN, scopes={"runs:write"}))


def test_the_first_judge_serves_by_default_and_another_can() -> None:
    alice = factories.make_actor(Role.APPROVER)
    create(alice)
    second = create(alice, name="second")
    assert str(queries.default_judge(alice)) == "clinic-8b@1"
    services.make_default(by=alice, judge=second.judge)
    assert str(queries.default_judge(alice)) == "second@1"


def test_a_workspace_without_judge_says_so() -> None:
    with pytest.raises(errors.Conflict, match="no default judge"):
        queries.judge_by_ref(factories.make_actor())


def test_references_to_judges_that_do_not_exist() -> None:
    alice = factories.make_actor()
    for ref in ("nobody", "nobody@3"):
        with pytest.raises(errors.NotFound):
            queries.judge_by_ref(alice, ref)
    with pytest.raises(errors.Invalid):
        queries.judge_by_ref(alice, "a b")


def test_a_test_is_made_by_a_worker(clinic: Clinic) -> None:
    test = services.test_judge(by=clinic.author, version=clinic.judge)
    assert JudgeTest.objects.get().ready is None
    work()
    test.refresh_from_db()
    assert test.ready is not None
    assert {check["name"] for check in test.checks} >= {"reachable", "model", "logprobs"}


def test_a_test_of_a_server_that_is_away_says_so() -> None:
    alice = factories.make_actor(Role.APPROVER)
    version = create(alice, engine={**SERVED, "base_url": "http://127.0.0.1:9/v1"})
    test = services.test_judge(by=alice, version=version)
    work()
    test.refresh_from_db()
    assert test.ready is False
    assert "cannot be reached" in test.checks[0]["sentence"]


def test_the_gateway_opens_each_judge_once() -> None:
    version = create(factories.make_actor(Role.APPROVER), engine={**SERVED, "replicas": ["http://127.0.0.1:8002/v1"]})
    engine = gateway.engine_for(version)
    assert isinstance(engine, ServedEngine)
    assert gateway.engine_for(JudgeVersion.objects.get(pk=version.pk)) is engine
    gateway.close_all()


def start(clinic: Clinic, **more) -> Run:
    chosen = {"versions": [clinic.version], "dataset": clinic.dataset, "judges": [clinic.judge], **more}
    return services.start_run(by=more.pop("by", clinic.author), name="A run", **chosen)


def test_a_run_is_a_job_with_items(clinic: Clinic) -> None:
    run = start(clinic, samples=3)
    assert RunItem.objects.filter(run=run).count() == 6
    assert Job.objects.get().params == {"run": str(run.pk)}
    covered = [
        index
        for shard in Shard.objects.order_by("index")
        for index in range(shard.payload["first"], shard.payload["last"] + 1)
    ]
    assert covered == list(range(6))
    assert run.estimate["verdicts"] == 12
    assert list(run.versions.all()) == [clinic.version]


def test_an_estimate_counts_what_is_stored(clinic: Clinic) -> None:
    asked: dict[str, Any] = {"versions": [clinic.version], "dataset": clinic.dataset, "judges": [clinic.judge]}
    before = services.estimate_run(by=clinic.author, **asked)
    assert (before.verdicts, before.stored, before.to_ask, before.calls) == (4, 0, 4, 2)
    assert before.prompt_tokens > 100
    start(clinic)
    work()
    after = services.estimate_run(by=clinic.author, **asked)
    assert (after.stored, after.to_ask, after.calls, after.prompt_tokens) == (4, 0, 0, 0)


def test_rewards_come_from_approved_versions_unless_drafts_are_allowed(clinic: Clinic) -> None:
    draft = factories.make_version(workspace=clinic.author.workspace)
    pairs = [(draft, subject) for subject in clinic.subjects]
    with pytest.raises(errors.Conflict, match="approved versions only"):
        start(clinic, pairs=pairs, purpose="reward")
    run = start(clinic, pairs=pairs, purpose="reward", allow_draft=True)
    assert Job.objects.get(run=run).priority == 10


def test_a_filter_and_a_limit_choose_answers(clinic: Clinic) -> None:
    assert RunItem.objects.filter(run=start(clinic, filter={"limit": 1})).count() == 1
    with pytest.raises(errors.Invalid, match="nothing to judge"):
        start(clinic, filter={"tags": ["none has it"]})


def test_a_rubric_of_one_prompt_meets_only_its_prompt(clinic: Clinic) -> None:
    other = factories.make_prompt(dataset=clinic.dataset)
    factories.make_subject(responses=[factories.make_response(prompt=other)])
    bound = factories.make_version(
        workspace=clinic.author.workspace,
        scope="prompt",
        prompt=other,
        scope_ref={"dataset": clinic.dataset.slug, "prompt_id": other.external_id},
    )
    run = start(clinic, versions=[bound])
    assert {item.subject.prompt_id for item in RunItem.objects.filter(run=run)} == {other.pk}


@pytest.mark.parametrize(
    "more", [{"judges": []}, {"samples": 0}, {"samples": 99}, {"pairs": []}, {"dataset": None, "versions": []}]
)
def test_runs_that_cannot_be_started(clinic: Clinic, more) -> None:
    with pytest.raises(errors.Invalid):
        start(clinic, **more)
    assert not Run.objects.exists()
    assert not Job.objects.exists()


def test_a_rubric_without_criteria_cannot_be_run(clinic: Clinic) -> None:
    empty = factories.make_version(workspace=clinic.author.workspace, document=factories.make_document(criteria=[]))
    with pytest.raises(errors.Invalid, match="no criteria"):
        start(clinic, versions=[empty])


def test_who_may_start_and_steer(clinic: Clinic) -> None:
    bob = factories.make_actor(Role.ANNOTATOR, username="bob")
    charlie = factories.make_actor(Role.ADMIN, username="charlie", workspace=factories.make_workspace(slug="elsewhere"))
    program = factories.make_actor(Role.AUTHOR, scopes={"rubrics:read"})
    for actor, error in ((bob, errors.NotAllowed), (charlie, errors.NotFound), (program, errors.NotAllowed)):
        with pytest.raises(error):
            services.start_run(
                by=actor, name="x", versions=[clinic.version], dataset=clinic.dataset, judges=[clinic.judge]
            )
    run = start(clinic)
    for actor, error in ((bob, errors.NotAllowed), (charlie, errors.NotFound), (program, errors.NotAllowed)):
        for act in (services.pause_run, services.cancel_run, services.retry_run):
            with pytest.raises(error):
                act(by=actor, run=run)
        with pytest.raises(errors.NotFound if actor is charlie else (errors.NotAllowed, errors.NotFound)):
            services.rescore(by=actor, run=run)
    with pytest.raises(errors.NotFound):
        queries.get_run(charlie, run.pk)
    assert queries.get_run(bob, str(run.pk)) == run
    with pytest.raises(errors.NotFound):
        queries.get_run(bob, "nonsense")


def test_judges_of_another_workspace_do_not_exist(clinic: Clinic) -> None:
    foreign = factories.make_judge(workspace=factories.make_workspace(slug="elsewhere"))
    with pytest.raises(errors.NotFound):
        start(clinic, judges=[foreign])
    with pytest.raises(errors.NotFound):
        services.test_judge(by=clinic.author, version=foreign)


def test_a_try_of_a_pasted_answer_needs_a_task(clinic: Clinic) -> None:
    with pytest.raises(errors.Invalid, match="what was asked"):
        services.try_response(by=clinic.author, version=clinic.version, judge=clinic.judge, response="Hello.")
    assert not Run.objects.exists()


def test_metrics_name_judges(clinic: Clinic) -> None:
    start(clinic)
    work()
    (family,) = queries.metrics()
    found = {sample.labels["outcome"]: sample.value for sample in family.samples}
    assert found == {"scored": 4, "unscored": 0, "reused": 0}
    assert family.samples[0].labels["judge"] == "reader@1"

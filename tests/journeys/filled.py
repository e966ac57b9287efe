"""A workspace in which every page has something to show: the sample, judged at once by a fake model server."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from apps.accounts import services as accounts
from apps.accounts.models import Delivery, DeliveryAttempt, Membership, Token, User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.audit import services as audit
from apps.audit.models import Sitting
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Preference, PreferenceMember, Rater, Response
from apps.home import services as home
from apps.home.services import sample
from apps.jobs.models import Job
from apps.judging import queries as judging_queries
from apps.judging import services as judging
from apps.judging.models import Call, JudgeVersion, Run
from apps.refinement import services as refinement
from apps.refinement.models import CausalSet, Draft, GateReport, MarginReport, Prediction
from apps.review import queries as review_queries
from apps.review import services as review
from apps.review.models import (
    CandidateCriterion,
    Claim,
    Principle,
    Queue,
    ReadComment,
    Reading,
    Review,
    ReviewItem,
)
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from apps.training import bodies
from apps.training import services as training
from apps.training.models import DataExport, TrainingRun
from domain import subjects
from tests import synthetic
from tests.engines.fake_openai import MODEL, FakeServer
from tests.processes import wait_until

BOUND = {
    "prompt": [{"role": "user", "content": "My tea is cold. What now?"}],
    "rubrics": [
        {"criterion": "Suggests to warm it up.", "points": 5, "tags": ["axis:completeness"]},
        {"criterion": "Blames the tea.", "points": -3, "tags": ["axis:communication_quality"]},
    ],
}
REWARDED = ("Dear Mr Reyes, take your tablets each morning and come back if the fever returns.", "Goodbye.")


@dataclass
class Filled:
    """The workspace and the people, places and answers in it."""

    url: str
    workspace: Workspace
    users: dict[str, dict[str, str]]
    token: str
    run: Run
    queue: Queue
    rewards: dict[str, Any]
    training_run: TrainingRun

    def actor(self, role: Role) -> Actor:
        """A member with this role."""
        member = Membership.objects.filter(workspace=self.workspace, role=role).select_related("user").order_by("pk")[0]
        return Actor(member.user, self.workspace, role)

    def api(self) -> httpx.Client:
        """REST with all scopes."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60, trust_env=False)


def fill(url: str, fake: FakeServer) -> Filled:
    """Load the sample, judge it, review some of it, and reward two answers."""
    told = home.load_sample(with_run=False)
    workspace = Workspace.objects.get(slug=told["workspace"])
    User.objects.update(tour_seen=True)
    run = judged_run(workspace, fake)
    assert home.complete_sample() == 1
    training_run = TrainingRun.objects.get(workspace=workspace)
    found = Filled(
        url, workspace, told["users"], told["token"], run, Queue.objects.get(run=run), {}, training_run
    )  # fmt: skip
    disagree(found)
    found.rewards = rewarded(found)
    author = found.actor(Role.AUTHOR)
    lines = "\n".join(json.dumps(BOUND | {"prompt_id": f"tea-{number}"}) for number in range(2))
    tea = rubrics.import_rubrics(by=author, format="healthbench", data=lines.encode(), slug="tea")
    assert tea.set_version is not None
    rubrics.submit_set(by=author, set_version=tea.set_version)
    return found


def judged_run(workspace: Workspace, fake: FakeServer) -> Run:
    """The sample's run, by a judge that answers at once."""
    people = {
        member.role: Actor(member.user, workspace, Role(member.role))
        for member in workspace.memberships.select_related("user")
    }
    engine = {"kind": "served", "base_url": f"{fake.url}/v1", "model": MODEL}
    judge = judging.create_judge(
        by=people[Role.APPROVER], name="reader", engine=engine, protocol="isolated", make_default=True
    )
    judging.test_judge(by=people[Role.APPROVER], version=judge)
    run = judging.start_run(
        by=people[Role.AUTHOR],
        name=sample.RUN_NAME,
        versions=[RubricVersion.objects.get(rubric__workspace=workspace, rubric__slug="discharge-letters", number=1)],
        dataset=Dataset.objects.get(workspace=workspace, slug="discharge-letters"),
        judges=[judge],
    )
    _done(lambda: Run.objects.filter(pk=run.pk, job__state="done").exists(), "the sample's run")
    return run


def disagree(found: Filled) -> None:
    """Two people decide the same items differently, and the admin opens one more."""
    for role, choice in ((Role.ANNOTATOR, 0), (Role.ADMIN, 1)):
        by = found.actor(role)
        for _ in range(8):
            claim = review.claim(by=by, queue=found.queue)
            assert claim is not None
            offered = review_queries.ask_of(claim.item).shown.choices
            decided = review.answer(by=by, claim=claim, given={"value": offered[choice].value})
            review.reveal(by=by, review=decided)
    assert review.claim(by=found.actor(Role.ADMIN), queue=found.queue) is not None


def rewarded(found: Filled) -> dict[str, Any]:
    """What REST answers to a training job that sends two answers under its run."""
    asked = {"prompt": "Write the letter.", "context": "Pneumonia. Amoxicillin three times a day."}
    items = [asked | {"id": f"a{number}", "response": text} for number, text in enumerate(REWARDED)]
    training.repin(
        by=found.actor(Role.AUTHOR), run=found.training_run, release=None, rubric="discharge-letters@1", judge="reader"
    )
    body = {"training_run": str(found.training_run.pk), "step": 3, "wait": 30, "judge": "reader", "items": items}
    with found.api() as api:
        answer = api.post("/rewards", json=body | {"rubric": "discharge-letters@1"})
        assert answer.status_code == 200, answer.text
        points = [{"step": step, "values": {"kl": step / 50, "length": 200.0 + step}} for step in range(5)]
        sent = api.post(f"/training-runs/{found.training_run.pk}/telemetry", json={"points": points})
        assert sent.status_code < 300, sent.text
    return dict(answer.json())


def _alarm(found: Filled) -> int:
    """An alarm of a played run, and a criterion of it that is suspended."""
    author, approver = found.actor(Role.AUTHOR), found.actor(Role.APPROVER)
    body = bodies.TrainingRunBody(name="Played", rubric="discharge-letters@1", judge="reader", policy_model="acme/p-1b")
    run = training.register_training_run(by=author, body=body)
    synthetic.play(run, 80, synthetic.collapsing)
    alarm = training.watch_run(run=run)[0]
    version = RubricVersion.objects.get(rubric__workspace=found.workspace, rubric__slug="discharge-letters", number=1)
    criterion = version.criteria.order_by("position")[0].criterion_id
    training.suspend_criterion(by=approver, version=version, criterion=criterion, reason="A phrase meets it.")
    return alarm.pk


def _proposed(found: Filled, draft: RubricVersion) -> int:
    document = {**rubric_queries.draft_document(draft), "description": "Letters that patients read at home."}
    return rubrics.propose(by=found.actor(Role.AUTHOR), base=draft, document=document).pk


def _used(found: Filled) -> int:
    """A token that was used today, and now and then refused."""
    token = Token.objects.filter(workspace=found.workspace).order_by("pk")[0]
    for status in (200, 200, 404, 429):
        accounts.usage.note(token, status=status, items=8)
    accounts.usage.flush()
    return token.pk


def _told(found: Filled) -> str:
    """A webhook that took a message, refused another, and is told of a third."""
    admin = found.actor(Role.ADMIN)
    hook = accounts.create_webhook(
        by=admin, name="On-call chat", url="https://hooks.invalid/studio", events=["alarm.raised", "release.published"]
    ).webhook
    for event, status, answer in (("release.published", 204, ""), ("alarm.raised", 502, "<h1>Bad gateway</h1>")):
        said = {"release": "autumn-pilot", "rubrics": 1}
        (sent,) = accounts.announce(workspace=found.workspace, event=event, data=said)
        state, note = ("delivered", "") if status == 204 else ("failed", f"The receiver answered {status}.")
        Delivery.objects.filter(pk=sent.pk).update(state=state, note=note)
        DeliveryAttempt.objects.create(
            delivery=sent, number=1, ended_at=sent.since, status=status, milliseconds=83, answer=answer,
            address="203.0.113.7",
        )  # fmt: skip
    accounts.send_test(by=admin, webhook=hook)
    return str(hook.pk)


def _settled(found: Filled) -> int:
    """Gold that an author settled a conflict with."""
    item = ReviewItem.objects.filter(queue=found.queue, state="conflict").order_by("-pk")[0]
    author = found.actor(Role.AUTHOR)
    return review.adjudicate(by=author, item=item, given={"value": 1.0}, reason="It says so in line two.")[0].pk


def _branched(found: Filled, draft: RubricVersion) -> int:
    """Two drafts that say different things in the same place, so that a merge has something to ask."""
    author = found.actor(Role.AUTHOR)
    other = rubrics.new_draft(by=author, rubric=draft.rubric, source=draft)
    names = [row.criterion_id for row in draft.criteria.order_by("position")[:3]]
    for version, text in ((draft, "Says when to come back."), (other, "Says <b>when</b> to call.")):
        rubrics.edit_criterion(by=author, version=version, criterion_id=names[0], changes={"text": text})
    rubrics.edit_criterion(by=author, version=other, criterion_id=names[1], changes={"weight": 9.0, "notes": "Why?"})
    rubrics.delete_criterion(by=author, version=other, criterion_id=names[2])
    return other.number


def _compared(found: Filled) -> Run:
    """The reader and judges of other strategies on the same model, on answers that people reviewed."""
    reader = JudgeVersion.objects.get(judge__workspace=found.workspace, judge__name="reader", number=1)
    engine = {"kind": reader.engine, "base_url": reader.base_url, "model": reader.model}
    second, third = (
        judging.create_judge(by=found.actor(Role.APPROVER), name=name, engine=engine, strategy=strategy)
        for name, strategy in (("second", "yes_probability"), ("third", "log_odds"))
    )
    assert found.run.dataset is not None
    rater = Rater.objects.filter(workspace=found.workspace).order_by("pk")[0]
    for prompt in found.run.dataset.prompts.order_by("pk"):
        given = Preference.objects.create(
            dataset=found.run.dataset, prompt=prompt, rater=rater, external_id=f"p{prompt.pk}"
        )
        for rank, response in enumerate(prompt.responses.order_by("pk")[:2], start=1):
            PreferenceMember.objects.create(preference=given, response=response, rank=rank)
    compared = judging.start_bakeoff(
        by=found.actor(Role.AUTHOR), version=found.run.versions.get(), dataset=found.run.dataset,
        judges=[reader, second, third], prompts=3,
    )  # fmt: skip
    _done(lambda: Run.objects.filter(pk=compared.pk, job__state="done").exists(), "the comparison")
    report = refinement.start_measuring(
        by=found.actor(Role.AUTHOR), version=found.run.versions.get(), dataset=found.run.dataset, judge=reader
    )
    _done(lambda: GateReport.objects.filter(pk=report.pk, done_at__isnull=False).exists(), "the quality gate")
    _pinned(found)
    return compared


def _replayed(found: Filled) -> Call:
    """A call that was put to the judge once more."""
    call = Call.objects.filter(run=found.run).order_by("pk")[0]
    job = judging.replay_call(by=found.actor(Role.AUTHOR), call=call)
    _done(lambda: Job.objects.filter(pk=job.pk, state="done").exists(), "the replay")
    return call


def _exported(found: Filled) -> Any:
    """All prompts of the run with their pass rates, as an author takes them for training."""
    side = judging_queries.side(found.actor(Role.AUTHOR), str(found.run.pk))
    rule = {"low": 0.0, "high": 1.0, "criterion_high": 1.0}
    export = training.create_data_export(by=found.actor(Role.AUTHOR), side=side, kind="bands", rule=rule)
    _done(lambda: DataExport.objects.filter(pk=export.pk, done_at__isnull=False).exists(), "the export")
    return export.pk


def _benchmarked(found: Filled) -> Any:
    """A judge scored on the preferences of the data set that it judged."""
    assert found.run.dataset is not None
    done = audit.score_benchmark(by=found.actor(Role.AUTHOR), benchmark="preferences", dataset=found.run.dataset)
    return done.results[0].pk


def _audited(found: Filled) -> Any:
    """A finding about the run's judge and rubric."""
    inputs = {"scores": [{"run": str(found.run.pk)}]}
    return audit.run_audit(by=found.actor(Role.AUTHOR), kind="length_bias", inputs=inputs, seed=7).pk


def _examined(found: Filled) -> int:
    """An exam that the reader sat."""
    version = RubricVersion.objects.get(rubric__workspace=found.workspace, rubric__slug="discharge-letters", number=1)
    assert found.run.dataset is not None
    exam = audit.create_exam(
        by=found.actor(Role.AUTHOR), name="Letters", dataset=found.run.dataset, version=version, size=4
    )
    sitting = audit.sit_exam(by=found.actor(Role.APPROVER), exam=exam, judge=found.run.judges.get())
    _done(lambda: Sitting.objects.filter(pk=sitting.pk, marked_at__isnull=False).exists(), "the exam")
    return exam.pk


def _done(holds: Callable[[], bool], what: str) -> None:
    wait_until(holds, patience=120, what=what)


def _profiled(found: Filled, draft: RubricVersion) -> str:
    """A profile in which the first criterion weighs as much as all others."""
    names = [row.criterion_id for row in draft.criteria.order_by("position")]
    weights = dict.fromkeys(names, 1.0) | {names[0]: len(names) - 1.0}
    made = rubrics.save_profile(
        by=found.actor(Role.AUTHOR), version=draft, name="short-letters", weights=weights, description="For the ward."
    )
    return made.name


def _rescored(found: Filled) -> Any:
    """The run scored again with weights of its own, which move scores."""
    rubric = found.run.versions.get().rubric
    names = list(found.run.versions.get().criteria.order_by("position").values_list("criterion_id", flat=True))
    profile = rubric.profiles.create(
        name="first-only", weights={name: float(place == 0) for place, name in enumerate(names)},
        digest="sha256:first-only",
    )  # fmt: skip
    return judging.start_rescore(by=found.actor(Role.AUTHOR), run=found.run, profile=profile).pk


def _read(found: Filled, version: RubricVersion) -> int:
    """A reading of comments with a candidate that people agree on, and one that is dismissed."""
    author = found.actor(Role.AUTHOR)
    reading = Reading.objects.create(
        workspace=found.workspace, queue=found.queue, version=version, judge=found.run.judges.order_by("pk")[0],
        job=Job.objects.create(workspace=found.workspace, kind="read-comments", title="Comments", state="done"),
        alike=0.5, prompt_digest="sha256:0", created_by=author.user,
    )  # fmt: skip
    text = "It says what to take, but never names the dose."
    comment = ReadComment.objects.create(reading=reading, by=author.user, text=text, state="read")
    counts = {"people": 2, "answers": 1, "comments": 1, "agreed": 1, "split": 0, "partial": 0, "met": 0, "unmet": 1}
    for position, said in enumerate(["Names the dose.", "Is warm."]):
        row = CandidateCriterion.objects.create(
            reading=reading, position=position, text=said, figures=counts, standing="agreed",
            similar={"id": "c", "text": "Names each drug.", "alike": 0.61},
            **({"state": "dismissed", "reason": "Taste.", "decided_by": author.user} if position else {}),
        )  # fmt: skip
        Principle.objects.create(
            comment=comment, candidate=row, text=said, met="no", source="comment", start=26, end=46, similarity=100.0,
            quote="names the dose",
        )  # fmt: skip
    return reading.pk


def _edited(found: Filled) -> int:
    """An edit that was written, one that is of no use, both to look at."""
    version, response = found.run.versions.get(), Response.objects.filter(prompt__dataset=found.run.dataset)[0]
    assert found.run.dataset is not None
    said = rubric_queries.domain_rubric(version)
    made = CausalSet.objects.create(
        workspace=found.workspace, version=version, dataset=found.run.dataset, settings={"answers": 1, "seed": 0},
        writer=found.run.judges.order_by("pk")[0], said=said.model_dump(mode="json"),
        created_by=found.actor(Role.AUTHOR).user,
    )  # fmt: skip
    name, text = said.criteria[0].id, subjects.text_of(response.parts)
    given = {"response": response, "criterion": name, "usage": {"calls": 1, "tokens": 300, "seconds": 0.4}}
    made.edits.create(position=0, kind="degrade", state="done", text=text[: len(text) // 2], **given)
    made.edits.create(position=1, kind="upgrade", state="refused", reason="The model wrote nothing.", **given)
    return made.pk


def _margins(found: Filled, place: dict[str, Any]) -> dict[str, Any]:
    """The approved version, by which the judge was asked with and without."""
    assert found.run.dataset is not None
    version, judge = found.run.versions.get(), found.run.judges.order_by("pk")[0]
    row = refinement.measure_margins(
        by=found.actor(Role.AUTHOR), version=version, dataset=found.run.dataset, judge=judge, pairs=5, alone=True
    )
    _done(lambda: MarginReport.objects.filter(pk=row.pk, done_at__isnull=False).exists(), "the margins")
    return place | {"number": version.number}


def _predicted(found: Filled) -> int:
    """A proposal that weighs, adds and removes, with what it would do on the pairs."""
    author, base = found.actor(Role.AUTHOR), found.run.versions.get()
    assert found.run.dataset is not None
    document = rubric_queries.draft_document(base)
    document["criteria"][0]["weight"] = 9
    document["criteria"][1:] = [*document["criteria"][2:], {"text": "Says when to come back."}]
    proposal = rubrics.propose(by=author, base=base, document=document, title="Fewer, heavier criteria")
    judge = found.run.judges.order_by("pk")[0]
    row = refinement.predict_effects(by=author, proposal=proposal, dataset=found.run.dataset, judge=judge, pairs=5)
    _done(lambda: Prediction.objects.filter(pk=row.pk, done_at__isnull=False).exists(), "the forecast")
    return proposal.pk


def _pinned(found: Filled) -> None:
    """One case that holds or not, one of another kind that was withdrawn."""
    author, version = found.actor(Role.AUTHOR), found.run.versions.get()
    assert found.run.dataset is not None
    response = found.run.dataset.prompts.order_by("pk")[0].responses.order_by("pk")[0]
    refinement.pin_case(
        by=author, version=version, response=response, expect="at_least", bound=0.5, note="It was a good letter."
    )
    gone = refinement.pin_case(by=author, version=version, response=response, expect="at_most", bound=0.9)
    refinement.withdraw_case(by=author, case=gone, reason="Nothing is too good.")


def _ruled(found: Filled) -> int:
    """General rules in their second version."""
    for text in ("Name the thing.", "Name the thing. Say one thing."):
        version = refinement.write_meta_rubric(by=found.actor(Role.ADMIN), text=text, note="Shorter.")
    return version.meta_rubric_id


def _drafted(found: Filled, version: RubricVersion) -> int:
    """A draft of which one criterion was kept and one was not."""
    worth = {"right": 4, "wrong": 1, "tied": 1, "failed": 0, "pairs": 2, "difference": "Only one names the dose."}
    said = {"op": "add", "target": "", "round": 0, "weight": None, "kind": "hard rule"}
    suggestions = [
        {
            "key": "a",
            "text": "Names the dose.",
            "parents": [],
            "drop": "",
            "evidence": worth | {"coverage": 0.8},
            **said,
        },
        {"key": "b", "text": "Is long.", "parents": ["a"], "drop": "inverted", "evidence": worth, **said},
    ]
    rate = {"value": 0.5, "low": 0.2, "high": 0.8, "count": 6}
    assert found.run.dataset is not None
    judge = found.run.judges.order_by("pk")[0]
    draft = Draft.objects.create(
        workspace=found.workspace, version=version, dataset=found.run.dataset, judge=judge, writer=judge,
        method="pairs", state="refused", reason="The criteria reproduce 3 of 6 held-out labels; asked is 80%.",
        params={"threshold": 0.8}, budget={"calls": 200, "tokens": 400_000, "minutes": 120}, suggestions=suggestions,
        figures={"written": 3, "kept": 1, "consistency": rate, "dropped": {"echo": 1}, "likeness": "words"},
        created_by=found.actor(Role.AUTHOR).user,
    )  # fmt: skip
    return draft.pk


def places(found: Filled) -> dict[str, Any]:
    """The arguments of each page's address, by its name."""
    admin = found.actor(Role.ADMIN)
    version: dict[str, Any] = {"slug": "discharge-letters", "number": 2}
    draft = RubricVersion.objects.get(
        rubric__workspace=found.workspace, rubric__slug=version["slug"], number=version["number"]
    )
    _branched(found, draft)
    target = {"slug": "letters-two", "title": "Letters two", "format": "generic"}
    upload = datasets.keep_upload(by=admin, name="two.csv", target=target, data=b"prompt,response\nHow?,So.\n")
    data = {"slug": "discharge-letters"}
    prompt = Dataset.objects.get(workspace=found.workspace, slug="discharge-letters").prompts.order_by("pk")[0]
    claim = Claim.objects.get(user=admin.user, state=Claim.State.LEASED)
    bound = {"name": "tea", "number": 1}
    queue = {"key": found.queue.pk}
    return {
        "accounts:link": {"secret": accounts.invite(by=admin, role=Role.AUTHOR).secret},
        "datasets:import-columns": {"key": upload.pk},
        **{f"datasets:{name}": data for name in ("detail", "import-more", "labels-import", "agreement", "report")},
        "refinement:draft-from": data,
        "datasets:settings": data,
        "datasets:prompt": data | {"key": prompt.pk},
        "judging:try": {"rubric": version["slug"], "number": 2},
        "judging:version-scores": {"rubric": version["slug"], "number": 2},
        "judging:weights": {"rubric": version["slug"], "number": 2},
        **{f"weights:{name}": version for name in ("overview", "swing", "tradeoffs", "fit", "sliders", "whitened")},
        "weights:result": version,
        "weights:profile": version | {"name": _profiled(found, draft)},
        "judging:pins": {"rubric": version["slug"], "number": 2},
        "judging:pin-choose": {"response": prompt.responses.order_by("pk")[0].pk},
        "judging:call": {"call": _replayed(found).pk},
        "judging:detail": {"run": found.run.pk},
        "judging:answer": {"run": found.run.pk, "index": 0},
        "judging:ranking": {"run": found.run.pk},
        "judging:smoothed": {"run": found.run.pk},
        "judging:rescore": {"run": found.run.pk},
        "judging:rescored": {"run": found.run.pk, "job": _rescored(found)},
        "judges:calibration": {"name": "reader", "number": 1},
        "judges:detail": {"name": "reader"},
        "judges:bakeoff": {"run": _compared(found).pk},
        **{f"review:{name}": queue for name in ("queue", "next", "mine", "report", "conflicts", "given-back")},
        "review:agreement": queue,
        "refinement:gate": version | {"number": 1},
        "refinement:cases": version | {"number": 1},
        "refinement:draft": version,
        "refinement:effects": {"key": _predicted(found)},
        "refinement:meta-rubric": {"key": _ruled(found)},
        "refinement:margins": _margins(found, version),
        "refinement:edits": version,
        "refinement:edit-set": {"key": _edited(found)},
        "refinement:draft-detail": {"key": _drafted(found, draft)},
        "review:comments": queue,
        "review:rubric-comments": {"slug": version["slug"]},
        "review:reading": {"key": _read(found, draft)},
        "review:dataset-agreement": data,
        "review:dataset-estimates": data,
        "review:decision": {"key": claim.pk},
        "review:label-quality": data,
        "review:gold-detail": {"key": _settled(found)},
        "review:reveal": {"key": Review.objects.filter(by=admin.user).order_by("pk")[0].pk},
        "review:adjudicate": {"key": ReviewItem.objects.filter(state="conflict").order_by("pk")[0].pk},
        "rubrics:set": {"name": "tea"},
        "rubrics:set-version": bound,
        "rubrics:set-sample-member": bound | {"place": 1},
        "rubrics:rubric": {"slug": version["slug"]},
        **{
            f"rubrics:{name}": version
            for name in (
                "versions",
                "edit",
                "use",
                "export",
                "discuss",
                "settings",
                "scoring",
                "version-standards",
                "quality",
                "steps",
                "replace",
                "criteria-library",
                "merge",
            )
        },
        "rubrics:guidelines": version,
        "rubrics:suggest": version,
        "rubrics:proposal": {"proposal": _proposed(found, draft)},
        "rubrics:criterion-check": version | {"row": draft.criteria.order_by("position")[0].pk},
        "rubrics:criterion-edit": version | {"criterion": draft.criteria.order_by("position")[0].pk},
        "rubrics:suggest-row": version | {"row": str(draft.criteria.order_by("position")[0].pk)},
        "rubrics:group-edit": version | {"group": draft.groups.order_by("position")[0].pk},
        "audit:exam": {"key": _examined(found)},
        "audit:benchmark": {"key": _benchmarked(found)},
        "audit:new": {"kind": "length_bias"},
        "audit:detail": {"key": _audited(found)},
        "audit:version": {"slug": "discharge-letters", "number": 1},
        "audit:judge": {"name": "reader", "number": 1},
        "training:release": {"name": "autumn-pilot"},
        "training:export": {"export_id": _exported(found)},
        "training:release-diff": {"name": "autumn-pilot"},
        "accounts:token": {"token_id": _used(found)},
        "accounts:webhook": {"key": _told(found)},
        "training:run": {"run_id": found.training_run.pk},
        **{f"training:{name}": {"run_id": found.training_run.pk} for name in ("run-pin", "run-limits")},
        "training:step": {"run_id": found.training_run.pk, "step": 3},
        "training:alarm": {"key": _alarm(found)},
        "training:suspension-create": version | {"criterion": draft.criteria.order_by("position")[0].criterion_id},
        "training:request": {"request_id": found.rewards["id"]},
    }

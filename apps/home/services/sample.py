"""Loads the sample workspace: people, data with labels, rubrics in all states, a judge, a run, a release."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Token, User, Workspace
from apps.accounts.permissions import SCOPES, Actor, Role
from apps.audit import services as audit
from apps.datasets import services as datasets
from apps.datasets.models import Dataset
from apps.judging import services as judging
from apps.judging.models import JudgeVersion, Run
from apps.review import services as review
from apps.review.models import Queue
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from apps.training import bodies
from apps.training import services as training

SAMPLE = "northern-clinic"
FOLDER = Path(__file__).resolve().parent.parent / "sample"
NAMES = ("discharge-letters", "physics-explanations", "customer-mail")
TITLES = {
    "discharge-letters": "Discharge letters",
    "physics-explanations": "Physics explanations",
    "customer-mail": "Customer mail",
}
PEOPLE = {
    "author": ("h.adler", "Hanna Adler", Role.AUTHOR),
    "approver": ("m.okafor", "Michael Okafor", Role.APPROVER),
    "annotator": ("s.lindqvist", "Sara Lindqvist", Role.ANNOTATOR),
}
RUN_NAME = "First run over the discharge letters"
QUEUE_NAME = "Discharge letters: where the judge is unsure"


@dataclass(frozen=True)
class _Cast:
    """The people of the sample, as actors."""

    admin: Actor
    author: Actor
    approver: Actor
    annotator: Actor


def load_sample(*, with_run: bool = True) -> dict[str, Any]:
    """Load the sample once; later calls give new passwords and a new token, and change nothing else.

    Returns `workspace`, `judge`, `token` (all scopes) and `users` with passwords, as `demo.json` wants them.
    """
    with transaction.atomic():
        passwords = {role: secrets.token_urlsafe(9) for role in ("author", "approver", "annotator", "admin")}
        new = not Workspace.objects.filter(slug=SAMPLE).exists()
        cast = _make_people(passwords) if new else _renew(passwords)
        if new:
            _fill(cast, with_run=with_run)
        Token.objects.filter(workspace=cast.admin.workspace, name="demo", revoked_at=None).update(
            revoked_at=timezone.now()
        )
        token = accounts.issue_token(by=cast.admin, name="demo", scopes=SCOPES, expires_at=None).secret
    users = {
        role: {"username": getattr(cast, role).user.username, "password": password}
        for role, password in passwords.items()
    }
    return {"workspace": SAMPLE, "judge": "small-local-model", "token": token, "users": users}


def start_sample_run() -> bool:
    """Start the sample's run where it was left out before; says whether there was anything to do."""
    workspace = Workspace.objects.filter(slug=SAMPLE).first()
    if workspace is None or Run.objects.filter(workspace=workspace, name=RUN_NAME).exists():
        return False
    member = workspace.memberships.filter(role=Role.AUTHOR).select_related("user").order_by("pk")[0]
    version = RubricVersion.objects.get(rubric__workspace=workspace, rubric__slug=NAMES[0], number=1)
    dataset = Dataset.objects.get(workspace=workspace, slug=NAMES[0])
    judge = JudgeVersion.objects.filter(judge__workspace=workspace).order_by("pk")[0]
    _start_run(Actor(member.user, workspace, Role.AUTHOR), version, dataset, judge)
    return True


def complete_sample() -> int:
    """Draw the sample's review queue and audit its run once that is done; the sweeper calls this."""
    run = Run.objects.filter(workspace__slug=SAMPLE, name=RUN_NAME, job__state="done").first()
    if run is None or Queue.objects.filter(run=run).exists():
        return 0
    author = Membership.objects.filter(workspace=run.workspace, user__username=PEOPLE["author"][0], active=True).first()
    if author is None:
        return 0
    by = Actor(author.user, run.workspace, Role(author.role))
    with transaction.atomic():
        review.create_queue(by=by, run=run, name=QUEUE_NAME, rule={"kind": "uncertain", "size": 24}, overlap=2, seed=7)
        audit.run_all(by=by, inputs={"scores": [{"run": str(run.pk)}]}, seed=7)
    return 1


def _make_people(passwords: dict[str, str]) -> _Cast:
    admin = accounts.bootstrap(
        username=_free("admin"), password=passwords["admin"], slug=SAMPLE, name="Northern Clinic (sample)"
    )
    actors = {}
    for role, (username, name, level) in PEOPLE.items():
        user = accounts.create_person(
            by=admin, workspace=admin.workspace, username=_free(username), password=passwords[role], role=level,
            display_name=name,
        )  # fmt: skip
        actors[role] = Actor(user, admin.workspace, level)
    return _Cast(admin=admin, **actors)


def _free(username: str) -> str:
    taken = User.objects.filter(username__iexact=username).exists()
    return f"{username}.{secrets.token_hex(2)}" if taken else username


def _renew(passwords: dict[str, str]) -> _Cast:
    workspace = Workspace.objects.get(slug=SAMPLE)
    actors: dict[str, Actor] = {}
    for role, password in passwords.items():
        member = workspace.memberships.filter(role=role).select_related("user").order_by("pk")[0]
        member.user.set_password(password)
        member.user.save(update_fields=["password"])
        actors[role] = Actor(member.user, workspace, Role(member.role))
    return _Cast(**actors)


def _fill(cast: _Cast, *, with_run: bool) -> None:
    judge = judging.create_judge(
        by=cast.approver,
        name="small-local-model",
        engine={"kind": "embedded"},
        protocol="isolated",
        make_default=True,
        settings={"value_from": "expectation"},  # so small a model is never sure: its leaning says more than its word
    )
    sets = {name: _load_data(cast.author, name) for name in NAMES}
    versions = {name: _load_rubric(cast.author, name) for name in NAMES}
    for name in ("discharge-letters", "physics-explanations"):
        waiting = rubrics.submit(by=cast.author, version=versions[name], note="Ready for a first release.")
        versions[name] = rubrics.approve(by=cast.approver, version=waiting, note="Read with two colleagues.")
    versions["customer-mail"] = rubrics.submit(
        by=cast.author, version=versions["customer-mail"], note="Please look at the tone."
    )
    _discuss(cast, versions["discharge-letters"])
    training.create_release(
        by=cast.approver, name="autumn-pilot", notes="The first two rubrics, for a pilot run.",
        versions=[versions["discharge-letters"], versions["physics-explanations"]],
    )  # fmt: skip
    training.register_training_run(
        by=cast.author,
        body=bodies.TrainingRunBody(
            name="Pilot on discharge letters",
            rubric=str(versions["discharge-letters"]),
            judge="small-local-model",
            consent="Synthetic letters, no persons.",
        ),
    )
    rubrics.new_draft(by=cast.author, rubric=versions["discharge-letters"].rubric, source=versions["discharge-letters"])
    if with_run:
        _start_run(cast.author, versions["discharge-letters"], sets["discharge-letters"], judge)


def _load_data(by: Actor, name: str) -> Dataset:
    about = {
        "description": f"Eight tasks with three answers each, written for this sample: {TITLES[name].lower()}.",
        "licence": "Apache-2.0",
        "language": "en",
    }
    data = b"\n".join(_without_quality(FOLDER / "datasets" / f"{name}.jsonl"))
    done = datasets.import_dataset(by=by, slug=name, title=TITLES[name], format="generic", data=data, about=about)
    datasets.import_labels(by=by, dataset=done.dataset, data=(FOLDER / "labels" / f"{name}.jsonl").read_bytes())
    return done.dataset


def _without_quality(path: Path) -> Iterator[bytes]:
    """The lines as an import takes them; what the writers meant each answer to be stays out."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            record = json.loads(line)
            record.pop("quality", None)
            yield json.dumps(record, ensure_ascii=False).encode()


def _load_rubric(by: Actor, name: str) -> RubricVersion:
    document = json.loads((FOLDER / "rubrics" / f"{name}.json").read_text(encoding="utf-8"))
    version = rubrics.create_rubric(by=by, document=document, slug=name)
    rubrics.set_tags(by=by, rubric=version.rubric, tags=["sample"])
    return version


def _discuss(cast: _Cast, version: RubricVersion) -> None:
    first = version.criteria.order_by("position")[0]
    thread = rubrics.open_thread(
        by=cast.approver, rubric=version.rubric, criterion=first.criterion_id,
        text="Does this also hold for drugs that were stopped before admission?",
    )  # fmt: skip
    rubrics.comment(
        by=cast.author,
        thread=thread,
        text="No, only for changes made during the stay. I will say so in the next version.",
    )


def _start_run(by: Actor, version: RubricVersion, dataset: Dataset, judge: JudgeVersion) -> None:
    judging.start_run(by=by, name=RUN_NAME, versions=[version], dataset=dataset, judges=[judge], priority=-1)

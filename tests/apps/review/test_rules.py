"""Each rule takes what it says from verdicts that are known."""

import uuid
from typing import Any

import pytest

from apps.datasets.models import SubjectKind
from apps.judging.models import Run, RunItem, Score, Verdict, VerdictStatus
from apps.review import queries, services
from apps.rubrics import queries as rubrics
from tests import factories
from tests.apps.review.conftest import take

pytestmark = pytest.mark.django_db
GATED: list[dict[str, Any]] = [
    {"id": "c_dose", "text": "States the dose.", "kind": "binary"},
    {"id": "c_safe", "text": "Is safe.", "kind": "binary", "gate": {"when": "below", "value": 0.5, "floor": 0.0}},
]


class Clinic:
    """A run whose verdicts are given one by one."""

    def __init__(self, author: Any) -> None:
        self.workspace = author.workspace
        self.dataset = factories.make_dataset(workspace=self.workspace)
        document = factories.make_document(criteria=GATED)
        self.version = factories.make_version(workspace=self.workspace, status="approved", document=document)
        self.judges = [factories.make_judge(workspace=self.workspace) for _ in range(2)]
        self.run = Run.objects.create(
            workspace=self.workspace, name="A run", dataset=self.dataset, created_by=author.user
        )
        self.names: dict[int, str] = {}

    def answer(self, name: str, *dose: Any, model: str = "", kind: str = "response", **fields: Any) -> Any:
        """An answer whose verdicts on the dose are given, one a judge, as fields; the other criterion holds."""
        prompt = factories.make_prompt(dataset=self.dataset, external_id=f"p-{name}")
        made = [
            factories.make_response(prompt=prompt, text=f"{name} {n}", external_id=f"{name}{n}", model=model)
            for n in range(2 if kind == "pair" else 1)
        ]
        subject = factories.make_subject(responses=made, kind=kind)
        self.names[subject.pk] = name
        for n, said in enumerate(dose):
            self._judged(subject, self.judges[n % 2], n // 2, said, **fields)
        return subject

    def _judged(self, subject: Any, judge: Any, sample: int, said: dict[str, Any], **fields: Any) -> None:
        keys = []
        for criterion in rubrics.domain_rubric(self.version).criteria:
            given = {"status": "ok", "value": 1.0, **(said if criterion.id == "c_dose" else fields.get("safe", {}))}
            if given["status"] != "ok":
                given["value"] = None
            keys.append(uuid.uuid4())
            Verdict.objects.create(
                key=keys[-1], workspace=self.workspace, judge_version=judge, subject=subject, criterion=criterion.id,
                criterion_digest="sha256:x", fingerprint=judge.fingerprint, strategy="label_distribution",
                protocol="isolated", sample=sample, **given,
            )  # fmt: skip
        RunItem.objects.create(
            run=self.run, index=RunItem.objects.count(), version=self.version, judge_version=judge, subject=subject,
            sample=sample, state=RunItem.State.DONE, verdict_keys=keys, scored=2,
        )  # fmt: skip
        if "score" in fields:
            Score.objects.create(
                key=uuid.uuid4(), workspace=self.workspace, version=self.version, judge_version=judge,
                subject=subject, digest="sha256:y", status="ok", raw=fields["score"], sample=sample,
            )  # fmt: skip

    def drawn(self, kind: str, task: str = "verdict", size: int = 100, seed: int = 1, **rule: Any) -> list[str]:
        """The names of the answers drawn on the dose, in order."""
        given = {"kind": kind, "size": size, "criteria": ["c_dose"], **rule}
        found = queries.draw(queries.Wish(queries.Place(run=self.run), task, given, seed))
        return [self.names[one.subject or 0] for one in found.chosen]


@pytest.fixture
def clinic(alice):
    return Clinic(alice)


def labels(*shares: float) -> dict[str, Any]:
    return {"distribution": [[f" {n}", share] for n, share in enumerate(shares)]}


def test_margins_come_smallest_first(clinic):
    clinic.answer("sure", labels(0.99, 0.01))
    clinic.answer("torn", labels(0.52, 0.48))
    clinic.answer("three", labels(0.2, 0.5, 0.3))
    clinic.answer("silent", {})
    assert clinic.drawn("uncertain") == ["torn", "three", "sure"]


def test_variance_is_over_samples_and_judges(clinic):
    clinic.answer("steady", {"value": 1.0}, {"value": 1.0})
    clinic.answer("swaying", {"value": 1.0}, {"value": 0.0})
    clinic.answer("moving", {"value": 1.0}, {"value": 1.0}, {"value": 0.5})
    clinic.answer("alone", {"value": 0.0})
    assert clinic.drawn("uncertain", measure="variance") == ["swaying", "moving"]


def test_bimodality_is_mass_at_both_ends(clinic):
    clinic.answer("ends", labels(0.3, 0.15, 0.05, 0.0, 0.0, 0.0, 0.05, 0.15, 0.3))
    clinic.answer("hill", labels(0.01, 0.02, 0.02, 0.05, 0.1, 0.2, 0.35, 0.2, 0.05))
    clinic.answer("flat", labels(0.25, 0.25, 0.25, 0.25))
    assert clinic.drawn("uncertain", measure="bimodality") == ["ends", "flat"]


def test_little_label_mass_comes_first(clinic):
    clinic.answer("full", {"label_mass": 0.99})
    clinic.answer("thin", {"label_mass": 0.61}, {"label_mass": 0.98})
    assert clinic.drawn("uncertain", measure="label_mass") == ["thin", "full"]


def test_judges_disagree_by_their_means(clinic):
    clinic.answer("same", {"value": 0.5}, {"value": 0.5})
    clinic.answer("apart", {"value": 1.0}, {"value": 0.0})
    clinic.answer("near", {"value": 1.0}, {"value": 0.75})
    clinic.answer("noisy alone", {"value": 1.0}, {"value": 0.5}, {"value": 0.0}, {"value": 0.5})
    assert clinic.drawn("disagree") == ["apart", "near"]


def test_order_flips_are_pairs_by_their_gap(clinic):
    clinic.answer("held", {"detail": {"flipped": False, "gap": 0.9}}, kind="pair")
    clinic.answer("small", {"detail": {"flipped": True, "gap": 0.2}}, kind="pair")
    clinic.answer("large", {"detail": {"flipped": True, "gap": 0.8}}, kind="pair")
    assert clinic.drawn("order_flip", task="pair") == ["large", "small"]
    assert clinic.drawn("order_flip") == []


def test_invalid_evidence_and_missing_verdicts(clinic):
    clinic.answer("good", {})
    clinic.answer("misquoted", {"status": VerdictStatus.EVIDENCE_INVALID})
    clinic.answer("unread", {"status": VerdictStatus.UNPARSEABLE})
    clinic.answer("beside", {"status": VerdictStatus.NOT_APPLICABLE})
    assert clinic.drawn("evidence_invalid") == ["misquoted"]
    assert sorted(clinic.drawn("unscored")) == ["misquoted", "unread"]


def test_near_a_gate_by_what_the_judge_said(clinic):
    for name, said in (("hit", 0.1), ("nearly hit", 0.44), ("nearly missed", 0.58), ("missed", 0.97)):
        clinic.answer(name, {}, safe={"probability": said})
    near = clinic.drawn("near_gate", criteria=["c_safe"])
    assert near == ["nearly hit", "nearly missed"]
    assert clinic.drawn("near_gate", criteria=["c_safe"], threshold=0.45) == [*near, "hit"]
    assert clinic.drawn("near_gate") == []


def test_outliers_by_the_modified_z_score(clinic):
    for n in range(9):
        clinic.answer(f"usual {n}", {}, score=0.4 + n / 100)
    clinic.answer("high", {}, score=0.95)
    clinic.answer("low", {}, score=0.0)
    assert clinic.drawn("outlier") == ["high"]
    assert clinic.drawn("low_score", size=2) == ["low", "usual 0"]


def test_outliers_where_most_scores_are_equal(clinic):
    for n in range(9):
        clinic.answer(f"usual {n}", {}, score=0.5)
    clinic.answer("high", {}, score=1.0)
    assert clinic.drawn("outlier") == ["high"]


def test_groups_are_equal_or_by_share(clinic):
    for n in range(12):
        clinic.answer(f"{n}", {}, model="rare" if n < 2 else "common", score=n / 11)
    equal = clinic.drawn("stratified", size=4, by="model")
    assert sorted(int(name) < 2 for name in equal) == [False, False, True, True]
    shares = clinic.drawn("stratified", size=6, by="model", proportional=True)
    assert sum(int(name) < 2 for name in shares) == 1
    bands = clinic.drawn("stratified", size=5, by="score_band")
    assert sorted(min(4, int(name) * 5 // 11) for name in bands) == [0, 1, 2, 3, 4]


def test_what_groups_there_are_is_told(clinic):
    for n in range(6):
        clinic.answer(f"{n}", {}, model="rare" if n < 2 else "common")
    rule = {"kind": "stratified", "by": "criterion", "size": 4}
    found = queries.draw(queries.Wish(queries.Place(run=clinic.run), "verdict", rule))
    assert found.strata == {"c_dose": 6, "c_safe": 6}
    rubric = queries.draw(queries.Wish(queries.Place(run=clinic.run), "verdict", {**rule, "by": "rubric"}))
    assert rubric.strata == {str(clinic.version): 12}


def test_models_and_tags_narrow(clinic):
    first = clinic.answer("a", {}, model="m1")
    clinic.answer("b", {}, model="m2")
    first.prompt.tags = ["tea"]
    first.prompt.save()
    assert clinic.drawn("random", models=["m2"]) == ["b"]
    assert clinic.drawn("random", tags=["tea"]) == ["a"]


def test_picked_answers_by_key_or_by_ids(clinic):
    kept = clinic.answer("a", {"status": VerdictStatus.UNPARSEABLE})
    clinic.answer("b", {})
    clinic.answer("c", {})
    assert clinic.drawn("picked", subjects=[kept.pk]) == ["a"]
    assert clinic.drawn("picked", responses=[["p-c", "c0"], ["p-b", "of another"]]) == ["c"]


def test_never_reviewed_and_not_queued(clinic, alice, bob):
    for name in "abc":
        clinic.answer(name, {})
    rule = {"kind": "picked", "responses": [["p-a", "a0"], ["p-b", "b0"]], "criteria": ["c_dose"]}
    queue = services.create_queue(by=alice, run=clinic.run, name="First", rule=rule)
    claim = take(bob, queue)
    services.answer(by=bob, claim=claim, given={"value": 1.0})
    decided = clinic.names[claim.item.subject_id]
    assert sorted(clinic.drawn("never_reviewed")) == sorted({"a", "b", "c"} - {decided})
    assert clinic.drawn("random", exclude_queued=True) == ["c"]


def test_whole_answers_and_pairs_come_once(clinic):
    answer = clinic.answer("a", {}, {})
    pair = clinic.answer("b", {}, kind=SubjectKind.PAIR)
    for task in ("response", "rating", "spans", "critique"):
        found = queries.draw(queries.Wish(queries.Place(run=clinic.run), task, {"kind": "random"}))
        assert [(one.subject, one.criterion, len(one.keys)) for one in found.chosen] == [(answer.pk, "", 4)]
    found = queries.draw(queries.Wish(queries.Place(run=clinic.run), "pair", {"kind": "random"}))
    assert [(one.subject, len(one.keys)) for one in found.chosen] == [(pair.pk, 2)]


def test_some_criteria_of_an_answer_at_once(clinic):
    clinic.answer("a", {})
    rule = {"kind": "random", "criteria": ["c_safe"]}
    found = queries.draw(queries.Wish(queries.Place(run=clinic.run), "response", rule))
    assert found.chosen[0].payload == {"criteria": ["c_safe"]}


def test_a_cascade_asks_later_judges_about_some(clinic):
    subject = clinic.answer("a", {})
    key = uuid.uuid4()
    item = RunItem.objects.get(subject=subject)
    RunItem.objects.create(
        run=clinic.run, index=9, version=clinic.version, judge_version=clinic.judges[1], subject=subject,
        state=RunItem.State.DONE, asked=["c_safe"], verdict_keys=[key],
    )  # fmt: skip
    found = queries.draw(queries.Wish(queries.Place(run=clinic.run), "verdict", {"kind": "random"}))
    keys = {one.criterion: one.keys for one in found.chosen}
    assert keys["c_safe"] == (item.verdict_keys[1], key)
    assert keys["c_dose"] == (item.verdict_keys[0],)

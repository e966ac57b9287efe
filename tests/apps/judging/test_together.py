"""Runs over pairs, lists and trajectories: what is judged together is made from the data set and asked about once."""

import itertools
import re
from typing import Any

import pytest

from apps.datasets.models import Preference, PreferenceMember
from apps.jobs.models import Shard
from apps.judging import queries, services
from apps.judging.models import Call, JudgeVersion, Run, RunItem, Score, Verdict
from apps.review import queries as review
from domain import errors
from engines.protocol import Failure, FailureKind
from engines.scripted import Ask
from tests import factories
from tests.apps.judging.conftest import BAD, GOOD, Clinic, work

pytestmark = pytest.mark.django_db(transaction=True)


def judge(clinic: Clinic, strategy: str, **fields: Any) -> JudgeVersion:
    return factories.make_judge(workspace=clinic.author.workspace, strategy=strategy, **fields)


def start(clinic: Clinic, *judges: JudgeVersion, **more: Any) -> Run:
    chosen = {"versions": [clinic.version], "dataset": clinic.dataset, **more}
    return services.start_run(by=clinic.author, name="A run", judges=list(judges), **chosen)


def items_of(run: Run) -> list[RunItem]:
    return list(RunItem.objects.filter(run=run).select_related(*queries.RELATED).order_by("index"))


def better_is_good(ask: Ask) -> str:
    """A judge to whom the good answer names the drug and the bad one blames."""
    first = ask.shared.index(GOOD) < ask.shared.index(BAD)
    wins = first if "Names the drug" in ask.suffix else not first
    return " P" if wins else " T"


def test_a_pairwise_judge_compares_the_pairs_of_a_prompt(clinic: Clinic, play) -> None:
    engine = play(better_is_good)
    run = start(clinic, judge(clinic, "pairwise"))
    assert work() == 1
    (item,) = items_of(run)
    assert item.subject.kind == "pair"
    assert [member.response.parts[0]["text"] for member in item.subject.members.all()] == [GOOD, BAD]
    result = queries.result_of(item)
    assert result.reward == 1.0
    assert [found.winner for found in result.criteria] == ["A", "A"]
    assert len(engine.asked) == 4
    row = Verdict.objects.get(criterion="c_drug")
    assert (row.value, row.detail["forward"], row.detail["backward"], row.detail["flipped"]) == (1.0, 2.0, 2.0, False)
    assert set(Call.objects.values_list("purpose", flat=True)) == {"forward", "backward"}
    score = Score.objects.get()
    assert (score.raw, score.trace[-1]["step"]) == (1.0, "pair")
    again = start(clinic, item.judge_version)
    work()
    assert items_of(again)[0].reused == 2
    assert len(engine.asked) == 4


def test_pairs_come_from_preferences_where_there_are_any(clinic: Clinic) -> None:
    prompt = clinic.subjects[0].prompt
    third = factories.make_response(prompt=prompt, text="Ask your pharmacist about it.")
    first = clinic.subjects[0].members.all()[0].response
    liked = Preference.objects.create(dataset=clinic.dataset, prompt=prompt, external_id="p1")
    PreferenceMember.objects.create(preference=liked, response=third, rank=1)
    PreferenceMember.objects.create(preference=liked, response=first, rank=2)
    (item,) = items_of(start(clinic, judge(clinic, "pairwise")))
    members = [member.response_id for member in item.subject.members.all()]
    assert members == [first.pk, third.pk], "in the order of the import, whoever was preferred"


def test_many_answers_are_compared_with_their_neighbours(clinic: Clinic) -> None:
    prompt = clinic.subjects[0].prompt
    for number in range(4):
        factories.make_response(prompt=prompt, text=f"Another answer, number {number}.")
    items = items_of(start(clinic, judge(clinic, "pairwise")))
    pairs = [tuple(member.response_id for member in item.subject.members.all()) for item in items]
    keys = sorted({key for pair in pairs for key in pair})
    assert pairs == list(itertools.pairwise(keys))
    assert len(items_of(start(clinic, judge(clinic, "pairwise"), filter={"limit": 2}))) == 2


def test_answers_of_equal_text_make_no_pair(clinic: Clinic) -> None:
    prompt = factories.make_prompt(dataset=clinic.dataset)
    for _ in range(2):
        factories.make_response(prompt=prompt, text="The same words twice.")
    items = items_of(start(clinic, judge(clinic, "pairwise")))
    assert [item.subject.prompt_id for item in items] == [clinic.subjects[0].prompt_id]


def test_nothing_to_compare_is_said(clinic: Clinic) -> None:
    lonely = factories.make_dataset(workspace=clinic.author.workspace)
    factories.make_response(prompt=factories.make_prompt(dataset=lonely))
    with pytest.raises(errors.Invalid, match="no prompt chosen has two different answers"):
        start(clinic, judge(clinic, "pairwise"), dataset=lonely)


@pytest.mark.parametrize(
    ("texts", "raw", "reason"),
    [
        (("", "Good words here."), 0.0, "Answer A: The answer is empty."),
        (("Good words here.", " … "), 1.0, "Answer B: The answer has no words."),
        (("", " … "), 0.5, "Both answers: Neither has anything to judge."),
    ],
)
def test_an_answer_with_nothing_in_it_loses_the_pair_unseen(clinic: Clinic, play, texts, raw, reason) -> None:
    engine = play(better_is_good)
    prompt = factories.make_prompt(dataset=clinic.dataset)
    subject = factories.make_subject(
        kind="pair", responses=[factories.make_response(prompt=prompt, text=text) for text in texts]
    )
    run = start(clinic, judge(clinic, "pairwise"), subjects=[subject])
    work()
    (item,) = items_of(run)
    assert (item.state, item.content_reason, queries.result_of(item).reward) == ("done", reason, raw)
    assert engine.asked == []
    assert Score.objects.get().raw == raw


def test_checks_of_a_pair_are_computed_and_compared(clinic: Clinic, play) -> None:
    play(better_is_good)
    criteria = [{"id": "c_words", "text": "At most 13 words.", "kind": "check", "check": {"kind": "words", "max": 13}}]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    run = start(clinic, judge(clinic, "pairwise"), versions=[version])
    work()
    found = queries.result_of(items_of(run)[0]).criteria[0]
    assert found.verdict is not None
    assert found.verdict.detail == {"first": 0.0, "second": 1.0}
    assert found.winner == "B"


def test_a_broken_pair_is_unscored_with_its_reason_and_no_value(clinic: Clinic, play) -> None:
    play(lambda ask: Failure(FailureKind.TIMEOUT, "late") if "Names" in ask.suffix else better_is_good(ask))
    run = start(clinic, judge(clinic, "pairwise"))
    work()
    (item,) = items_of(run)
    assert (item.state, item.reason) == ("failed", "late")
    assert queries.result_of(item).reward is None
    assert Score.objects.get().raw is None


def test_a_judge_of_pairs_refuses_a_single_answer(clinic: Clinic, play) -> None:
    engine = play(better_is_good)
    start(clinic, judge(clinic, "pairwise"), subjects=clinic.subjects)
    work()
    assert set(Verdict.objects.values_list("status", flat=True)) == {"refused_input"}
    assert engine.asked == []


def test_hard_rules_decide_for_a_gatekeeper(clinic: Clinic, play) -> None:
    criteria = [
        {"id": "c_rule", "text": "Is polite.", "role": "hard_rule", "weight": 1.0},
        {"id": "c_drug", "text": "Names the drug.", "role": "principle", "weight": 9.0},
    ]
    version = factories.make_version(
        workspace=clinic.author.workspace, document=factories.make_document(criteria=criteria), status="approved"
    )
    play(lambda ask: " Yes" if ("polite" in ask.suffix) == (BAD in ask.shared) else " No")
    run = start(clinic, judge(clinic, "gatekeeper"), judge(clinic, "pairwise"), versions=[version])
    assert [item.subject.kind for item in items_of(run)] == ["pair", "pair"]
    work()
    assert queries.result_of(items_of(run)[0]).reward == 0.0


DEGREES = {"alpha": 0.9, "beta": 0.6, "gamma": 0.2, "delta": 0.1}


@pytest.fixture
def greek(clinic: Clinic, play) -> Any:
    """A prompt with four answers, and a judge of lists that knows how good each is."""
    prompt = factories.make_prompt(dataset=factories.make_dataset(workspace=clinic.author.workspace))
    for name in DEGREES:
        factories.make_response(prompt=prompt, text=f"The answer called {name}.", external_id=name)
    clinic.dataset = prompt.dataset
    clinic.engine = play(knows)
    return clinic


def knows(ask: Ask) -> Any:
    place = "ABCD".index(re.findall(r"The answer to check is Answer (\w)\.", ask.suffix)[0])
    shown = sorted((name for name in DEGREES if f"called {name}" in ask.shared), key=lambda name: ask.shared.find(name))
    degree = DEGREES[shown[place]]
    return {" Yes": degree, " No": 1 - degree}


def names(run: Run) -> dict[str, RunItem]:
    return {item.subject.members.all()[item.subject.step or 0].response.external_id: item for item in items_of(run)}


def test_a_list_is_asked_about_once_and_each_answer_gets_its_own(greek: Clinic) -> None:
    lists = judge(greek, "listwise", settings={"rotations": 2})
    run = start(greek, lists)
    assert Shard.objects.filter(job=run.job).count() == 1
    work()
    assert Call.objects.filter(run=run).count() == 2
    assert Verdict.objects.count() == 8
    for name, item in names(run).items():
        row = Verdict.objects.get(key=item.verdict_keys[0])
        assert row.value == pytest.approx(DEGREES[name])
        assert Call.objects.get(pk=row.call_id or 0).purpose == "order 1"
        assert item.state == "done"
    ranks = {name: Verdict.objects.get(key=item.verdict_keys[0]).detail["rank"] for name, item in names(run).items()}
    assert ranks == {"alpha": 1, "beta": 2, "gamma": 3, "delta": 4}
    again = start(greek, lists)
    work()
    assert Call.objects.filter(run=again).count() == 0
    assert {item.reused for item in items_of(again)} == {2}


def test_a_list_is_not_cut_between_two_parts_of_a_run(greek: Clinic) -> None:
    for number in range(7):
        prompt = factories.make_prompt(dataset=greek.dataset)
        for name in DEGREES:
            factories.make_response(
                prompt=prompt, text=f"The answer called {name} {number}.", external_id=f"{name}{number}"
            )
    run = start(greek, judge(greek, "listwise", settings={"rotations": 1}))
    assert Shard.objects.filter(job=run.job).count() > 1
    work()
    assert Call.objects.filter(run=run).count() == 8


def test_long_groups_are_split_evenly_and_equal_texts_come_once(greek: Clinic) -> None:
    prompt = greek.dataset.prompts.get()
    factories.make_response(prompt=prompt, text="The answer called alpha.", external_id="again")
    items = items_of(start(greek, judge(greek, "listwise", settings={"most_members": 3})))
    assert [item.subject.members.count() for item in items] == [2, 2, 2, 2]
    assert [item.subject.step for item in items] == [0, 1, 0, 1]


def test_an_answer_with_nothing_in_it_is_left_out_of_the_list(greek: Clinic) -> None:
    factories.make_response(prompt=greek.dataset.prompts.get(), text=" … ", external_id="nothing")
    run = start(greek, judge(greek, "listwise", settings={"rotations": 1}))
    work()
    found = names(run)
    assert (found["nothing"].content_reason, found["nothing"].state) == ("The answer has no words.", "done")
    assert Verdict.objects.get(key=found["delta"].verdict_keys[0]).value == pytest.approx(0.1)
    assert all("…" not in ask.shared for ask in greek.engine.asked)
    assert Verdict.objects.count() == 8


def test_what_is_shown_of_a_list_is_part_of_its_keys(greek: Clinic) -> None:
    short = factories.make_response(prompt=greek.dataset.prompts.get(), text="Yes, alpha.", external_id="short")
    strict = factories.make_version(
        workspace=greek.author.workspace, status="approved",
        document=factories.make_document(content_gate={"min_words": 3, "floor": 0}),
    )  # fmt: skip
    lists = judge(greek, "listwise", settings={"rotations": 1})
    subject = (
        services.start_run(by=greek.author, name="r", judges=[lists], versions=[greek.version], dataset=greek.dataset)
        .items.get(index=0)
        .subject
    )
    assert short.pk in [member.response_id for member in subject.members.all()]
    keys = [queries.verdict_keys(version, lists, subject)["c_drug"] for version in (greek.version, strict)]
    assert keys[0] != keys[1]


def test_a_list_that_was_half_stored_asks_for_what_is_left(greek: Clinic, play) -> None:
    lists = judge(greek, "listwise", settings={"rotations": 1})

    def breaks(ask: Ask) -> Any:
        return Failure(FailureKind.UNAVAILABLE, "gone") if "Blames" in ask.suffix else knows(ask)

    play(breaks)
    run = start(greek, lists)
    work()
    assert set(Verdict.objects.values_list("criterion", flat=True)) == {"c_drug"}
    assert {item.state for item in items_of(run)} == {"waiting"}
    engine = play(knows)
    Shard.objects.update(not_before=None)
    work()
    assert all("Blames" in ask.suffix for ask in engine.asked)
    assert {item.state for item in items_of(run)} == {"done"}
    assert Verdict.objects.filter(status="ok").count() == 8


def test_an_estimate_counts_pairs_and_shares_the_cost_of_a_list(greek: Clinic) -> None:
    asked: dict[str, Any] = {"by": greek.author, "versions": [greek.version], "dataset": greek.dataset}
    pairs = services.estimate_run(judges=[judge(greek, "pairwise")], **asked)
    assert (pairs.responses, pairs.pairs, pairs.items, pairs.verdicts, pairs.calls) == (6, 6, 6, 12, 12)
    lists = judge(greek, "listwise")
    counted = services.estimate_run(judges=[lists], **asked)
    assert (counted.responses, counted.pairs, counted.items, counted.verdicts, counted.calls) == (4, 0, 4, 8, 4)
    assert counted.completion_tokens == 4 * 4 * 2
    run = start(greek, lists)
    work()
    assert sum(Call.objects.filter(run=run).values_list("http_calls", flat=True)) == counted.calls
    assert services.estimate_run(judges=[lists], **asked).calls == 0


def test_an_estimate_grows_with_both_answers_of_a_pair(clinic: Clinic) -> None:
    asked: dict[str, Any] = {"by": clinic.author, "versions": [clinic.version], "dataset": clinic.dataset}
    short = services.estimate_run(judges=[judge(clinic, "pairwise")], **asked).prompt_tokens
    prompt = clinic.subjects[0].prompt
    clinic.dataset = factories.make_dataset(workspace=clinic.author.workspace)
    other = factories.make_prompt(dataset=clinic.dataset, messages=prompt.messages)
    factories.make_response(prompt=other, text=GOOD)
    factories.make_response(prompt=other, text=BAD + " word" * 4000)
    longer = services.estimate_run(**{**asked, "dataset": clinic.dataset}, judges=[judge(clinic, "pairwise")])
    assert longer.prompt_tokens - short == pytest.approx(4 * 5000, rel=0.05)


def test_an_answer_with_steps_is_a_trajectory(clinic: Clinic, play) -> None:
    walked = judge(clinic, "trajectory_points")
    with pytest.raises(errors.Invalid, match="no answer chosen has steps"):
        start(clinic, walked)
    response = clinic.subjects[0].members.all()[0].response
    response.steps = [{"start": 0, "end": 10}, {"start": 10, "end": len(GOOD)}]
    response.save(update_fields=["steps"])
    play(lambda ask: "It is sound.\nTotal Score: [7/10]")
    run = start(clinic, walked)
    work()
    (item,) = items_of(run)
    assert (item.subject.kind, item.subject.step) == ("trajectory", None)
    assert {row.status for row in Verdict.objects.all()} <= {"ok", "unparseable"}
    assert queries.result_of(item).rubric.criteria
    (line, *_) = queries.export(run)
    assert (line["subject"], line["response_id"]) == ("trajectory", response.external_id)


def test_people_review_answers_and_no_pairs(clinic: Clinic, play) -> None:
    play(better_is_good)
    run = start(clinic, judge(clinic, "pairwise"))
    work()
    wish = review.Wish(review.Place(run=run), "verdict", {"kind": "random", "size": 5})
    assert review.draw(wish).candidates == 0


def test_an_anchored_judge_needs_a_reference(clinic: Clinic, play) -> None:
    play(lambda ask: {" A": 0.9, " B": 0.1})
    run = start(clinic, judge(clinic, "anchored"))
    work()
    assert {item.reason for item in items_of(run)} == {
        "This judge compares with a reference answer, and the prompt has none."
    }


def test_answers_are_looked_at_by_the_judge_that_judged_answers(clinic: Clinic, play) -> None:
    start(clinic, clinic.judge)
    work()
    play(better_is_good)
    start(clinic, judge(clinic, "pairwise"))
    work()
    scores = queries.version_scores(clinic.version)
    assert scores.judge == clinic.judge
    assert len(scores.answers) == 2


def test_an_export_names_the_members_and_what_was_measured(clinic: Clinic, play) -> None:
    play(better_is_good)
    run = start(clinic, judge(clinic, "pairwise"))
    work()
    lines = list(queries.export(run))
    assert [line["subject"] for line in lines] == ["pair", "pair"]
    ids = [subject.members.all()[0].response.external_id for subject in clinic.subjects]
    assert (lines[0]["members"], lines[0]["response_id"]) == (ids, None)
    assert lines[0]["detail"]["gap"] == pytest.approx(0, abs=1e-6)

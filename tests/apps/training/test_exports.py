"""Every export is recomputed from the scores of its run, loads with other programs, and keeps to its licence."""

import io
import itertools
import math
from typing import Any

import numpy as np
import pyarrow.json
import pyarrow.parquet as pq
import pytest

from apps.accounts.permissions import Actor, Role
from apps.core import table_files
from apps.datasets import services as datasets
from apps.datasets.models import Response, Subject, SubjectKind
from apps.history.models import Entry
from apps.judging.queries import Side
from apps.review import services as review
from apps.training import queries, services
from apps.training.models import DataExport, DataExportPart
from apps.training.queries import selecting
from domain import errors, selection
from tests import factories
from tests.apps.judging.conftest import work
from tests.apps.training.studying import (
    COURSE,
    Course,
    judged,
    make_writers,
    scores_of,
    settle_pair,
    settle_verdicts,
)

pytestmark = pytest.mark.django_db


def _rate(name: str, threshold: float = 0.5) -> float:
    scores = scores_of(name)
    return sum(score >= threshold for score in scores) / len(scores)


def test_prompts_of_a_band_come_with_their_rates_and_criteria(course: Course):
    rows = course.rows("bands", low=0.25, high=0.75, criterion_high=0.6)
    assert [row["prompt_id"] for row in rows] == [name for name in COURSE if 0.25 <= _rate(name) <= 0.75]
    for row in rows:
        assert row["pass_rate"] == _rate(row["prompt_id"])
        assert row["mean_score"] == pytest.approx(np.mean(scores_of(row["prompt_id"])))
        assert (row["answers"], row["unscored"]) == (4, 0)
    said = [text for texts in COURSE.values() for text in texts]
    named = sum("names" in text for text in said) / len(said)
    blamed = sum("blames" in text for text in said) / len(said)
    by_id = {one["id"]: one for one in rows[0]["criteria"]}
    assert by_id["c_drug"]["rate"] == pytest.approx(named)
    assert by_id["c_blame"]["rate"] == pytest.approx(1 - blamed)
    assert [by_id[name]["kept"] for name in ("c_drug", "c_blame")] == [named <= 0.6, 1 - blamed <= 0.6]


def test_where_it_came_from_travels_with_every_row(course: Course):
    row = course.rows("central")[0]
    assert (row["licence"], row["consent"], row["source"]) == ("CC-BY-4.0", "for research", "our ward")
    assert (row["dataset"], row["run"], row["judge"]) == ("course", str(course.run.pk), "reader@1")
    assert (row["rubric"], row["rubric_digest"]) == (str(course.version), course.version.digest)
    assert row["prompt"] == [{"role": "user", "content": f"Write the {row['prompt_id']} letter."}]


def test_prompts_are_sorted_by_difficulty(course: Course):
    rows = course.rows("curriculum")
    found = {row["prompt_id"]: row["bucket"] for row in rows}
    assert found == {
        name: "train" if _rate(name) > 0.625 else "pending" for name in COURSE if _rate(name) < 1.0
    }  # fmt: skip


def test_what_the_newer_policy_masters_makes_room_for_the_easiest_that_waits(course: Course):
    judge = factories.make_judge(workspace=course.author.workspace)
    newer = judged(course.author, course.dataset, [course.version], judge)
    side = Side(newer, judge, course.version)
    rows = {row["prompt_id"]: row for row in course.rows("curriculum", newer=side.ref, mastered=0.7)}
    assert _rate("most") > 0.7
    assert "most" not in rows
    assert (rows["half"]["bucket"], rows["half"]["replaces"]) == ("train", "most")
    assert rows["hard"]["bucket"] == "pending"
    assert rows["half"]["accuracy"] == _rate("half")


def test_a_newer_run_over_other_data_is_refused(course: Course):
    other = factories.make_dataset(workspace=course.author.workspace, slug="other", licence="MIT")
    factories.make_response(prompt=factories.make_prompt(dataset=other), text="Letter: it names.")
    run = judged(course.author, other, [course.version], course.judge)
    export = course.export("curriculum", newer=Side(run, course.judge, course.version).ref)
    assert queries.state_of(export) == "failed"
    assert export.job is not None
    assert "another data set" in export.job.shards.get().error


def test_the_middle_of_the_scores_stays(course: Course):
    means = {name: float(np.mean(scores_of(name))) for name in COURSE}
    low, high = np.quantile(list(means.values()), (0.25, 0.75))
    rows = course.rows("central")
    assert [row["prompt_id"] for row in rows] == [name for name, mean in means.items() if low <= mean <= high]


@pytest.mark.parametrize("which", ["extremes", "all", "neighbours"])
def test_pairs_carry_margin_strength_scale_and_smoothing(course: Course, which: str):
    rows = course.rows("pairs", which=which, least=0.4, w=0.5, k=1.0)
    scores = {f"{name}-{place}": score for name in COURSE for place, score in enumerate(scores_of(name))}
    margins = [row["margin"] for row in rows]
    low, high = np.quantile(margins, (1 / 3, 2 / 3))
    weak, strong = np.quantile(margins, (0.2, 0.9))
    for row in rows:
        margin = scores[row["chosen_id"]] - scores[row["rejected_id"]]
        assert margin >= 0.4
        assert row["margin"] == pytest.approx(margin)
        assert row["beta_scale"] == pytest.approx(1 + 0.5 * (1 - math.exp(-margin)))
        assert row["strength"] == 1 + (margin > low + 1e-9) + (margin > high + 1e-9)
        assert row["label_smoothing"] == (0.1 if row["margin"] < weak or row["margin"] > strong else 0.0)
        assert row["chosen"][0]["role"] == row["rejected"][0]["role"] == "assistant"
    if which == "all":
        wanted = {
            (f"{name}-{one}", f"{name}-{other}")
            for name in COURSE
            for one, other in itertools.permutations(range(4), 2)
            if scores_of(name)[one] - scores_of(name)[other] >= 0.4 - 1e-9
        }
        assert {(row["chosen_id"], row["rejected_id"]) for row in rows} == wanted


def _figures(course: Course, **rule: Any) -> dict[str, Any]:
    chosen = selecting.select(
        course.author, selecting.load(course.side), "pairs", selection.read_rule("pairs", rule)
    )  # fmt: skip
    return dict(chosen.figures)


def test_pairs_come_from_what_people_settled_on(course: Course):
    settle_pair(course, "half-3", "half-0", -3, how="adjudication", votes=3)
    settle_pair(course, "most-0", "most-1", 2)
    settle_pair(course, "most-1", "most-0", 1)
    settle_pair(course, "hard-0", "hard-1", 0)
    settle_pair(course, "never-0", "never-2", None, how="cannot agree")
    other = factories.make_prompt(dataset=course.dataset, external_id="later")
    for name in ("later-0", "later-1"):
        factories.make_response(prompt=other, text=f"Letter {name}.", external_id=name)
    settle_pair(course, "later-0", "later-1", 3)
    rows = course.rows("pairs", decided_by="people", w=0.5, k=1.0)
    told = {(row["chosen_id"], row["rejected_id"]): row for row in rows}
    assert set(told) == {("half-3", "half-0"), ("most-1", "most-0")}
    sure, mild = told["half-3", "half-0"], told["most-1", "most-0"]
    assert (sure["margin"], sure["strength"], sure["votes"], sure["how"]) == (1.0, 3, 3, "adjudication")
    assert (sure["score_chosen"], sure["score_rejected"]) == pytest.approx((-1 / 3, 1.0))
    assert mild["margin"] == pytest.approx((2 - 1) / 2 / 3)
    assert (mild["strength"], mild["votes"], mild["decided_by"]) == (1, 4, "people")
    assert [row["beta_scale"] for row in (sure, mild)] == pytest.approx(
        [1 + 0.5 * (1 - math.exp(-row["margin"])) for row in (sure, mild)]
    )
    figures = _figures(course, decided_by="people")
    assert figures["ties of people and too close, left out"] == 1
    assert figures["pairs on which people could not agree, left out"] == 1
    assert figures["settled pairs of other prompts than the run's, left out"] == 1
    assert _figures(course, decided_by="people", least=0.5)["ties of people and too close, left out"] == 2


def test_where_people_settled_the_scores_are_left_out(course: Course):
    settle_pair(course, "half-3", "half-0", -2)
    settle_pair(course, "most-0", "most-3", 0)
    settle_pair(course, "hard-2", "hard-1", -1)
    alone = {(row["chosen_id"], row["rejected_id"]): row for row in course.rows("pairs", which="all", least=0.4)}
    rows = course.rows("pairs", decided_by="both", which="all", least=0.3)
    told = {(row["chosen_id"], row["rejected_id"]): row["decided_by"] for row in rows}
    assert told["half-3", "half-0"] == told["hard-2", "hard-1"] == "people"
    assert {two for two, by in told.items() if by == "rubric"} >= set(alone) - {
        ("half-0", "half-3"), ("most-0", "most-3"), ("hard-2", "hard-1")
    }  # fmt: skip
    assert {("half-0", "half-3"), ("most-0", "most-3"), ("most-3", "most-0")}.isdisjoint(told)
    figures = _figures(course, decided_by="both", which="all", least=0.3)
    assert figures["pairs that people settled"] == 2
    assert figures["pairs by score that people settled otherwise, left out"] == 2


def test_one_vote_alone_settles_nothing_and_is_counted(course: Course):
    pair = list(Response.objects.filter(external_id__in=("half-0", "half-3")).select_related("prompt"))
    [key] = datasets.of_orders(course.dataset, SubjectKind.PAIR, [pair])
    queue = factories.make_queue(workspace=course.author.workspace, task="pair", created_by=course.author.user)
    factories.make_review_item(queue=queue, subject=Subject.objects.get(pk=key), seats=2)
    claim = review.claim(by=course.author, queue=queue)
    assert claim is not None
    review.answer(by=course.author, claim=claim, given={"strength": 3}, note="It names the drug.")
    assert _figures(course, decided_by="people")["pairs with votes and nothing settled, left out"] == 1
    second = factories.make_actor(Role.ANNOTATOR, workspace=course.author.workspace)
    claim = review.claim(by=second, queue=queue)
    assert claim is not None
    review.answer(by=second, claim=claim, given={"strength": 3}, note="It names the drug.")
    figures = _figures(course, decided_by="people")
    settled = figures["pairs that people settled"] + figures["pairs with votes and nothing settled, left out"]
    assert settled == 1


def test_posterior_weights_sum_to_one_and_give_their_size(course: Course):
    rows = course.rows("posterior", beta=0.5)
    for name in COURSE:
        own = [row for row in rows if row["prompt_id"] == name]
        raised = np.exp(np.array(scores_of(name)) / 0.5)
        weights = raised / raised.sum()
        assert [row["weight"] for row in own] == pytest.approx(list(weights))
        assert own[0]["effective"] == pytest.approx(1 / float((weights**2).sum()))
    assert {row["reading"] for row in rows if row["prompt_id"] == "easy"} == {"the rewards say next to nothing"}


def test_beta_is_found_where_none_is_said(course: Course):
    rows = course.rows("posterior", share=0.7)
    told = {row["prompt_id"]: row["effective"] / row["samples"] for row in rows if row["prompt_id"] != "easy"}
    assert np.mean(list(told.values())) == pytest.approx(0.7, abs=1e-4)


def test_rankings_keep_ties(course: Course):
    rows = {row["prompt_id"]: row for row in course.rows("rankings", tolerance=0.01)}
    assert rows["never"]["ranks"] == [1, 1, 2, 2]
    assert rows["half"]["ranks"] == [1, 2, 3, 4]
    assert rows["hard"]["response_ids"] == ["hard-2", "hard-0", "hard-3", "hard-1"]
    assert rows["hard"]["completions"][0] == "Letter 2: it names."
    assert rows["hard"]["scores"] == pytest.approx([1, 0, 0, -1 / 3])


def test_judges_learn_what_people_settled_on(course: Course):
    settle_verdicts(course)
    rows = loaded(course.export("judge"))
    assert [(row["response_id"], row["label"], row["judge_agrees"]) for row in rows] == [
        ("half-0", "No", False), ("half-1", "Yes", True),
    ]  # fmt: skip
    assert rows[0]["completion"] == [{"role": "assistant", "content": "No"}]
    assert "Names the drug and its dose." in rows[0]["prompt"][0]["content"]
    assert "Letter 0: it names." in rows[0]["prompt"][0]["content"]
    assert [row["response_id"] for row in course.rows("judge", wanted="wrong")] == ["half-0"]


def test_writers_learn_from_rubrics_that_helped_and_misled(course: Course):
    rows = loaded(course.export("writer", side=make_writers(course), base="plain@1"))
    assert [(row["chosen_rubric"], row["rejected_rubric"]) for row in rows] == [("helps@1", "misleads@1")]
    row = rows[0]
    assert (row["base_margin"], row["chosen_margin"], row["rejected_margin"]) == (0, 1, -1)
    assert (row["better_id"], row["worse_id"]) == ("half-0", "half-3")
    assert row["chosen"][0]["content"] == "1. Names the drug."
    assert "Write the half letter." in row["prompt"][0]["content"]


def test_augmented_pairs_are_ordered_or_ties(course: Course):
    parent = Response.objects.get(external_id="half-0")
    factories.make_response(
        prompt=parent.prompt, text="Letter: it lost the drug.", external_id="half-0-down", parent=parent,
        edit="degrade: drug",
    )  # fmt: skip
    rows = course.rows("augmented")
    by_sort = {sort: [row for row in rows if row["sort"] == sort] for sort in ("causal", "neutral", "spurious")}
    assert [(row["chosen_id"], row["rejected_id"], row["relation"]) for row in by_sort["causal"]] == [
        ("half-0", "half-0-down", "better")
    ]
    assert len(by_sort["neutral"]) == len(COURSE)
    for row in by_sort["neutral"]:
        assert row["relation"] == "tie"
        assert row["prompt_id"] != row["answers_prompt_id"]
        assert row["chosen_id"].startswith(row["answers_prompt_id"])
    for row in by_sort["spurious"]:
        said, twin = row["chosen"][0]["content"], row["rejected"][0]["content"]
        found = selection.edited(said, row["edit"], 1)
        assert found is not None
        assert found.text == twin != said


@pytest.mark.parametrize("kind", [kind for kind in selection.KINDS if kind not in {"judge", "writer"}])
def test_every_file_loads_and_says_the_same(course: Course, kind: str):
    """Those of judges and writers are loaded where they are recomputed."""
    rule: dict[str, Any] = {"high": 1.0, "criterion_high": 1.0} if kind == "bands" else {}
    loaded(course.export(kind, **rule))


def loaded(export: DataExport) -> list[dict[str, Any]]:
    """The rows of an export, which NDJSON and Parquet say alike."""
    rows = list(queries.export_rows(export))
    columns = selecting.columns_of(export.kind)
    lines = b"".join(table_files.ndjson(iter(rows)))
    read = pyarrow.json.read_json(io.BytesIO(lines))
    with table_files.parquet(iter(rows), columns) as file:
        table = pq.read_table(file)
    assert read.num_rows == table.num_rows == export.rows == len(rows) > 0
    assert table.column_names == list(columns)
    for name, sort in columns.items():
        if sort in {"number", "whole", "messages", "texts", "wholes", "numbers", "yes", "text"}:
            assert table.column(name).to_pylist() == [row[name] for row in rows], name
    text = b"".join(table_files.csv_lines(iter(rows), columns)).decode()
    assert text.startswith("prompt_id,prompt,reference")
    return rows


def test_the_same_rule_on_the_same_run_gives_the_same_digest(course: Course):
    first, second = course.export("augmented", seed=3), course.export("augmented", seed=3)
    assert first.digest == second.digest != ""
    assert course.export("augmented", seed=4).digest != first.digest


@pytest.mark.parametrize(("licence", "said"), [("", False), ("unknown", True), ("CC-BY-NC-4.0", False)])
def test_a_licence_that_forbids_blocks_the_export(course: Course, licence: str, said: bool):
    datasets.edit_dataset(by=course.author, dataset=course.dataset, changes={"licence": licence})
    course.run.dataset.refresh_from_db()  # type: ignore[union-attr]
    with pytest.raises(errors.Conflict) as refused:
        services.create_data_export(by=course.author, side=course.side, kind="bands", rule={}, non_commercial=said)
    assert refused.value.code == "licence_forbids"


def test_a_word_on_the_purpose_is_kept(course: Course):
    datasets.edit_dataset(by=course.author, dataset=course.dataset, changes={"licence": "CC-BY-NC-4.0"})
    course.run.dataset.refresh_from_db()  # type: ignore[union-attr]
    export = services.create_data_export(
        by=course.author, side=course.side, kind="rankings", rule={}, non_commercial=True
    )
    assert export.non_commercial
    assert Entry.objects.get(action="data_export.asked").detail["non_commercial"] is True


def test_edited_texts_need_a_licence_for_changed_copies(course: Course):
    datasets.edit_dataset(by=course.author, dataset=course.dataset, changes={"licence": "CC-BY-ND-4.0"})
    course.run.dataset.refresh_from_db()  # type: ignore[union-attr]
    with pytest.raises(errors.Conflict):
        services.create_data_export(by=course.author, side=course.side, kind="augmented", rule={})


def test_a_rule_that_takes_nothing_fails_with_a_sentence(course: Course):
    export = course.export("bands", low=0.9, high=0.95)
    assert queries.state_of(export) == "failed"
    assert export.job is not None
    assert "takes nothing" in export.job.shards.get().error


def test_a_worker_that_runs_twice_writes_once(course: Course):
    export = course.export("rankings")
    parts, digest = export.parts.count(), export.digest
    assert export.job is not None
    export.job.shards.update(state="waiting")
    export.job.state = "queued"
    export.job.save()
    work()
    export.refresh_from_db()
    assert (export.parts.count(), export.digest) == (parts, digest)


def test_a_forgotten_text_takes_the_rows_with_it(course: Course):
    held, prompts = course.export("pairs"), course.export("bands", high=1.0, criterion_high=1.0)
    datasets.forget_responses([Response.objects.get(external_id="half-0").pk])
    for export in (held, prompts):
        export.refresh_from_db()
        assert queries.state_of(export) == "forgotten"
        with pytest.raises(errors.Conflict):
            queries.check_done(export)
    assert not DataExportPart.objects.exists()
    again = course.export("pairs")
    assert not any("half-0" in (row["chosen_id"], row["rejected_id"]) for row in queries.export_rows(again))
    assert again.figures[-1][1] > 0


def test_an_unscored_answer_is_in_no_pair_and_no_rate(course: Course):
    source = selecting.load(course.side)
    assert source.unscored == 0
    scores = course.run.items.first()
    assert scores is not None
    scores.subject.scores.all().update(raw=None, status="judge_error")
    source = selecting.load(course.side)
    assert source.unscored == 1
    chosen = selecting.select(course.author, source, "bands", selection.read_rule("bands", {"high": 1.0}))
    first = next(pick for pick in chosen.picks if source.named[pick.prompts[0]] == "easy")
    assert (first.values["answers"], first.values["unscored"], first.values["pass_rate"]) == (3, 1, 1.0)


def test_loading_takes_the_same_number_of_queries_for_any_size(course: Course, django_assert_num_queries):
    with django_assert_num_queries(3):
        source = selecting.load(course.side)
    assert len(source.answers) == 5
    cut = selecting.load(course.side, most=6)
    assert cut.cut
    assert len(cut.answers) == 2


def test_strangers_and_annotators_export_nothing(course: Course, bob: Actor, charlie: Actor):
    for by in (bob,):
        with pytest.raises(errors.NotAllowed):
            services.create_data_export(by=by, side=course.side, kind="bands", rule={})
    export = course.export("rankings")
    with pytest.raises(errors.NotFound):
        queries.get_data_export(charlie, export.pk)
    with pytest.raises(errors.NotFound):
        services.delete_data_export(by=charlie, export=export)


def test_an_export_is_deleted_and_history_keeps_it(course: Course):
    export = course.export("rankings")
    key = export.pk
    services.delete_data_export(by=course.author, export=export)
    assert not DataExportPart.objects.exists()
    assert {entry.action for entry in Entry.objects.filter(target_id=str(key))} == {
        "data_export.asked", "data_export.deleted",
    }  # fmt: skip

"""Two runs side by side, and the verdicts of one as a file."""

import io
import json

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.judging import queries, services
from apps.judging.models import JudgeVersion, Run
from domain import errors
from engines.scripted import Ask, by_text
from tests import factories
from tests.apps.judging.conftest import BAD, GOOD, Clinic, work

pytestmark = pytest.mark.django_db


def run_with(clinic: Clinic, judge: JudgeVersion, name: str) -> Run:
    return services.start_run(
        by=clinic.author, name=name, versions=[clinic.version], dataset=clinic.dataset, judges=[judge]
    )


@pytest.fixture
def second(clinic: Clinic) -> JudgeVersion:
    return factories.make_judge(workspace=clinic.author.workspace, name="contrary", fingerprint="sha256:other")


@pytest.fixture
def two(clinic: Clinic, second: JudgeVersion, play) -> tuple[queries.Side, queries.Side]:
    """The same answers by a judge that reads well and by one that turns the first criterion round."""
    first = run_with(clinic, clinic.judge, "first")
    work()

    def contrary(ask: Ask) -> str:
        said = by_text({GOOD: " Yes", BAD: " No"})(ask)
        return (" No" if said == " Yes" else " Yes") if "Names the drug" in ask.suffix else " No"

    play(contrary)
    other = run_with(clinic, second, "second")
    work()
    return tuple(queries.side(clinic.author, str(run.pk)) for run in (first, other))  # type: ignore[return-value]


def test_verdicts_scores_and_costs_stand_side_by_side(clinic: Clinic, two):
    found = queries.compare(*two)
    assert (found.shared, found.looked_at) == (2, 2)
    names = {one.text: one for one in found.criteria}
    assert len(names) == 2
    turned = next(one for text, one in names.items() if "drug" in text)
    assert (turned.both, turned.flipped) == (2, 1 if turned.mean_first != turned.mean_second else 2)
    assert found.movement.moved >= 1
    assert found.movers and {mover.first_index for mover in found.movers} <= {0, 1}
    assert all(cost.calls >= 1 for cost in found.costs)
    assert len(found.points) == 2


def test_a_side_compared_with_its_swap_is_the_mirror(two):
    first, second = queries.compare(*two), queries.compare(*two[::-1])
    assert first.movement.flipped == second.movement.flipped
    assert [(one.mean_first, one.mean_second) for one in first.criteria] == [
        (one.mean_second, one.mean_first) for one in second.criteria
    ]
    assert first.movement.lost == second.movement.gained


def test_runs_without_a_common_answer_compare_nothing(clinic: Clinic, two):
    elsewhere = factories.make_dataset(workspace=clinic.author.workspace, slug="elsewhere")
    prompt = factories.make_prompt(dataset=elsewhere)
    factories.make_response(prompt=prompt, text="Another letter altogether, about another drug.")
    alone = services.start_run(
        by=clinic.author, name="alone", versions=[clinic.version], dataset=elsewhere, judges=[clinic.judge]
    )
    work()
    assert queries.compare(two[0], queries.side(clinic.author, str(alone.pk))).shared == 0


def test_only_sides_of_the_own_workspace_are_found(clinic: Clinic, two):
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"))
    assert queries.sides_of(stranger) == []
    for ref in (two[0].ref, "nothing", "", f"{two[0].run.pk}.1.2"):
        with pytest.raises(errors.NotFound):
            queries.side(stranger if ref == two[0].ref else clinic.author, ref)


def test_the_page_lets_choose_and_shows(clinic: Clinic, two):
    browser = factories.signed_in(clinic.author)
    where = reverse("judging:compare", args=[clinic.author.workspace.slug])
    assert "Choose two sides" in browser.get(where).content.decode()
    page = browser.get(where, {"a": two[0].ref, "b": two[1].ref}).content.decode()
    assert "Criteria on both sides" in page and "What either side cost" in page
    assert reverse("judging:answer", args=["clinic", two[1].run.pk, 0]) in page
    same = browser.get(where, {"a": two[0].ref, "b": two[0].ref}).content.decode()
    assert "two different sides" in same
    assert browser.get(where, {"a": "nothing", "b": two[0].ref}).status_code == 404


def test_comparing_costs_the_same_queries_however_many_answers(clinic: Clinic, two, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        queries.compare(*two)


def test_parquet_holds_what_ndjson_holds(clinic: Clinic, two):
    browser = factories.signed_in(clinic.author)
    run = two[0].run
    lines = b"".join(browser.get(reverse("judging:export", args=["clinic", run.pk])).streaming_content).splitlines()  # type: ignore[attr-defined]
    answer = browser.get(reverse("judging:parquet", args=["clinic", run.pk]))
    table = pq.read_table(io.BytesIO(b"".join(answer.streaming_content))).to_pylist()  # type: ignore[attr-defined]
    said = [json.loads(line) for line in lines]
    assert len(table) == len(said) == 4
    for row, line in zip(table, said, strict=True):
        for name in ("criterion", "value", "probability", "status", "prompt_id", "response_id", "judge", "key"):
            assert row[name] == line[name]
        assert json.loads(row["evidence"]) == line["evidence"]
        assert (row["score_status"], row["score_raw"]) == (line["score"]["status"], line["score"]["raw"])


def test_a_run_without_verdicts_gives_a_table_without_rows(clinic: Clinic):
    run = run_with(clinic, clinic.judge, "waiting")
    services.cancel_run(by=clinic.author, run=run)
    with queries.export_parquet(run) as file:
        table = pq.read_table(io.BytesIO(file.read()))
    assert "value" in table.column_names
    stranger = Client()
    assert stranger.get(reverse("judging:parquet", args=["clinic", run.pk])).status_code in {302, 404}

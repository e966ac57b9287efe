import pytest
from django.db import DatabaseError, transaction

from apps.accounts.permissions import Role
from apps.audit import services
from apps.audit.models import BenchmarkResult
from apps.audit.services import benchmarking
from apps.datasets import services as datasets
from apps.datasets.models import Preference, PreferenceMember, Rater
from domain import errors
from tests import factories
from tests.apps.audit.conftest import work


def test_a_result_is_frozen_and_made_once(alice, setting):
    done = services.score_benchmark(by=alice, benchmark="preferences", dataset=setting.dataset)
    best, row = done.results
    assert (best.judge_version, best.score) == (setting.other, 1.0)
    assert (row.judge_version, row.score) == (setting.judge, 0.0)
    assert (row.items, row.ties, row.unscored, row.outcome["chance"]) == (12, 0, 0, 0.5)
    assert row.low == row.high == 0.0 and row.faults == [] and len(row.outcome["lost"]) == 12
    assert row.places[row.outcome["lost"][0]["id"]]["prompt"]
    again = services.score_benchmark(by=alice, benchmark="preferences", dataset=setting.dataset)
    assert (again.new, {one.pk for one in again.results}) == (0, {one.pk for one in done.results})
    with pytest.raises(DatabaseError), transaction.atomic():
        BenchmarkResult.objects.filter(pk=row.pk).update(score=1.0)


def test_many_are_scored_by_a_worker_and_samples_are_no_loss(alice, setting, monkeypatch):
    monkeypatch.setattr(benchmarking, "AT_ONCE", 1)
    add_unasked(setting.dataset)
    done = services.score_benchmark(by=alice, benchmark="preferences", dataset=setting.dataset)
    assert done.job is not None and not BenchmarkResult.objects.exists()
    work()
    assert {one.judge_version: one.items for one in BenchmarkResult.objects.all()} == {
        setting.judge: 12, setting.other: 12,
    }  # fmt: skip


def add_unasked(dataset):
    """A prompt that nobody judged."""
    prompt = factories.make_prompt(dataset=dataset, external_id="unasked")
    best, worst = (factories.make_response(prompt=prompt, text=text, external_id=text) for text in ("yes", "no"))
    said = Preference.objects.create(dataset=dataset, prompt=prompt, rater=Rater.objects.get(), external_id="u")
    PreferenceMember.objects.create(preference=said, response=best, rank=1)
    PreferenceMember.objects.create(preference=said, response=worst, rank=2)


def test_outside_scores_are_scored_beside_judges(alice, setting):
    lines = [
        f'{{"prompt_id": "p{n}", "response_id": "r{n}-{k}", "scorer": "gpt", "score": {score}}}'
        for n in range(6)
        for k, score in enumerate((2, 1, "null" if n else 2))
    ]
    table, _ = datasets.add_score_table(by=alice, data="\n".join(lines).encode())
    (row,) = services.score_benchmark(
        by=alice, benchmark="preferences", dataset=setting.dataset, sources=[{"table": table.pk, "scorer": "gpt"}]
    ).results
    assert (row.items, row.ties, row.unscored, row.cost) == (12, 1, 5, None)
    assert row.score == pytest.approx(6 / 12)
    (ranked,) = services.score_benchmark(
        by=alice, benchmark="rewardmath", dataset=setting.dataset, sources=[{"table": table.pk, "scorer": "gpt"}]
    ).results
    assert ranked.score == pytest.approx(5 / 6) and ranked.outcome["chance"] == pytest.approx(1 / 3)


def test_what_does_not_do_is_refused(alice, charlie, setting):
    given = {"by": alice, "benchmark": "preferences", "dataset": setting.dataset}
    empty = factories.make_dataset(workspace=alice.workspace, slug="empty")
    for more, code in (
        ({"benchmark": "x"}, "benchmark_unknown"), ({"dataset": empty}, "benchmark_invalid"),
        ({"benchmark": "wildbench"}, "benchmark_invalid"), ({"gold": {"writer": "x"}}, "benchmark_invalid"),
        ({"sources": [{"writer": "x"}]}, "benchmark_invalid"), ({"seed": -1}, "benchmark_invalid"),
        ({"sources": [{"dataset": "letters", "judge": "long", "rubric": "x"}]}, "audit_inputs_invalid"),
        ({"benchmark": "rmbench"}, "benchmark_impossible"), ({"benchmark": "ifeval"}, "benchmark_invalid"),
    ):  # fmt: skip
        with pytest.raises(errors.Invalid) as caught:
            services.score_benchmark(**given | more)
        assert caught.value.code == code
    with pytest.raises(errors.NotFound):
        services.score_benchmark(**given | {"by": charlie})
    with pytest.raises(errors.NotAllowed):
        services.score_benchmark(**given | {"by": factories.make_actor(Role.ANNOTATOR)})


def test_results_of_a_board_are_compared(alice, setting):
    done = services.score_benchmark(by=alice, benchmark="preferences", dataset=setting.dataset)
    keys = [str(row.pk) for row in done.results]
    audit = services.compare_results(by=alice, keys=keys)
    assert audit.result is not None
    assert (
        audit.kind == "pair_comparison"
        and audit.result["band"] == "good"
        and "is better than" in audit.result["reading"]
    )
    author = factories.signed_in(alice)
    compared = author.post("/w/clinic/audit/benchmarks/compare", {"result": keys})
    assert compared.status_code == 302 and "p, McNemar" in author.get(compared["Location"]).content.decode()
    for wrong in ([], keys[:1], [keys[0], "x"]):
        with pytest.raises((errors.Invalid, errors.NotFound)):
            services.compare_results(by=alice, keys=wrong)


def test_the_board_and_a_result_on_pages(alice, setting, django_assert_max_num_queries):
    author = factories.signed_in(alice)
    where = "/w/clinic/audit/benchmarks"
    assert "No board yet" in author.get(where).content.decode()
    assert "Nobody was scored on it yet" in author.get(f"{where}?dataset=letters").content.decode()
    page = author.get(f"{where}/new?dataset=letters").content.decode()
    assert "Preferences of your own" in page and f"long@1 · {setting.version}" in page
    assert author.post(f"{where}/new?dataset=letters", {"benchmark": "wildbench", "seed": 0}).status_code == 422
    assert author.post(f"{where}/new?dataset=letters", {"benchmark": "preferences", "seed": 0}).status_code == 302
    with django_assert_max_num_queries(22):
        board = author.get(f"{where}?sort=score").content.decode()
    assert board.index("long@1") < board.index("short@1") and "100.0 %" in board and "dotted line is chance" in board
    assert "Nobody said under which licence" in board
    row = BenchmarkResult.objects.get(judge_version=setting.judge)
    detail = author.get(f"{where}/{row.pk}").content.decode()
    assert (
        "What was lost" in detail
        and f"/data/letters/prompts/{row.places[row.outcome['lost'][0]['id']]['prompt']}" in detail
    )
    assert author.get(f"{where}?benchmark=none&dataset=letters").status_code == 404
    stranger = factories.signed_in(factories.make_actor(Role.ANNOTATOR))
    assert stranger.get(where).status_code == 403
